// A line chart as SVG text, in pixels of the place it stands in. Its axes are fixed: a
// line that leaves them ends in an arrow with the number it went to, and the setting
// before stays behind, pale. A text is a string or a pair [English, Chinese].
window.plusxChart = window.plusxChart || (function () {
  // By name: its color, the mark at the end of the line, and its dash.
  const LOOK = "palette";
  const WIDTH = 2.2; // of a line, which a dash is given in
  const BEFORE = ["the setting before", "上一次的设置"];

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const minus = (text) => String(text).replace("-", "−");
  const raised = (whole) =>
    String(whole).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

  // Both halves of a text; `between` parts them where both languages show.
  function say(text, between = '<span class="lang-sep"> · </span>') {
    const [en, zh] = (Array.isArray(text) ? text : [text, text]).map(escape);
    if (en === zh) return en;
    return `<span class="lang-en" lang="en">${en}</span>${between}` +
      `<span class="lang-zh" lang="zh-Hans">${zh}</span>`;
  }

  // A number given by its decimal logarithm, as text.
  function number(log10, sign = 1) {
    if (log10 === -Infinity || sign === 0) return "0";
    const size = sign < 0 ? "−" : "";
    if (log10 >= -3 && log10 < 4) return size + +(10 ** log10).toPrecision(3);
    let power = Math.floor(log10);
    let mantissa = (10 ** (log10 - power)).toFixed(1);
    if (mantissa === "10.0") [mantissa, power] = ["1.0", power + 1];
    return `${size}${mantissa} × 10${raised(power)}`;
  }

  // About `count` round numbers from low to high.
  function ticks(low, high, count, whole) {
    const rough = (high - low) / count || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 5, 10].find((s) => s * power >= rough) * power;
    if (whole) step = Math.max(1, Math.round(step));
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * step);
  }

  // Where numbers stand in a chart of a width, and x of a place in it.
  function scales({ x, y }, width) {
    const height = Math.round(Math.min(300, Math.max(220, width * 0.55)));
    const [left, right, top, bottom] = [44, width - 10, 10, height - 24];
    const [[x0, x1], [y0, y1]] = [x.range, y.range];
    const X = (v) => +(left + ((right - left) * (v - x0)) / (x1 - x0)).toFixed(1);
    const Y = (v) => +(top + ((bottom - top) * (y1 - v)) / (y1 - y0)).toFixed(1);
    const back = (px) => x0 + ((px - left) * (x1 - x0)) / (right - left);
    return { X, Y, back, height, left, right, top, bottom, x0, x1, y0, y1 };
  }

  // The points up to the first that is 0 on a logarithmic axis: there the line falls
  // out of the chart. What is no number is a gap.
  function falling(points, low) {
    const zero = points.findIndex(([, y]) => y === -Infinity);
    return zero < 0 ? points : [...points.slice(0, zero), [points[zero][0], low]];
  }

  function path(points, X, Y) {
    const drawn = (point) => point && Number.isFinite(point[1]);
    return points.map((point, i) =>
      drawn(point) ? `${drawn(points[i - 1]) ? "L" : "M"}${X(point[0])} ${Y(point[1])}` : "").join("");
  }

  function stroke(series, points, X, Y, width = WIDTH) {
    const [ink, , usual] = LOOK[series.color];
    const dash = (series.dash || usual).map((part) => part * width).join(" ");
    return `<path d="${path(points, X, Y)}" fill="none" style="stroke:${ink}" ` +
      `stroke-width="${width}" stroke-dasharray="${dash}" stroke-linejoin="round"/>`;
  }

  function mark(series, x, y) {
    const [ink, d] = LOOK[series.color];
    return `<path d="${d}" style="fill:${ink}" transform="translate(${x} ${y})"/>`;
  }

  const finite = (points) => points.filter(([, y]) => Number.isFinite(y));

  // The end of a line: its mark, or at the edge that it went through its number.
  function end(series, points, place, log, taken) {
    const { X, Y, y0, y1, right, top, bottom } = place;
    const seen = finite(points);
    const last = seen.pop();
    if (!last) return "";
    if (series.at) return mark(series, X(series.at[0]), Y(series.at[1]));
    if (last[1] >= y0 && last[1] <= y1) return mark(series, X(last[0]), Y(last[1]));
    const [edge, arrow] = last[1] < y0 ? [y0, "↓"] : [y1, "↑"];
    const inside = seen.filter(([, y]) => y >= y0 && y <= y1).pop() || seen.pop() || last;
    const next = points[points.indexOf(inside) + 1] || last;
    const part = (edge - inside[1]) / (next[1] - inside[1]) || 0;
    const x = X(inside[0] + part * (next[0] - inside[0]));
    const row = (taken[arrow] = (taken[arrow] || 0) + 1);
    const y = edge === y0 ? bottom + 9 - 15 * row : top + 3 + 15 * row;
    const ends = series.points[series.points.length - 1][1];
    const [at, anchor] = x > right - 110 ? [x - 8, "end"] : [x + 8, "start"];
    return mark(series, x, Y(edge)) + `<text class="px-off" x="${at}" y="${y}" ` +
      `text-anchor="${anchor}">${arrow} ${log ? number(ends) : minus(+ends.toPrecision(3))}</text>`;
  }

  function frame(place, x, y, width) {
    const { X, Y, left, right, height, x0, x1, y0, y1 } = place;
    const label = (v) => minus(+v.toPrecision(6));
    const power = (v) => (v ? `10<tspan dy="-5" font-size="9">${label(v)}</tspan>` : "1");
    const rows = ticks(y0, y1, 5, y.log).map((v) =>
      `<path d="M${left} ${Y(v)}H${right}" stroke="currentColor" stroke-opacity="${y.log && v === 0 ? 0.5 : 0.15}"/>` +
      `<text x="${left - 6}" y="${Y(v) + 4}" text-anchor="end">${(y.log ? power : label)(v)}</text>`);
    const whole = x1 - x0 > 4;
    const below = ticks(x0, x1, width < 420 ? 4 : 8, whole).map((v) =>
      `<text x="${X(v)}" y="${height - 6}" text-anchor="middle">${label(v)}</text>`);
    return [...rows, ...below].join("");
  }

  function draw({ x, y, series, levels = [], cursor }, ghost, width) {
    const place = scales({ x, y }, width);
    const { X, Y, left, right, top, bottom, height } = place;
    const low = place.y0 - (place.y1 - place.y0);
    const [w, h, taken] = [right - left, bottom - top, {}];
    const dotted = levels.map(({ at }) =>
      `<path d="M${left} ${Y(at)}H${right}" stroke="currentColor" stroke-dasharray="2 3" stroke-opacity=".8"/>`);
    const pale = ghost.map((one) => `<g class="px-ghost">${stroke(one, falling(one.points, low), X, Y, 1.6)}</g>`);
    const lines = series.map((one) =>
      `<g class="${one.faint ? "px-faint" : ""}" data-series="${one.color}">` +
      `${stroke(one, falling(one.points, low), X, Y)}</g>`);
    const ends = series.map((one) =>
      `<g class="${one.faint ? "px-faint" : ""}">${end(one, falling(one.points, low), place, y.log, taken)}</g>`);
    const upright = cursor === undefined ? "" :
      `<path d="M${X(cursor)} ${top}V${bottom}" stroke="currentColor" stroke-opacity=".5"/>`;
    // A chart within the chart cuts off what leaves the axes.
    return `<svg viewBox="0 0 ${width} ${height}" height="${height}" aria-hidden="true" ` +
      `fill="currentColor" font-size="12" font-family="inherit">${frame(place, x, y, width)}${upright}` +
      `<svg x="${left}" y="${top}" width="${w}" height="${h}" viewBox="${left} ${top} ${w} ${h}">` +
      `${[...dotted, ...pale, ...lines].join("")}</svg>${ends.join("")}</svg>`;
  }

  function legend({ series, levels = [] }, ghost) {
    const entry = (drawing, name, more = "") =>
      `<span${more}><svg width="30" height="12" aria-hidden="true">${drawing}</svg><span>${say(name)}</span></span>`;
    const sample = (one, width) => stroke(one, [[0, 6], [23, 6]], Number, Number, width);
    const named = series.filter((one) => one.name);
    const dotted = '<path d="M0 6H28" stroke="currentColor" stroke-dasharray="2 3"/>';
    const before = sample(ghost[0] || series[0], 1.6);
    return [
      ...named.map((one) => entry(sample(one) + mark(one, 23, 6), one.name)),
      ...levels.map(({ name }) => entry(dotted, name)),
      entry(`<g class="px-ghost">${before}</g>`, BEFORE, ghost.length ? "" : ' style="visibility:hidden"'),
    ].join("");
  }

  return { draw, legend, scales, say, number, minus, escape };
})();

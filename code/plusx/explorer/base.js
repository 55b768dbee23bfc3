// Base of the explorers: controls, a line chart and a readout, in two languages.
// plusxExplorer(name, model) defines <plusx-NAME>. The element's JSON child says which
// controls there are; model(config, state, number) returns what they lead to:
//   { x, y, series: [{ name, color, points: [[x, y], …], faint }], levels, readout }
// A text is a string or a pair [English, Chinese].
(function () {
  if (window.plusxExplorer) return;
  const STYLE = "base.css";

  // By name: its color, the mark at the end of the line, and its dash.
  const LOOK = "palette";
  const WIDTH = 2.2; // of a line, which a dash is given in

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

  function range(control, id) {
    const { values } = control;
    const { min, max, step } = values ? { min: 0, max: values.length - 1, step: 1 } : control;
    const at = values ? values.indexOf(control.value) : control.value;
    return `<div class="px-range"><label for="${id}">${say(control.label)}` +
      `<span class="px-value"></span></label><input type="range" id="${id}" ` +
      `name="${control.id}" min="${min}" max="${max}" step="${step}" value="${at}"></div>`;
  }

  function choice(control, id) {
    const options = control.options.map((option) =>
      `<label><input type="radio" name="${id}" data-name="${control.id}" ` +
      `value="${escape(option.value)}"${option.value === control.value ? " checked" : ""}>` +
      `${say(option.label)}</label>`);
    return `<fieldset><legend>${say(control.label)}</legend>` +
      `<div class="px-options">${options.join("")}</div></fieldset>`;
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

  function limits(axis, values) {
    if (axis.range) return axis.range;
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (axis.log) [low, high] = [Math.min(low, -1), Math.max(high, 1)];
    const room = (high - low || 1) * 0.05;
    return [low - room, high + room];
  }

  const finite = (points) => points.filter((point) => Number.isFinite(point[1]));

  // A point without a number is a gap in the line.
  function line(series, X, Y) {
    const { points } = series;
    const last = finite(points).pop();
    if (!last) return "";
    const [ink, mark, usual] = LOOK[series.color];
    const dash = (series.dash || usual).map((part) => part * WIDTH);
    const drawn = (point) => point && Number.isFinite(point[1]);
    const place = ([x, y]) => `${X(x)} ${Y(y)}`;
    const d = points.map((point, i) =>
      drawn(point) ? (drawn(points[i - 1]) ? "L" : "M") + place(point) : "");
    return `<g class="${series.faint ? "px-faint" : ""}" data-series="${series.color}">` +
      `<path d="${d.join("")}" fill="none" style="stroke:${ink}" stroke-width="${WIDTH}" ` +
      `stroke-dasharray="${dash}" stroke-linejoin="round"/>` +
      `<path d="${mark}" style="fill:${ink}" transform="translate(${place(last)})"/></g>`;
  }

  // The chart as SVG text, in pixels of the place it stands in.
  function chart({ x, y, series, levels = [] }, width) {
    const height = Math.round(Math.min(300, Math.max(220, width * 0.55)));
    const [left, right, top, bottom] = [44, width - 10, 10, height - 24];
    const points = finite(series.flatMap((one) => one.points));
    const xs = x.range || points.map((point) => point[0]);
    const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
    const ys = points.map((point) => point[1]).concat(levels.map((level) => level.at));
    const [y0, y1] = limits(y, ys);
    const X = (v) => +(left + ((right - left) * (v - x0)) / (x1 - x0 || 1)).toFixed(1);
    const Y = (v) => +(top + ((bottom - top) * (y1 - v)) / (y1 - y0)).toFixed(1);
    const rule = (v, more) => `<path d="M${left} ${Y(v)}H${right}" stroke="currentColor" ${more}/>`;
    const label = (v) => minus(+v.toPrecision(6));
    const power = (v) => `10<tspan dy="-5" font-size="9">${label(v)}</tspan>`;
    const grid = ticks(y0, y1, 5, y.log).map((v) =>
      rule(v, `stroke-opacity="${y.log && v === 0 ? 0.5 : 0.15}"`) +
      `<text x="${left - 6}" y="${Y(v) + 4}" text-anchor="end">${(y.log ? power : label)(v)}</text>`);
    const below = ticks(x0, x1, width < 420 ? 4 : 8, true).map((v) =>
      `<text x="${X(v)}" y="${height - 6}" text-anchor="middle">${label(v)}</text>`);
    const dotted = levels.map((level) => rule(level.at, 'stroke-dasharray="2 3" stroke-opacity=".8"'));
    const lines = series.map((one) => line(one, X, Y));
    return `<svg viewBox="0 0 ${width} ${height}" height="${height}" aria-hidden="true" ` +
      `fill="currentColor" font-size="12" font-family="inherit">` +
      [...dotted, ...grid, ...below, ...lines].join("") + "</svg>";
  }

  function legend({ series, levels = [] }) {
    const entry = (drawing, name) =>
      `<span><svg width="30" height="12" aria-hidden="true">${drawing}</svg><span>${say(name)}</span></span>`;
    const at = [[0, 6], [23, 6]];
    return series.map((one) => entry(line({ ...one, faint: false, points: at }, Number, Number), one.name))
      .concat(levels.map((level) =>
        entry('<path d="M0 6H28" stroke="currentColor" stroke-dasharray="2 3"/>', level.name)))
      .join("");
  }

  let count = 0;
  window.plusxExplorer = function (name, model) {
    const tag = `plusx-${name}`;
    if (customElements.get(tag)) return;
    if (!document.getElementById("plusx-explorer-style")) {
      const style = `<style id="plusx-explorer-style">${STYLE}</style>`;
      document.head.insertAdjacentHTML("beforeend", style);
    }
    customElements.define(tag, class extends HTMLElement {
      connectedCallback() {
        // While the page is being read the children may not be there yet.
        if (document.readyState !== "loading") this.start();
        else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      }
      start() {
        if (this.state) return;
        this.config = JSON.parse(this.querySelector("script").textContent);
        const { controls } = this.config;
        this.state = Object.fromEntries(controls.map((control) => [control.id, control.value]));
        const built = controls.map((c) => (c.options ? choice : range)(c, `px-${++count}`));
        this.insertAdjacentHTML("afterbegin", `<div class="px-ui"><div class="px-controls">` +
          `${built.join("")}</div><div class="px-legend"></div><div class="px-chart"></div>` +
          `<output class="px-readout" aria-live="polite"></output></div>`);
        this.addEventListener("input", (event) => this.change(event.target));
        this.querySelectorAll("input[type=range]").forEach((input) => this.label(input));
        new ResizeObserver(() => this.draw()).observe(this.querySelector(".px-chart"));
        this.draw();
        this.classList.add("ready");
        performance.mark(`${tag}-ready`);
      }
      change(input) {
        const id = input.dataset.name || input.name;
        const { options, values } = this.config.controls.find((control) => control.id === id);
        const chosen = options && options.find((option) => String(option.value) === input.value);
        this.state[id] = chosen ? chosen.value : values ? values[input.value] : +input.value;
        if (!chosen) this.label(input);
        this.draw();
      }
      label(input) {
        const value = minus(this.state[input.name]);
        input.setAttribute("aria-valuetext", value);
        input.previousElementSibling.lastElementChild.textContent = value;
      }
      draw() {
        const view = model(this.config, this.state, number);
        const place = this.querySelector(".px-chart");
        const width = Math.round(Math.min(640, Math.max(260, place.clientWidth)));
        place.innerHTML = `<div class="px-axis">${say(view.y.label)}</div>` +
          `${chart(view, width)}<div class="px-axis px-x">${say(view.x.label)}</div>`;
        this.querySelector(".px-legend").innerHTML = legend(view);
        const readout = this.querySelector(".px-readout");
        const text = say(view.readout, "");
        if (readout.dataset.text !== text) readout.innerHTML = readout.dataset.text = text;
      }
    });
  };
})();

// Base of the explorers: controls, a line chart and a readout, in two languages.
// plusxExplorer(name, model) defines <plusx-NAME>. The element's JSON child says which
// controls there are; model(config, state) returns what they lead to:
//   { x, y, series: [{ name, colour, points: [[x, y], …], faint }], levels, readout }
// A text is a string or a pair [English, Chinese].
(function () {
  if (window.plusxExplorer) return;

  // Colour in a bare notebook, dash, and the mark at the end of the line.
  const LOOK = {
    plain: ["#ca5009", "", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"],
    residual: ["#2c88e2", "", "M-4-4h8v8h-8z"],
    green: ["#0c7857", "7 3", "M0-5L5 4H-5z"],
    rose: ["#d75791", "9 3 2 3", "M0 5L5-4H-5z"],
    purple: ["#7e4fbf", "3 2", "M0-5L5 0L0 5L-5 0z"],
    ochre: ["#b38f19", "1.5 2", "M-2-5h4v3h3v4h-3v3h-4v-3h-3v-4h3z"],
  };
  const STYLE = `
    .plusx-explorer { display: block; max-width: 40rem; margin: auto; font-size: .95rem; text-align: left } .plusx-explorer .lang-zh { line-height: inherit }
    .plusx-explorer fieldset { border: 0; margin: 0; padding: 0; min-width: 0 }
    .px-controls { display: flex; flex-wrap: wrap; gap: .6rem 1.6rem; margin-bottom: .9rem }
    .px-range { flex: 1 1 15rem } .px-range label, .plusx-explorer legend { display: block; float: none; width: auto; margin: 0; padding: 0; font-size: inherit; font-weight: inherit; line-height: 1.5 }
    .px-range input { width: 100%; height: 2rem; margin: 0; accent-color: var(--plusx-residual, #2c88e2); touch-action: pan-y }
    .px-value { font-weight: 600; font-variant-numeric: tabular-nums; margin-left: .4em }
    .px-options { display: flex; flex-wrap: wrap; margin-top: .2rem }
    .px-options label { position: relative; margin: 0 -1px -1px 0; padding: .3rem .7rem; border: 1px solid; border-color: color-mix(in srgb, currentColor 35%, transparent); cursor: pointer; line-height: 1.5 }
    .px-options label:first-child { border-radius: .4rem 0 0 .4rem } .px-options label:last-child { border-radius: 0 .4rem .4rem 0 }
    .px-options input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
    .px-options label:has(:checked) { background: color-mix(in srgb, currentColor 14%, transparent); box-shadow: inset 0 -3px var(--plusx-residual, #2c88e2) }
    .px-options label:has(:focus-visible) { outline: 2px solid var(--plusx-residual, #2c88e2); outline-offset: 2px; z-index: 1 }
    .px-legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: .3rem 0 0 } .px-legend > span { display: inline-flex; align-items: center } .px-legend svg { flex: none; margin-right: .4em }
    .px-axis { opacity: .8; font-size: .85rem } .px-axis + svg { display: block; width: 100%; overflow: visible } .px-x { text-align: center }
    .px-readout { display: block; margin-top: .5rem; min-height: 3.2em; font-variant-numeric: tabular-nums } .px-readout > span { display: block }
    .px-faint { opacity: .3 } .plusx-explorer.ready .plusx-still { display: none }
    html:not([data-lang]) [data-language=en] :is(.lang-zh, .lang-sep), html:not([data-lang]) [data-language=zh] :is(.lang-en, .lang-sep) { display: none }
    @media print { .px-ui { display: none } .plusx-explorer.ready .plusx-still { display: block } }`;

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const colour = (name) => `var(--plusx-${name},${LOOK[name][0]})`;
  const pair = (text) => (Array.isArray(text) ? text : [text, text]);

  // Both halves of a text; `between` parts them where both languages show.
  function say(text, between = '<span class="lang-sep"> · </span>') {
    if (!Array.isArray(text) || text[0] === text[1]) return escape(pair(text)[0]);
    const [en, zh] = text.map(escape);
    return `<span class="lang-en" lang="en">${en}</span>${between}<span class="lang-zh" lang="zh-Hans">${zh}</span>`;
  }

  const raised = (whole) => String(whole).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);

  // A number given by its decimal logarithm, as text.
  function number(log10, sign = 1) {
    if (log10 === -Infinity || sign === 0) return "0";
    const minus = sign < 0 ? "−" : "";
    if (log10 >= -3 && log10 < 4) {
      return minus + String(+(10 ** log10).toPrecision(3)).replace("-", "−");
    }
    let power = Math.floor(log10);
    let mantissa = (10 ** (log10 - power)).toFixed(1);
    if (mantissa === "10.0") [mantissa, power] = ["1.0", power + 1];
    return `${minus}${mantissa} × 10${raised(power)}`;
  }

  function range(control, id) {
    const values = control.values;
    const [min, max, step] = values ? [0, values.length - 1, 1] : [control.min, control.max, control.step];
    const at = values ? values.indexOf(control.value) : control.value;
    return `<div class="px-range"><label for="${id}">${say(control.label)}<span class="px-value"></span></label>` +
      `<input type="range" id="${id}" name="${control.id}" min="${min}" max="${max}" step="${step}" value="${at}"></div>`;
  }

  function choice(control, id) {
    const options = control.options.map((option) =>
      `<label><input type="radio" name="${id}" data-name="${control.id}" value="${escape(option.value)}"` +
      `${option.value === control.value ? " checked" : ""}>${say(option.label)}</label>`);
    return `<fieldset><legend>${say(control.label)}</legend><div class="px-options">${options.join("")}</div></fieldset>`;
  }

  // About `count` round numbers from low to high.
  function ticks(low, high, count, whole) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    let step = [1, 2, 5, 10].find((s) => s * power >= rough) * power;
    if (whole) step = Math.max(1, Math.round(step));
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) found.push(k * step);
    return found;
  }

  function tickLabel(value, log) {
    const text = String(+value.toPrecision(6)).replace("-", "−");
    return log ? `10<tspan dy="-5" font-size="9">${text}</tspan>` : text;
  }

  function limits(axis, values) {
    if (axis.range) return axis.range;
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (axis.log) [low, high] = [Math.min(low, -1), Math.max(high, 1)];
    const room = (high - low || 1) * 0.05;
    return [low - room, high + room];
  }

  // The chart as SVG text, in pixels of the place it stands in.
  function chart(view, width) {
    const height = Math.round(Math.min(300, Math.max(220, width * 0.55)));
    const [left, right, top, bottom] = [44, 10, 10, 24];
    const points = view.series.flatMap((s) => s.points).filter((p) => Number.isFinite(p[1]));
    const [x0, x1] = view.x.range || [Math.min(...points.map((p) => p[0])), Math.max(...points.map((p) => p[0]))];
    const levels = view.levels || [];
    const [y0, y1] = limits(view.y, [...points.map((p) => p[1]), ...levels.map((l) => l.at)]);
    const X = (x) => +(left + ((width - left - right) * (x - x0)) / (x1 - x0 || 1)).toFixed(1);
    const Y = (y) => +(top + ((height - top - bottom) * (y1 - y)) / (y1 - y0)).toFixed(1);
    const grid = ticks(y0, y1, 5, view.y.log).map((y) =>
      `<path d="M${left} ${Y(y)}H${width - right}" stroke-opacity="${view.y.log && y === 0 ? 0.5 : 0.15}"/>` +
      `<text x="${left - 6}" y="${Y(y) + 4}" text-anchor="end">${tickLabel(y, view.y.log)}</text>`);
    const below = ticks(x0, x1, width < 420 ? 4 : 8, true).map((x) =>
      `<text x="${X(x)}" y="${height - 6}" text-anchor="middle">${tickLabel(x)}</text>`);
    const marks = levels.map((l) =>
      `<path d="M${left} ${Y(l.at)}H${width - right}" stroke-dasharray="2 3" stroke-opacity=".8"/>`);
    const lines = view.series.map((s) => line(s, X, Y));
    return `<svg viewBox="0 0 ${width} ${height}" height="${height}" aria-hidden="true" fill="currentColor" font-size="12" font-family="inherit">` +
      `<g stroke="currentColor">${marks.join("")}</g><g stroke="currentColor">${grid.join("").replace(/<text/g, '<text stroke="none" fill-opacity=".8"')}` +
      `</g><g fill-opacity=".8">${below.join("")}</g>${lines.join("")}</svg>`;
  }

  function line(series, X, Y) {
    const points = series.points.filter((p) => Number.isFinite(p[1]));
    if (!points.length) return "";
    const [ink, dash, mark] = [colour(series.colour), ...LOOK[series.colour].slice(1)];
    const d = points.map((p, k) => `${k ? "L" : "M"}${X(p[0])} ${Y(p[1])}`).join("");
    const [x, y] = points[points.length - 1];
    return `<g class="${series.faint ? "px-faint" : ""}" data-series="${series.colour}"><path d="${d}" fill="none" style="stroke:${ink}" stroke-width="2.2" ` +
      `stroke-dasharray="${dash}" stroke-linejoin="round"/><path d="${mark}" style="fill:${ink}" transform="translate(${X(x)} ${Y(y)})"/></g>`;
  }

  function legend(view) {
    const sample = (c) => `<svg width="30" height="12" viewBox="0 0 30 12" aria-hidden="true"><path d="M0 6H22" fill="none" style="stroke:${colour(c)}" ` +
      `stroke-width="2.2" stroke-dasharray="${LOOK[c][1]}"/><path d="${LOOK[c][2]}" style="fill:${colour(c)}" transform="translate(23 6)"/></svg>`;
    const names = view.series.map((s) => `<span>${sample(s.colour)}${say(s.name)}</span>`);
    const levels = (view.levels || []).map((l) => `<span><svg width="30" height="12" aria-hidden="true"><path d="M0 6H28" stroke="currentColor" ` +
      `stroke-dasharray="2 3"/></svg>${say(l.name)}</span>`);
    return names.concat(levels).join("");
  }

  let count = 0;
  window.plusxExplorer = function (name, model) {
    const tag = `plusx-${name}`;
    if (customElements.get(tag)) return;
    if (!document.getElementById("plusx-explorer-style")) {
      document.head.insertAdjacentHTML("beforeend", `<style id="plusx-explorer-style">${STYLE}</style>`);
    }
    customElements.define(tag, class extends HTMLElement {
      connectedCallback() {
        // While the page is being read the children may not be there yet.
        if (document.readyState !== "loading") this.start();
        else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      }
      start() {
        if (this.state) return;
        const config = this.config = JSON.parse(this.querySelector("script").textContent);
        this.state = Object.fromEntries(config.controls.map((c) => [c.id, c.value]));
        const controls = config.controls.map((c) => (c.options ? choice : range)(c, `px-${++count}`));
        this.insertAdjacentHTML("afterbegin", `<div class="px-ui"><div class="px-controls">${controls.join("")}</div><div class="px-legend"></div>` +
          `<div class="px-chart"></div><output class="px-readout" aria-live="polite"></output></div>`);
        this.addEventListener("input", (event) => this.change(event.target));
        this.querySelectorAll("input[type=range]").forEach((input) => this.label(input));
        new ResizeObserver(() => this.draw()).observe(this.querySelector(".px-chart"));
        this.draw();
        this.classList.add("ready");
        performance.mark(`${tag}-ready`);
      }
      change(input) {
        const control = this.config.controls.find((c) => c.id === (input.dataset.name || input.name));
        if (control.options) this.state[control.id] = control.options.find((o) => String(o.value) === input.value).value;
        else this.state[control.id] = control.values ? control.values[input.value] : +input.value;
        if (!control.options) this.label(input);
        this.draw();
      }
      label(input) {
        const value = String(this.state[input.name]).replace("-", "−");
        input.setAttribute("aria-valuetext", value);
        input.previousElementSibling.lastElementChild.textContent = value;
      }
      draw() {
        const view = this.view = model(this.config, this.state, number);
        const place = this.querySelector(".px-chart");
        const width = Math.round(Math.min(640, Math.max(260, place.clientWidth)));
        place.innerHTML = `<div class="px-axis">${say(view.y.label)}</div>${chart(view, width)}<div class="px-axis px-x">${say(view.x.label)}</div>`;
        this.querySelector(".px-legend").innerHTML = legend(view);
        const readout = this.querySelector(".px-readout");
        const text = say(view.readout, "");
        if (readout.dataset.text !== text) readout.innerHTML = readout.dataset.text = text;
      }
    });
  };
})();

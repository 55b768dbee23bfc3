// Base of the explorers: tasks, a chart, controls and a readout, in two languages.
// plusxExplorer(name, model) defines <plusx-NAME>. The element's JSON child says which
// controls and tasks there are; model(config, state, number) returns what they lead to:
//   { x, y, series: [{ name, color, points: [[x, y], …], faint, dash, at }], levels,
//     cursor, readout, done }
// or, in the place of x, y and series, { paint }: a function that draws into the chart.
// With `play`, a button moves the slider of that name along its values.
// `done` says of each task whether the state solves it; a task may list what does.
(function () {
  if (window.plusxExplorer) return;
  const STYLE = "base.css";
  const { draw, legend, scales, say, number, minus, escape } = window.plusxChart;
  const TRY = ["Try it", "试一试"];
  const SOLVED = ["✓ This setting solves the task.", "✓ 这个设置完成了任务。"];
  const DONE = ["(done)", "（已完成）"];
  const PLAY = ["▶ Play", "▶ 播放"];
  const PAUSE = ["❚❚ Pause", "❚❚ 暂停"];
  const PACE = 900; // milliseconds from one value to the next

  function range(control, id) {
    const { values } = control;
    const { min, max, step } = values ? { min: 0, max: values.length - 1, step: 1 } : control;
    const at = values ? values.indexOf(control.value) : control.value;
    return `<div class="px-range"><label for="${id}">${say(control.label)}` +
      `<span class="px-value"></span></label><input type="range" id="${id}" ` +
      `name="${control.id}" min="${min}" max="${max}" step="${step}" value="${at}"></div>`;
  }

  // Buttons of which one is pressed, or several where the value is a list.
  function choice(control, id) {
    const type = Array.isArray(control.value) ? "checkbox" : "radio";
    const options = control.options.map(({ value, label }) =>
      `<label><input type="${type}" name="${id}" data-name="${control.id}" ` +
      `value="${escape(value)}"${[].concat(control.value).includes(value) ? " checked" : ""}>` +
      `${say(label)}</label>`);
    return `<fieldset><legend>${say(control.label)}</legend>` +
      `<div class="px-options">${options.join("")}</div></fieldset>`;
  }

  function list(tasks) {
    if (!tasks.length) return "";
    const items = tasks.map(({ text }) =>
      `<li><span class="px-tick" aria-hidden="true"></span><span>${say(text)} ` +
      `<span class="px-done">${say(DONE)}</span></span></li>`);
    return `<div class="px-tasks"><strong>${say(TRY)}</strong><ul>${items.join("")}</ul></div>`;
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
        // JupyterLab would take the arrow keys for its own commands.
        this.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
        // While the page is being read the children may not be there yet.
        if (document.readyState !== "loading") this.start();
        else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      }
      disconnectedCallback() {
        if (this.observer) this.observer.disconnect();
        this.pause();
      }
      start() {
        if (!this.isConnected) return;
        if (!this.state) this.build();
        this.observer = new ResizeObserver(() => this.draw());
        this.observer.observe(this.querySelector(".px-chart"));
        this.draw();
        this.classList.add("ready");
      }
      build() {
        this.config = JSON.parse(this.querySelector("script").textContent);
        const { controls, tasks = [], cursor, play } = this.config;
        this.state = Object.fromEntries(controls.map(({ id, value }) => [id, value]));
        this.solved = tasks.map(() => false);
        const built = controls.map((c) => (c.options ? choice : range)(c, `px-${++count}`));
        if (play) built.unshift(`<button type="button" class="px-play">${say(PLAY)}</button>`);
        this.insertAdjacentHTML("afterbegin", `<div class="px-ui">${list(tasks)}` +
          `<div class="px-legend"></div><div class="px-chart"></div>` +
          `<output class="px-readout" aria-live="polite"></output>` +
          `<div class="px-controls">${built.join("")}</div></div>`);
        this.addEventListener("input", ({ target }) => {
          if (target.name === play) this.pause();
          this.change(target);
        });
        if (play) this.querySelector(".px-play").addEventListener("click", () =>
          (this.playing ? this.pause() : this.play(this.querySelector(`input[name="${play}"]`))));
        // What is moved at a stretch is one change: the ghost is what was before it.
        this.addEventListener("change", () => { this.moving = false; });
        this.querySelectorAll("input[type=range]").forEach((input) => this.label(input));
        if (cursor) this.follow(this.querySelector(".px-chart"), cursor);
      }
      // A finger or a pointer on the chart moves the slider that runs along its x axis.
      follow(chart, id) {
        const input = this.querySelector(`input[name="${id}"]`);
        const point = ({ clientX, buttons, pointerType }) => {
          if (!buttons && pointerType !== "mouse") return;
          const { left, width } = chart.querySelector("svg").getBoundingClientRect();
          const x = scales(this.view, this.width).back(((clientX - left) * this.width) / width);
          const { values } = this.config.controls.find((control) => control.id === id);
          const near = (best, v, k) => (Math.abs(v - x) < Math.abs(values[best] - x) ? k : best);
          const at = values ? values.reduce(near, 0) : Math.round(x);
          if (String(at) === input.value) return;
          input.value = at;
          this.change(input);
        };
        chart.classList.add("px-follow");
        chart.addEventListener("pointerdown", point);
        chart.addEventListener("pointermove", point);
        chart.addEventListener("pointerleave", () => { this.moving = false; });
      }
      change(input) {
        if (!this.moving) this.earlier = { ...this.state };
        this.moving = true;
        const id = input.dataset.name || input.name;
        const { options, values, value } = this.config.controls.find((control) => control.id === id);
        const pressed = [...this.querySelectorAll(`[data-name="${id}"]:checked`)].map((one) => one.value);
        if (options) this.state[id] = Array.isArray(value) ? pressed : pressed[0];
        else this.state[id] = values ? values[input.value] : +input.value;
        if (!options) this.label(input);
        this.draw();
      }
      // From the end it begins anew; a screen reader is told where it stops, not each step.
      play(input) {
        const move = (value) => {
          input.value = value;
          this.change(input);
          if (input.value === input.max) this.pause();
        };
        this.playing = setInterval(() => move(+input.value + 1), PACE);
        this.querySelector(".px-readout").setAttribute("aria-live", "off");
        this.querySelector(".px-play").innerHTML = say(PAUSE);
        move(input.value === input.max ? input.min : +input.value + 1);
      }
      pause() {
        if (!this.playing) return;
        clearInterval(this.playing);
        this.playing = this.moving = null;
        this.querySelector(".px-readout").setAttribute("aria-live", "polite");
        this.querySelector(".px-play").innerHTML = say(PLAY);
      }
      label(input) {
        const value = minus(this.state[input.name]);
        input.setAttribute("aria-valuetext", value);
        input.previousElementSibling.lastElementChild.textContent = value;
      }
      // The lines of the setting before that are not the lines of now.
      ghost() {
        if (!this.earlier) return [];
        const now = new Set(this.view.series.map((one) => JSON.stringify(one.points)));
        return model(this.config, this.earlier, number).series
          .filter((one) => !one.faint && one.points.length && !now.has(JSON.stringify(one.points)));
      }
      draw() {
        this.view = model(this.config, this.state, number);
        const chart = this.querySelector(".px-chart");
        if (this.view.paint) this.view.paint(chart, say);
        else this.plot(chart, this.ghost());
        this.tell(this.tick());
      }
      plot(chart, ghost) {
        this.width = Math.round(Math.min(640, Math.max(260, chart.clientWidth)));
        chart.innerHTML = `<div class="px-axis">${say(this.view.y.label)}</div>` +
          `${draw(this.view, ghost, this.width)}<div class="px-axis px-x">${say(this.view.x.label)}</div>`;
        this.querySelector(".px-legend").innerHTML = legend(this.view, ghost);
      }
      // Tick the tasks that the setting solves; say whether it solves one.
      tick() {
        const solves = (setting) => Object.entries(setting).every(([id, value]) => this.state[id] === value);
        const now = (this.config.tasks || []).map(({ settings }, k) =>
          (settings ? settings.some(solves) : this.view.done[k]));
        this.querySelectorAll(".px-tasks li").forEach((item, k) => {
          this.solved[k] = this.solved[k] || now[k];
          item.classList.toggle("px-solved", this.solved[k]);
        });
        return now.includes(true);
      }
      tell(solves) {
        const readout = this.querySelector(".px-readout");
        const text = say(this.view.readout, "") + (solves ? say(SOLVED, "") : "");
        if (readout.dataset.text === text) return;
        readout.innerHTML = readout.dataset.text = text;
        // Grows, never shrinks: the slider stays under the finger.
        readout.style.minHeight = `${Math.max(readout.offsetHeight, parseFloat(readout.style.minHeight) || 0)}px`;
      }
    });
  };
})();

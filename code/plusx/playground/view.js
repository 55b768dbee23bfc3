// The element <plusx-playground>: two nets side by side, each trained in a Worker of its
// own. Its JSON child holds the controls, the words as pairs [English, Chinese], and,
// at full size, the digits and the recorded bands.
(function () {
  if (customElements.get("plusx-playground")) return;
  document.head.insertAdjacentHTML("beforeend", `<style>${"style.css"}</style>`);
  const draw = plusxDraw();
  const tools = plusxRun(plusxNet());
  const SOURCE = `const tools = (${plusxRun})((${plusxNet})());
    onmessage = (event) => answer(event.data);
    const answer = (${plusxWorker})(tools, postMessage);`;
  const KINDS = ["plain", "residual"];
  const LAST = { spirals: 600, digits: 15 }; // epochs of a run
  const PACE = { spirals: 0.15, digits: 0.06 }; // steps a millisecond at the most
  const ROUND = 25; // milliseconds that a Worker trains between two reports
  const LOOK = 160; // milliseconds between two looks at the blocks

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  function say(pair, between = '<span class="lang-sep"> · </span>') {
    const [en, zh] = (Array.isArray(pair) ? pair : [pair, pair]).map(escape);
    if (en === zh) return en;
    return `<span class="lang-en" lang="en">${en}</span>${between}` +
      `<span class="lang-zh" lang="zh-Hans">${zh}</span>`;
  }

  // The digits as they were packed: a letter is a pixel from 1 to 16, a capital a run
  // of empty ones; normalized as the experiment normalizes them.
  function unpack({ pixels, labels, mean, deviation }) {
    const values = [...pixels].flatMap((c) =>
      c < "a" ? Array(c.charCodeAt() - 64).fill(0) : [c.charCodeAt() - 96]);
    const count = labels.length;
    const inputs = new Float32Array(64 * count);
    values.forEach((v, k) => (inputs[(k % 64) * count + (k >> 6)] = (v - mean) / deviation));
    const data = { inputs, labels: Uint8Array.from(labels), count, size: 64, width: 32, classes: 10 };
    return { data, pixels: (i, p) => values[64 * i + p] };
  }

  const choice = ({ id, label, options, value }, name) =>
    `<fieldset data-id="${id}"><legend>${say(label)}</legend><div class="pg-options">` +
    options.map((option) => `<label><input type="radio" name="${name}" data-id="${id}" ` +
      `value="${option.value}"${option.value === value ? " checked" : ""}>` +
      `<span>${say(option.label)}</span></label>`).join("") + "</div></fieldset>";
  const range = ({ id, label, min, max, step, values }, name) =>
    `<div class="pg-range"><label for="${name}">${say(label)} <b class="pg-value"></b></label>` +
    `<input type="range" id="${name}" data-id="${id}" min="${values ? 0 : min}" ` +
    `max="${values ? values.length - 1 : max}" step="${values ? 1 : step}"></div>`;
  const button = (act, label) => `<button type="button" data-act="${act}">${say(label)}</button>`;

  let count = 0;
  customElements.define("plusx-playground", class extends HTMLElement {
    connectedCallback() {
      // JupyterLab would take the arrow keys for its own commands.
      this.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
      if (document.readyState !== "loading") this.start();
      else document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
    }
    disconnectedCallback() {
      this.abort.abort();
      for (const net of this.nets) if (net.worker) net.worker.terminate();
    }
    start() {
      if (this.abort && !this.abort.signal.aborted) return;
      this.config = JSON.parse(this.querySelector("script").textContent);
      this.words = this.config.words;
      this.abort = new AbortController();
      const { signal } = this.abort;
      const { controls, fixed } = this.config;
      this.state = { ...fixed, ...Object.fromEntries(controls.map(({ id, value }) => [id, value])) };
      this.first = { ...this.state };
      this.nets = KINDS.map((_, k) => ({ residual: k === 1 }));
      this.read();
      if (!this.querySelector(".pg-ui")) this.insertAdjacentHTML("afterbegin", this.html());
      this.querySelectorAll(".pg-pane").forEach((pane, k) => (this.nets[k].pane = pane));
      this.addEventListener("input", (event) => this.change(event.target), { signal });
      this.addEventListener("click", (event) => this.press(event.target.closest("button")), { signal });
      addEventListener("hashchange", () => this.read() && this.reset(), { signal });
      new ResizeObserver(() => this.redraw()).observe(this.querySelector(".pg-ui"));
      new MutationObserver(() => this.redraw()).observe(document.documentElement,
        { attributes: true, attributeFilter: ["data-lang", "data-theme"] });
      this.lab = plusxChallenges(this, say);
      this.wait();
      this.classList.add("ready");
      performance.mark("plusx-playground-ready");
    }
    // No Worker starts before the nets are almost in sight.
    wait() {
      const watch = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        watch.disconnect();
        if (!this.data) this.reset();
      }, { rootMargin: "200px" });
      watch.observe(this);
    }
    html() {
      const { controls, words, size } = this.config;
      const built = controls.map((c) => (c.options ? choice : range)(c, `pg-${++count}`));
      const pane = `<div class="pg-pane"><div class="pg-head"><span class="pg-name"></span>` +
        `<label class="pg-switch"><input type="checkbox"><span>+x</span></label></div>` +
        `<canvas></canvas><div class="pg-numbers"></div><div class="pg-strip"></div></div>`;
      const full = size === "full";
      return `<div class="pg-ui" data-size="${size}"><div class="pg-bar">${button("run", words.run)}` +
        `${button("step", words.step)}${button("reset", words.reset)}` +
        `<span class="pg-clock"></span></div><output class="pg-readout" aria-live="polite"></output>` +
        `<div class="pg-panes">${pane}${pane}</div>` +
        (full ? `<div class="pg-measure">${choice(words.measures, `pg-${++count}`)}` +
          `<p class="pg-hint"></p></div><div class="pg-curves">` +
          `${choice(words.axes, `pg-${++count}`)}<div class="pg-chart"></div>` +
          `<p class="pg-note"></p></div>` : "") +
        `<div class="pg-controls">${built.join("")}</div>` +
        `${full ? '<div class="pg-challenges"></div>' : ""}</div>`;
    }

    // The address: #ID:layers=60&norm=off… holds what differs from the first setting.
    read() {
      const [id, text] = decodeURIComponent(location.hash.slice(1)).split(":");
      const own = this.closest("[id]");
      if (!text || !own || own.id !== id) return false;
      const asked = new URLSearchParams(text);
      for (const control of this.config.controls) {
        const value = asked.get(control.id);
        const fits = control.options ? control.options.some((o) => o.value === value)
          : control.values ? control.values.includes(+value) : +value >= control.min &&
            +value <= control.max && (value - control.min) % control.step === 0;
        this.state[control.id] = value !== null && fits ? (control.options ? value : +value)
          : this.first[control.id];
      }
      const both = asked.get("x") || "01";
      this.nets.forEach((net, k) => (net.residual = both[k] === "1"));
      if (!this.seen) requestAnimationFrame(() => own.scrollIntoView());
      return (this.seen = true);
    }
    write() {
      const own = this.closest("[id]");
      const changed = Object.entries(this.state).filter(([id, v]) => v !== this.first[id]);
      const both = this.nets.map((net) => +net.residual).join("");
      if (both !== "01") changed.push(["x", both]);
      const text = new URLSearchParams(changed).toString();
      try {
        history.replaceState(history.state, "", text ? `#${own.id}:${text}` : `#${own.id}`);
      } catch { /* A frame without an address has none to keep. */ }
    }

    change(input) {
      const { id } = input.dataset;
      const control = this.config.controls.find((one) => one.id === id);
      if (id === "measure" || id === "axis") {
        this[id] = input.value;
        if (id === "measure") this.ask(0);
        return this.redraw();
      }
      if (control) this.state[id] = control.options ? input.value
        : control.values ? control.values[input.value] : +input.value;
      else this.nets.find((net) => net.pane.contains(input)).residual = input.checked;
      if (id === "data") this.state.rate = this.config.rates[input.value];
      this.write();
      return this.reset();
    }
    press(pressed) {
      const act = pressed && pressed.dataset.act;
      if (act && !this.data) this.reset();
      if (act === "run") {
        if (this.nets.every((net) => net.done)) this.reset();
        this.running = !this.running;
        this.advance();
      } else if (act === "step") {
        this.running = false;
        this.ask(1);
      } else if (act === "reset") {
        this.running = false;
        this.reset();
      }
      this.redraw();
    }

    // Build both nets anew from the setting, at step 0.
    reset() {
      const { data, seed, layers, norm, scale, near, activation, rate } = this.state;
      this.turn = (this.turn || 0) + 1;
      [this.looked, this.ended] = [0, false];
      if (data === "digits" && !this.digits) this.digits = unpack(this.config.digits);
      this.data = data === "digits" ? this.digits.data : tools.spirals(seed);
      for (const net of this.nets) {
        Object.assign(net, { steps: 0, broken: false, done: false, points: [], seen: null, cells: null });
        net.kind = KINDS[+net.residual];
        net.settings = { seed, layers, normed: norm === "on", scaled: scale === "blocks",
          near: near === "on", activation, rate, residual: net.residual, epochs: LAST[data] };
        this.post(net, { build: net.settings, digits: data === "digits" && this.data });
      }
      this.label();
      this.redraw();
    }
    post(net, message) {
      if (!net.worker) {
        const address = URL.createObjectURL(new Blob([SOURCE], { type: "text/javascript" }));
        net.worker = new Worker(address);
        net.worker.onmessage = ({ data }) => this.hear(net, data);
      }
      net.busy = true;
      const look = { measure: this.measure || "gradient", map: this.state.data === "spirals" };
      net.worker.postMessage({ ...look, ...message, id: this.turn });
    }
    ask(steps, look = {}) {
      for (const net of this.nets) if (!net.done || !steps) this.post(net, { steps, ...look });
    }
    hear(net, reply) {
      if (reply.id !== this.turn) return;
      net.busy = false;
      const { steps, broken, done, points, seen, cells, time } = reply;
      if (!seen && !broken && steps > net.steps) net.pace = time / (steps - net.steps);
      Object.assign(net, { steps, broken, done, seen: seen || (broken ? null : net.seen), cells: cells || net.cells });
      net.points.push(...points);
      this.redraw();
      if (this.nets.some((one) => one.busy)) return;
      if (this.nets.every((one) => one.done) && !this.ended) this.end();
      else if (this.running) this.advance();
    }

    // The next round of both nets, at a pace that the eye can follow.
    advance() {
      if (!this.running || this.nets.some((net) => net.busy)) return;
      const [now, fastest] = [performance.now(), PACE[this.state.data]];
      const slowest = Math.max(...this.nets.map((net) => net.pace || 10));
      const steps = Math.max(1, Math.round(Math.min(ROUND / slowest, ROUND * fastest)));
      const look = now - this.looked > LOOK;
      if (look) this.looked = now;
      const begin = () => this.running && this.nets.every((net) => !net.busy) &&
        this.ask(steps, look ? {} : { measure: null, map: false });
      setTimeout(begin, Math.max(0, (this.due || 0) - now));
      this.due = Math.max(now, this.due || 0) + steps / fastest;
    }
    end() {
      [this.ended, this.running] = [true, false];
      this.ask(0);
      this.lab.judge();
      this.redraw();
    }

    // Put the state into the controls.
    label() {
      for (const { id, options, values } of this.config.controls) {
        const value = this.state[id];
        const inputs = [...this.querySelectorAll(`input[data-id=${id}]`)];
        if (options) for (const input of inputs) input.checked = input.value === value;
        else {
          inputs[0].value = values ? values.indexOf(value) : value;
          inputs[0].setAttribute("aria-valuetext", value);
          inputs[0].previousElementSibling.lastElementChild.textContent = value;
        }
      }
      for (const net of this.nets) {
        net.pane.dataset.kind = net.kind;
        net.pane.querySelector("input").checked = net.residual;
      }
    }
    redraw() {
      if (this.frame || !this.data) return;
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        plusxShow(this, draw, tools.SIDE, say, fill);
      });
    }
  });
})();

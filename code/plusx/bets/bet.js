// Bets: the reader says what an experiment will show before it is shown. An element
// <plusx-bet> holds one bet as JSON; what answers it stays covered until the reader
// locks a bet or asks to be shown. Bets stay in this browser and go nowhere.
// Kinds: "number" (a slider), "choice" (buttons), "curve" (drawn, or moved by keys).
(function () {
  if (window.plusxBets) return;
  const STYLE = "bet.css";
  const KEY = "plusx-bets";
  const COVER = 'content:"";visibility:visible;position:absolute;inset:0;border-radius:.4rem;background:' +
    "repeating-linear-gradient(135deg,color-mix(in srgb,currentColor 7%,transparent) 0 6px,transparent 6px 14px)";
  let kept = { off: false, placed: {} }; // where nothing can be stored, for this page
  const changed = [];

  const bets = window.plusxBets = {
    read() {
      try { return JSON.parse(localStorage.getItem(KEY)) || kept; } catch (e) { return kept; }
    },
    write(change) {
      kept = bets.read();
      change(kept);
      try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch (e) { /* as above */ }
      changed.forEach((tell) => tell());
    },
    onchange(tell) { changed.push(tell); },
    say, number, distance, result,
  };

  const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt()};`);

  // Both languages of a text; a string is the same in both.
  function say(text) {
    const [en, zh] = (Array.isArray(text) ? text : [text, text]).map(escape);
    if (en === zh) return en;
    return `<span class="lang-en" lang="en">${en}</span><span class="lang-sep"> · </span>` +
      `<span class="lang-zh" lang="zh-Hans">${zh}</span>`;
  }
  // A pair filled in: say(fill([en, zh], { you: … })), each value a text or a pair.
  const fill = (pair, values) => pair.map((text, k) => text.replace(/\{(\w+)\}/g,
    (_, name) => (Array.isArray(values[name]) ? values[name][k] : values[name])));

  function number(value, digits) {
    return value.toFixed(digits).replace("-", "−");
  }
  const withUnit = (bet, value) => number(value, bet.digits) + (bet.unit ? `\u00a0${bet.unit}` : "");
  const label = (bet, value) => (bet.options.find((o) => o.value === value) || { label: value }).label;

  // How far a bet lies from what was measured; for a curve the mean over its points.
  function distance(bet, value) {
    if (bet.kind === "choice") return value === bet.truth ? 0 : 1;
    if (bet.kind === "number") return Math.abs(value - bet.truth.mean);
    const off = bet.truth.map((point, k) => Math.abs(point.mean - value[k])).slice(1);
    return off.reduce((a, b) => a + b, 0) / off.length;
  }

  // What came of a bet, in words; without a value, what was measured alone.
  function result(bet, value) {
    const { truth } = bet;
    if (bet.kind === "choice") {
      const measured = label(bet, truth);
      if (value === undefined) return fill(["Measured: {measured}.", "测得：{measured}。"], { measured });
      return fill(value === truth
        ? ["You: {you}. Measured: the same.", "你猜的是 {you}，和测得的一样。"]
        : ["You: {you}. Measured: {measured}.", "你猜的是：{you}。测得的是：{measured}。"],
        { you: label(bet, value), measured });
    }
    if (bet.kind === "curve") {
      if (value === undefined) return ["The line with the band was measured.", "带色带的线是测得的。"];
      return fill(["On average your line is {off} away from the measured one.",
        "你画的线和测得的线平均相差 {off}。"], { off: withUnit(bet, distance(bet, value)) });
    }
    const band = truth.std === null ? "" : ` ± ${number(truth.std, bet.digits)}`;
    const measured = number(truth.mean, bet.digits) + band + (bet.unit ? `\u00a0${bet.unit}` : "");
    if (value === undefined) return fill(["Measured: {measured}.", "测得：{measured}。"], { measured });
    return fill(["You: {you}. Measured: {measured}.", "你猜的是 {you}，测得的是 {measured}。"],
      { you: withUnit(bet, value), measured });
  }

  // ---- Pictures: a scale for a number, axes for a curve; one viewBox, all widths ----

  let [WIDTH, LEFT, RIGHT] = [560, 46, 546];
  const fit = (element) => {
    WIDTH = Math.round(Math.min(560, Math.max(280, element.clientWidth || 560)));
    RIGHT = WIDTH - 14;
  };
  const scale = (low, high, from, to) => (v) =>
    +(from + ((to - from) * (Math.min(high, Math.max(low, v)) - low)) / (high - low)).toFixed(1);
  const svg = (height, inside) => `<svg class="pb-picture" viewBox="0 0 ${WIDTH} ${height}" ` +
    `aria-hidden="true" fill="currentColor" font-size="13">${inside}</svg>`;
  const ink = (bet) => `var(--plusx-${bet.color},currentColor)`;
  const COLORS = "palette"; // in a bare notebook

  function ruler(bet, value) {
    const X = scale(bet.low, bet.high, 16, RIGHT);
    const { mean, std } = bet.truth;
    const [a, b] = [X(mean - (std || 0)), X(mean + (std || 0))];
    const end = (v, anchor) => `<text x="${X(v)}" y="62" text-anchor="${anchor}">${withUnit(bet, v)}</text>`;
    const you = value === undefined ? "" :
      `<path d="M${X(value)} 12v26" stroke="currentColor" stroke-width="3" stroke-dasharray="4 3"/>` +
      `<path d="M${X(value) - 5} 4h10l-5 8z"/>`;
    return svg(68, `<path d="M16 38H${RIGHT}" stroke="currentColor" stroke-opacity=".4"/>` +
      `<rect x="${a}" y="18" width="${Math.max(2, b - a)}" height="20" style="fill:${ink(bet)}" opacity=".3"/>` +
      `<path d="M${X(mean)} 16v22" style="stroke:${ink(bet)}" stroke-width="4"/>${you}` +
      end(bet.low, "start") + end(bet.high, "end"));
  }

  const HEIGHT = 250;
  const axes = (bet) => ({
    X: scale(bet.x[0], bet.x[bet.x.length - 1], LEFT, RIGHT - 12),
    Y: scale(bet.low, bet.high, HEIGHT - 34, 12),
  });
  function curves(bet, value, open) {
    const { X, Y } = axes(bet);
    const line = (ys) => ys.map((y, k) => `${k ? "L" : "M"}${X(bet.x[k])} ${Y(y)}`).join("");
    const grid = [0, 1, 2, 3, 4].map((k) => bet.low + ((bet.high - bet.low) * k) / 4).map((v) =>
      `<path d="M${LEFT} ${Y(v)}H${RIGHT}" stroke="currentColor" stroke-opacity=".15"/>` +
      `<text x="${LEFT - 6}" y="${Y(v) + 4}" text-anchor="end">${number(v, 0)}</text>`).join("");
    const below = bet.x.map((x) =>
      `<text x="${X(x)}" y="${HEIGHT - 14}" text-anchor="middle">${x}</text>`).join("");
    const means = bet.truth.map((t) => t.mean);
    const edge = (sign) => bet.truth.map((t) => t.mean + sign * (t.std || 0));
    const band = edge(1).map((y, k) => `${X(bet.x[k])} ${Y(y)}`)
      .concat(edge(-1).map((y, k) => `${X(bet.x[k])} ${Y(y)}`).reverse()).join("L");
    const measured = open ? "" :
      `<path d="M${band}z" style="fill:${ink(bet)}" opacity=".2"/>` +
      `<path d="${line(means)}" fill="none" style="stroke:${ink(bet)}" stroke-width="2.5"/>`;
    const mine = value === undefined ? "" :
      `<path d="${line(value)}" fill="none" stroke="currentColor" stroke-width="2.5" stroke-dasharray="6 4"/>` +
      value.map((y, k) => `<circle cx="${X(bet.x[k])}" cy="${Y(y)}" r="${open && k ? 7 : 4}"/>`).join("");
    return svg(HEIGHT, grid + below + measured + mine);
  }

  // ---- The element ----

  const WORDS = {
    lock: ["Lock my bet", "就这么猜"], show: ["Show me", "直接看结果"], again: ["Bet again", "重新猜"],
    off: ["Stop asking me, on all pages", "所有页面都不再让我猜"], on: ["Ask me to bet", "让我先猜"],
    covered: ["What answers it is covered until then.", "在那之前，答案先盖住。"],
    draw: ["Draw with pointer or finger, or move a point by the arrow keys.", "用鼠标或手指画线，也可以用方向键移动每个点。"],
    you: ["dashed: you", "虚线：你猜的"], measured: ["solid: measured, ± one standard deviation", "实线：测得的，色带为一个标准差"],
  };
  const button = (what) => `<button type="button" data-do="${what}">${say(WORDS[what])}</button>`;

  class Bet extends HTMLElement {
    connectedCallback() {
      // The answers behind it are not read yet: cover before they are painted.
      if (!this.bet) this.start();
      // JupyterLab would take the arrow keys for its own commands.
      this.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
    }
    start() {
      const json = this.querySelector("script");
      if (!json || (document.readyState === "loading" && !this.nextSibling)) { // not read whole
        this.setAttribute("data-closed", "");
        requestAnimationFrame(() => this.isConnected && this.start());
        return;
      }
      this.bet = JSON.parse(json.textContent);
      const { bet } = this;
      this.value = { number: (bet.low + bet.high) / 2, curve: bet.truth.map && bet.truth.map(() => bet.truth[0].mean) }[bet.kind];
      this.insertAdjacentHTML("beforeend", '<div class="pb-ui" role="group"></div>');
      this.ui = this.querySelector(".pb-ui");
      this.addEventListener("click", (event) => this.click(event.target.closest("[data-do]")));
      this.addEventListener("input", (event) => this.input(event.target));
      this.addEventListener("keydown", (event) => this.key(event));
      for (const kind of ["pointerdown", "pointermove"]) this.addEventListener(kind, (event) => this.drag(event));
      bets.onchange(() => this.isConnected && this.draw());
      for (const event of ["hashchange", "DOMContentLoaded"]) addEventListener(event, () => this.cover());
      this.draw();
    }
    state() {
      const { off, placed } = bets.read();
      return placed[this.bet.id] || (off ? { shown: true } : null);
    }
    cover() {
      const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const found = new URLSearchParams(location.search).has("highlight");
      const linked = there && (this.bet.covers.includes(there.id) || (there.tagName !== "SECTION" && this.covers(there)));
      this.toggleAttribute("data-closed", !this.state() && !found && !linked);
      const also = this.hasAttribute("data-closed") ? this.bet.covers : [];
      if (!also.length && !this.more) return;
      this.more = this.more || document.head.appendChild(document.createElement("style"));
      const hidden = (end) => also.map((id) => `section#${id}>:not(h2,h3,.cell,section)${end},section#${id} .cell_output${end}`).join();
      this.more.textContent = also.length
        ? `@media screen{${hidden("")}{visibility:hidden;position:relative}${hidden("::after")}{${COVER}}}` : "";
    }
    covers(element) {
      const cell = this.closest(".cell");
      const below = cell && cell.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
      return Boolean(below && cell.parentElement.contains(element));
    }
    draw() {
      const state = this.state();
      this.cover();
      const { bet } = this;
      fit(this.ui);
      const inside = state ? this.answer(state) : this.question();
      if (this.last === inside) return;
      const focused = this.contains(document.activeElement);
      this.ui.innerHTML = this.last = inside;
      if (focused && state) this.querySelector(".pb-result").focus();
      this.classList.add("ready");
      if (bet.kind === "number" && !state) this.input(this.querySelector("input"));
    }
    question() {
      const { bet } = this;
      const name = `pb-${bet.id}`;
      const controls = {
        number: () => `<input type="range" aria-label="${escape(bet.question[0])} · ${escape(bet.question[1])}" ` +
          `min="${bet.low}" max="${bet.high}" step="${bet.step}" value="${this.value}"><output></output>`,
        choice: () => `<div class="pb-options" role="radiogroup">${bet.options.map((o) =>
          `<label><input type="radio" name="${name}" value="${escape(o.value)}"${o.value === this.value ? " checked" : ""}>${say(o.label)}</label>`).join("")}</div>`,
        curve: () => `<div class="pb-axis">${say(bet.y_label)}</div><div class="pb-draw">${curves(bet, this.value, true)}${bet.x.map((x, k) =>
          (k ? `<span role="slider" tabindex="0" data-k="${k}" aria-label="${x}" aria-valuemin="${bet.low}" aria-valuemax="${bet.high}" aria-valuenow="${Math.round(this.value[k])}"></span>` : "")).join("")}</div>` +
          `<div class="pb-axis pb-x">${say(bet.x_label)}</div><p class="pb-hint">${say(WORDS.draw)}</p>`,
      };
      const ready = bet.kind !== "choice" || this.value !== undefined;
      return controls[bet.kind]() + `<p class="pb-buttons"><button type="button" data-do="lock"${ready ? "" : " disabled"}>` +
        `${say(WORDS.lock)}</button>${button("show")}<span class="pb-hint">${say(WORDS.covered)}</span></p>`;
    }
    answer({ value }) {
      const { bet } = this;
      const picture = { number: ruler, curve: (b, v) => curves(b, v, false), choice: () => "" }[bet.kind](bet, value);
      const key = bet.kind === "curve"
        ? `<p class="pb-hint">${value ? say(WORDS.you) + "; " : ""}${say(WORDS.measured)}</p>` : "";
      const axis = bet.kind === "curve" ? `<div class="pb-axis">${say(bet.y_label)}</div>` : "";
      return axis + picture + key + `<p class="pb-result" tabindex="-1" role="status">${say(result(bet, value))}</p>` +
        `<p class="pb-buttons">${button("again")}${button(bets.read().off ? "on" : "off")}</p>`;
    }
    input(target) {
      if (!target || target.closest("plusx-bet") !== this) return;
      const { bet } = this;
      if (bet.kind === "number") {
        this.value = +target.value;
        this.querySelector("output").textContent = withUnit(bet, this.value);
        target.setAttribute("aria-valuetext", withUnit(bet, this.value));
      } else if (target.type === "radio") {
        this.value = target.value;
        this.querySelector("[data-do=lock]").disabled = false;
      }
    }
    move(k, y) {
      fit(this.ui);
      const { low, high } = this.bet;
      this.value[k] = Math.min(high, Math.max(low, y));
      this.querySelector(".pb-picture").outerHTML = curves(this.bet, this.value, true);
      this.querySelector(`[data-k="${k}"]`).setAttribute("aria-valuenow", Math.round(this.value[k]));
    }
    key(event) {
      const k = +event.target.dataset.k;
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!k || !step) return;
      event.preventDefault();
      this.move(k, this.value[k] + (step * (this.bet.high - this.bet.low)) / 100);
    }
    drag(event) {
      const place = event.target.closest && event.target.closest(".pb-draw");
      if (!place || !event.buttons) return;
      event.preventDefault();
      const box = place.querySelector(".pb-picture").getBoundingClientRect();
      fit(this.ui);
      const [x, y] = [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
      const { X, Y } = axes(this.bet);
      const near = this.bet.x.map((v) => Math.abs(X(v) - x));
      const k = near.indexOf(Math.min(...near));
      const { low, high } = this.bet;
      if (k) this.move(k, low + ((high - low) * (Y(low) - y)) / (Y(low) - Y(high)));
    }
    click(target) {
      if (!target) return;
      const { bet } = this;
      const change = {
        lock: (all) => { all.placed[bet.id] = { value: this.value, truth: bet.truth }; },
        show: (all) => { all.placed[bet.id] = { shown: true }; },
        again: (all) => { delete all.placed[bet.id]; all.off = false; },
        off: (all) => { all.off = true; },
        on: (all) => { all.off = false; },
      }[target.dataset.do];
      bets.write(change);
      this.draw();
    }
  }

  if (!document.getElementById("plusx-bet-style")) {
    const named = Object.entries(COLORS).map(([name, color]) => `--plusx-${name}:${color}`).join(";");
    document.head.insertAdjacentHTML("beforeend", `<style id="plusx-bet-style">html:not([data-lang]){${named}}${STYLE.replace("COVER:1", COVER)}</style>`);
  }
  customElements.define("plusx-bet", Bet);
})();

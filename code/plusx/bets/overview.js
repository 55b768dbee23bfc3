// The last page: every bet of the book, what the reader placed, how far it was off.
// Bets can be saved as a file and loaded again; several files together are a class.
(function () {
  if (customElements.get("plusx-bets")) return;
  const STYLE = "overview.css";
  const { say, number, distance } = window.plusxBets;
  const FORM = "one-plus-x bets 1";
  const WORDS = {
    heads: [["question", "问题"], ["you", "你猜的"], ["measured", "测得的"], ["off by", "相差"]],
    save: ["Save my bets as a file", "把我猜的存成文件"], load: ["Load files (mine, or a class’s)", "读入文件（自己的或全班的）"],
    forget: ["Forget all bets", "清除所有下注记录"], off: ["Stop asking me to bet", "不再让我猜"], on: ["Ask me to bet", "让我先猜"],
    open: ["not placed yet", "还没有猜"], shown: ["looked first", "先看了结果"],
    bad: ["This file holds no bets of this book: ", "这个文件里没有本书的下注记录："],
    group: ["A class of {n}: a dot or a thin line for each reader, the thick line for what was measured.", "全班 {n} 人：每个点或每条细线是一位读者，粗线是测得的。"],
    count: ["{n} placed", "{n} 人猜过"], median: [", median ", "，中位数 "],
  };

  // What was placed, as text; a curve has too many numbers for a cell.
  function text(bet, value) {
    if (value === undefined) return "";
    if (bet.kind === "choice") return (bet.options.find((o) => o.value === value) || { label: value }).label;
    if (bet.kind === "curve") return ["a line", "一条线"];
    return number(value.mean === undefined ? value : value.mean, bet.digits) + (bet.unit ? `\u00a0${bet.unit}` : "");
  }
  function off(bet, value) {
    if (bet.kind !== "choice") return number(distance(bet, value), bet.digits) + (bet.unit ? `\u00a0${bet.unit}` : "");
    return value === bet.truth ? "✓" : "✗";
  }
  // A class laid over what was measured: marks on the scale of a number, thin lines
  // round the measured one, or how many chose what.
  const WIDE = 220;
  const scale = (low, high, from, to) => (v) =>
    +(from + ((to - from) * (Math.min(high, Math.max(low, v)) - low)) / (high - low)).toFixed(1);
  const svg = (height, inside) => `<svg class="po-class" viewBox="0 0 ${WIDE} ${height}" ` +
    `aria-hidden="true" fill="currentColor">${inside}</svg>`;
  const ink = (bet) => `style="stroke:var(--plusx-${bet.color},currentColor)"`;
  const over = {
    number(bet, values) {
      const X = scale(bet.low, bet.high, 6, WIDE - 6);
      return svg(24, `<path d="M${X(bet.truth.mean)} 2v20" ${ink(bet)} stroke-width="3"/>` +
        values.map((v) => `<circle cx="${X(v)}" cy="12" r="4" fill-opacity=".45"/>`).join(""));
    },
    curve(bet, values) {
      const [X, Y] = [scale(bet.x[0], bet.x[bet.x.length - 1], 6, WIDE - 6), scale(bet.low, bet.high, 90, 6)];
      const line = (ys, look) => `<path d="${ys.map((y, k) => `${k ? "L" : "M"}${X(bet.x[k])} ${Y(y)}`).join("")}" fill="none" ${look}/>`;
      return svg(96, values.map((ys) => line(ys, 'stroke="currentColor" stroke-opacity=".45"')).join("") +
        line(bet.truth.map((t) => t.mean), `${ink(bet)} stroke-width="3"`));
    },
    choice(bet, values) {
      return `<ul class="po-class">${bet.options.map((o) => {
        const count = values.filter((v) => v === o.value).length;
        const share = Math.round((100 * count) / values.length);
        return `<li><i style="width:${share}%"></i>${count} × ${say(o.label)}${o.value === bet.truth ? " ✓" : ""}</li>`;
      }).join("")}</ul>`;
    },
  };
  function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  }
  function laid(bet, values) {
    const count = WORDS.count.map((t) => t.replace("{n}", values.length));
    const middle = bet.kind === "number" ? WORDS.median.map((t) => t + text(bet, median(values))) : ["", ""];
    return over[bet.kind](bet, values) + `<p class="po-count">${say(count.map((t, k) => t + middle[k]))}</p>`;
  }
  const valid = (bet, value) => ({
    number: () => Number.isFinite(value),
    choice: () => bet.options.some((o) => o.value === value),
    curve: () => Array.isArray(value) && value.length === bet.x.length && value.every(Number.isFinite),
  })[bet.kind]();

  customElements.define("plusx-bets", class extends HTMLElement {
    connectedCallback() {
      if (this.list) return;
      const json = this.querySelector("script");
      const whole = json && (document.readyState !== "loading" || this.nextSibling);
      if (!whole) return void requestAnimationFrame(() => this.connectedCallback());
      // JupyterLab would take the arrow keys for its own commands.
      this.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
      this.list = JSON.parse(json.textContent);
      this.group = [];
      if (!document.getElementById("plusx-bets-style")) {
        document.head.insertAdjacentHTML("beforeend", `<style id="plusx-bets-style">${STYLE}</style>`);
      }
      this.insertAdjacentHTML("beforeend", "<div></div>");
      this.addEventListener("click", (event) => this.click(event.target.closest("[data-do]")));
      this.addEventListener("change", (event) => this.load([...event.target.files]));
      window.plusxBets.onchange(() => this.draw());
      this.draw();
    }
    placed(bet) {
      const state = window.plusxBets.read().placed[bet.id];
      // What only a cell knows stands in the files of those who have run it.
      const told = [state, ...this.group.map((all) => all[bet.id])].map((one) => one && one.truth);
      const found = bet.truth === null ? told.find((t) => valid(bet, bet.kind === "number" ? t && t.mean : t)) : bet.truth;
      return { state, known: { ...bet, truth: found } };
    }
    draw(message = "") {
      const rows = this.list.map((bet) => {
        const { state, known } = this.placed(bet);
        const value = state && state.value;
        const did = value !== undefined && known.truth !== undefined;
        const others = this.group.map((all) => all[bet.id] && all[bet.id].value).filter((v) => valid(bet, v));
        const wide = others.length && known.truth !== undefined ? laid(known, others) : "";
        return `<tr><td><a href="${bet.chapter}.html">${say(bet.question)}</a></td><td>${say(state ? (did ? text(known, value) : WORDS.shown) : WORDS.open)}${wide}</td>` +
          `<td>${state && known.truth !== undefined ? say(bet.kind === "curve" ? "" : text(known, known.truth)) : ""}</td>` +
          `<td class="po-far">${did ? off(known, value) : ""}</td></tr>`;
      });
      const button = (what) => `<button type="button" data-do="${what}">${say(WORDS[what])}</button>`;
      const group = this.group.length ? `<p>${say(WORDS.group.map((t) => t.replace("{n}", this.group.length)))}</p>` : "";
      this.lastElementChild.innerHTML =
        `<div class="po-buttons">${button("save")}<label>${say(WORDS.load)}<input type="file" accept="application/json,.json" multiple></label>` +
        `${button(window.plusxBets.read().off ? "on" : "off")}${button("forget")}</div><p role="status">${message}</p>${group}` +
        `<div class="po-scroll" tabindex="0"><table><thead><tr>${WORDS.heads.map((h) => `<th scope="col">${say(h)}</th>`).join("")}</tr></thead>` +
        `<tbody>${rows.join("")}</tbody></table></div>`;
    }
    click(target) {
      if (!target) return;
      const { read, write } = window.plusxBets;
      if (target.dataset.do === "save") {
        const values = Object.entries(read().placed).filter(([, state]) => state.value !== undefined);
        const bets = Object.fromEntries(values.map(([id, state]) => [id, state]));
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([JSON.stringify({ form: FORM, bets }, null, 1)], { type: "application/json" }));
        link.download = "bets.json";
        link.click();
        URL.revokeObjectURL(link.href);
      }
      if (target.dataset.do === "forget") write((all) => { all.placed = {}; });
      if (["on", "off"].includes(target.dataset.do)) write((all) => { all.off = target.dataset.do === "off"; });
    }
    // One file is the reader's own; of several each is one reader of a class.
    async load(files) {
      const group = [];
      let message = "";
      for (const file of files) {
        try {
          const { form, bets } = JSON.parse(await file.text());
          if (form !== FORM || !bets) throw new Error(form);
          group.push(bets);
        } catch (e) {
          message += `${say(WORDS.bad)}${file.name.replace(/[<&]/g, "")} `;
        }
      }
      if (files.length === 1 && group.length) {
        const known = new Map(this.list.map((bet) => [bet.id, bet]));
        const good = Object.entries(group[0]).filter(([id, s]) => known.has(id) && s && valid(known.get(id), s.value));
        window.plusxBets.write((all) => Object.assign(all.placed, Object.fromEntries(good)));
      } else {
        this.group = group;
      }
      this.draw(message);
    }
  });
})();

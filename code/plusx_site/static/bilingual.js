/* The language of the page: English, Chinese, or both side by side.
   `plusxLang` (first.js) has chosen and set the mode before the first paint. */
(function () {
  "use strict";
  const root = document.documentElement;
  const lang = window.plusxLang;
  const fullTitle = document.title;
  const NAMED = ["title", "aria-label", "placeholder", "alt", "data-bs-title"];
  const labels = []; // [element, attribute, "English · 中文"]

  const isVisible = (element) => element.getClientRects().length > 0;

  /* ---- Reading position: the block under the reading line stays where it is ---- */

  function readingLine() {
    const header = document.querySelector(".bd-header-article");
    return (header ? Math.max(0, header.getBoundingClientRect().bottom) : 0) + 16;
  }

  function share(box, line) {
    return box.height ? Math.min(1, Math.max(0, (line - box.top) / box.height)) : 0;
  }

  /* The last visible block that begins above the line, and how much of it is read. */
  function bookmark(line) {
    let found = null;
    const blocks = "article section > :not(section), article .lang-pair > * > *";
    for (const element of document.querySelectorAll(blocks)) {
      if (!isVisible(element)) continue;
      const box = element.getBoundingClientRect();
      if (found && box.top > line) break;
      const block = element.closest(".lang-pair > *");
      found = {
        element, top: box.top, share: share(box, line),
        blockShare: block ? share(block.getBoundingClientRect(), line) : 0,
      };
    }
    return found;
  }

  /* The block's place in the other language: its partner, or the same share of the cell. */
  function counterpart(mark) {
    if (isVisible(mark.element)) return [mark.element, mark.share];
    const block = mark.element.closest(".lang-pair > *");
    if (!block) return [null, 0];
    const other = block.nextElementSibling || block.previousElementSibling;
    if (other.children.length !== block.children.length) return [other, mark.blockShare];
    let child = mark.element;
    while (child.parentElement !== block) child = child.parentElement;
    return [other.children[[...block.children].indexOf(child)], mark.share];
  }

  function restore(mark, line) {
    const [element, read] = counterpart(mark);
    if (!element) return;
    const box = element.getBoundingClientRect();
    const change = read > 0 ? box.top + read * box.height - line : box.top - mark.top;
    scrollBy({ top: change, behavior: "instant" });
  }

  /* ---- Words of the page that are no text: title, labels, tooltips ---- */

  function collect() {
    for (const name of NAMED) {
      for (const element of document.querySelectorAll(`[${name}*=" · "]`)) {
        const text = element.getAttribute(name);
        labels.push([element, name, text]);
        const silent = !element.textContent.trim() && !element.hasAttribute("aria-label");
        if (name === "title" && silent) labels.push([element, "aria-label", text]);
      }
    }
  }

  function relabel() {
    for (const [element, name, text] of labels) {
      const shown = lang.half(text);
      const tooltip = window.bootstrap?.Tooltip?.getInstance(element);
      if (tooltip && name !== "aria-label") tooltip.setContent({ ".tooltip-inner": shown });
      else element.setAttribute(name, shown);
    }
    for (const button of document.querySelectorAll(".copybtn")) {
      button.setAttribute("aria-label", lang.half("Copy · 复制"));
    }
    const at = fullTitle.lastIndexOf(" — ");
    const page = at < 0 ? fullTitle : fullTitle.slice(0, at);
    const [number] = document.querySelector("h1 > .section-number") ? /^(\d+\s)?/.exec(page) : [""];
    const named = number + lang.half(page.slice(number.length));
    document.title = named + fullTitle.slice(page.length);
    const shared = document.querySelector('meta[property="og:title"]');
    if (shared) shared.content = named;
  }

  /* What reads the page without its styles, such as a reader view, gets one language. */
  function hide() {
    const mode = root.dataset.lang;
    for (const part of document.querySelectorAll(":is(.lang-en, .lang-zh, .lang-sep):not(svg *)")) {
      part.hidden = mode !== "both" && !part.classList.contains(`lang-${mode}`);
    }
  }

  /* What is wider than its place is moved with the arrow keys as well. */
  function reach() {
    for (const wide of document.querySelectorAll(".formula-block, .formula-wide, .plusx-table")) {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
      else wide.removeAttribute("tabindex");
    }
  }

  function sync() {
    for (const button of document.querySelectorAll(".lang-switch button")) {
      button.setAttribute("aria-pressed", String(button.dataset.set === root.dataset.lang));
    }
    hide();
    relabel();
    reach();
    document.dispatchEvent(new Event("plusx:lang"));
  }

  /* ---- Choice ---- */

  function remember(mode) {
    localStorage.setItem("lang", mode);
    sessionStorage.setItem("lang", mode);
    const address = new URL(location.href);
    if (!address.searchParams.has("lang")) return;
    address.searchParams.set("lang", mode);
    try { history.replaceState(history.state, "", address); } catch (error) { /* file: */ }
  }

  /* A page that is asked for in one language is that page for a search engine. */
  function ownAddress() {
    const canonical = document.querySelector('link[rel="canonical"]');
    const asked = /[?&]lang=(en|zh)\b/.exec(location.search);
    if (canonical && asked) canonical.href += `?lang=${asked[1]}`;
  }

  function choose(mode) {
    const line = readingLine();
    const mark = scrollY > 0 ? bookmark(line) : null;
    root.style.overflowAnchor = "none";
    lang.show(mode);
    remember(mode);
    sync();
    if (mark) restore(mark, line);
    setTimeout(() => { root.style.overflowAnchor = ""; }, 300);
  }

  /* A page opened as a file may not share its storage with the next one. A theme that
     nothing keeps stays that of the system. */
  function carry(link) {
    const address = new URL(link.href);
    const isPage = address.protocol === location.protocol && address.host === location.host && /\.html$/.test(address.pathname);
    if (!isPage || address.pathname === location.pathname) return;
    address.searchParams.set("lang", root.dataset.lang);
    link.href = address;
  }

  /* What a link points at may stand in the language that is not shown. */
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const pair = target && !isVisible(target) && target.closest(".lang-pair");
    if (pair) pair.scrollIntoView();
  }

  const isCarried = location.protocol === "file:" || window.plusxForgets;
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".lang-switch button");
    if (button) choose(button.dataset.set);
    const link = isCarried && event.target.closest("a[href]");
    if (link) carry(link);
  });
  document.addEventListener("submit", ({ target }) => {
    if (!isCarried) return;
    const field = target.elements.lang || target.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name: "lang", value: root.dataset.lang });
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && lang.choose() !== root.dataset.lang) choose(lang.choose());
  });
  addEventListener("hashchange", reveal);
  addEventListener("load", () => { relabel(); reach(); reveal(); });
  addEventListener("resize", reach);
  /* On paper nothing is folded away, and the colours are those for white. */
  let shown = [];
  let theme = "";
  addEventListener("beforeprint", () => {
    shown = [...document.querySelectorAll("details.fold:not([open])")];
    for (const fold of shown) fold.open = true;
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const fold of shown) fold.open = false;
    root.dataset.theme = theme;
  });
  collect();
  ownAddress();
  sync();
})();

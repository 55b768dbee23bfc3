/* The search page in the reader's language. Sphinx's searchtools.js finds the pages in
   its index; here they are shown, with passages that link to their section. */
(function () {
  "use strict";
  const BLOCKS = "p, li, dt, dd, th, td, figcaption, h2, h3, h4";
  const SOURCE = ".citation-list"; // in no language but its own
  const CODE = ".highlight pre";
  const PASSAGES = 3; // of a page
  const LENGTH = { en: 200, zh: 90 }; // of a passage, in characters
  const SAID = {
    busy: ["Searching…", "正在搜索……"],
    none: [
      "Nothing found. Fewer or other words may help.",
      "没有找到。少写几个词，或者换个词试试。",
    ],
    found: (n) => [
      n === 1 ? "Found on one page." : `Found on ${n} pages.`,
      `找到 ${n} 页。`,
    ],
  };
  const query = window.plusxQuery;
  const { HAN } = query;
  const { halves, group, prepare, resultsOf, partly, soughtBy } = window.plusxIndex;
  const words = JSON.parse(document.getElementById("search-words").textContent);
  const traditional = new Map(words.traditional.map((pair) => [...pair]));
  const isFile = location.protocol === "file:"; // such a page may not read another
  const articles = new Map(); // what the scripts of passages.py have handed over
  window.plusxPassages = (name, html) => articles.set(name, html);
  let shown = []; // redraw functions, called when the language changes

  function make(name, properties = {}, ...children) {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  }

  function both([english, chinese]) {
    return [
      make("span", { className: "lang-en", lang: "en" }, english),
      make("span", { className: "lang-sep" }, " · "),
      make("span", { className: "lang-zh", lang: "zh-Hans" }, chinese),
    ];
  }

  /* A chapter's number stands before both halves of its title. */
  function named(title) {
    const [number] = /^(\d+\u2002)?/.exec(title);
    const words = title.slice(number.length);
    return [number, ...(halves(words) ? both(halves(words)) : [words])];
  }

  /* ---- Passages ---- */

  /* A formula in a line of text: its TeX where that reads by itself. */
  function short(formula) {
    const tex = formula.querySelector(".tex")?.textContent.replace(/\$/g, "") || "";
    return tex.includes("\\") || tex.length > 24 ? "…" : tex;
  }

  function textOf(block, mode) {
    const copy = block.cloneNode(true);
    const other = { en: ", .lang-zh, .lang-sep", zh: ", .lang-en, .lang-sep" }[mode] || "";
    for (const math of copy.querySelectorAll(".math")) math.replaceWith(short(math));
    const rest = copy.querySelectorAll(".headerlink, script, style, svg" + other);
    for (const part of rest) part.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function score(text, sought) {
    const has = (pattern) => new RegExp(pattern, "iu").test(text);
    const points = sought.ways.map((way) => {
      const hits = way.patterns.filter(has).length;
      const isWhole = way.text && has(query.pattern(way.text, sought.isCode));
      return isWhole ? hits + way.patterns.length + 1 : hits;
    });
    return Math.max(...points);
  }

  /* What stands in the reader's language where a block stands; null if nothing does. */
  function inLanguage(block, mode) {
    const side = block.closest(".lang-en, .lang-zh");
    const wanted = `lang-${mode}`;
    if (mode === "both" || !side || side.classList.contains(wanted)) return block;
    const other = [...side.parentElement.children].find((e) => e.classList.contains(wanted));
    if (!other || side === block) return other || null;
    const [here, there] = [side, other].map((e) => [...e.querySelectorAll(BLOCKS)]);
    return here.length === there.length ? there[here.indexOf(block)] : there[0] || other;
  }

  function passagesOf(page, sought, mode, blocks = sought.isCode ? `${BLOCKS}, ${CODE}` : BLOCKS) {
    const best = new Map();
    const least = sought.isCode ? sought.ways[0].patterns.length : 1;
    [...page.querySelectorAll(blocks)].forEach((block, order) => {
      if (blocks.startsWith(BLOCKS) && block.closest(SOURCE)) return;
      const points = !block.querySelector(blocks) && score(textOf(block, "both"), sought);
      const target = points >= least && inLanguage(block, mode);
      const text = target && textOf(target, mode);
      if (!text) return;
      const rank = points + (score(text, sought) ? 0.5 : 0);
      const section = target.closest("section[id] section[id]")?.id;
      if (rank > (best.get(text)?.rank || 0)) best.set(text, { text, rank, order, section });
    });
    if (!best.size && blocks === BLOCKS) return passagesOf(page, sought, mode, `pre, ${SOURCE}`);
    const ranked = [...best.values()].sort((a, b) => b.rank - a.rank || a.order - b.order);
    return ranked.slice(0, PASSAGES).sort((a, b) => a.order - b.order);
  }

  function excerpt(text, sought) {
    const whole = sought.ways.map((way) => query.pattern(way.text, sought.isCode));
    const parts = sought.ways.flatMap((way) => way.patterns);
    const pattern = new RegExp([...whole, ...parts].filter(Boolean).join("|"), "giu");
    const at = Math.max(0, ...whole.map((one) => text.search(new RegExp(one, "iu")))) || Math.max(0, text.search(pattern));
    const length = HAN.test(text.slice(at, at + 20)) ? LENGTH.zh : LENGTH.en;
    let from = Math.max(0, Math.min(at - (length >> 2), text.length - length));
    if (from && !HAN.test(text[from])) from = text.lastIndexOf(" ", from) + 1;
    const cut = text.slice(from, from + length);
    const out = [from ? "… " : ""];
    let last = 0;
    for (const hit of cut.matchAll(pattern)) {
      out.push(cut.slice(last, hit.index), make("mark", {}, hit[0]));
      last = hit.index + hit[0].length;
    }
    return [...out, cut.slice(last), from + length < text.length ? " …" : ""];
  }

  /* The marks of a search travel in its links, so that no other page has them. */
  function addressOf(page, sought, anchor = "") {
    const marks = sought.marks.length ? `?highlight=${encodeURIComponent(sought.marks.join(" "))}` : "";
    return page.name + DOCUMENTATION_OPTIONS.LINK_SUFFIX + marks + anchor;
  }

  const load = (src) => new Promise((onload, onerror) =>
    document.head.append(make("script", { src, onload, onerror })));

  /* The text of a page: from a server the page, from the disk what a script hands over. */
  async function read(name) {
    if (!isFile) return (await fetch(name + DOCUMENTATION_OPTIONS.FILE_SUFFIX)).text();
    if (!articles.has(name)) await load(`_static/passages/${name}.js`);
    return articles.get(name);
  }

  /* Add the passages of a page to its item; tell whether there are any. */
  async function addPassages(item, page, sought) {
    const box = item.appendChild(make("div"));
    const html = await read(page.name);
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    if (!article) return false;
    article.querySelector(".gloss-entries")?.remove(); // said again, in the glossary's words
    const passage = ({ text, section }) => {
      const href = addressOf(page, sought, section ? "#" + section : "");
      return make("p", { className: "context" }, make("a", { href }, ...excerpt(text, sought)));
    };
    const draw = () => {
      const found = passagesOf(article, sought, document.documentElement.dataset.lang);
      box.replaceChildren(...found.map(passage));
    };
    shown.push(draw);
    draw();
    return box.children.length > 0;
  }

  /* ---- The page ---- */

  function itemOf(page, sought) {
    const link = make("a", { href: addressOf(page, sought) }, ...named(page.title));
    const item = make("li", {}, link);
    const sections = [...page.sections].map(([anchor, title]) =>
      make("li", {}, make("a", { href: addressOf(page, sought, anchor) }, ...named(title))));
    if (sections.length) item.append(make("ul", {}, ...sections));
    return item;
  }

  function say(count) {
    Search.status.replaceChildren(...both(count ? SAID.found(count) : SAID.none));
  }

  async function show(pages, sought) {
    shown = [];
    const items = pages.map((page) => itemOf(page, sought));
    Search.output.replaceChildren(...items);
    const isFound = await Promise.all(items.map((item, i) =>
      addPassages(item, pages[i], sought).catch(() => true))); // blocked: the title must do
    items.forEach((item, i) => {
      if (sought.isCode && !isFound[i] && !pages[i].sections.size) item.remove();
    });
    return say(Search.output.children.length);
  }

  Search.performSearch = (text) => {
    const status = { className: "search-summary", role: "status" };
    Search.status = make("p", status, ...both(SAID.busy));
    Search.output = make("ul", { className: "search" });
    document.getElementById("search-results").replaceChildren(Search.status, Search.output);
    if (Search.hasIndex()) Search.query(text);
    else Search.deferQuery(text);
  };

  Search.query = (text) => {
    const index = Search._index;
    prepare(index);
    const plain = query.plain(text, traditional);
    const sought = soughtBy(plain, index, words.synonyms);
    const results = resultsOf(sought, index);
    const isSentence = sought.ways[0].stems.size > 4;
    const rest = isSentence || !results.length ? partly(sought, index) : [];
    show(group([...rest, ...results], index), sought);
  };

  document.addEventListener("plusx:lang", () => shown.forEach((draw) => draw()));
})();

/* The search page in the reader's language. Sphinx's searchtools.js finds the pages in
   its index; here they are shown, with passages that link to their section. */
(function () {
  "use strict";
  const HAN = /[\u3400-\u9fff\uf900-\ufaff]/;
  const BLOCKS = "p, li, dt, dd, th, td, figcaption, h2, h3, h4";
  const SOURCE = ".citation-list"; // in no language but its own
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
      `在 ${n} 页上找到。`,
    ],
  };
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

  function halves(title) {
    const at = title.indexOf(" · ");
    if (at < 1 || !HAN.test(title.slice(at))) return null;
    return [title.slice(0, at), title.slice(at + 3)];
  }

  const named = (title) => (halves(title) ? both(halves(title)) : [title]);
  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

  /* ---- The index: titles as text, each half of a title found by itself ---- */

  function prepare(index) {
    if (index.whole) return;
    index.titles = index.titles.map(plain);
    index.whole = new Map();
    const titles = {};
    for (const [title, places] of Object.entries(index.alltitles)) {
      for (const half of [title, ...(halves(title) || [])]) {
        (titles[half] ||= []).push(...places);
        index.whole.set(half, title);
      }
    }
    index.alltitles = titles;
  }

  /* A single character is in the index only inside pairs. */
  function addSingles(index, terms) {
    for (const term of terms) {
      if (term.length > 1 || !HAN.test(term)) continue;
      for (const table of [index.terms, index.titleterms]) {
        const keys = Object.keys(table).filter((key) => key.includes(term));
        if (keys.length) table[term] = [...new Set(keys.flatMap((key) => table[key]))];
      }
    }
  }

  /* Sphinx's results, best first, as pages with the sections whose titles match. */
  function group(results, index) {
    const pages = new Map();
    for (const [name, title, anchor] of results.reverse()) {
      if (!pages.has(name)) {
        const whole = index.titles[index.docnames.indexOf(name)];
        pages.set(name, { name, title: whole, sections: new Map() });
      }
      const { sections } = pages.get(name);
      if (!anchor || sections.has(anchor)) continue;
      const part = title.split(" > ").pop();
      sections.set(anchor, index.whole.get(part) || part);
    }
    return [...pages.values()];
  }

  /* ---- Passages ---- */

  function wordsOf(query, stems) {
    const words = query.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
    const stemmed = [...stems].filter((stem) => stem.length > 2 && !HAN.test(stem));
    const all = [...new Set([...words, ...stemmed])];
    return { phrase: words.join(" "), words: all.filter((w) => !stopwords.includes(w)) };
  }

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
    const lower = text.toLowerCase();
    const hits = sought.words.filter((word) => lower.includes(word)).length;
    return hits && hits + (lower.includes(sought.phrase) ? sought.words.length : 0);
  }

  /* What stands in the reader's language where a block stands. */
  function inLanguage(block, mode) {
    const side = block.closest(".lang-pair > *");
    const wanted = `lang-${mode}`;
    if (mode === "both" || !side || side.classList.contains(wanted)) return block;
    const other = [...side.parentElement.children].find((e) => e.classList.contains(wanted));
    if (!other) return block;
    const [here, there] = [side, other].map((e) => [...e.querySelectorAll(BLOCKS)]);
    return here.length === there.length ? there[here.indexOf(block)] : there[0] || other;
  }

  function passagesOf(page, sought, mode, blocks = BLOCKS) {
    const best = new Map();
    [...page.querySelectorAll(blocks)].forEach((block, order) => {
      if (blocks === BLOCKS && block.closest(SOURCE)) return;
      const points = !block.querySelector(blocks) && score(textOf(block, "both"), sought);
      const target = points && inLanguage(block, mode);
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
    const longest = [...sought.words].sort((a, b) => b.length - a.length);
    const pattern = new RegExp(longest.join("|"), "giu");
    const phrase = text.toLowerCase().indexOf(sought.phrase);
    const at = Math.max(0, phrase >= 0 ? phrase : text.search(pattern));
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

  async function addPassages(item, address, sought) {
    if (location.protocol === "file:") return; // a page opened as a file may not read another
    const box = item.appendChild(make("div"));
    const html = await (await fetch(address)).text();
    const article = new DOMParser().parseFromString(html, "text/html").querySelector("article");
    const passage = ({ text, section }) => {
      const href = address + (section ? "#" + section : "");
      return make("p", { className: "context" }, make("a", { href }, ...excerpt(text, sought)));
    };
    const draw = () => {
      const found = passagesOf(article, sought, document.documentElement.dataset.lang);
      box.replaceChildren(...found.map(passage));
    };
    if (!article) return;
    shown.push(draw);
    draw();
  }

  /* ---- The page ---- */

  function itemOf(page, sought) {
    const address = page.name + DOCUMENTATION_OPTIONS.LINK_SUFFIX;
    const item = make("li", {}, make("a", { href: address }, ...named(page.title)));
    const sections = [...page.sections].map(([anchor, title]) =>
      make("li", {}, make("a", { href: address + anchor }, ...named(title))));
    if (sections.length) item.append(make("ul", {}, ...sections));
    addPassages(item, page.name + DOCUMENTATION_OPTIONS.FILE_SUFFIX, sought);
    return item;
  }

  Search.performSearch = (query) => {
    const status = { className: "search-summary", role: "status" };
    Search.status = make("p", status, ...both(SAID.busy));
    Search.output = make("ul", { className: "search" });
    document.getElementById("search-results").replaceChildren(Search.status, Search.output);
    if (Search.hasIndex()) Search.query(query);
    else Search.deferQuery(query);
  };

  Search.query = (query) => {
    prepare(Search._index);
    const parsed = Search._parseQuery(query);
    addSingles(Search._index, parsed[1]);
    const sought = wordsOf(query, parsed[1]);
    localStorage.setItem("sphinx_highlight_terms", sought.words.join(" "));
    shown = [];
    const pages = group(Search._performSearch(...parsed), Search._index);
    Search.output.replaceChildren(...pages.map((page) => itemOf(page, sought)));
    const { found, none } = SAID;
    Search.status.replaceChildren(...both(pages.length ? found(pages.length) : none));
  };

  document.addEventListener("plusx:lang", () => shown.forEach((draw) => draw()));
})();

/* Sphinx's index of the book, asked for what a query means. */
(function () {
  "use strict";
  const query = window.plusxQuery;
  const { HAN } = query;

  function halves(title) {
    const at = title.indexOf(" · ");
    if (at < 1 || !HAN.test(title.slice(at))) return null;
    return [title.slice(0, at), title.slice(at + 3)];
  }

  const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

  /* Titles as text, each half of a title found by itself. */

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
    index.known = [...new Set([...Object.keys(index.terms), ...Object.keys(index.titleterms)])];
  }

  /* A single character is in the index only inside pairs, and a word such as
     "constructor", which every object of JavaScript has, need not be there at all. */
  function addMissing(index, terms) {
    for (const term of terms) {
      for (const table of [index.terms, index.titleterms]) {
        const isSingle = term.length === 1 && HAN.test(term);
        const keys = isSingle ? Object.keys(table).filter((key) => key.includes(term)) : [];
        const value = [...new Set(keys.flatMap((key) => table[key]))];
        const isMissing = keys.length || (term in table && !Object.hasOwn(table, term));
        if (isMissing) Object.defineProperty(table, term, { value, enumerable: true });
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

  /* Pages for a text by itself, such as "+1": by their titles, and any that may hold it. */
  function byText(text, index) {
    const found = new RegExp(query.pattern(text, true), "iu");
    const results = [];
    for (const [title, places] of Object.entries(index.alltitles)) {
      if (!found.test(title)) continue;
      for (const [file, id] of places) results.push([index.docnames[file], title, id ? "#" + id : ""]);
    }
    const others = index.docnames.map((name) => [name, "", ""]);
    return [...others, ...results.reverse()];
  }

  /* One way to put the query: the stems for the index, the patterns for passages. */
  function wayOf(text, index) {
    const stemmer = new Stemmer();
    const isKnown = (stem) => Object.hasOwn(index.terms, stem) || Object.hasOwn(index.titleterms, stem);
    const tokens = query.tokens(text).filter((t) => !stopwords.includes(t.text));
    const patterns = [], marks = [];
    const terms = splitQuery(text).filter((w) => !stopwords.includes(w) && !/^\d+$/.test(w));
    const meant = new Map(terms.map((word) => {
      const stem = stemmer.stemWord(word);
      return [word, query.spelled(word, (w) => stemmer.stemWord(w), isKnown, index.known)];
    }));
    for (const token of tokens) {
      const others = token.isCode ? [] : meant.get(token.text) || [];
      const forms = [token.text, ...others];
      patterns.push(forms.map((form) => query.pattern(form, token.isWhole)).join("|"));
      const stem = others.find((form) => token.text.startsWith(form));
      const isKnown = !others.length || HAN.test(token.text);
      marks.push(...(stem ? [stem] : isKnown ? [token.text] : others));
    }
    const stems = terms.map((word) => meant.get(word)[0] || stemmer.stemWord(word));
    return { text, stems: new Set(stems), patterns, marks, tokens };
  }

  function soughtBy(text, index, synonyms) {
    const ways = query.namesakes(text, synonyms).map((way) => wayOf(way, index));
    const isCode = ways[0].tokens.some((token) => token.isCode);
    const others = ways.slice(1).flatMap((way) => way.marks).filter((mark) => HAN.test(mark));
    const marks = [...new Set([...ways[0].marks, ...others])].filter((mark) => mark.length > 1);
    return { ways, isCode, marks };
  }

  function resultsOf(sought, index) {
    const results = sought.ways.map(({ text, stems }) => {
      if (!stems.size) return byText(text, index);
      addMissing(index, stems);
      return Search._performSearch(text, stems, new Set(), stems, new Set());
    });
    return results.reverse().flat(); // the query's own names come first in the end
  }

  /* For a sentence, not every word of which need stand on a page: pages with half. */
  function partly(sought, index) {
    const counts = new Map();
    const stems = [...sought.ways[0].stems];
    sought.ways[0].patterns = stems.map((stem) => query.pattern(stem, false));
    for (const stem of stems) {
      const lists = [index.terms, index.titleterms].filter((t) => Object.hasOwn(t, stem)).map((t) => t[stem]);
      for (const file of new Set(lists.flat())) counts.set(file, (counts.get(file) || 0) + 1);
    }
    const most = [...counts].filter(([, count]) => count * 2 >= stems.length && count > 1);
    most.sort((a, b) => a[1] - b[1]);
    return most.map(([file]) => [index.docnames[file], index.titles[file], ""]);
  }

  window.plusxIndex = { halves, group, prepare, resultsOf, partly, soughtBy };
})();

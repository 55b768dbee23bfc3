/* What a query means: its characters, its words, and what else is called the same.
   `plusxQuery` knows no page; search.js shows what is found. */
(function () {
  "use strict";
  const HAN = /\p{Script=Han}/u;
  const LETTER = "[\\p{Script=Latin}\\p{Script=Greek}\\p{N}_]";
  /* British and American spelling, each way. */
  const SPELLINGS = [
    ["isation", "ization"], ["ise", "ize"], ["ised", "ized"], ["ises", "izes"], ["ising", "izing"],
    ["our", "or"], ["ours", "ors"], ["oured", "ored"], ["yse", "yze"], ["ysed", "yzed"],
    ["tre", "ter"], ["tred", "tered"], ["lled", "led"], ["lling", "ling"], ["ogue", "og"],
  ];

  /* Full-width letters and traditional characters as the book writes them. */
  function plain(query, traditional) {
    const lower = query.normalize("NFKC").toLowerCase().replace(/["“”「」]/g, " ");
    const characters = [...lower].map((c) => traditional.get(c) || c);
    return characters.join("").replace(/\s+/g, " ").trim();
  }

  /* A text as a pattern: from the beginning of a word, or a whole word. Signs of a
     formula may have spaces round them. */
  function pattern(text, isWhole) {
    const letter = new RegExp(LETTER, "u");
    const before = letter.test(text[0]) ? `(?<!${LETTER})` : "";
    const after = isWhole && letter.test(text.at(-1)) ? `(?!${LETTER})` : "";
    const escaped = text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    return before + escaped.replace(/ ?(\\[+*/-]|=) ?/g, "\\s*$1\\s*") + after;
  }

  /* A name in a query, also with the ending of its plural. */
  const nameIn = (name) => new RegExp(pattern(name, false) + (HAN.test(name) ? "" : `s?(?!${LETTER})`), "u");

  /* The query itself, and with each other name of what it names. */
  function namesakes(query, synonyms) {
    const found = [query];
    for (const group of synonyms) {
      const name = [...group].sort((a, b) => b.length - a.length).find((n) => nameIn(n).test(query));
      if (!name) continue;
      for (const other of group) {
        const renamed = query.replace(nameIn(name), ` ${other} `);
        found.push(renamed.replace(/\s+/g, " ").trim());
      }
      break;
    }
    return [...new Set(found)];
  }

  /* The words of a query; what looks like code or a formula is one word, kept as it is. */
  function tokens(query) {
    const found = [];
    for (const part of query.split(" ")) {
      const word = part.replace(/^[,;:!?，。；：！？、'’]+|[.,;:!?，。；：！？、'’]+$/g, "");
      const isCode = /[\p{L}\p{N}_]/u.test(word) && /[._()[\]=+*/^<>-]/.test(word);
      const isHyphened = /^[\p{L}\p{N}]+(-[\p{L}\p{N}]+)+$/u.test(word);
      if (isCode && !isHyphened && !HAN.test(word)) {
        found.push({ text: word, isCode: true, isWhole: true });
        continue;
      }
      for (const [text] of word.matchAll(new RegExp(`\\p{Script=Han}+|${LETTER}+`, "gu"))) {
        found.push({ text, isCode: false, isWhole: !HAN.test(text) && text.length < 3 });
      }
    }
    return found;
  }

  /* Whether two words differ by one letter: another, one more, one less, two swapped. */
  function isTypo(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let i = 0;
    while (i < a.length && a[i] === b[i]) i += 1;
    const rest = (word, skipped) => word.slice(i + skipped);
    return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1) ||
      (a[i] === b[i + 1] && a[i + 1] === b[i] && rest(a, 2) === rest(b, 2));
  }

  /* The words of the book that a word may mean, by their stems. */
  function spelled(word, stem, isKnown, known) {
    const spellings = SPELLINGS.flatMap(([a, b]) => [[a, b], [b, a]])
      .filter(([ending]) => word.endsWith(ending))
      .map(([ending, other]) => stem(word.slice(0, -ending.length) + other));
    const meant = [...new Set([stem(word), ...spellings])].filter(isKnown);
    if (meant.length || word.length < 4 || HAN.test(word)) return meant;
    const inside = known.filter((term) => term.includes(word));
    return inside.length ? [word] : known.filter((term) => isTypo(term, word) || isTypo(term, stem(word)));
  }

  window.plusxQuery = { HAN, plain, pattern, namesakes, tokens, spelled, isTypo };
})();

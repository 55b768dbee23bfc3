/* Copying takes formulas as TeX and keeps a table a table: text/html is offered beside
   text/plain. */
(function () {
  "use strict";
  const root = document.documentElement;

  /* What stands there: no drawing, no hidden language, TeX for each formula. */
  function shown(range) {
    const box = document.createElement("div");
    box.append(range.cloneContents());
    const hidden = { en: ", .lang-zh, .lang-sep", zh: ", .lang-en, .lang-sep" }[root.dataset.lang] || "";
    for (const part of box.querySelectorAll(".math math, .math svg, .headerlink, button" + hidden)) part.remove();
    for (const tex of box.querySelectorAll(".tex")) tex.replaceWith(tex.textContent);
    return box;
  }

  /* A table alone as rows and columns; null where there is more than a table. */
  function columns(box) {
    const rest = box.cloneNode(true);
    for (const row of rest.querySelectorAll("tr")) row.remove();
    if (rest.textContent.trim()) return null;
    const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " "));
    return [...box.querySelectorAll("tr")].map((row) => cells(row).join("\t")).join("\n");
  }

  /* The text as it is seen, without MathML, which is hidden and would break the line. */
  function lines(selection) {
    root.classList.add("copying");
    const text = selection.toString();
    root.classList.remove("copying");
    return text;
  }

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount) return;
    const box = shown(selection.getRangeAt(0));
    const hasFormula = selection.getRangeAt(0).cloneContents().querySelector(".tex");
    if (!hasFormula && !box.querySelector("td, th")) return;
    event.clipboardData.setData("text/plain", columns(box) || lines(selection));
    event.clipboardData.setData("text/html", box.innerHTML);
    event.preventDefault();
  });
})();

/* Copying takes formulas as TeX and keeps a table a table: text/html is offered beside
   text/plain. MathML, hidden from the eye, would break the line before the TeX. */
(function () {
  "use strict";
  const root = document.documentElement;

  /* What stands there as HTML: no drawing, no hidden language, TeX for each formula. */
  function markup(range) {
    const box = document.createElement("div");
    box.append(range.cloneContents());
    const hidden = { en: ", .lang-zh, .lang-sep", zh: ", .lang-en, .lang-sep" }[root.dataset.lang] || "";
    for (const part of box.querySelectorAll(".math math, .math svg, .headerlink, button" + hidden)) part.remove();
    for (const tex of box.querySelectorAll(".tex")) tex.replaceWith(tex.textContent);
    return box.innerHTML;
  }

  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount) return;
    const range = selection.getRangeAt(0);
    if (!range.cloneContents().querySelector(".tex, td, th")) return;
    root.classList.add("copying");
    event.clipboardData.setData("text/plain", selection.toString());
    root.classList.remove("copying");
    event.clipboardData.setData("text/html", markup(range));
    event.preventDefault();
  });
})();

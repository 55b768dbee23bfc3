/* The first use of a term shows its entry in the glossary: to a pointer that rests on it,
   to the focus, to a tap. It goes with Escape, and stays while the pointer is on it. What
   the focus or a tap has opened stays when the page moves away under the pointer. */
(function () {
  "use strict";
  const tip = document.createElement("div");
  tip.className = "gloss-tip";
  tip.hidden = true;
  let shown = null;
  let held = false;
  let timer = 0;

  function hide() {
    clearTimeout(timer);
    tip.hidden = true;
    shown = null;
    held = false;
  }
  const leave = () => { if (!held) timer = setTimeout(hide, 200); };

  /* Below the term where there is room, else above it, and always within the window. */
  function show(term, hold) {
    clearTimeout(timer);
    held = hold || (held && term === shown);
    shown = term;
    tip.innerHTML = document.getElementById(term.getAttribute("aria-describedby")).innerHTML;
    tip.lang = term.closest("[lang]").lang;
    tip.hidden = false;
    const box = term.getClientRects()[0];
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const fits = box.bottom + tip.offsetHeight + 6 < innerHeight;
    tip.style.left = `${scrollX + Math.max(8, Math.min(box.left, right))}px`;
    tip.style.top = `${scrollY + (fits ? box.bottom + 6 : box.top - tip.offsetHeight - 6)}px`;
  }

  for (const term of document.querySelectorAll(".gloss-term")) {
    term.addEventListener("mouseenter", () => show(term, false));
    term.addEventListener("mouseleave", leave);
    term.addEventListener("focus", () => show(term, true));
    term.addEventListener("blur", hide);
    term.addEventListener("click", () => show(term, true));
    term.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      if (shown) hide(); else show(term, true);
    });
  }
  tip.addEventListener("mouseenter", () => clearTimeout(timer));
  tip.addEventListener("mouseleave", leave);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("pointerdown", ({ target }) => {
    if (shown && !shown.contains(target) && !tip.contains(target)) hide();
  });
  document.body.append(tip);
})();

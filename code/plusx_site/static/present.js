/* Present mode: figures, code and text grow for a projector, the contents make room.
   A tab keeps it from page to page; the key p and the button start and end it. */
(function () {
  "use strict";
  const root = document.documentElement;
  const button = document.querySelector(".present-button");
  const KEY = "present";

  /* What is read stays where it is: the first block below the header. */
  function mark() {
    for (const block of document.querySelectorAll("article section > :not(section)")) {
      const box = block.getBoundingClientRect();
      if (box.height && box.bottom > 80) return [block, box.top];
    }
    return null;
  }

  function show(on) {
    const place = scrollY > 0 && mark();
    root.toggleAttribute("data-present", on);
    button.setAttribute("aria-pressed", String(on));
    sessionStorage.setItem(KEY, on ? "1" : "");
    if (place) scrollBy({ top: place[0].getBoundingClientRect().top - place[1], behavior: "instant" });
    dispatchEvent(new Event("resize"));
  }

  const isOn = () => root.hasAttribute("data-present");
  const isTyping = (target) => target.closest("input:not([type=range], [type=radio]), textarea, select, [contenteditable]");
  if (!button) return;
  button.addEventListener("click", () => show(!isOn()));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "p") show(!isOn());
    if (event.key === "Escape" && isOn()) show(false);
  });
  if (sessionStorage.getItem(KEY)) show(true);
})();

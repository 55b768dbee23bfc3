/* A browser that keeps nothing (cookies off, a frame of another site) throws at every
   use of its storage; here it forgets instead, and the links carry the language. */
(function () {
  function forgetful() {
    var kept = {};
    return {
      getItem: function (key) { return Object.hasOwn(kept, key) ? kept[key] : null; },
      setItem: function (key, value) { kept[key] = String(value); },
      removeItem: function (key) { delete kept[key]; }
    };
  }
  ["localStorage", "sessionStorage"].forEach(function (name) {
    try { window[name].setItem("plusx", "1"); window[name].removeItem("plusx"); }
    catch (e) {
      Object.defineProperty(window, name, { value: forgetful(), configurable: true });
      window.plusxForgets = true;
    }
  });
})();
/* The language: what the address asks for, what this tab shows, what was chosen last,
   what the browser speaks. A tab keeps its language when another one changes. */
(function () {
  var root = document.documentElement, modes = ["en", "zh", "both"], mode;
  function valid(m) { return modes.indexOf(m) < 0 ? null : m; }
  function choose() {
    var asked = valid(new URLSearchParams(location.search).get("lang"));
    var chosen = asked || valid(sessionStorage.getItem("lang")) || valid(localStorage.getItem("lang")) ||
      (/^zh/i.test(navigator.language || "") ? "zh" : "en");
    sessionStorage.setItem("lang", chosen);
    return chosen;
  }
  function show(m) { mode = m; root.dataset.lang = m; root.lang = m === "zh" ? "zh-Hans" : "en"; }
  function half(text) {
    var at = text.indexOf(" · ");
    if (at < 0 || mode === "both" || !/\p{Script=Han}/u.test(text.slice(at))) return text;
    return mode === "zh" ? text.slice(at + 3) : text.slice(0, at);
  }
  window.plusxLang = { choose: choose, show: show, half: half };
  show(choose());
})();

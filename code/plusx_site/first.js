(function () {
  var root = document.documentElement, modes = ["en", "zh", "both"], mode;
  function valid(m) { return modes.indexOf(m) < 0 ? null : m; }
  function stored(where) { try { return valid(window[where].getItem("lang")); } catch (e) { return null; } }
  function choose() {
    var asked = valid(new URLSearchParams(location.search).get("lang"));
    if (asked) try { sessionStorage.setItem("lang", asked); } catch (e) { /* no storage: links carry it */ }
    return asked || stored("sessionStorage") || stored("localStorage") ||
      (/^zh/i.test(navigator.language || "") ? "zh" : "en");
  }
  function show(m) { mode = m; root.dataset.lang = m; root.lang = m === "zh" ? "zh-Hans" : "en"; }
  function half(text) {
    var at = text.indexOf(" · ");
    if (at < 0 || mode === "both" || !/[\u3400-\u9fff]/.test(text.slice(at))) return text;
    return mode === "zh" ? text.slice(at + 3) : text.slice(0, at);
  }
  window.plusxLang = { choose: choose, show: show, half: half };
  show(choose());
})();

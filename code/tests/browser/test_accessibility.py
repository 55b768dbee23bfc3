"""Every page against the rules of WCAG that a program can check, by axe."""

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
AXE = Path(sys.prefix, "npm/node_modules/axe-core/axe.min.js")
#: Levels A and AA, with axe's experimental rules on what a button is called; in the
#: dark colours are all that differs.
RUN = """theme => axe.run({
  runOnly: theme == "dark"
    ? { type: "rule", values: ["color-contrast"] }
    : ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  rules: { "label-content-name-mismatch": { enabled: true } },
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map(({ help, nodes }) =>
  `${help}: ${nodes[0].html.slice(0, 120)}`))"""
#: Leaves of each kind of word in code one that is seen and one that is not, and of
#: drawings no lines: axe would look at thousands that are alike, or are nothing to it.
THIN = """() => {
  const seen = new Set();
  const words = document.querySelectorAll("pre span:not(.lang-en, .lang-zh)");
  const alike = [...words].filter(part => {
    const looks = [part, part.parentElement].map(e => e.className + e.style.cssText);
    const place = [!!part.closest(".cell_output"), part.checkVisibility()];
    const kind = [...looks, ...place].join();
    return seen.has(kind) || !seen.add(kind);
  });
  alike.forEach(part => part.replaceWith(...part.childNodes));
  document.querySelectorAll("svg :is(path, use)").forEach(line => line.remove());
}"""
SETTINGS = (
    ({"width": 1440, "height": 900}, [("both", "light"), ("en", "dark")]),
    ({"width": 390, "height": 844}, [("zh", "light")]),
)


def violations(tab, theme="light"):
    """What axe finds on the page that stands in a tab, a line for each rule."""
    tab.evaluate(THIN)
    tab.add_script_tag(content=AXE.read_text("utf-8"))
    return tab.evaluate(RUN, theme)


@pytest.mark.parametrize(("size", "looks"), SETTINGS, ids=["wide", "phone"])
def test_pages_have_no_barrier_that_axe_knows(visit, site, pages, size, looks):
    """Contrast, names, roles, structure; each mode, both themes, wide and narrow."""
    reader, found = visit(viewport=size), {}
    for page in (page for page in pages if not page.startswith("_static/")):
        reader.tab.emulate_media(color_scheme=looks[0][1])
        tab = reader.open(f"{site.as_uri()}/{page}?lang={looks[0][0]}")
        tab.add_style_tag(content="* { transition: none !important }")
        for mode, theme in looks:
            tab.emulate_media(color_scheme=theme)
            tab.click(f".lang-switch [data-set={mode}]")
            assert tab.evaluate("document.documentElement.dataset.theme") == theme
            found[page, mode] = violations(tab, theme)
    assert {place: lines for place, lines in found.items() if lines} == {}


def test_axe_finds_a_barrier(visit, site):
    """A picture without words, pale text, pale code, a nameless button are found."""
    tab = visit().open(f"{site.as_uri()}/index.html?lang=en")
    tab.evaluate(
        """() => document.querySelector("article").insertAdjacentHTML("beforeend",
        "<img src='data:,'><p id=pale style='color: #ccc'>pale</p><button></button>" +
        "<pre><span class=k>if</span> <span class=k style='color: #ccc'>pale</span>")"""
    )
    found = " ".join(violations(tab))
    assert "alternative text" in found
    assert "contrast" in found
    tab.evaluate("document.getElementById('pale').remove()")
    assert "contrast" in " ".join(tab.evaluate(RUN, "light"))
    assert "contrast" in " ".join(tab.evaluate(RUN, "dark"))
    assert "Buttons must have discernible text" in found

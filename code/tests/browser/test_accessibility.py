"""Every page against the rules of WCAG that a program can check, by axe."""

import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
AXE = Path(sys.prefix, "npm/node_modules/axe-core/axe.min.js")
#: Levels A and AA, with axe's experimental rules on what a button is called.
RUN = """() => axe.run({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  rules: { "label-content-name-mismatch": { enabled: true } },
  resultTypes: ["violations"],
}).then(({ violations }) => violations.map(({ help, nodes }) =>
  `${help}: ${nodes[0].html.slice(0, 120)}`))"""
WIDE, PHONE = (1440, 900), (390, 844)


def violations(tab):
    """What axe finds on the page that stands in a tab, a line for each rule."""
    tab.add_script_tag(content=AXE.read_text("utf-8"))
    return tab.evaluate(RUN)


@pytest.mark.parametrize(
    ("mode", "theme", "size"),
    [("both", "light", WIDE), ("en", "dark", WIDE), ("zh", "light", PHONE)],
)
def test_pages_have_no_barrier_that_axe_knows(visit, site, pages, mode, theme, size):
    """Contrast, names, roles, structure; each mode, both themes, wide and narrow."""
    viewport = dict(zip(("width", "height"), size, strict=True))
    reader = visit(viewport=viewport, color_scheme=theme)
    found = {}
    for page in (page for page in pages if not page.startswith("_static/")):
        tab = reader.open(f"{site.as_uri()}/{page}?lang={mode}")
        found[page] = violations(tab)
    assert {page: lines for page, lines in found.items() if lines} == {}


def test_axe_finds_a_barrier(visit, site):
    """A picture without words, pale text and a nameless button are found."""
    tab = visit().open(f"{site.as_uri()}/index.html?lang=en")
    tab.evaluate(
        """() => document.querySelector("article").insertAdjacentHTML("beforeend",
        "<img src='data:,'><p style='color: #ccc'>pale</p><button></button>")"""
    )
    found = " ".join(violations(tab))
    assert "alternative text" in found
    assert "contrast" in found
    assert "Buttons must have discernible text" in found

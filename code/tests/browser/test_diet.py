"""Nothing on a page is cut at its side or scrolls sideways on a desktop's screen."""

import pytest

pytestmark = pytest.mark.browser
LETTERS = 88  # of a line of code, at most
CUT = """() => {
  const kinds = ".cell_input pre, .cell_output pre, .text_html, .plusx-table, " +
    ".plusx-drawing, .pst-scrollable-table-container, .highlight pre, .formula-block";
  document.querySelectorAll("article details").forEach(fold => { fold.open = true; });
  return [...document.querySelectorAll("article")].flatMap(article =>
    [...article.querySelectorAll(kinds)]
      .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
      .map(e => e.textContent.trim().slice(0, 60)));
}"""
WIDTH = """letters => {
  const pre = document.querySelector("article .cell_input pre");
  const style = getComputedStyle(pre);
  const line = document.createElement("span");
  line.textContent = "x".repeat(letters);
  line.style.whiteSpace = "pre";
  pre.append(line);
  const needed = line.getBoundingClientRect().width;
  line.remove();
  return pre.clientWidth - parseFloat(style.paddingLeft) * 2 - needed;
}"""


def test_no_cell_is_cut(visit, server, pages):
    """Code, outputs, tables, drawings and formulas, the folded ones too."""
    reader = visit(viewport={"width": 1440, "height": 900})
    for page in pages:
        tab = reader.open(f"{server.address}/{page}?lang=en")
        for mode, width in (("en", 1440), ("en", 1280), ("zh", 1280), ("zh", 1440)):
            tab.set_viewport_size({"width": width, "height": 900})
            if mode != tab.evaluate("document.documentElement.dataset.lang"):
                tab.click(f".lang-switch [data-set={mode}]")
            assert tab.evaluate(CUT) == [], f"{page}, {mode}, {width}"


@pytest.mark.parametrize("width", [1280, 1440])
def test_a_line_of_code_fits_beside_the_contents(visit, server, width):
    """A line of the length that we allow is not broken."""
    reader = visit(viewport={"width": width, "height": 900})
    tab = reader.open(f"{server.address}/chapters/01_degradation.html")
    tab.wait_for_selector(".bd-sidebar-secondary")
    assert tab.evaluate(WIDTH, LETTERS) >= 0


def test_what_is_cut_is_seen(visit, server):
    """The check finds a table that is wider than the text."""
    reader = visit(viewport={"width": 1280, "height": 900})
    tab = reader.open(f"{server.address}/chapters/glossary.html")
    tab.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend',"
        "'<div class=plusx-table style=overflow:auto><p style=width:3000px>w</div>')"
    )
    assert tab.evaluate(CUT) == ["w"]

"""The built book in a browser: nothing from elsewhere, formulas, weight."""

import gzip
import re
from pathlib import Path

import pytest
from switching import MODES
from visits import Visit

from plusx_site import formulas, mathjax

pytestmark = pytest.mark.browser
#: Kilobytes that a first visit may load.
MOST_KB = {"index": 120, "chapter": 220}
STATIC = Path(formulas.__file__).parent / "static"
LINE = '<i style="display:inline-block;width:0;height:1ex"></i>'
MEASURE_LINE = """() => {
  const box = document.querySelector("i").getBoundingClientRect();
  return [box.bottom, box.height];
}"""
PICTURES = """formulas => formulas.map(formula => {
  const box = formula.getBoundingClientRect(), use = formula.querySelector("use, path");
  const ink = use && use.getBoundingClientRect();
  return [formula.checkVisibility(), box.width, box.height, ink ? ink.width : 1];
})"""


def first_visit(chromium, address, page):
    """What a new reader's browser asks for elsewhere, and what goes wrong."""
    reader = Visit(chromium)
    reader.open(f"{address}/{page}", until="networkidle")
    reader.context.close()
    own = (address, "data:", "blob:")
    return [url for url in reader.requests if not url.startswith(own)], reader.faults


@pytest.fixture(scope="module")
def first_visits(chromium, server, pages):
    """Each page over http: what is asked for elsewhere, faults, and kilobytes."""
    found = {}
    for page in ["index.html", *pages]:
        server.sent.clear()
        outside, faults = first_visit(chromium, server.address, page)
        found[page] = outside, faults, sum(server.sent.values()) / 1000
    return found


def test_no_request_leaves_the_book_and_none_fails(first_visits):
    """Every page loads without asking elsewhere, without a failure or a complaint."""
    for page, (outside, faults, _) in first_visits.items():
        assert (page, outside, faults) == (page, [], [])


def test_no_request_leaves_the_disk_and_none_fails(chromium, site, pages):
    """The same, where the pages are files."""
    for page in ["index.html", *pages]:
        assert (page, first_visit(chromium, site.as_uri(), page)) == (page, ([], []))


def test_first_visit_is_light(first_visits, pages):
    """The first page and the chapters load fast, measured as sent by a server."""
    weights = {page: first_visits[page][2] for page in pages}
    print({page: round(weight) for page, weight in weights.items()})
    assert weights["chapters/index.html"] < MOST_KB["index"]
    assert max(weights.values()) < MOST_KB["chapter"]


@pytest.mark.parametrize(
    ("name", "most"), [("chapters/index.html", 17), ("search.html", 28)]
)
def test_our_scripts_and_styles_are_light(site, name, most):
    """What this book adds to the theme weighs little, inline scripts too, in kB."""
    page = (site / name).read_text("utf-8")
    ours = [path.name for path in STATIC.iterdir() if path.suffix in (".css", ".js")]
    files = {n: (site / "_static" / n).read_bytes() for n in ours if f"/{n}" in page}
    head = page.partition("</head>")[0]
    inline = re.findall(r"<script>(.*?)</script>", head, re.S)
    inline += re.findall(r'<script id="search-words"[^>]*>(.*?)</script>', page, re.S)
    files["inline"] = "".join(inline).encode()
    sizes = {name: len(gzip.compress(text)) / 1000 for name, text in files.items()}
    assert 5 < sum(sizes.values()) < most, sizes


def test_formulas_are_seen(visit, server, pages):
    """In every language each formula that stands there has a size and has ink."""
    reader, counts = visit(), dict.fromkeys(MODES, 0)
    for page in pages:
        tab = reader.open(f"{server.address}/{page}?lang=en")
        for mode in MODES:
            tab.click(f".lang-switch [data-set={mode}]")
            seen = tab.locator("article .math svg").evaluate_all(PICTURES)
            shown = [box for is_seen, *box in seen if is_seen]
            counts[mode] += len(shown)
            assert all(min(box) > 0 for box in shown), (page, mode)
            text = tab.inner_text("article, main")
            assert not re.search(r"\\[(\[]", text), (page, mode)
    assert counts["both"] > max(counts["en"], counts["zh"]) > 0


def test_formulas_are_seen_without_javascript(visit, server, pages):
    """Without JavaScript the same formulas stand there."""
    reader, counts = visit(java_script_enabled=False), []
    for page in pages:
        tab = reader.open(f"{server.address}/{page}")
        drawn = tab.locator("article :not(.gloss-entries *) > .math svg")
        counts.append(drawn.count())
        assert counts[-1] == 0 or drawn.first.is_visible()
    assert sum(counts) > 0


def test_formula_sits_on_the_line(visit):
    """The letter x of a formula stands on the line of the text, and is as high."""
    drawn = mathjax.Formulas()
    formula = formulas.markup(drawn.render("x^2_i", False), "", False)
    letter = formulas.markup(drawn.render("x", False), "", False)
    styles = (STATIC / "formulas.css").read_text("utf-8")
    tab = visit().tab
    tab.set_content(
        f"<style>{styles}</style>{drawn.definitions(letter + formula)}"
        f'<p style="font: 40px serif">{LINE}{letter}{formula}</p>'
    )
    drawn.close()
    line, height = tab.evaluate(MEASURE_LINE)
    for x in tab.locator("svg > g > use:first-child").all():
        box = x.bounding_box()
        # A rounded letter reaches 11 of 1000 units below the line.
        assert box["y"] + box["height"] == pytest.approx(line + 0.5, abs=1)
        assert box["height"] == pytest.approx(0.92 * height * 453 / 442, abs=1)


def test_icons_are_drawn(visit, server, pages):
    """Every icon of the page is one of ours: it has a mask and a size."""
    tab = visit().open(f"{server.address}/{pages[0]}")
    masks = tab.evaluate(
        """() => [...document.querySelectorAll("[class*='fa-']")].map(icon => {
          const style = getComputedStyle(icon);
          return [icon.className, style.maskImage.slice(0, 10)];
        })"""
    )
    assert masks and [name for name, mask in masks if mask != 'url("data:'] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_set_before_the_theme_starts(visit, server, pages, scheme):
    """The page has the reader's colours with no script but the one in its head."""
    reader = visit(color_scheme=scheme)
    reader.tab.route(re.compile(r"/scripts/.*\.js"), lambda route: route.abort())
    tab = reader.open(f"{server.address}/{pages[0]}")
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme

"""The built book in a browser: nothing from elsewhere, formulas, search, weight."""

import gzip
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from plusx_site import formulas, mathjax

pytestmark = pytest.mark.browser
#: Kilobytes that a first visit may load, and that our own part of them may weigh.
MOST_KB, OUR_MOST_KB = 1200, 20
QUERIES = ["退化", "退化问题", "训练误差", "degradation", '"skip connection"']
HAN = re.compile(r"[\u4e00-\u9fff]")
STATUS = "document.querySelector('#search-results .search-summary').innerText"
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


def language(text):
    """Tell the language of a text by its characters; a term may be in the other one."""
    letters = re.findall(r"[^\W\d_]", text)
    return "zh" if sum(map(bool, map(HAN.match, letters))) > len(letters) / 6 else "en"


def test_no_request_leaves_the_book_and_none_fails(visit, address, pages):
    """Every page loads without asking elsewhere, without a failure or a complaint."""
    for page in ["index.html", *pages]:
        reader = visit()
        reader.open(f"{address}/{page}", until="networkidle")
        outside = [
            url
            for url in reader.requests
            if not url.startswith((address, "data:", "blob:"))
        ]
        assert (page, outside, reader.faults) == (page, [], [])


def test_first_visit_is_light(visit, server, pages):
    """A page loads under 1.2 MB at a first visit, measured as sent by a server."""
    weights = {}
    for page in pages:
        server.sent.clear()
        visit().open(f"{server.address}/{page}", until="networkidle")
        weights[page] = sum(server.sent.values()) / 1000
    print({page: round(weight) for page, weight in weights.items()})
    assert max(weights.values()) < MOST_KB


def test_our_scripts_and_styles_are_light(site):
    """What this book adds to the theme weighs under 20 kB, inline scripts too."""
    ours = [path.name for path in STATIC.iterdir() if path.suffix in (".css", ".js")]
    files = {name: (site / "_static" / name).read_bytes() for name in ours}
    page = (site / "search.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.S)
    files["inline"] = "".join(inline).encode()
    sizes = {name: len(gzip.compress(text)) / 1000 for name, text in files.items()}
    print(sizes)
    assert sum(sizes.values()) < OUR_MOST_KB


@pytest.mark.parametrize("mode", ["en", "zh", "both"])
def test_formulas_are_seen(visit, server, pages, mode):
    """In every language each formula that stands there has a size and has ink."""
    for page in pages:
        tab = visit().open(f"{server.address}/{page}?lang={mode}")
        seen = tab.locator("article .math svg").evaluate_all(PICTURES)
        shown = [box for is_seen, *box in seen if is_seen]
        assert all(min(box) > 0 for box in shown), page
        assert not re.search(r"\\[(\[]", tab.inner_text("article, main")), page


def test_formulas_are_seen_without_javascript(visit, server, pages):
    """Without JavaScript the same formulas stand there."""
    counts = []
    for page in pages:
        tab = visit(java_script_enabled=False).open(f"{server.address}/{page}")
        counts.append(tab.locator("article .math svg").count())
        assert counts[-1] == 0 or tab.locator("article .math svg").first.is_visible()
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


def test_copied_formula_is_tex(visit, server, pages):
    """Copying a sentence takes its formulas as TeX, without stray lines."""
    page = next(page for page in pages if "01_degradation" in page)
    tab = visit().open(f"{server.address}/{page}?lang=en")
    copied = tab.evaluate(
        """() => {
          const inside = p => p.checkVisibility() && p.querySelector(".formula");
          const paragraph = [...document.querySelectorAll("article p")].find(inside);
          getSelection().selectAllChildren(paragraph);
          const data = new DataTransfer();
          const event = new ClipboardEvent("copy", { clipboardData: data });
          document.dispatchEvent(event);
          const tex = paragraph.querySelector(".tex").textContent;
          return [tex, data.getData("text/plain")];
        }"""
    )
    assert copied[0].startswith("$") and copied[0] in copied[1]
    assert not re.search(r"\n\$", copied[1])


def search(reader, address, query, mode):
    """Open the page of a search and wait until it has ended; return the tab."""
    tab = reader.open(f"{address}/search.html?q={quote(query)}&lang={mode}")
    tab.wait_for_function(f"!/Searching|正在/.test({STATUS})")
    return tab


@pytest.mark.parametrize("mode", ["en", "zh"])
def test_search_finds(visit, address, mode):
    """The search page finds each query and names pages in the reader's language."""
    reader = visit()
    for query in QUERIES:
        tab = search(reader, address, query, mode)
        titles = tab.locator("#search-results .search > li > a").all_inner_texts()
        assert {language(title) for title in titles} == {mode}, query
    assert reader.faults == []


@pytest.mark.parametrize("mode", ["en", "zh"])
def test_search_passages_are_in_the_language_of_the_reader(visit, server, mode):
    """Whatever the query's language, passages are in the reader's, and follow it."""
    other = {"en": "zh", "zh": "en"}[mode]
    reader = visit()
    for query in QUERIES:
        tab = search(reader, server.address, query, mode)
        for shown in (mode, other):
            tab.click(f".lang-switch [data-set={shown}]")
            passages = tab.locator("#search-results .context").all_inner_texts()
            assert passages, query
            assert [text for text in passages if language(text) != shown] == [], query


def test_search_passage_leads_to_its_section(visit, server):
    """A passage links to the section in which it stands."""
    tab = search(visit(), server.address, "degradation", "en")
    link = tab.locator("#search-results .context a[href*='#']").first
    words = link.inner_text().strip("… ").split(" …")[0]
    with tab.expect_navigation():
        link.click()
    section = tab.evaluate("location.hash")
    start = " ".join(words.split()[:3])
    assert start in re.sub(r"\s+", " ", tab.inner_text(section))


def test_search_says_when_nothing_is_found(visit, address):
    """An unknown word gives a sentence in the reader's language, and no page."""
    tab = search(visit(), address, "xyzzyplugh", "zh")
    assert tab.locator("#search-results .search > li").count() == 0
    assert tab.evaluate(STATUS).startswith("没有找到")


def test_search_field_leads_to_the_search_page(visit, address, pages):
    """Ctrl+K, a word and Enter lead from any page to its results."""
    tab = visit().open(f"{address}/{pages[0]}?lang=en")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("degradation")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=degradation")
    tab.wait_for_selector("#search-results .search > li")


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

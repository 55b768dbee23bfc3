"""Formulas: what MathJax draws, what a page carries, and what a fault says."""

import re
from xml.etree import ElementTree

import books
import pytest
from books.cells import markdown
from books.pages import TITLE_PAGE
from bs4 import BeautifulSoup

from plusx_site import formulas, mathjax

BAD_CELLS = [
    markdown("# Formulas · 公式"),
    markdown("First words.\n\nThen $\\fraction{1}{2}$ here.", "en"),
    markdown("先是几个字。\n\n再看 $x$。", "zh"),
    markdown("$$\ny = \\frac{1{2}\n$$"),
]
GOOD_CELLS = [
    markdown("(ch-good)=\n# Formulas · 公式"),
    markdown("A sum $H(x) = F(x) + x$, as {eq}`eq-product` says; $a < b$.", "en"),
    markdown("和 $H(x) = F(x) + x$，见 {eq}`eq-product`；$a < b$。", "zh"),
    markdown("$$\n\\prod_{k=1}^{n} (1 + f_k)\n$$ (eq-product)"),
    markdown("## The factor $f_k$ · 因子 $f_k$"),
    markdown("One long line: $" + "a + " * 30 + "b$.", "en"),
    markdown("一长行：$" + "a + " * 30 + "b$。", "zh"),
]
#: Every construction that the chapters use; all must come out as sound XML.
SAMPLES = [
    r"\frac{\partial \mathcal{L}}{\partial x_l}",
    r"\left(1 + \frac{\partial}{\partial x}\sum_{i=l}^{L-1} F(x_i, W_i)\right)",
    r"\begin{aligned} a &= b \\ c &< d \end{aligned}",
    r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \\ 7 & 8 \end{pmatrix}",
    r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{否则} \end{cases}",
    r"\underbrace{a + b}_{\text{<\&>}} \xrightarrow{\text{batch norm}} \hat{x}",
    r"\lVert J \rVert_2 \le 1 + \varepsilon, \quad \boldsymbol{W} \in \mathbb{R}^{n}",
    r"\sqrt[3]{1 + \frac{1}{\sqrt{2}}} \approx 10^{-4}",
    r"\operatorname{softmax}(QK^\top / \sqrt{d_k})\, V",
]


@pytest.fixture(scope="module")
def engine():
    """Formulas that are kept nowhere."""
    drawn = mathjax.Formulas()
    yield drawn
    drawn.close()


@pytest.fixture(scope="module")
def good_page(tmp_path_factory):
    """A built page of formulas, parsed."""
    pages = {"index": GOOD_CELLS, "other": [*GOOD_CELLS[1:3]]}
    pages["other"].insert(0, markdown("# Other · 另一页"))
    built = books.build(books.write(tmp_path_factory.mktemp("formulas") / "b", pages))
    assert built.status == 0, built.log
    return BeautifulSoup(built.page("index"), "html.parser")


def test_letter_has_the_width_of_its_font(engine):
    """An italic x is as wide as in Computer Modern: 571.53 units of 1000."""
    view = engine.render("x", False).view
    assert float(view.split()[2]) == pytest.approx(571.53, abs=1)


def test_han_character_is_one_em_wide(engine):
    """Chinese words in a formula get the room that they need."""
    one, three = (engine.render(rf"\text{{{t}}}", False).view for t in ("若", "若训练"))
    assert float(three.split()[2]) - float(one.split()[2]) == pytest.approx(2000)


def test_places_add_up(engine):
    """Dissolving MathJax's groups keeps a glyph where it was: after H (888) comes (."""
    places = re.findall(r"translate\(([\d.]+)\)", engine.render("H(x)", False).drawing)
    assert [float(p) for p in places] == pytest.approx([888, 888 + 389, 1277 + 572])


def test_mathml_has_the_structure(engine):
    """Screen readers get a fraction with a numerator and a denominator."""
    math = ElementTree.fromstring(engine.render(r"\frac{a}{b}", True).mathml)
    fraction = math.find(".//mfrac")
    assert [child.text for child in fraction] == ["a", "b"]


@pytest.mark.parametrize("tex", SAMPLES)
@pytest.mark.parametrize("display", [False, True])
def test_formula_is_sound_xml_with_known_glyphs(engine, tex, display):
    """What is drawn parses, refers to outlines that exist, and names no script."""
    html = formulas.markup(engine.render(tex, display), tex, display)
    root = ElementTree.fromstring(html)
    used = [u.get("href").removeprefix("#") for u in root.iter("use")]
    assert used and set(used) <= set(engine.glyphs)
    assert root.find(".//math") is not None
    assert root.find("span").text == tex


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\fraction{1}{2}", "Undefined control sequence"),
        (r"\frac{1}{2", "Missing close brace"),
        (r"\begin{align} a", "Missing"),
        (r"a & b", "Misplaced"),
        (r"x \tag{3}", "label the equation"),
        (r"x \ref{eq-product}", "label the equation"),
        (r"\newcommand{\R}{x} \R", "Undefined control sequence"),
    ],
)
def test_unreadable_formula_raises_with_the_reason(engine, tex, reason):
    """MathJax's own words say what is wrong; nothing is drawn in red instead."""
    with pytest.raises(mathjax.FormulaError, match=reason):
        engine.render(tex, False)


def test_definitions_hold_each_outline_once(engine):
    """The outlines of a page stand there once, however often they are used."""
    html = engine.render("x + x + x", False).drawing * 3
    root = ElementTree.fromstring(engine.definitions(html))
    names = [path.get("id") for path in root.iter("path")]
    assert sorted(names) == sorted(set(re.findall(r'#(mj\w+)"', html)))


def test_self_contained_formula_refers_to_nothing(engine):
    """A formula in a title is also drawn on pages that lack its outlines."""
    html = engine.self_contained(engine.render("x + y", False).drawing)
    assert "<use" not in html
    assert len(re.findall(r'<path d="M', html)) == 3


def test_store_spares_the_engine(tmp_path, monkeypatch):
    """A formula of an earlier build is not drawn again; a changed edition is."""
    store = tmp_path / "formulas.json"
    first = mathjax.Formulas(store)
    drawn = first.render("x^2", False)
    first.close()
    monkeypatch.delattr(mathjax, "Engine")
    again = mathjax.Formulas(store)
    assert again.render("x^2", False) == drawn
    assert again.definitions(drawn.drawing) == first.definitions(drawn.drawing)
    monkeypatch.setattr(mathjax, "_edition", lambda: "another")
    with pytest.raises(NameError):
        mathjax.Formulas(store).render("x^2", False)


def test_drawing_is_the_same_in_every_engine(engine):
    """Two builds write the same bytes."""
    second = mathjax.Formulas()
    assert second.render(SAMPLES[1], True) == engine.render(SAMPLES[1], True)
    second.close()


@pytest.mark.slow
def test_page_carries_formulas_and_no_script(good_page):
    """Formulas stand drawn in the page; MathJax is not on it."""
    assert len(good_page.select("article .math svg")) == 9
    assert "mathjax" not in " ".join(
        s.get("src", "") for s in good_page.select("script")
    )
    assert not re.search(r"\\\(|\\\[", good_page.article.get_text())


@pytest.mark.slow
def test_page_has_the_outlines_outside_the_language_blocks(good_page):
    """The block of one language may be hidden; the outlines stand before both."""
    glyphs = good_page.select_one("svg.formula-glyphs")
    assert glyphs.find_parent(class_=["lang-en", "lang-zh"]) is None
    defined = {path["id"] for path in glyphs.select("path")}
    used = {u["href"].removeprefix("#") for u in good_page.select("use")}
    assert used == defined


@pytest.mark.slow
def test_page_numbers_an_equation_and_refers_to_it(good_page):
    """The number of an equation and the references to it agree."""
    equation = good_page.select_one("#equation-eq-product")
    assert equation.select_one(".eqno").get_text().startswith("(1)")
    links = good_page.select('a[href="#equation-eq-product"]:not(.headerlink)')
    assert [link.get_text() for link in links] == ["(1)", "(1)"]


@pytest.mark.slow
def test_page_copies_tex(good_page):
    """The text of a formula is its TeX, for the clipboard."""
    assert good_page.select_one("p .tex").get_text() == "$H(x) = F(x) + x$"


@pytest.mark.slow
def test_formula_in_a_title_needs_no_outlines(good_page):
    """In the title and in the table of contents the outlines are in their place."""
    for math in good_page.select("h2 .math, .bd-toc .math"):
        assert not math.select("use") and math.select("path")


@pytest.mark.slow
def test_long_formula_scrolls_by_itself(good_page):
    """A formula wider than a phone is marked, a short one is not."""
    assert len(good_page.select(".formula-wide")) == 2


@pytest.mark.slow
def test_unreadable_formula_fails_the_build_with_its_cell(tmp_path):
    """The log names the notebook, the cell and the formula."""
    pages = {"index": TITLE_PAGE, "bad": BAD_CELLS}
    built = books.build(books.write(tmp_path / "book", pages))
    assert built.status != 0
    lines = [line for line in built.log.splitlines() if "MathJax cannot read" in line]
    assert len(lines) == 2
    assert "chapters/bad.ipynb" in lines[0] and "cell 2: " in lines[0]
    assert r"'\\fraction{1}{2}'" in lines[0]
    assert "cell 4" in lines[1] and "Missing close brace" in lines[1]

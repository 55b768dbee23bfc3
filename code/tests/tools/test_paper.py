"""The bound book: names, links, solutions and answers, and its printed pages."""

import bound
import paper
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

PAGE = """<!doctype html><html><nav class="bd-sidebar-primary">
<li class="toctree-l1"><a href="02_b.html">b</a></li>
<li class="toctree-l1"><a href="experiments.html">e</a></li></nav>
<article class="bd-article">
<svg class="formula-glyphs"><defs><path id="mj1"/></defs></svg>
<section id="top"><h1>{title} <a class="headerlink" href="#top">#</a></h1>
<p>See <a href="{link}">there</a>, <a href="#top">here</a>,
<a href="https://a.example/b">outside</a>.</p><svg><use href="#mj1"/></svg>
<span class="lang-zh">中文</span><script>1</script>
<div class="plusx-checks"><details><summary>A</summary><p>reason</p></details></div>
<section id="exercises"><h2>Exercises</h2>
<div class="lang-pair"><div class="lang-en"><p><strong>Exercise 1 (do)</strong>.</p>
<details class="fold"><summary><span>Hint</span></summary><p>hint</p></details>
<details class="fold"><summary><span>Solution</span></summary><p>so</p></details>
</div></div>
<div class="cell tag_hide-cell"><details class="fold"><summary>Code</summary>
<pre>run()</pre></details></div></section></section></article></html>"""


@pytest.fixture
def site(tmp_path):
    """Two pages of a site, and one that only a browser can fill."""
    chapters = tmp_path / "html/chapters"
    chapters.mkdir(parents=True)
    for name, link in (("index", "02_b.html#exercises"), ("02_b", "index.html")):
        (chapters / f"{name}.html").write_text(PAGE.format(title=name, link=link))
    return tmp_path / "html"


@pytest.fixture
def book(site):
    """The bound page in English."""
    return BeautifulSoup(bound.bind(site, "en"), "html.parser")


def test_pages_stand_in_the_order_of_the_contents(book):
    """The first page, then those of the sidebar; what needs a browser is left out."""
    names = [article["id"] for article in book.select("article")]
    assert names == ["index--", "02_b--", "solutions--"]


def test_names_are_unique_and_links_lead_to_them(book):
    """Names of one page do not clash with another's; glyphs are shared."""
    names = [tag["id"] for tag in book.select("[id]")]
    assert len(names) == len(set(names))
    inner = [a["href"][1:] for a in book.select("a[href^='#']")]
    assert set(inner) <= set(names) and "02_b--exercises" in inner
    assert {use["href"] for use in book.select("use")} == {"#mj1"}


def test_solutions_stand_in_the_appendix_alone(book):
    """A mark in the chapter leads to each; the hint stays, open; code moves along."""
    chapter, answers = book.select("article")[1], book.select("article")[2]
    assert "so" not in [p.get_text() for p in chapter.select("p")]
    assert "run()" not in chapter.get_text() and "run()" in answers.get_text()
    assert chapter.select_one("details.fold[open]").p.get_text() == "hint"
    link = chapter.select_one(".see a")["href"]
    assert answers.select_one(f'[id="{link[1:]}"]').get_text() == "Exercise 1 (do)"
    assert answers.select(".plusx-checks details[open]")
    assert not chapter.select(".plusx-checks details[open]")


def test_other_language_and_scripts_are_left_out(book):
    """Neither the Chinese text, nor a script, nor the sign of a heading's link."""
    text = str(book)
    assert "中文" not in text and "<script" not in text and "headerlink" not in text


@pytest.mark.browser
def test_printed_book_numbers_its_pages(chromium, site, tmp_path):
    """Contents and links show the page on which a name stands; addresses are shown."""
    path = paper.write(site, tmp_path / "out", "en", chromium)
    pages = [page.extract_text() for page in PdfReader(path).pages]
    (place,) = [n for n, text in enumerate(pages, 1) if text.startswith("02_b")]
    contents = next(text for text in pages if text.startswith("Contents"))
    assert any(
        line.split() == ["02_b", str(place)] for line in contents.splitlines()
    ), contents
    assert "https://a.example/b" in pages[place - 1]
    assert "p." in pages[place - 1]


@pytest.mark.browser
def test_lines_that_would_be_cut_are_refused(chromium, site, tmp_path):
    """A table that is wider than a page is named."""
    page = site / "chapters/02_b.html"
    wide = '<table style="width:3000px"><tr><td>broad</td></tr></table>'
    page.write_text(page.read_text().replace("<h2>", f"{wide}<h2>"))
    with pytest.raises(RuntimeError, match=r"wider than a page.*broad"):
        paper.write(site, tmp_path / "out", "en", chromium)

"""Claims and the sections that try them, in a miniature book."""

import books
import pytest
from books.cells import markdown
from bs4 import BeautifulSoup

pytestmark = pytest.mark.slow

CLAIMS = """# The claims · 各个说法

(claim-1)=
## Claim 1: deeper is worse · 说法 1：更深更差

{judged}`holds`

+++ {"tags": ["lang-en"]}

Tried in {tried}`1 <ch-mini>` and {tried}`1 <sec-sum>`.

+++ {"tags": ["lang-zh"]}

审理之处：{tried}`1 <ch-mini>`、{tried}`1 <sec-sum>`。

+++

(claim-2)=
## Claim 2: nothing is lost · 说法 2：什么也没丢

{judged}`wrong`

+++ {"tags": ["lang-en"]}

Tried in {tried}`2 <sec-sum>`.

+++ {"tags": ["lang-zh"]}

审理之处：{tried}`2 <sec-sum>`。

+++
"""
CHAPTER = [
    markdown("(ch-mini)=\n# A chapter · 一章"),
    markdown("Words.", "en"),
    markdown("几个字。", "zh"),
    markdown("(sec-sum)=\n## The sum · 总和"),
    markdown("More words.", "en"),
    markdown("又几个字。", "zh"),
    markdown("## Untried · 没有审的"),
    markdown("Other words.", "en"),
    markdown("别的字。", "zh"),
]
FIRST = "# A small book · 一本小书\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A first page, the claims and a chapter, without a fault."""
    pages = {"index": FIRST, "claims": CLAIMS, "mini": CHAPTER}
    found = books.build(books.write(tmp_path_factory.mktemp("tried") / "book", pages))
    assert found.status == 0, found.log
    return found


def note(page, anchor):
    """The note of a section in both languages, and where it leads."""
    section = BeautifulSoup(page, "html.parser").select_one(f"#{anchor}")
    (found,) = section.find_all("p", class_="tried", recursive=False)
    texts = [found.select_one(f".lang-{name}").get_text() for name in ("en", "zh")]
    return texts, [link["href"] for link in found.select(".lang-en a")]


def test_section_says_which_claims_it_tries(book):
    """Once in each language, all claims of the section, each a link."""
    texts, links = note(book.page("mini"), "the-sum")
    assert texts == ["Tried here: claim 1, claim 2", "在这里受审：说法 1、说法 2"]
    assert [link.partition("#")[0] for link in links] == ["claims.html"] * 2
    page = BeautifulSoup(book.page("claims"), "html.parser")
    places = [page.select_one("#" + link.partition("#")[2]) for link in links]
    titles = [place.find_next("h2").get_text()[:8] for place in places]
    assert titles == ["Claim 1:", "Claim 2:"]


def test_label_of_a_page_means_the_page(book):
    """Below the title the note speaks of the chapter."""
    texts, _ = note(book.page("mini"), "a-chapter")
    assert texts == ["Tried in this chapter: claim 1", "在这一章受审：说法 1"]


def test_other_sections_have_no_note(book):
    """Two notes on the page, none elsewhere."""
    assert book.page("mini").count('class="tried"') == 2
    assert 'class="tried"' not in book.page("claims")


def test_claim_shows_its_verdict_and_the_section(book):
    """Word and shape stand there openly; the reference has the section's title."""
    page = BeautifulSoup(book.page("claims"), "html.parser")
    shown = page.select(".judged")
    assert [s["class"][1] for s in shown] == ["verdict-holds", "verdict-wrong"]
    assert "✓" in shown[0].get_text() and "holds" in shown[0].get_text()
    names = [a.get_text() for a in page.select("article .lang-pair .lang-zh a")]
    assert names == ["一章", "总和", "总和"]


FAULTS = {
    "number": ("{tried}`2 <sec-sum>`.", "{tried}`two <sec-sum>`.", "a number and <la"),
    "label": ("{tried}`2 <sec-sum>`.", "{tried}`2 <sec-gone>`.", "sec-gone"),
    "verdict": ("{judged}`wrong`", "{judged}`perhaps`", "judged: expected one of hol"),
}


def test_faults_fail_the_build(tmp_path):
    """A claim without number, an unknown label and an unknown verdict are named."""
    pages = {"index": FIRST, "mini": CHAPTER}
    for name, (old, new, _) in FAULTS.items():
        pages[name] = CLAIMS.replace(old, new)
    found = books.build(books.write(tmp_path / "book", pages))
    assert found.status != 0
    for name, (*_, fault) in FAULTS.items():
        lines = [line for line in found.log.splitlines() if f"{name}.md" in line]
        assert any(fault in line for line in lines), (name, lines)

"""The two languages of a page, in miniature books built with the real configuration."""

import re

import books
import pytest
from books import faults
from books.pages import TITLE_PAGE
from bs4 import BeautifulSoup, Comment

from plusx_site import two_languages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chapter(good_book):
    """The chapter of the good book, parsed."""
    return BeautifulSoup(good_book.page("mini"), "html.parser")


@pytest.fixture(scope="module")
def faulty_log(tmp_path_factory):
    """The log of a book in which every page but the first has a fault."""
    pages = {"index": TITLE_PAGE}
    pages |= {name: page for name, (page, _) in faults.pages().items()}
    folder = books.write(tmp_path_factory.mktemp("faulty") / "book", pages)
    built = books.build(folder)
    assert built.status != 0
    return built.log


def halves_of(element):
    """Return the English and the Chinese text of an element that was split."""
    english, chinese = (element.select_one(f".lang-{name}") for name in ("en", "zh"))
    assert (english["lang"], chinese["lang"]) == ("en", "zh-Hans")
    return english.get_text(), chinese.get_text()


def test_good_book_builds_without_a_warning(good_book):
    """A book without a fault passes `-W -n`."""
    assert good_book.status == 0, good_book.log
    assert "WARNING" not in good_book.log


@pytest.mark.parametrize("name", faults.pages())
def test_fault_fails_the_build_and_is_named(faulty_log, name):
    """The first word on each faulty page is its fault, with the notebook and cell."""
    _, message = faults.pages()[name]
    file = f"chapters/{name if '.' in name else name + '.ipynb'}"
    lines = [line for line in faulty_log.splitlines() if file in line]
    warnings = [line for line in lines if "WARNING" in line]
    assert message in warnings[0], warnings


def test_blocks_are_paired_with_their_language(chapter):
    """Each English block has its Chinese one beside it, each with its `lang`."""
    pairs = chapter.select("article .lang-pair")
    assert len(pairs) == 32
    for pair in pairs:
        found = [
            (block["class"], block["lang"])
            for block in pair.find_all(True, recursive=False)
        ]
        assert found == [(["lang-en"], "en"), (["lang-zh"], "zh-Hans")]


def test_pairs_align_where_both_have_the_same_blocks(chapter):
    """Paragraph, paragraph, list on both sides make three rows."""
    assert "--rows:3" in chapter.select_one("article .lang-pair")["style"]


def test_every_heading_is_split(chapter):
    """Both halves of each heading stand on the page, with their language."""
    found = [halves_of(title) for title in chapter.select("article :is(h1, h2)")]
    assert found == [
        ("Deeper was worse", "更深反而更差"),
        ("What ResNet adds", "为什么 ResNet 更好"),
        ("Further reading", "延伸阅读"),
    ]


def test_section_to_leave_out_is_marked(chapter):
    """Below its heading and in the contents, in both languages, and nowhere else."""
    (section,) = chapter.select("article section.deeper")
    (mark,) = chapter.select("article .deeper-mark")
    assert section["id"] == "what-resnet-adds" and mark.parent == section
    english, chinese = halves_of(mark)
    assert "deeper" in english and "选读" in chinese
    entries = chapter.select("#pst-page-toc-nav a")
    marked = [entry["href"] for entry in entries if "deeper-mark" in entry["class"]]
    assert marked == ["#what-resnet-adds"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (
            ".bd-sidebar-primary .toctree-l1.current a",
            ("Deeper was worse", "更深反而更差"),
        ),
        (".bd-sidebar-primary .caption-text", ("The part", "这一部分")),
        (".bd-sidebar-primary .bd-sidenav__home-link a", ("A small book", "一本小书")),
        ("#pst-page-toc-nav a", ("What ResNet adds", "为什么 ResNet 更好")),
        (".left-prev .prev-next-title", ("A small book", "一本小书")),
        (".right-next .prev-next-title", ("One addition", "一次加法")),
        (".right-next .prev-next-subtitle", ("next", "下一页")),
        (".onthispage", ("Contents", "本页目录")),
        (".skip-link", ("Skip to main content", "跳到正文")),
        ("article th", ("depth", "深度")),
        ("article .tip .admonition-title", ("Tip", "提示")),
        ("article .fold-code summary", ("Code", "代码")),
    ],
)
def test_titles_and_words_are_split_everywhere(chapter, selector, expected):
    """What is no text of a block shows both halves, of which the page hides one."""
    assert halves_of(chapter.select_one(selector)) == expected


def test_heading_equal_in_both_languages_is_shown_once(good_book):
    """Written on both sides of the dot, it stands there once, with a short anchor."""
    page = BeautifulSoup(good_book.page("second"), "html.parser")
    title = page.select_one("#resnet-56 > h2")
    assert title.find(string=True) == "ResNet-56"
    links = page.select('.lang-pair a[href="#sec-same"], #pst-page-toc-nav a')
    assert [link.get_text().strip() for link in links][:3] == ["ResNet-56"] * 3


def test_lines_beside_bold_words_are_joined(good_book):
    """A line break in the source is no space between Chinese words of any weight."""
    page = BeautifulSoup(good_book.page("second"), "html.parser")
    (text,) = (p for p in page.select(".lang-zh p") if p.strong)
    assert text.get_text() == "它很深；见 ResNet-56。"


def test_anchor_is_made_of_the_english_half(chapter):
    """A Latin word in the Chinese half does not get into the anchor."""
    assert chapter.select_one("#what-resnet-adds > h2") is not None
    assert chapter.select_one("#pst-page-toc-nav a")["href"] == "#what-resnet-adds"


def test_reference_shows_the_half_of_its_block(chapter):
    """A reference to a heading reads as a part of the sentence around it."""
    for language, half in (("en", "What ResNet adds"), ("zh", "为什么 ResNet 更好")):
        link = chapter.select_one(f'.lang-pair .lang-{language} a[href="#sec-formula"]')
        assert link.get_text() == half


def test_reference_outside_a_block_is_split(good_book):
    """A table of chapters, which serves both languages, shows both titles."""
    page = BeautifulSoup(good_book.page("index"), "html.parser")
    assert halves_of(page.select_one("td a")) == ("Deeper was worse", "更深反而更差")


def test_plain_page_has_blocks_like_a_notebook(good_book):
    """Block breaks in a Markdown page make the same pair as tagged cells."""
    page = BeautifulSoup(good_book.page("index"), "html.parser")
    (pair,) = page.select("article .lang-pair")
    assert pair.select_one(".lang-en").get_text(strip=True).startswith("It begins with")
    assert pair.select_one(".lang-zh").get_text(strip=True).startswith("从")


def test_admonition_has_the_title_of_its_language(chapter):
    """A note in a Chinese block is headed in Chinese."""
    titles = [
        title.get_text() for title in chapter.select("article .note .admonition-title")
    ]
    assert titles == ["Note", "注"]


def test_folds_need_no_script(chapter):
    """Hints and folded code are `<details>` with a summary."""
    summaries = [s.get_text() for s in chapter.select("article details > summary")]
    assert summaries == ["Hint", "提示", "Code · 代码", "Code and output · 代码和输出"]
    assert "Think of" in chapter.select_one("details .fold-body").get_text()


def test_footnotes_are_counted_by_language(chapter):
    """The first note of either language is number one, and shows in that language."""
    for language, note in (("en", "An English note."), ("zh", "一条中文注。")):
        (element,) = chapter.select(f"aside.footnote.lang-{language}")
        assert element.select_one("p").get_text() == note
        assert re.search(r"\d", element.select_one(".label").get_text())[0] == "1"
        reference = chapter.select_one(f".lang-{language} a.footnote-reference")
        assert re.search(r"\d", reference.get_text())[0] == "1"


def test_work_is_listed_in_each_chapter_that_cites_it(good_book):
    """A citation leads to the list of its own page."""
    for name in ("mini", "second"):
        page = BeautifulSoup(good_book.page(name), "html.parser")
        entry = page.select_one(".citation")
        link = page.select_one(".bibtex-citation a")
        assert link["href"] == f"#{entry['id']}"
        assert "2016" in link.get_text()


def test_citations_are_written_as_each_language_writes_them(good_book):
    """In Chinese: full-width punctuation, no space beside it, no English word."""
    page = BeautifulSoup(good_book.page("second"), "html.parser")
    english, chinese = (page.select_one(f"div.lang-{name} p") for name in ("en", "zh"))
    both = "(He et al., 2016a; Ioffe and Szegedy, 2015)"
    assert english.get_text() == f"Again He et al. (2016a); both {both} said so."
    both = "（He 等，2016a；Ioffe 和 Szegedy，2015）"
    assert chinese.get_text() == f"又是 He 等人（2016a）的话；两篇{both}都说过。"


def chrome_texts(page):
    """Yield the texts of a page outside its article, with the element of each."""
    for element in page.select("script, style, article, svg, noscript, title"):
        element.decompose()
    for string in page.body.find_all(string=re.compile(r"[A-Za-z]{3,}")):
        is_ours = string.find_parent(class_=re.compile("^lang-(en|zh)$"))
        if not is_ours and not isinstance(string, Comment):
            yield string.strip()


@pytest.mark.parametrize("name", ["index", "mini", "second"])
def test_no_word_of_the_theme_is_left_in_english(good_book, name):
    """What the theme writes around the text has a Chinese form; names need none."""
    page = BeautifulSoup(good_book.page(name), "html.parser")
    names = {"English", "One +x", "ResNet-56", "Ctrl", ".ipynb", ".pdf", ".md"}
    assert set(chrome_texts(page)) <= names


@pytest.mark.parametrize("name", ["index", "mini", "second"])
def test_no_label_of_the_theme_is_left_in_english(good_book, name):
    """Labels and tooltips, which only a script can switch, hold both halves."""
    page = BeautifulSoup(good_book.page(name), "html.parser")
    left = {
        element[attribute]
        for attribute in ("title", "aria-label", "placeholder", "alt")
        for element in page.body.select(f"[{attribute}]")
        if not two_languages.split(element[attribute])
        and re.search(r"[A-Za-z]{3,}", element[attribute])
        and not element.find_parent(class_="bibtex-citation")
    }
    assert left <= {"English, EN", "Version warning"}


def test_head_sets_the_language_before_the_first_style_of_ours(good_book):
    """The script that chooses stands in the head and waits for nothing."""
    head = good_book.page("mini").split("</head>")[0]
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", head, re.S)
    (first,) = [attributes for attributes, body in scripts if "plusxLang" in body]
    assert first == ""

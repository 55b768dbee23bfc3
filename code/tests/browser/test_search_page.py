"""The search page in a browser: what it finds, in which language, and what it marks."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser
QUERIES = ["退化", "退化问题", "训练误差", "degradation", '"skip connection"']
HAN = re.compile(r"[\u4e00-\u9fff]")
STATUS = "document.querySelector('#search-results .search-summary').innerText"
#: What is called in many ways, and has the same pages by each of them.
NAMES = [
    "skip connection",
    "shortcut connections",
    "Residual Connection",
    "短路连接",
    "捷径",
    "残差连接",
    "殘差連接",
    "短路連接",
    "捷徑",
    "跨层连接",
]


def language(text):
    """Tell the language of a text by its characters; a term may be in the other one."""
    letters = re.findall(r"[^\W\d_]", text)
    return "zh" if sum(map(bool, map(HAN.match, letters))) > len(letters) / 6 else "en"


def search(reader, address, query, mode):
    """Open the page of a search and wait until it has ended; return the tab."""
    tab = reader.open(f"{address}/search.html?q={quote(query)}&lang={mode}")
    tab.wait_for_function(f"!/Searching|正在/.test({STATUS})")
    return tab


def addresses(tab):
    """Return the pages that a search has found."""
    links = tab.locator("#search-results .search > li > a")
    found = links.evaluate_all("links => links.map(link => link.pathname)")
    return {Path(path).name for path in found}


@pytest.mark.parametrize("mode", ["en", "zh"])
def test_search_answers_in_the_language_of_the_reader(visit, address, mode):
    """Whatever the query's language, pages and passages are in the reader's."""
    other = {"en": "zh", "zh": "en"}[mode]
    reader = visit()
    for query in QUERIES:
        tab = search(reader, address, query, mode)
        titles = tab.locator("#search-results .search > li > a").all_inner_texts()
        assert {language(title) for title in titles} == {mode}, query
        for shown in (mode, other):
            tab.click(f".lang-switch [data-set={shown}]")
            passages = tab.locator("#search-results .context").all_inner_texts()
            assert passages, query
            assert [text for text in passages if language(text) != shown] == [], query
    assert reader.faults == []


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
    tab.wait_for_url("**/search.html?q=degradation*")
    tab.wait_for_selector("#search-results .search > li")


@pytest.mark.parametrize(
    "code", ["nn.BatchNorm1d", "torch.autograd.grad", "figures.show", "x + f(x)"]
)
def test_search_for_code_finds_it_as_it_is_written(visit, server, code):
    """Each passage holds the code itself, with its dots, on each page that is named."""
    tab = search(visit(), server.address, code, "en")
    items = tab.locator("#search-results .search > li").all()
    assert items
    passages = [item.locator(".context").all_inner_texts() for item in items]
    for part in code.lower().split(" + "):
        assert all(part in " ".join(texts).lower() for texts in passages), passages
    assert code.lower() in " ".join(passages[0]).lower()


def test_search_for_a_formula_marks_no_single_letters(visit, server):
    """A page that x + F(x) leads to has few marks, all of the whole expression."""
    tab = search(visit(), server.address, "x + f(x)", "en")
    with tab.expect_navigation():
        tab.click("#search-results .search > li > a")
    tab.wait_for_timeout(200)
    marks = tab.locator("span.highlighted").all_text_contents()
    assert {mark.lower() for mark in marks} <= {"f(x)"}
    assert len(marks) < 60


def test_search_for_plus_one_finds_its_titles(visit, address):
    """Signs are words: +1 stands in two titles."""
    tab = search(visit(), address, "+1", "en")
    assert {"03_products.html", "07_transformer.html"} <= addresses(tab)


@pytest.mark.parametrize(
    "name", ["constructor", "__proto__", "toString", "hasOwnProperty"]
)
def test_search_for_a_name_of_javascript_ends(visit, server, name):
    """What every object of JavaScript has is no word of the book."""
    reader = visit()
    tab = search(reader, server.address, name, "en")
    assert tab.evaluate(STATUS).startswith("Nothing found")
    assert reader.faults == []


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("ＲｅｓＮｅｔ", "ResNet"),
        ("normalisation", "normalization"),
        ("gradeint", "gradient"),
        ("網路", "网络"),
        ("訓練誤差", "训练误差"),
    ],
)
def test_search_finds_other_spellings(visit, server, query, same):
    """Full-width letters, British spelling, a typo, traditional characters."""
    reader = visit()
    found, expected = (
        addresses(search(reader, server.address, text, "zh")) for text in (query, same)
    )
    assert expected and found >= expected


def test_search_finds_the_same_pages_by_every_name(visit, server):
    """A connection past some layers has many names, in both languages."""
    reader = visit()
    found = [addresses(search(reader, server.address, name, "zh")) for name in NAMES]
    assert found[0] and found == [found[0]] * len(NAMES)


def test_search_takes_a_sentence(visit, address):
    """Not every word of a question stands on one page; the first chapter asks it."""
    tab = search(visit(), address, "为什么更深的网络训练误差更大", "zh")
    assert "01_degradation.html" in addresses(tab)


def test_marks_of_a_search_stay_with_its_links(visit, server):
    """A result has marks; a page that is opened directly afterwards has none."""
    tab = search(visit(), server.address, "degradation", "en")
    result = tab.locator("#search-results .search > li > a").first.get_attribute("href")
    tab.goto(f"{server.address}/chapters/01_degradation.html?lang=en")
    tab.wait_for_timeout(200)
    assert tab.locator("span.highlighted").count() == 0
    tab.goto(f"{server.address}/{result}")
    tab.wait_for_selector("article span.highlighted", state="attached")

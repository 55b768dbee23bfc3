"""The search index: English stems, Chinese pairs, the same cut in the browser."""

import json
import re
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from plusx_site import search

TEXTS = [
    "退化问题",
    "训练误差与退化 degradation problem",
    "ResNet-56 的训练误差 (training error) 是 7 %",
    "差",
    "skip connection, x + F(x)",
    "naïve Ångström 2,048 layers_",
    "（残差）学习：x；第 3 章",
]


@pytest.fixture
def cut():
    """The cut of the index."""
    return search.SearchBilingual({}).split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("退化问题", ["退化", "化问", "问题"]),
        ("退化", ["退化"]),
        ("差", ["差"]),
        ("训练loss", ["训练", "loss"]),
        ("skip connection", ["skip", "connection"]),
        (r"\frac{a}{b} \n", ["a", "b"]),
        ("残差，网络", ["残差", "网络"]),
    ],
)
def test_cut_gives_words_and_pairs(cut, text, expected):
    """Runs of Han characters are cut into pairs, the rest into words."""
    assert cut(text) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_query_is_cut_like_the_index(cut, text):
    """The browser's function and the builder's agree, so that what stands is found."""
    with MiniRacer() as browser:
        browser.eval(search.SPLIT_QUERY + ";0")
        assert json.loads(browser.eval(f"JSON.stringify(splitQuery({text!r}))")) == cut(
            text
        )


def test_han_has_its_ranges_in_one_place():
    """What a Chinese character is, no other file of the site says by numbers."""
    folder = Path(search.__file__).parent
    scripts = [*folder.rglob("*.py"), *folder.rglob("*.js")]
    own = [p.name for p in scripts if re.search("u3400|u4e00", p.read_text("utf-8"))]
    assert own == ["two_languages.py"]


def test_stems_join_the_forms_of_a_word():
    """A search for "networks" finds "network"; a Chinese pair stays as it is."""
    language = search.SearchBilingual({})
    assert language.stem("Networks") == language.stem("network")
    assert language.stem("退化") == "退化"


def test_chinese_pairs_are_kept_in_the_index():
    """No pair is dropped as too short or as a stop word."""
    language = search.SearchBilingual({})
    assert all(map(language.word_filter, ["退化", "差", "的是"]))
    assert not language.word_filter("the")


@pytest.mark.slow
def test_index_holds_both_languages(good_book):
    """The index of a built book has the stem and the pair, and no TeX command."""
    index = (good_book.site / "searchindex.js").read_text("utf-8")
    found = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\)", index, re.S)[1])
    words = {**found["terms"], **found["titleterms"]}
    assert {"network", "层数", "难训", "反而"} <= set(words)
    assert not {"networks", "层数多的网络很难训练"} & set(words)


@pytest.mark.slow
def test_search_scripts_stand_on_the_search_page_alone(good_book):
    """Other pages do not load the index."""
    searching = (good_book.site / "search.html").read_text("utf-8")
    assert "searchindex.js" in searching and "_static/search.js" in searching
    assert "searchindex.js" not in good_book.page("mini")

"""Texts in two languages, stored outputs and the theme's words, without a book."""

import re

import pytest

from plusx_site import halves, notebooks, words


def test_split_needs_both_halves():
    """A dot between Latin words, or with one side empty, separates nothing."""
    assert halves.split("Deeper · 更深") == ("Deeper", "更深")
    assert halves.split("CC BY 4.0 · MIT") is None
    assert halves.split(" · 更深") is None
    assert halves.split("更深") is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Deeper was worse · 更深反而更差", "deeper-was-worse"),
        ("H(x) = F(x) + x? · 为什么？", "hx-fx-x"),
        ("Exercises · 练习", "exercises"),
    ],
)
def test_slug_is_made_of_english_words(title, expected):
    """Signs go, spaces become hyphens, the Chinese half does not count."""
    assert re.sub("-+", "-", halves.slug(title)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("print(1)", True),
        ("x = 1\nfigures.show(x)", True),
        ("%pip install plusx\nprint(1)", True),
        ("x = 1", False),
        ("figures.show(x);", False),
        ("if x:\n    print(x)", False),
        ("def show():\n    print(1)", False),
        ("this is no Python (", False),
    ],
)
def test_shows_something_is_sure(source, expected):
    """Only code whose output cannot fail to appear is expected to have one."""
    assert notebooks.shows_something(source) is expected


def test_translate_page_leaves_text_and_code_alone():
    """Words in the article, in scripts and in a language of their own stay."""
    page = (
        "<p>Search</p><script>Search</script><article><p>Search</p></article>"
        '<span class="lang-en" lang="en">Search</span><a title="Search">x</a>'
    )
    assert words.translate_page(page) == (
        f"<p>{halves.spans('Search', '搜索')}</p>"
        "<script>Search</script><article><p>Search</p></article>"
        '<span class="lang-en" lang="en">Search</span><a title="Search · 搜索">x</a>'
    )

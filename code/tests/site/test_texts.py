"""Texts in two languages, stored outputs and the theme's words, without a book."""

import re

import pytest
from docutils import nodes, utils

from plusx_site import outputs, theme_words, transforms, two_languages


def test_split_needs_both_halves():
    """A dot between Latin words, or with one side empty, separates nothing."""
    assert two_languages.split("Deeper · 更深") == ("Deeper", "更深")
    assert two_languages.split("CC BY 4.0 · MIT") is None
    assert two_languages.split(" · 更深") is None
    assert two_languages.split("更深") is None
    assert two_languages.split("Dice · Dice") == ("Dice", "Dice")
    assert two_languages.once("Dice · Dice") == "Dice"


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
    assert re.sub("-+", "-", two_languages.slug(title)) == expected


@pytest.mark.parametrize("form", [str, lambda text: text.splitlines(keepends=True)])
def test_page_carries_no_picture_for_programs_without_trust(form):
    """What a figure holds for these goes, whatever stands round it stays."""
    instead = (
        '<div class="px-untrusted"><style>…</style>\n<p>a</p><img src="b"></div>\n'
    )
    html = f"<figure>\n<svg/>\n{instead}</figure>\n{instead}<div>after</div>"
    cell = {"outputs": [{"data": {"text/html": form(html)}}, {"text": "printed"}]}
    outputs.trust(cell)
    kept = cell["outputs"][0]["data"]["text/html"]
    assert kept == "<figure>\n<svg/>\n</figure>\n<div>after</div>"


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
        ("%%capture kept\nprint('caught')", False),
        ("print('x', file=open('log.txt', 'w'))", False),
        ("print(end='')", False),
        ("print(*words, sep=', ')", True),
        ("from rich import print\nprint(1)", False),
        ("print = quiet\nprint(1)", False),
        ("sys.stdout = log\nprint(1)", False),
        ("plt.show()", False),
        ("figures.show(x);  # nothing to see", False),
        ("figures.show(x)  # a; b", True),
    ],
)
def test_shows_something_is_sure(source, expected):
    """Only code whose output cannot fail to appear is expected to have one."""
    assert outputs.shows_something(source) is expected


def test_translate_page_leaves_text_and_code_alone():
    """Words in the article, in scripts and in a language of their own stay."""
    page = (
        "<p>Search</p><script>Search</script><article><p>Search</p></article>"
        '<span class="lang-en" lang="en">Search</span><a title="Search">x</a>'
    )
    assert theme_words.translate_page(page) == (
        f"<p>{two_languages.spans('Search', '搜索')}</p>"
        "<script>Search</script><article><p>Search</p></article>"
        '<span class="lang-en" lang="en">Search</span><a title="Search · 搜索">x</a>'
    )


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["一句。", "\n", "又一句。"], "一句。又一句。"),
        (["一半", "\n", "另一半"], "一半另一半"),
        (["一句。", "\n", "ResNet 更好。"], "一句。ResNet 更好。"),
        (["叫做", "\n", "ResNet"], "叫做\nResNet"),
        (["ResNet", "\n", "更好"], "ResNet\n更好"),
        (["一行\n两行\n三行"], "一行两行三行"),
    ],
)
def test_chinese_lines_are_joined_without_a_space(parts, expected):
    """A line break between Chinese characters is no space; beside a word it is one."""
    paragraph = nodes.paragraph("", "", *map(nodes.Text, parts))
    transforms.join_lines(paragraph)
    assert paragraph.astext() == expected


def test_chinese_lines_are_joined_across_markup():
    """Emphasis at the end of a line does not keep the line break."""
    emphasis = nodes.emphasis("", "更差")
    paragraph = nodes.paragraph(
        "", "", nodes.Text("反而"), emphasis, nodes.Text("\n吗？")
    )
    transforms.join_lines(paragraph)
    assert paragraph.astext() == "反而更差吗？"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("63.3 ± 11.4 % of all", "63.3\u00a0±\u00a011.4\u00a0% of all"),
        ("升到 0.9 %。", "升到 0.9\u00a0%。"),
        ("5 of 10, 3 layers", "5 of 10, 3 layers"),
    ],
)
def test_numbers_keep_their_units(text, expected):
    """The spaces in a result are no place to break a line; others stay."""
    assert transforms.UNIT.sub("\u00a0", text) == expected


def test_code_keeps_its_spaces():
    """A code span with "3 % 2" is left as it is."""
    document = utils.new_document("page")
    paragraph = nodes.paragraph("", "", nodes.literal("", "3 % 2"), nodes.Text(" 3 %"))
    document += paragraph
    transforms.KeepUnits(document).apply()
    assert paragraph.astext() == "3 % 2 3\u00a0%"

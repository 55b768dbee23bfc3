"""The two languages of the book say the same, and the checks that say so can fail."""

from decimal import Decimal
from pathlib import Path

import pytest
from books import chapter as minibook
from checkers import books, parity
from checkers.numbers import numbers

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    path for path in (ROOT / "chapters").iterdir() if path.suffix in (".ipynb", ".md")
)
EN, ZH = 5, 6  # the cells of the miniature chapter that hold its texts


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_say_the_same_in_both_languages(page):
    """No pair of a chapter or page differs in what both languages share."""
    found = books.language_faults(page) + parity.faults(page)
    assert not found, "\n".join(found)


def test_readme_says_the_same_in_both_languages():
    """README.zh.md has the sections, commands, numbers and links of README.md."""
    english, chinese = ROOT / "README.md", ROOT / "README.zh.md"
    assert parity.documents(english, chinese) == []


def test_parity_finds_nothing_in_a_good_book(tmp_path):
    """The miniature chapter, in which faults are planted below, has none."""
    path = minibook.write(tmp_path / "01_mini.ipynb", minibook.chapter())
    assert books.language_faults(path) + parity.faults(path) == []


@pytest.mark.parametrize(
    ("old", "new", "cell", "expected"),
    [
        ("$x + F(x)$", "$x - F(x)$", ZH, "formula 'x-F(x)' is missing in English"),
        ("y = x + F(x)", "y = F(x)", ZH, "formula 'y=F(x)' is missing in English"),
        ("20 层", "56 层", ZH, "number '56' is missing in English"),
        ("20 层", "二十层", ZH, "number '20' is missing in Chinese"),
        ("1,438 张", "1,483 张", ZH, "number '1438' is missing in Chinese"),
        ("3.7 ± 1.2", "3.7 ± 2.1", EN, "number '2.1' is missing in Chinese"),
        ("*十*轮", "*九*轮", ZH, "number 'ten' has no 10 in Han numerals"),
        ("Five runs", "Six runs", 7, "number 'Six' has no 6 in Han numerals"),
        ("`fit`", "`train`", ZH, "code 'train' is missing in English"),
        ("{cite:p}`he2015deep`", "", ZH, "citation 'cite:p he2015deep' is missing"),
        ("`ch-mini`", "`ch-other`", ZH, "reference 'ref ch-other' is missing in En"),
        ("org/paper", "org/papier", ZH, "link 'https://example.org/papier' is miss"),
        ("- 加上 $x + F(x)$。\n", "", ZH, "'bullet list of 1' in Chinese"),
        ("| 20 | 3.7 |\n", "", EN, "'table of 2 × 2' in Chinese"),
        ("| 20 | 3.7 |", "| 20 | 3.9 |", ZH, "table cell 4: number '3.9' is missing"),
        ("{admonition} 注", "{note} 注", ZH, "'admonition 1' in English, 'note 1'"),
        ("} 解答", "} 答案", 27, "'Solution' is '解答', not '答案'"),
        (":class: dropdown", ":class: tip", ZH, "option class 'tip' is missing in En"),
        ("\n- 读一读", "\n\n新的一段。\n\n- 读一读", ZH, "block 2 is"),
        ("A line.", "Lines 1 to 9.", 7, "(alt): paragraph 1: number '1' is missing"),
        ("· 一个问题？", "· 3 个问题？", 4, "(heading): paragraph 1: number '3' is"),
    ],
)
def test_parity_catches_what_differs(tmp_path, old, new, cell, expected):
    """Each planted difference is found, and the message names notebook and cell."""
    cells = minibook.replace(old, new, cell)(minibook.chapter())
    path = minibook.write(tmp_path / "01_mini.ipynb", cells)
    found = parity.faults(path)
    assert any(expected in message for message in found), found
    assert all("01_mini.ipynb" in m and f"cell {cell + 1}" in m for m in found)


@pytest.mark.parametrize(
    ("old", "new", "cell", "expected"),
    [
        ("Train a", "训练训练训练训练训练", EN, "cell 6: Chinese in an English cell"),
        ("你会看到一个数。", "Nothing.", 2, "cell 3: no Chinese in a Chinese cell"),
    ],
)
def test_text_of_the_other_language_is_found(tmp_path, old, new, cell, expected):
    """A text whose tag names the other language would be hidden from its readers."""
    cells = minibook.replace(old, new, cell)(minibook.chapter())
    path = minibook.write(tmp_path / "01_mini.ipynb", cells)
    assert books.language_faults(path) == [f"01_mini.ipynb, {expected}"]


def test_parity_catches_a_sentence_that_is_missing():
    """A paragraph of which a half is not translated is found by its length alone."""
    english = (
        "The shallow net learns well. " * 3 + "The deep one does not learn at all."
    )
    chinese = "浅的网络学得好，这一点不难看出。" * 3 + "深的网络却什么也学不会。"
    assert parity.differences(english, chinese) == []
    assert parity.differences(english, "浅的网络学得好，这一点不难看出。") == [
        "paragraph 1: 14 characters for 23 words; is a sentence missing?"
    ]


def test_pages_are_cut_at_block_breaks(tmp_path):
    """A page's blocks are pairs, but a break inside a code fence is none."""
    path = tmp_path / "page.md"
    path.write_text(
        '# A · 甲\n\n+++ {"tags": ["lang-en"]}\n\n```\n+++\n```\n\nOne 1.\n\n'
        '+++ {"tags": ["lang-zh"]}\n\n```\n+++\n```\n\n一 2。\n\n+++\n\n## B · 乙\n',
        "utf8",
    )
    assert [pair.kind for pair in books.pairs(path)] == ["heading", "text", "heading"]
    assert parity.faults(path) == [
        "page.md, line 4 and line 12 (text): paragraph 1: number '1' is missing in "
        "Chinese",
        "page.md, line 4 and line 12 (text): paragraph 1: number '2' is missing in "
        "English",
    ]


def test_documents_catch_a_section_that_drifted(tmp_path):
    """A README whose translation lost a command fails; translated comments may."""
    english, chinese = tmp_path / "README.md", tmp_path / "README.zh.md"
    english.write_text("# A\n\n```sh\nmake book  # build\nmake test\n```\n", "utf8")
    chinese.write_text("# 甲\n\n```sh\nmake book  # 构建\nmake test\n```\n", "utf8")
    assert parity.documents(english, chinese) == []
    chinese.write_text("# 甲\n\n```sh\nmake book\n```\n", "utf8")
    assert "make test" in "".join(parity.documents(english, chinese))


def test_documents_may_show_a_picture_in_their_language(tmp_path):
    """Each README has its own drawing and alternative text, but no other drawing."""
    english, chinese = tmp_path / "README.md", tmp_path / "README.zh.md"
    english.write_text('<img src="fall-en-dark.svg" alt="It falls">\n', "utf8")
    chinese.write_text('<img src="fall-zh-dark.svg" alt="它在降">\n', "utf8")
    assert parity.documents(english, chinese) == []
    chinese.write_text('<img src="rise-zh-dark.svg" alt="它在升">\n', "utf8")
    assert "HTML" in "".join(parity.documents(english, chinese))


@pytest.mark.parametrize(
    ("text", "value", "result"),
    [
        ("1,438", "1438", True),
        ("$1{,}438$", "1438", True),
        ("１４３８", "1438", False),
        ("69.7 %", "69.7", True),
        ("70 %", "70", True),
        ("56 层", "56", False),
        ("± 5", "5", True),
        ("误差 ± 5", "5", True),
        ("x ± 5", "5", False),
        (r"$1 \pm \alpha$", "1", False),
        ("1.5e-65", "1.5E-65", True),
        (r"$4.9 \times 10^{9}$", "4.9E+9", True),
        ("10⁻⁵", "0.00001", True),
        ("1.7 million", "1700000", True),
        ("170 万", "1700000", True),
        ("1 万张", "10000", True),
        ("w = −4", "-4", False),
        ("ResNet-56", "56", False),
        ("普通-56", "56", False),
    ],
)
def test_numbers_are_read_in_both_languages(text, value, result):
    """A number has one value, however it is written."""
    (number,) = numbers(text)
    assert number.value == Decimal(value)
    assert number.result is result


def test_numbers_leave_versions_and_names_alone():
    """3.11.4 and x_0 are no numbers."""
    assert list(numbers("Python 3.11.4, x_0")) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十五", 15),
        ("三十六", 36),
        ("两百", 200),
        ("一百零五", 105),
    ],
)
def test_han_value_reads_han_numerals(text, value):
    """Han numerals below a thousand are read."""
    assert parity.han_value(text) == value

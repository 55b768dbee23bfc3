"""How long the pages take to read, and what the first page states of it."""

import json
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]
PAGE = HOUSE / "chapters" / "index.md"


@pytest.fixture(scope="module")
def tool():
    """The tool that counts."""
    sys.path.insert(0, str(HOUSE / "code" / "tools"))
    import minutes

    yield minutes
    sys.path.pop(0)


def cell(source, kind="markdown", *tags):
    """A cell of a notebook, as JSON."""
    return {"cell_type": kind, "source": [source], "metadata": {"tags": list(tags)}}


def test_minutes_on_the_first_page_are_counted(tool):
    """Every chapter has its row; run the tool where this fails."""
    text = PAGE.read_text("utf8")
    assert tool.stated(text, tool.pages()) == text
    assert len(tool.ROW.findall(text)) == 8
    assert len(tool.SHORT.findall(text)) == len(tool.HOURS.findall(text)) == 1


def test_minutes_changed_by_hand_are_found(tool):
    """A page that states other minutes is not what the tool writes."""
    text = PAGE.read_text("utf8")
    for pattern, wrong in (
        (tool.ROW, r"\g<1>9 / 99\g<3>"),
        (tool.HOURS, r"\g<1>9\g<2>9\3"),
    ):
        changed = pattern.sub(wrong, text)
        assert changed != text
        assert tool.stated(changed, tool.pages()) == text


def test_minutes_count_words_formulas_and_code(tool):
    """A book of known length: the slower language counts, and what serves both."""
    english = cell("word " * 150, "markdown", "lang-en")
    chinese = cell("字" * 600 + " $x + y$ `code here`", "markdown", "lang-zh")
    formula, code = cell("$$\ny = x\n$$"), cell("net(x)", "code")
    assert tool.minutes([english]) == pytest.approx(1)
    assert tool.minutes([english, chinese]) == pytest.approx(2)
    both = [english, chinese, formula, code, cell("## A word · 一个词")]
    assert tool.minutes(both) == pytest.approx(2 + 0.5 + 1 / 3 + 3 / 300)


def test_minutes_leave_out_what_is_no_reading(tool):
    """Targets of links, options of blocks and labels, and none of the text after."""
    text = "(label)=\n:::{admonition} Hint\n:class: dropdown\nword [word](https://a.b)\n:::"
    assert tool.minutes([cell(text, "markdown", "lang-en")]) == pytest.approx(2 / 150)


def test_core_ends_at_the_exercises_and_leaves_out_what_is_deeper(tool):
    """A book of known length: 3 minutes of core in 7."""
    text = cell("word " * 150, "markdown", "lang-en")
    book = [text, cell("## A"), text, cell("## B", "markdown", "deeper"), text, text]
    book += [cell("## Summary"), text, cell("## Exercises"), text, text]
    assert tool.minutes(tool.core(book)) == pytest.approx(3, abs=0.05)
    assert tool.minutes(book) == pytest.approx(7, abs=0.05)
    book[3]["metadata"]["tags"] = []
    assert tool.minutes(tool.core(book)) == pytest.approx(5, abs=0.05)


def test_core_of_a_chapter_takes_twenty_minutes(tool):
    """More is tagged `deeper`; a chapter without tags is all core."""
    long = {name: core for name, (core, _) in tool.pages().items() if core > 20}
    assert long == {}


def test_ten_minutes_take_ten(tool):
    """The short page keeps its promise, with at most 750 words of English."""
    path = PAGE.with_name("ten_minutes.ipynb")
    cells = json.loads(path.read_text("utf8"))["cells"]
    assert tool.minutes(cells) <= 10
    english = [c for c in cells if "lang-en" in c["metadata"].get("tags", [])]
    assert tool.minutes(english) * tool.WORDS <= 750

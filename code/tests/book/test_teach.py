"""The page for teachers says what the table of self-checks says, in both languages."""

import json
import re
from pathlib import Path

import pytest

from plusx.checks import table

CHAPTERS_AT = Path(__file__).parents[3] / "chapters"
TEXT = (CHAPTERS_AT / "teach.md").read_text("utf8")
CHAPTERS = dict.fromkeys(row["chapter"] for row in table.load_all().values())
HALVES = pytest.mark.parametrize("half", [0, 1], ids=["en", "zh"])


def section(title: str, half: int, text: str = TEXT) -> str:
    """The block of one language below the heading that begins with a title."""
    body = re.split(r"(?m)^## ", text.partition(f"\n## {title}")[2])[0]
    return re.split(r"(?m)^\+\+\+.*\n", body)[1 + half]


def questions(block: str, column: int) -> list[tuple[str, str]]:
    """What a table says in a column, each with the label of the chapter it names."""
    rows = [line.strip("|").split("|") for line in block.splitlines() if "<ch-" in line]
    return [(row[column].strip(), re.search(r"<ch-(\w+)>", row[-1])[1]) for row in rows]


def asked(half: int, rows: list[dict]) -> list[tuple[str, str]]:
    """The same of rows of the table of self-checks."""
    return [(row["question"][half], row["chapter"].partition("_")[2]) for row in rows]


@HALVES
def test_every_misconception_meets_its_check(half):
    """All checks that refute a misconception, in their words and order; no other."""
    wanted = [row for row in table.load_all().values() if row["refutes"]]
    assert questions(section("Misconceptions", half), 1) == asked(half, wanted)


@HALVES
def test_polls_are_checks_that_have_answers(half):
    """One for each chapter, each another one than those of the misconceptions."""
    found = questions(section("Polls", half), 0)
    known = [row for row in table.load_all().values() if not row["refutes"]]
    assert set(found) <= set(asked(half, known))
    assert [label for _, label in found] == [name[3:] for name in CHAPTERS]


@HALVES
def test_every_chapter_has_its_goal(half):
    """A row for each chapter, numbered as it is."""
    rows = re.findall(r"\| \{ref\}`(\d) <ch-(\w+)>`", section("What students", half))
    assert [f"0{number}_{name}" for number, name in rows] == list(CHAPTERS)


def test_changed_questions_are_found():
    """A question that reads otherwise than in the table is no check of the table."""
    changed = TEXT.replace("How do we know that", "Why do we think that")
    wanted = [row for row in table.load_all().values() if row["refutes"]]
    assert questions(section("Misconceptions", 0, changed), 1) != asked(0, wanted)


@HALVES
def test_plans_fill_their_time(half):
    """The rows of the plan of one lesson follow each other from 0 to 90 minutes."""
    rows = re.findall(r"(?m)^\| (\d+)–(\d+) \|", section("One lesson", half))
    starts, ends = [int(a) for a, _ in rows], [int(b) for _, b in rows]
    assert (starts[0], ends[-1]) == (0, 90)
    assert starts[1:] == ends[:-1]


@HALVES
def test_plan_names_sections_that_are_there(half):
    """What the plan of one lesson quotes are headings of the page that it projects."""
    cells = json.loads((CHAPTERS_AT / "ten_minutes.ipynb").read_text("utf8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    headings = re.findall(r"(?m)^## (.+) · (.+)$", text)
    rows = re.findall(r"(?m)^\| \d+–\d+ \|.*\|(.+)\|$", section("One lesson", half))
    quoted = [name for row in rows for name in re.findall('["“](.+?)["”]', row)]
    assert quoted == [heading[half] for heading in headings]

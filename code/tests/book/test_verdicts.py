"""The verdicts of the first page and those of chapter 8 are about the same claims."""

import re
from pathlib import Path

import nbformat

CHAPTERS = Path(__file__).parents[3] / "chapters"


def first_column(text: str) -> list[str]:
    """The first cell of each row of the first table, head left out."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\)\|", row)[1].strip() for row in rows[1:]]


def chapter_claims() -> list[tuple[str, str]]:
    """The claims of chapter 8's table, each in English and in Chinese."""
    notebook = nbformat.read(CHAPTERS / "08_everywhere.ipynb", as_version=4)
    english = [c.source for c in notebook.cells if "| claim |" in c.source]
    chinese = [c.source for c in notebook.cells if "| 说法 |" in c.source]
    assert len(english) == len(chinese) == 1
    pairs = zip(first_column(english[0]), first_column(chinese[0]), strict=True)
    return list(pairs)


def page_claims() -> list[tuple[str, ...]]:
    """The claims of the first page's table."""
    text = (CHAPTERS / "index.md").read_text("utf8")
    section = text.split("## The story on trial", 1)[1].split("\n## ", 1)[0]
    return [tuple(cell.split(" · ")) for cell in first_column(section)]


def test_first_page_lists_the_claims_of_chapter_8():
    """Same claims, same words, same order, in both languages."""
    assert page_claims() == chapter_claims()
    assert len(page_claims()) == 12

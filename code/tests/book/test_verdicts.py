"""The verdicts of the first page and those of chapter 8 are about the same claims."""

import re
from pathlib import Path

import nbformat

from plusx_site import verdicts

HOUSE = Path(__file__).parents[3]
CHAPTERS = HOUSE / "chapters"
STYLE = HOUSE / "code" / "plusx_site" / "static" / "book.css"


def column(text: str, number: int) -> list[str]:
    """One cell of each row of the first table, counted from one, head left out."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\)\|", row)[number].strip() for row in rows[1:]]


def chapter_tables() -> tuple[str, str]:
    """The cells of chapter 8 that hold its table, in English and in Chinese."""
    notebook = nbformat.read(CHAPTERS / "08_everywhere.ipynb", as_version=4)
    english = [c.source for c in notebook.cells if "| claim |" in c.source]
    chinese = [c.source for c in notebook.cells if "| 说法 |" in c.source]
    assert len(english) == len(chinese) == 1
    return english[0], chinese[0]


def chapter_claims() -> list[tuple[str, str]]:
    """The claims of chapter 8's table, each in English and in Chinese."""
    english, chinese = chapter_tables()
    pairs = zip(column(english, 1), column(chinese, 1), strict=True)
    return list(pairs)


def page_claims() -> list[tuple[str, ...]]:
    """The claims of the first page's table."""
    return [tuple(cell.split(" · ")) for cell in column(trial(), 1)]


def trial() -> str:
    """The section of the first page that lists the claims."""
    text = (CHAPTERS / "index.md").read_text("utf8")
    return text.split("## The story on trial", 1)[1].split("\n## ", 1)[0]


def test_first_page_lists_the_claims_of_chapter_8():
    """Same claims, same words, same order, in both languages."""
    assert page_claims() == chapter_claims()
    assert len(page_claims()) == 12


def agrees(kind: str, verdict: str) -> bool:
    """Whether a verdict of the first page is the one that chapter 8 states."""
    said = {word for word in ("partly", "about", "wrong") if verdict.startswith(word)}
    return said == ({kind} - {"holds", "condition"})


def test_first_page_has_the_verdicts_of_chapter_8():
    """What chapter 8 calls wrong, partly right or about right is called so first."""
    given = [re.match(r"\{verdict\}`(\w+) <", cell)[1] for cell in column(trial(), 2)]
    stated = column(chapter_tables()[0], 2)
    pairs = list(zip(given, stated, strict=True))
    assert [pair for pair in pairs if not agrees(*pair)] == []
    assert not agrees("holds", "wrong for that net")
    assert not agrees("wrong", "holds, for another purpose")


def test_verdicts_differ_in_word_shape_and_color():
    """A reader who sees no colors, or none of the words, still tells them apart."""
    shapes = {color: shape for shape, _, color in verdicts.KINDS.values()}
    assert len(shapes) == len(set(shapes.values())) == 3
    words = [words for _, words, _ in verdicts.KINDS.values()]
    assert len(words) == len(set(words))
    style = STYLE.read_text("utf8")
    colors = dict(re.findall(r"\.verdict-(\w+) { color: (var\(\S+\));", style))
    assert set(colors) == set(shapes)
    assert len(set(colors.values())) == 3

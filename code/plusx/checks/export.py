"""The questions for learning platforms: Moodle's XML, and GIFT, which others read."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from xml.etree import ElementTree

LANGUAGES = {"en": 0, "zh": 1}
BOOK = "One +x"


def moodle(rows: Iterable[Mapping[str, Any]], language: str) -> str:
    """Questions in one language as Moodle XML, a category for each chapter."""
    quiz, last = ElementTree.Element("quiz"), None
    for row in rows:
        if row["chapter"] != last:
            last = row["chapter"]
            category = ElementTree.SubElement(quiz, "question", type="category")
            _text(category, "category", f"$course$/{BOOK}/{last}")
        _question(quiz, row, LANGUAGES[language])
    ElementTree.indent(quiz)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ElementTree.tostring(quiz, encoding="unicode") + "\n"


def _question(quiz: ElementTree.Element, row: Mapping[str, Any], half: int) -> None:
    """Add a question with one right answer and a reason for each."""
    node = ElementTree.SubElement(quiz, "question", type="multichoice")
    _text(node, "name", row["id"])
    _text(node, "questiontext", escape(row["question"][half]), format="html")
    for name, value in (("single", "true"), ("shuffleanswers", "true")):
        ElementTree.SubElement(node, name).text = value
    for found in row["answers"]:
        fraction = "100" if found["right"] else "0"
        answer = _text(
            node,
            "answer",
            escape(found["text"][half]),
            fraction=fraction,
            format="html",
        )
        _text(answer, "feedback", escape(found["reason"][half]), format="html")


def _text(
    parent: ElementTree.Element, name: str, text: str, **attributes: str
) -> ElementTree.Element:
    """Add an element that holds its text in an element, as Moodle wants it."""
    node = ElementTree.SubElement(parent, name, attributes)
    ElementTree.SubElement(node, "text").text = text
    return node


def gift(rows: Iterable[Mapping[str, Any]], language: str) -> str:
    """Questions in one language in the GIFT format."""
    half = LANGUAGES[language]
    return "\n".join(_gift(row, half) for row in rows)


def _gift(row: Mapping[str, Any], half: int) -> str:
    answers = "".join(
        f"\t{'=' if found['right'] else '~'}{_escaped(found['text'][half])}"
        f"#{_escaped(found['reason'][half])}\n"
        for found in row["answers"]
    )
    title, text = _escaped(row["id"]), _escaped(row["question"][half])
    return f"$CATEGORY: {BOOK}/{row['chapter']}\n\n::{title}::{text} {{\n{answers}}}\n"


def _escaped(text: str) -> str:
    """A text in which no sign means anything to GIFT."""
    return re.sub(r"([~=#{}:\\])", r"\\\1", text)

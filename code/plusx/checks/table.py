"""The table of all questions.

[[check]]
id = "overfitting"                 # unique in the book
chapter = "01_degradation"
refutes = "overfitting"            # the misconception, where it is a common one
question = ["…", "…"]              # English, Chinese
right = { text = ["…", "…"], reason = ["…", "…"] }
wrong = [{ text = ["…", "…"], reason = ["…", "…"] }]
place = 2                          # of the right answer, counted from one
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from plusx.bilingual import check_pair

MOST = 4  # questions a chapter


@cache
def load_all() -> dict[str, dict[str, Any]]:
    """All questions by id, in the order of the book.

    Raises:
        ValueError: names the question, or the chapter, and what is wrong with it.
    """
    text = (files("plusx.checks") / "questions.toml").read_text("utf8")
    return collect(tomllib.loads(text)["check"])


def collect(rows: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Questions by id.

    Raises:
        ValueError: for an id that stands twice, or a chapter with too many questions.
    """
    found = {row["id"]: complete(row) for row in rows}
    if len(found) < len(rows):
        raise ValueError("checks: expected every id once")
    chapters = [row["chapter"] for row in rows]
    for chapter in set(chapters):
        if chapters.count(chapter) > MOST:
            count = chapters.count(chapter)
            raise ValueError(f"{chapter}: expected at most {MOST} checks, got {count}")
    return found


def complete(row: Mapping[str, Any]) -> dict[str, Any]:
    """A question with its answers in their order, each of them right or not.

    Raises:
        ValueError: for a text in one language, a reason that is missing, fewer than
            two wrong answers, or a place that is none.
    """
    name = f"check {row['id']}"
    wrong = [dict(answer, right=False) for answer in row["wrong"]]
    if len(wrong) < 2:
        raise ValueError(f"{name}: expected two wrong answers or more")
    if not 1 <= row["place"] <= len(wrong) + 1:
        raise ValueError(f"{name}: expected a place of the right answer")
    answers = [*wrong]
    answers.insert(row["place"] - 1, dict(row["right"], right=True))
    check_pair(name, row["question"])
    for answer in answers:
        check_pair(f"{name}, an answer", answer["text"])
        check_pair(f"{name}, a reason", answer.get("reason", ()))
    return {"refutes": "", **row, "answers": answers}


def of(chapter: str) -> list[dict[str, Any]]:
    """The questions of a chapter.

    Raises:
        ValueError: for a chapter without questions.
    """
    found = [row for row in load_all().values() if row["chapter"] == chapter]
    if not found:
        chapters = sorted({row["chapter"] for row in load_all().values()})
        raise ValueError(f"expected one of {', '.join(chapters)}, got {chapter!r}")
    return found

"""The questions of a chapter as the output of a cell."""

import html
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from plusx import figures
from plusx.bilingual import CODES, LAYERS, Pair, spoken
from plusx.checks import table
from plusx.figures.html import Output

#: JupyterLab leaves the keys of such an element to it.
KEYS = 'data-lm-suppress-shortcuts="true"'
TITLE = ("Check yourself", "自测一下")
VERDICTS = {True: ("✓", ("Right.", "对。")), False: ("✗", ("No.", "不对。"))}


def show(chapter: str):
    """The questions of a chapter: an answer that is chosen unfolds its reason.

    Raises:
        ValueError: for a chapter without questions.
    """
    style = (files("plusx.checks") / "check.css").read_text("utf8")
    asked = "".join(f"<li>{question(row)}</li>\n" for row in table.of(chapter))
    markup = (
        f'<section class="plusx-checks" data-language="{figures.language()}">\n'
        f"<style>\n{style}</style>\n"
        f'<p class="pc-title">{both(TITLE)}</p>\n<ol>\n{asked}</ol>\n</section>'
    )
    words = [spoken(row["question"], figures.language()) for row in table.of(chapter)]
    return Output(markup, "\n".join(words))


def question(row: Mapping[str, Any]) -> str:
    """A question and its answers, of which one at a time is open."""
    answers = "".join(answer(row["id"], found) for found in row["answers"])
    return f'<p class="pc-question">{both(row["question"])}</p>{answers}'


def answer(name: str, found: Mapping[str, Any]) -> str:
    """An answer that unfolds into what it is worth, and why."""
    sign, verdict = VERDICTS[found["right"]]
    kind = "pc-right" if found["right"] else "pc-wrong"
    return (
        f'<details class="{kind}" name="pc-{name}"><summary {KEYS}>'
        f"{both(found['text'])}</summary>"
        f'<p><b><span aria-hidden="true">{sign}</span> {both(verdict)}</b> '
        f"{both(found['reason'])}</p></details>"
    )


def both(text: Pair) -> str:
    """A text in both languages, of which a page shows one or both."""
    english, chinese = (
        f'<span class="{layer}" lang="{CODES[layer]}">{html.escape(half)}</span>'
        for layer, half in zip(LAYERS, text, strict=True)
    )
    return f'{english}<span class="lang-sep"> · </span>{chinese}'

"""What a cell has printed, in Chinese where the page is Chinese.

Programs print English. `printed.csv` says each phrase in Chinese; a blank stands for
several, and `#` for a number, which stays (`#2`: the second). A line keeps its columns:
where blanks set a phrase apart, its Chinese is as wide. A line with a word that no
phrase covers is reported. Printed code stays as it is.
"""

import ast
import csv
import re
from functools import cache
from html import escape, unescape
from itertools import accumulate
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from .ticks import STREAM

logger = logging.getLogger(__name__)
PHRASES = Path(__file__).parent / "printed.csv"
NUMBER = r"([-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)"
TAG = re.compile(r"(<[^>]*>)")
#: A word of English that is no name and no code.
WORD = re.compile(r"(?<![\w.'-])[a-z]{3,}(?![\w.]*[A-Z0-9_.(=])")
#: Blanks that set a column apart, at the end of what stands before and after.
BEFORE, AFTER = re.compile(r"(?:^|\s)\s$"), re.compile(r"^:?\s\s")


@cache
def phrases() -> dict[str, str]:
    """Return the Chinese of each English phrase, the longest first."""
    with PHRASES.open(encoding="utf-8", newline="") as file:
        found = {row["en"]: row["zh"] for row in csv.DictReader(file)}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


@cache
def pattern() -> re.Pattern:
    """Return what finds a phrase: a group for each, and in it one for each number."""
    return re.compile("|".join(f"({_whole(english)})" for english in phrases()))


def _whole(english: str) -> str:
    """Return the pattern of a phrase that begins and ends with whole words."""
    parts = NUMBER.join(map(re.escape, english.split("#"))).replace("\\ ", " +")
    before = r"(?<![\w-])" if english[0].isalnum() else ""
    after = r"(?![\w-])" if english[-1].isalnum() else ""
    return before + parts + after


def chinese_of(found: re.Match) -> str:
    """Return the Chinese of a phrase that was found, with its numbers."""
    at = next(i for i, group in enumerate(groups()) if found[group])
    numbers = iter(found.groups()[groups()[at] :])
    first = groups()[at]

    def number(place: re.Match) -> str:
        return found[first + int(place[1])] if place[1] else next(numbers)

    return re.sub(r"#(\d?)", number, list(phrases().values())[at])


@cache
def groups() -> list[int]:
    """Return the number of each phrase's group."""
    counts = [1 + english.count("#") for english in phrases()]
    return list(accumulate(counts[:-1], initial=1))


def speak(line: str) -> str:
    """Return a printed line as HTML, each phrase of it in both languages."""
    done, end = [], 0
    for found in pattern().finditer(line):
        done.append(escape(line[end : found.start()]))
        done.append(_both(found, line))
        end = found.end()
    return "".join([*done, escape(line[end:])])


def _both(found: re.Match, line: str) -> str:
    """Return a phrase in both languages, or as it is where they are the same."""
    english, chinese = found[0], chinese_of(found)
    if english == chinese:
        return escape(english)
    apart = BEFORE.search(line[: found.start()])
    style = ""
    if apart or AFTER.search(line[found.end() :]):
        side = ";text-align:right" if apart else ""
        style = f' style="min-width:{len(english)}ch{side}"'
    return (
        f'<span class="lang-en" lang="en">{escape(english)}</span>'
        f'<span class="lang-zh" lang="zh-Hans"{style}>{escape(chinese)}</span>'
    )


def left_over(line: str) -> list[str]:
    """Return the English words of a line that no phrase covers."""
    return WORD.findall(pattern().sub(" ", line))


def is_code(text: str) -> bool:
    """Tell whether a text is a piece of Python that defines something."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    return any(isinstance(statement, ast.FunctionDef) for statement in body)


def in_both(html: str) -> str:
    """Return the inside of a printed text's `pre` with both languages."""

    def spoken(text: str) -> str:
        return "\n".join(map(speak, unescape(text).split("\n")))

    parts = TAG.split(html)
    return "".join(p if TAG.fullmatch(p) else spoken(p) for p in parts)


def speak_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Say in both languages what a page has printed; the event `html-page-context`."""

    def both(found: re.Match) -> str:
        text = unescape(TAG.sub("", found[2]))
        if is_code(text):
            return found[0]
        for line in text.splitlines():
            for word in left_over(line):
                logger.warning(
                    'printed "%s", of which printed.csv does not know "%s"',
                    line.strip(), word, location=page, type="plusx", subtype="printed",
                )  # fmt: skip
        return found[1] + in_both(found[2]) + found[3]

    context["body"] = STREAM.sub(both, context.get("body") or "")

"""Is Chinese set as Chinese is set?

autocorrect looks after the space between Han and Latin, and after half-width
punctuation. The further rules are the traps of Markdown and of this book. Formulas,
code and links are taken out before, so that nothing in them alarms.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import autocorrect_py

from checkers.books import SEPARATOR, cells, pairs
from checkers.content import parser, read
from plusx.bilingual import HAN

# halfwidth-punctuation would turn "0.1 %、0.2 %" into "0.1 %, 0.2 %".
autocorrect_py.load_config(
    json.dumps(
        {
            "rules": {
                "space-word": 1,
                "space-punctuation": 1,
                "space-bracket": 1,
                "no-space-fullwidth": 1,
                "fullwidth": 1,
                "halfwidth-word": 1,
                "halfwidth-punctuation": 0,
            }
        }
    )
)
H = HAN.pattern
FULL = "，。！？；：、（）《》“”‘’"
RULES = {
    "half-width punctuation beside Han": rf"{H}[ ]?[,;:!?](?![/\w])|[,;:!?][ ]?{H}",
    "half-width full stop after Han": rf"{H}\.(?!\.|\w)",
    # F(x) and the shape (2, 16) keep theirs, a remark (such as this) does not.
    "half-width bracket in Chinese": (
        rf"\([^()]*{H}[^()]*\)|{H} ?\((?=[^()]*[A-Za-z]{{2}})"
    ),
    "blank beside full-width punctuation": rf"[^\S\n][{FULL}]|[{FULL}][^\S\n]+(?=\S)",
    "straight quotes in Chinese; use “ ”": rf"[\"'](?={H})|(?<={H})[\"']",
    "quotes of another region; use “ ”": "[「」『』]",
    "three dots; use ……": rf"{H}\.\.|{H}…(?!…)(?<!……)",
    "hyphens as a dash; use ——": rf"{H} ?--|-- ?{H}|{H}—(?!—)(?<!——){H}",
    "full-width digits or letters": "[０-９Ａ-Ｚａ-ｚ％]",
    "a line that ends inside a sentence (it shows as a blank)": rf"{H}\n{H}",
    "a number right before %; write 69.7 %": r"\d%",
    "a placeholder": r"\b(?:TODO|FIXME|TBD|XXX+|[A-Z]+TEXT)\b",
}
ENGLISH_RULES = {
    "a number right before %; write 69.7 %": r"\d\\?%",
    "a placeholder": RULES["a placeholder"],
    "full-width punctuation in English": f"[{FULL[:11]}]",
}
STARS = re.compile(r"\*{1,3}")
PAUSES = ("，", "。", "；", "：", "、")


def chinese_faults(text: str) -> list[str]:
    """Check a Chinese MyST text."""
    found = []
    for leaf in read(text).leaves:
        found += [f"{leaf.where}: {m}" for m in plain_faults(leaf.prose)]
    return found + [f"{m}" for m in markup_faults(text)]


def plain_faults(text: str) -> list[str]:
    """Check Chinese without markup: a paragraph, a caption, an alternative text."""
    found = list(_matches(RULES, text))
    for row in text.split("\n"):
        row = re.sub(rf"({H})-(?=\d)", r"\1 ", row)  # 普通-56 is a name
        better = autocorrect_py.format(row)
        if better != row:
            found.append(_difference(row, better))
    return found


def _matches(rules: dict[str, str], text: str) -> Iterator[str]:
    for rule, pattern in rules.items():
        for match in re.finditer(pattern, text):
            start = max(match.start() - 6, 0)
            around = text[start : match.end() + 6].replace("\n", "⏎")
            yield f"{rule}: …{around}…"


def _difference(text: str, better: str) -> str:
    """Show where autocorrect differs first, not the whole line."""
    same = 0
    while same < min(len(text), len(better)) and text[same] == better[same]:
        same += 1
    start = max(same - 8, 0)
    return f"autocorrect: …{text[start : same + 8]}… → …{better[start : same + 9]}…"


def markup_faults(text: str) -> list[str]:
    """Find emphasis that Markdown does not see: `**…。**` right before Han."""
    found = []
    for token in parser().parse(text):
        before = ""
        for child in token.children or []:
            if child.type == "text" and (star := STARS.search(child.content)):
                around = child.content[max(star.start() - 8, 0) : star.end() + 8]
                found.append(f"stars that are no emphasis: …{around}…")
            if child.type in ("strong_close", "em_close") and before[-1:] in PAUSES:
                found.append(f"punctuation inside the emphasis: …{before[-8:]}…")
            before = child.content
    return found


def english_faults(text: str) -> list[str]:
    """Check the few rules that hold for English as well."""
    found = []
    for leaf in read(text).leaves:
        matches = _matches(ENGLISH_RULES, leaf.prose)
        found += [f"{leaf.where}: {message}" for message in matches]
    return found + markup_faults(text)


def faults(path: Path) -> list[str]:
    """Check all texts of a notebook or page, and the headings for both."""
    found = []
    for pair in pairs(path):
        where = f"{pair.where} ({pair.kind})"
        plain = pair.kind in ("alt", "label")
        chinese = plain_faults(pair.zh) if plain else chinese_faults(pair.zh)
        found += [f"{where}: {message}" for message in chinese]
        if pair.page != "glossary":
            found += [f"{where}: {message}" for message in english_faults(pair.en)]
    for cell in cells(path):
        if cell.kind == "markdown" and re.search(r"\S·|·\S|  · |·  ", cell.source):
            found.append(f"{cell.where}: write {SEPARATOR!r} with one blank each side")
    return found

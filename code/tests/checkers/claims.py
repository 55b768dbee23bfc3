"""The ledger: every result in the prose has a row that says where it comes from.

`plusx/records/claims/PAGE.toml` has a row for each result of the page, in reading
order, which is the same in both languages:

    results = [
      ["degradation", "results.conv.plain.train.56", "{mean} ± {std} %"],
      ["=", "0.25 ** 100", "{:.0e}"],
      ["he2015deep", "Table 6", "6.43 %"],
      ["unet", "config.noise", "deviation {}", "标准差为 {}"],
    ]

First the source: a record, whose value at the path is filled in ("PATH and PATH" where
two have the same); "=" for a Python expression over math, numpy as np, `record(name,
path)`, `paired(values, values)` and the modules that `sources` lists; or a work that
the page cites, with the table or section where the number is printed. Then the text,
and its Chinese where the words differ. Without more, a fraction is filled in with one
decimal, a count with commas; `e` writes a power of ten in TeX. A record keeps few
decimals: what lies halfway between two roundings (24.85) may read as either.

A result is a number that looks like one: decimal point, percent, ±, thousands comma,
power of ten. Code, citations, links, section and table numbers, versions and dates are
none. A row may also hold a plain count, with the words around it. What a sentence says
of its seeds, "(five seeds)", is how many values the row before it has.
"""

import re
import string
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from checkers.books import Pair, cells, pairs
from checkers.numbers import FULL_WIDTH, Number, numbers

PROSE = ("text", "alt", "caption")
SEEDS = {"en": r"\((three|four|five) seeds\)", "zh": r"（([三四五])个随机种子）"}
COUNTS = {"three": 3, "four": 4, "five": 5, "三": 3, "四": 4, "五": 5}
WHERE = r"(?i)\b(table|fig|figure|section|abstract|eq|equation|appendix|page|title)\b|§"
# Read over on the way: what no row has to cover, each with why.
NO_RESULT = [
    r"(?ms)^(`{3,})(?!\{math\}).*?^\1[ \t]*$",  # code blocks, not ```{math}
    r"(?m)^:[\w-]+:.*$",  # options of directives
    r"(?m)^\([^)\s]+\)=$",  # labels
    r"\{[\w:]+\}`[^`]*`",  # roles: citations and references
    r"(`+)(?!`).+?\1",  # code spans
    r"\]\([^)]*\)",  # targets of links
    r"<https?://[^>]*>|https?://\S+",
    r"(?:§|[Ss]ections?|第|[Ee]qs?\.|[Cc]hapters?|附录) ?\d+(?:\.\d+)+"
    r"(?:(?:,| and|、| 和| to|–) ?\d+(?:\.\d+)+)*",  # section numbers
    r"(?:[Ss]ections|第) [\d., and和、]+(?= ?节|$|[a-z])",
    r"(?:Python|PyTorch|torch|CUDA|CC BY|[Vv]ersions?|版本|ipywidgets) ?\d+(?:\.\d+)+"
    r"(?:(?:,|、| and| to|–| 到| 和) ?\d+(?:\.\d+)+)*",
    r"arXiv:\d+\.\d+",
    r"\d{4}-\d{2}-\d{2}",
]


@dataclass(frozen=True)
class Row:
    """One row of the ledger of a page; `en` and `zh` are the ways it may read there.

    `count` is the number of seeds, where the source is a spread over them.
    """

    page: str
    source: str
    place: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    count: int | None = None

    def __str__(self) -> str:
        return f"{self.page}.toml, {self.source} {self.place}"


class _Texts(string.Formatter):
    """Fills values in as the book writes them, each changed by a tiny share."""

    def __init__(self, change: float):
        self.change = change

    def format_field(self, value: Any, spec: str) -> str:
        """1438 as 1,438, 63.27 as 63.3, with `e` 1.5e-65 as 1.5 \\times 10^{-65}."""
        if isinstance(value, int):
            return format(value, spec or ",")
        shown = format(value * (1 + self.change), spec or ".1f")
        if not spec.endswith("e"):
            return shown
        digits, _, exponent = shown.partition("e")
        power = f"10^{{{int(exponent)}}}"
        return power if digits == "1" else rf"{digits} \times {power}"


def load(folder: Path) -> tuple[list[Row], list[str]]:
    """Read every ledger of a folder; return the rows and the faults of form."""
    rows, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        ledger = tomllib.loads(path.read_text("utf8"))
        faults += [
            f"{path.name}: unknown key {key}" for key in set(ledger) - {"results"}
        ]
        for number, row in enumerate(ledger.get("results", []), 1):
            if len(row) not in (3, 4) or not all(isinstance(part, str) for part in row):
                told = "expected source, place, text and perhaps its Chinese"
                faults.append(f"{path.name}, row {number}: {told}, got {row}")
                continue
            source, place, *texts = row
            rows.append(Row(path.stem, source, place, (texts[0],), (texts[-1],)))
    return rows, faults


def filled(
    rows: list[Row], bibliography: set[str], value: Callable[[str, str], Any]
) -> tuple[list[Row], list[str]]:
    """Fill in what the sources say; return the rows that could be, and the faults.

    Args:
        bibliography: the keys there are.
        value: returns what stands at the place of a source.
    """
    good, faults = [], []
    for row in rows:
        try:
            if row.source in bibliography:
                good.append(_quoted(row))
            else:
                places = [row.place] if row.source == "=" else row.place.split(" and ")
                good.append(_fill(row, [value(row.source, p) for p in places]))
        except Exception as error:
            faults.append(f"{row}: {type(error).__name__}: {error}")
    return good, faults


def _quoted(row: Row) -> Row:
    if not re.search(WHERE, row.place):
        raise ValueError(f"expected a table, figure or section, got {row.place!r}")
    for (text,) in (row.en, row.zh):
        if not list(numbers(text)):
            raise ValueError(f"expected the number that is printed there, got {text!r}")
    return row


def _fill(row: Row, values: list[Any]) -> Row:
    """A row with what may stand in its texts, which must not state it themselves."""
    filled = {}
    for language in ("en", "zh"):
        (text,) = getattr(row, language)
        own = re.sub(r"\{[^{}]*\}", "", text)
        if own == text or list(results(own)):
            raise ValueError(f"expected {{}} for every result, got {text!r}")
        ways = set.intersection(*[_roundings(text, value) for value in values])
        if not ways:
            raise ValueError(f"the values differ: {values}")
        filled[language] = tuple(sorted(ways))
    seeds = {len(v["values"]) for v in values if isinstance(v, dict) and "values" in v}
    return replace(row, **filled, count=seeds.pop() if len(seeds) == 1 else None)


def _roundings(text: str, value: Any) -> set[str]:
    """A text with a value filled in: one way, or more for a tie."""
    named = value if isinstance(value, dict) else {}
    return {
        _Texts(change).vformat(text, (value,), named) for change in (-1e-9, 0, 1e-9)
    }


def text_faults(rows: list[Row], path: Path) -> list[str]:
    """Hold a page to its filled rows: each stands there, each result is on one."""
    mine = [row for row in rows if row.page == path.stem]
    pieces = texts(path)
    return [
        fault
        for language in ("en", "zh")
        for fault in _language_faults(mine, pieces, language)
    ]


def _language_faults(rows: list[Row], pieces: list[Pair], language: str) -> list[str]:
    read = [getattr(piece, language) for piece in pieces]
    wanted = [getattr(row, language) for row in rows]
    whole = "\0".join(map(prose, read))
    spans = placed(wanted, whole)
    found, start = list(_count_faults(rows, spans, whole, language)), 0
    for piece, text in zip(pieces, read, strict=True):
        for number in results(text):
            if not any(a <= start + number.start < b for a, b in spans.values()):
                where = f"{piece.where} ({piece.kind}, {language})"
                found.append(f"{where}: {_told(number, text)}")
        start += len(text) + 1
    for index, row in enumerate(rows):
        if index not in spans:
            after = f" after {wanted[index - 1][0]!r}" if index else ""
            told = f"{wanted[index][0]!r} does not stand there{after}"
            found.append(f"{row} ({language}): {told}")
    return found


def _count_faults(
    rows: list[Row], spans: dict[int, tuple[int, int]], text: str, language: str
) -> Iterator[str]:
    for said in re.finditer(SEEDS[language], text):
        sentence = text.rfind("\n", 0, said.start())
        before = [
            index
            for index, (start, end) in spans.items()
            if sentence < start and end <= said.start() and rows[index].count
        ]
        row = rows[max(before)] if before else None
        if row and row.count != COUNTS[said[1]]:
            yield f"{row} ({language}): {said[0]} stands there, of {row.count} seeds"


def _told(number: Number, text: str) -> str:
    around = " ".join(text[max(number.start - 15, 0) : number.end + 10].split())
    return f"{number.text} is on no row: …{around}…"


def placed(wanted: list[tuple[str, ...]], text: str) -> dict[int, tuple[int, int]]:
    """Find the most rows that stand in `text` in their order: number → span."""
    spots = [
        (index, match.span())
        for index, ways in enumerate(wanted)
        for match in re.finditer("|".join(map(_pattern, ways)), text)
    ]
    best: list[tuple[int, int]] = []  # how many end with this spot, and the one before
    for index, (start, _) in spots:
        earlier = (
            (best[number][0], number)
            for number in range(len(best))
            if spots[number][0] < index and spots[number][1][1] <= start
        )
        count, before = max(earlier, default=(0, -1))
        best.append((count + 1, before))
    found = {}
    spot = max(range(len(best)), key=lambda number: best[number][0], default=-1)
    while spot >= 0:
        found[spots[spot][0]] = spots[spot][1]
        spot = best[spot][1]
    return found


def _pattern(words: str) -> str:
    """Any blank matches any blanks; 3.7 is found in no 13.7, 3.72, 3.7 % or 3.7 ± 1."""
    pattern = r"\s+".join(map(re.escape, words.translate(FULL_WIDTH).split()))
    pattern = re.sub(r",(?=\d)", r"(?:,|\\{,\\})", pattern)
    head = r"(?<![\d.,-])(?<!± )" if words[0].isdigit() else ""
    tail = r"(?!\d|[.,]\d|\s*(?:\\?%|±|×|\\times))" if words[-1].isdigit() else ""
    return head + pattern + tail


def texts(path: Path) -> list[Pair]:
    """Return the pairs of a page, a text for both languages as one of equal halves.

    A document with its translation beside it (README.md, README.zh.md) is one pair.
    """
    translation = path.with_suffix(".zh.md")
    if translation.exists():
        both = [p.read_text("utf8") for p in (path, translation)]
        return [Pair(path.stem, f"{path.name} and {translation.name}", "text", *both)]
    found = [pair for pair in pairs(path) if pair.kind in PROSE]
    for cell in cells(path):
        if cell.kind == "markdown" and not cell.language:
            found.append(Pair(cell.page, cell.where, "shared", *[cell.source] * 2))
    return sorted(found, key=lambda p: int(re.search(r", \D+(\d+)", p.where)[1]))


def paper_faults(rows: list[Row], path: Path, bibliography: set[str]) -> list[str]:
    """Find rows whose work their page does not cite."""
    groups = re.findall(r"\{cite[\w:]*\}`([^`]+)`", path.read_text("utf8"))
    cited = {key.strip() for group in groups for key in group.split(",")}
    return [
        f"{row}: {path.name} does not cite {row.source!r}"
        for row in rows
        if row.page == path.stem and row.source in bibliography - cited
    ]


def prose(text: str) -> str:
    """A MyST text, as long as it was, with blanks for what holds no result."""
    for pattern in NO_RESULT:
        text = re.sub(pattern, lambda match: " " * len(match[0]), text)
    return text.translate(FULL_WIDTH)


def results(text: str) -> Iterator[Number]:
    """Yield the numbers of a MyST text that look like results."""
    return (number for number in numbers(prose(text)) if number.result)

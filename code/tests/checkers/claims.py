"""The ledger of claims: every figure in the prose has a line that says whence it is.

A line of `plusx/records/claims/PAGE.toml`, PAGE being the notebook or page without its
ending:

    [[claim]]
    id = "plain-56-train-error"      # unique in the book
    en = "69.7 ± 5.3 %"              # stands in an English text of the page …
    zh = "69.7 ± 5.3 %"              # … and in the Chinese text of the same pair
    value = 69.7                     # one number of both snippets, as it is written
    record = "degradation"           # one source: record and path
    path = "results.conv.plain.train.56.mean"
    tolerance = 0.05                 # if not half a unit of the last digit written

The other sources: `paper = "he2015deep"` with `where = "Table 6"` (a key of the
bibliography that the page cites), or `computed = "0.25 ** 100"`, a Python expression
over math, numpy as np, `record(name, path)` and the modules of plusx that
`claim_sources` lists.

A number that looks like a result (decimal point, percent, ±, thousands comma, power of
ten) must stand inside the snippet of a line whose value it is. Code, citations, links,
section and table numbers, versions and dates are no results.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from checkers.books import Pair, cells, pairs
from checkers.numbers import Number, numbers

PROSE = ("text", "alt", "caption")
SOURCES = ("record", "paper", "computed")
FIELDS = {"id", "en", "zh", "value", "path", "where", "tolerance", "note", *SOURCES}
WHERE = r"(?i)\b(table|fig|figure|section|abstract|eq|equation|appendix|page|title)\b|§"
# Read over on the way: what no line has to cover, each with why.
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
class Claim:
    """One line of the ledger; `source` holds the fields that say where it is from."""

    id: str
    page: str
    en: str
    zh: str
    value: Decimal
    source: dict[str, Any]
    tolerance: Decimal | None

    def of_value(self, text: str) -> list[Number]:
        """Return the numbers of a text that have the claim's value."""
        return [n for n in numbers(text) if abs(n.value) == abs(self.value)]


def load(folder: Path) -> tuple[list[Claim], list[str]]:
    """Read every ledger of a folder; return the claims and the faults of form."""
    claims, faults = [], []
    for path in sorted(folder.glob("*.toml")):
        ledger = tomllib.loads(path.read_text("utf8"), parse_float=Decimal)
        for number, row in enumerate(ledger.get("claim", []), 1):
            where = f"{path.name}, claim {number} ({row.get('id', 'no id')})"
            wrong = [f"{where}: {message}" for message in form_faults(row)]
            faults += wrong
            if not wrong:
                claims.append(_claim(row, path.stem))
    return claims, faults + duplicates(claims)


def form_faults(row: dict[str, Any]) -> list[str]:
    """Say what is wrong with the fields of one line."""
    missing = {"id", "en", "zh", "value"} - set(row)
    unknown = set(row) - FIELDS
    found = [f"field {name} is missing" for name in sorted(missing)]
    found += [f"unknown field {name}" for name in sorted(unknown)]
    if sum(name in row for name in SOURCES) != 1:
        found.append(f"expected one source of {', '.join(SOURCES)}")
    if "record" in row and "path" not in row:
        found.append("record without path")
    if "paper" in row and not re.search(WHERE, str(row.get("where", ""))):
        found.append("paper without where: a table, figure or section")
    if not missing:
        found += _value_faults(row)
    return found


def _value_faults(row: dict[str, Any]) -> Iterator[str]:
    claim = _claim(row, "")
    for language, snippet in (("en", claim.en), ("zh", claim.zh)):
        if not claim.of_value(snippet):
            yield f"{claim.value} does not stand in its {language} snippet"
    tolerance, most = claim.tolerance, abs(claim.value) / 10
    if tolerance and tolerance > max(most, _half_unit(claim)):
        yield f"tolerance {tolerance} is more than a tenth of the value"


def _claim(row: dict[str, Any], page: str) -> Claim:
    source = {k: v for k, v in row.items() if k in (*SOURCES, "path", "where")}
    tolerance = row.get("tolerance")
    return Claim(
        row["id"],
        page,
        row["en"],
        row["zh"],
        Decimal(row["value"]),
        source,
        None if tolerance is None else Decimal(tolerance),
    )


def duplicates(claims: list[Claim]) -> list[str]:
    """Find ids used twice, and lines that say the same twice."""
    ids = Counter(claim.id for claim in claims)
    found = [f"id {name!r} stands {n} times" for name, n in ids.items() if n > 1]
    seen: dict[tuple, str] = {}
    for claim in claims:
        key = (claim.page, claim.en, claim.zh, claim.value, str(claim.source))
        if key in seen:
            found.append(f"claims {seen[key]!r} and {claim.id!r} are the same")
        seen[key] = claim.id
    return found


def _half_unit(claim: Claim) -> Decimal:
    """Half a unit of the last digit of the value, as it stands in English."""
    found = claim.of_value(claim.en)
    return found[0].half_unit if found else Decimal(0)


def source_faults(
    claims: list[Claim],
    look_up: Callable[[str, str], Any],
    compute: Callable[[str], Any],
    bibliography: set[str],
) -> list[str]:
    """Hold every value to its source.

    Args:
        look_up: returns the value of a record at a path.
        compute: returns the value of a Python expression.
        bibliography: the keys there are.
    """
    found = []
    for claim in claims:
        where = f"claim {claim.id!r} of {claim.page}"
        source = claim.source
        try:
            if "paper" in source:
                if source["paper"] not in bibliography:
                    found.append(f"{where}: no {source['paper']!r} in references.bib")
                continue
            if "record" in source:
                true = look_up(source["record"], source["path"])
            else:
                true = compute(source["computed"])
            true = float(true)
        except Exception as error:
            found.append(f"{where}: {type(error).__name__}: {error}")
            continue
        tolerance = claim.tolerance
        allowed = float(_half_unit(claim) if tolerance is None else tolerance)
        if not abs(true - float(claim.value)) <= allowed * (1 + 1e-9) + 1e-300:
            told = f"says {claim.value}, its source {true:.6g} (± {allowed:g} allowed)"
            found.append(f"{where}: {told}")
    return found


def text_faults(claims: list[Claim], path: Path) -> list[str]:
    """Hold a page to the ledger: every line is used, every result is covered."""
    claims = [claim for claim in claims if claim.page == path.stem]
    found, used = [], set()
    for pair in texts(path):
        here = [claim for claim in claims if _stands(claim, pair)]
        used |= {claim.id for claim in here}
        found += _uncovered(pair, here)
    for claim in claims:
        if claim.id not in used:
            why = "its snippets stand in no pair, English and Chinese"
            found.append(f"claim {claim.id!r} of {claim.page}: {why}")
    return found


def texts(path: Path) -> Iterator[Pair]:
    """Yield the pairs of a page, and each cell for both languages as one text.

    A document with its translation beside it (README.md, README.zh.md) is one pair.
    """
    translation = path.with_suffix(".zh.md")
    if translation.exists():
        both = [p.read_text("utf8") for p in (path, translation)]
        yield Pair(path.stem, f"{path.name} and {translation.name}", "text", *both)
        return
    yield from (pair for pair in pairs(path) if pair.kind in PROSE)
    for cell in cells(path):
        if cell.kind == "markdown" and not cell.language:
            yield Pair(cell.page, cell.where, "shared", cell.source, cell.source)


def paper_faults(claims: list[Claim], path: Path) -> list[str]:
    """Find lines whose paper their page does not cite."""
    cited = set(re.findall(r"\{cite[\w:]*\}`([^`]+)`", path.read_text("utf8")))
    keys = {key.strip() for group in cited for key in group.split(",")}
    return [
        f"claim {claim.id!r}: {path.name} does not cite {claim.source['paper']!r}"
        for claim in claims
        if claim.page == path.stem and claim.source.get("paper", "") not in keys | {""}
    ]


def _stands(claim: Claim, pair: Pair) -> bool:
    return bool(_spans(claim.en, pair.en) and _spans(claim.zh, pair.zh))


def _spans(snippet: str, text: str) -> list[tuple[int, int]]:
    """Return where a snippet stands in a text; any blank matches any blanks."""
    pattern = r"\s+".join(map(re.escape, snippet.split()))
    edge = r"(?<![\d.])" if snippet[:1].isdigit() else ""
    tail = r"(?![\d]|\.\d)" if snippet[-1:].isdigit() else ""
    return [match.span() for match in re.finditer(edge + pattern + tail, text)]


def _uncovered(pair: Pair, claims: list[Claim]) -> Iterator[str]:
    """Say which results are on no line; a shared text is read once, for both."""
    if pair.kind == "shared":
        sides = [("en and zh", pair.en, lambda claim: (claim.en, claim.zh))]
    else:
        sides = [
            ("en", pair.en, lambda claim: (claim.en,)),
            ("zh", pair.zh, lambda claim: (claim.zh,)),
        ]
    for language, text, snippets in sides:
        for number in results(text):
            fitting = [c for c in claims if abs(c.value) == abs(number.value)]
            if not any(_covers(snippets(c), text, number) for c in fitting):
                start = max(number.start - 15, 0)
                around = re.sub(r"\s+", " ", text[start : number.end + 10])
                told = f"{number.text} is on no line of the ledger: …{around}…"
                yield f"{pair.where} ({pair.kind}, {language}): {told}"


def _covers(snippets: tuple[str, ...], text: str, number: Number) -> bool:
    return any(
        start <= number.start and number.end <= end
        for snippet in snippets
        for start, end in _spans(snippet, text)
    )


def results(text: str) -> list[Number]:
    """Return the numbers of a MyST text that look like results."""
    for pattern in NO_RESULT:
        text = re.sub(pattern, lambda match: " " * len(match[0]), text)
    return [number for number in numbers(text) if number.result]

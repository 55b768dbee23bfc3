"""Is a term said as the table of terms says it?

The table is `plusx_site/terms.csv`. `forbidden` renderings fail wherever Chinese
stands, `synonyms` only where the term stands beside them: the glossary names them,
and the site's search knows them. Where `paired` is yes, an English term asks for its
Chinese one (`zh` or one of `zh_also`) in the other text of the pair.
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checkers.books import Pair, pairs
from checkers.content import read
from plusx.bilingual import HAN

TABLE = Path(__file__).parents[2] / "plusx_site" / "terms.csv"
FIELDS = ["en", "en_also", "zh", "zh_also"]
FIELDS += ["synonyms", "forbidden", "paired", "chapter", "note"]


@dataclass(frozen=True)
class Term:
    """One line of the table; the first of `english` and `chinese` is the term.

    `chapter` is the one that introduces it, 0 for a term of the papers alone.
    """

    english: tuple[str, ...]
    chinese: tuple[str, ...]
    synonyms: tuple[str, ...]
    forbidden: tuple[str, ...]
    paired: bool
    chapter: int

    @property
    def pattern(self) -> str:
        """The regular expression of the term and its variants in English."""
        names = [re.sub(r" \(\w+\)$", "", name) for name in self.english]
        words = [re.escape(name).replace(r"\ ", r"[\s-]+") for name in names]
        words = [word.replace("iz", "i[sz]") for word in words]
        return rf"(?i)\b(?:{'|'.join(words)})(?:s|es)?\b"


@cache
def table(path: Path = TABLE) -> tuple[Term, ...]:
    """Read the table of terms."""
    with path.open(encoding="utf8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Term(
            (row["en"], *_list(row["en_also"])),
            (row["zh"], *_list(row["zh_also"])),
            tuple(_list(row["synonyms"])),
            tuple(_list(row["forbidden"])),
            row["paired"] == "yes",
            int(row["chapter"] or 0),
        )
        for row in rows
    )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def table_faults(path: Path = TABLE) -> list[str]:
    """Say what is wrong with the table itself."""
    with path.open(encoding="utf8", newline="") as file:
        rows = list(csv.reader(file))
    found = [] if rows[0] == FIELDS else [f"expected the columns {FIELDS}"]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(FIELDS) or not row[0] or not row[2]:
            found.append(f"line {number}: not {len(FIELDS)} fields with en and zh")
        elif row[6] not in ("yes", "no") or not re.fullmatch("[1-8]?", row[7]):
            found.append(f"line {number}: paired is yes or no, chapter 1 to 8 or none")
    if not found:
        found += _contradictions(table(path))
    return found


def _contradictions(terms: tuple[Term, ...]) -> list[str]:
    """A term twice, or a rendering that one line asks for and another forbids."""
    names = [term.english[0] for term in terms]
    found = [f"{n!r} stands twice" for n in sorted(set(names)) if names.count(n) > 1]
    for term in terms:
        for bad in term.forbidden:
            found += [
                f"{good!r} holds {bad!r}, which {term.english[0]!r} forbids"
                for other in terms
                for good in other.chinese
                if bad in good
            ]
    return found


def forbidden_in(text: str, terms: tuple[Term, ...] | None = None) -> list[str]:
    """Say which forbidden renderings stand in a Chinese text."""
    return [
        f"{bad!r}: write {term.chinese[0]!r} for {term.english[0]!r}"
        for term in (table() if terms is None else terms)
        for bad in term.forbidden
        if bad in text
    ]


def alone_in(text: str, terms: tuple[Term, ...] | None = None) -> list[str]:
    """Say which synonyms stand in a Chinese text that does not name the term."""
    known = table() if terms is None else terms
    names: dict[str, list[str]] = {}
    for term in known:
        for synonym in filter(HAN.search, term.synonyms):
            names.setdefault(synonym, []).append(term.chinese[0])
    return [
        f"{synonym!r} alone: the book says {' or '.join(own)}"
        for synonym, own in names.items()
        if synonym in text and not any(name in text for name in own)
    ]


def missing_in(pair: Pair, terms: tuple[Term, ...] | None = None) -> list[str]:
    """Say which English terms of a pair have no Chinese counterpart."""
    english, chinese = read(pair.en).prose, read(pair.zh).prose
    return [
        f"English {match[0]!r}, but no {' or '.join(term.chinese)} in Chinese"
        for term in (table() if terms is None else terms)
        if term.paired
        and (match := _said(term, english, chinese))
        and not any(name in chinese for name in term.chinese)
    ]


def _said(term: Term, english: str, chinese: str) -> re.Match | None:
    """Find where English uses a term, titles that Chinese leaves English aside."""
    for match in re.finditer(term.pattern, english):
        start = re.search(r"(?:\S+ )?$", english[: match.start()])
        end = re.match(r"(?: \S+)?", english[match.end() :])
        around = (start[0] if start else "") + match[0] + (end[0] if end else "")
        if around == match[0] or around not in chinese:
            return match
    return None


def faults(path: Path) -> list[str]:
    """Check the terms of all pairs of a notebook or page."""
    found = []
    for pair in pairs(path):
        messages = forbidden_in(pair.zh) + alone_in(pair.zh)
        if pair.kind != "label":
            messages += missing_in(pair)
        found += [f"{pair.where} ({pair.kind}): {message}" for message in messages]
    return found


def glossary_faults(page: Path, chapters: Path) -> list[str]:
    """Check that the glossary explains each term in both languages, in one order.

    An entry is a paragraph that begins with the term in bold. It names the term in the
    other language, defines it in one sentence or two, and links to the chapter that
    introduces it as soon as the table of contents lists that chapter.
    """
    found, entries = [], {}
    for pair in pairs(page):
        if pair.kind == "text":
            english, chinese = (_entries(text) for text in (pair.en, pair.zh))
            entries |= {
                one[0]: (one[1], other)
                for one, other in zip(english, chinese, strict=False)
            }
    for term in table():
        name = term.english[0]
        if name not in entries:
            found.append(f"{page.name}: no entry for {name!r}")
            continue
        english, (bold, chinese) = entries[name]
        where = f"{page.name}, {name!r}"
        if bold != term.chinese[0]:
            found.append(f"{where}: its partner is {bold!r}, not {term.chinese[0]!r}")
        if term.chinese[0] not in english or name not in chinese:
            found.append(f"{where}: must name the term in both languages")
        for synonym in term.synonyms:
            if synonym not in (chinese if HAN.search(synonym) else english):
                found.append(f"{where}: must name {synonym!r}, which others say")
        found += _link_faults(where, term, english, chinese, chapters)
    names = {term.english[0] for term in table()}
    # Symbols stand in the glossary alone.
    extra = [n for n in entries if n not in names and not n.startswith("$")]
    return found + [f"{page.name}: {name!r} is not in terms.csv" for name in extra]


def chapter_faults(chapters: Path) -> list[str]:
    """Say which terms a chapter should introduce but does not use."""
    found = []
    for path in sorted(chapters.glob("[0-9][0-9]_*.ipynb")):
        mine = [pair for pair in pairs(path) if pair.kind != "label"]
        english = "\n".join(read(pair.en).prose for pair in mine)
        chinese = "\n".join(read(pair.zh).prose for pair in mine)
        for term in table():
            if term.chapter != int(path.name[:2]):
                continue
            if not re.search(term.pattern, english):
                found.append(f"{path.name}: {term.english[0]!r} is not in its English")
            if not any(name in chinese for name in term.chinese):
                found.append(f"{path.name}: {term.chinese[0]} is not in its Chinese")
    return found


def _entries(text: str) -> list[tuple[str, str]]:
    """Return the bold name and the text of each paragraph that starts with one."""
    paragraphs = re.split(r"\n\s*\n", text)
    found = [(re.match(r"\*\*(.+?)\*\*", p.strip()), p) for p in paragraphs]
    return [(match[1], text) for match, text in found if match]


def _link_faults(
    where: str, term: Term, english: str, chinese: str, chapters: Path
) -> list[str]:
    books = list(chapters.glob(f"{term.chapter:02d}_*.ipynb"))
    contents = chapters.parent / "_toc.yml"
    if not books or books[0].stem not in contents.read_text("utf8"):
        return []
    label = f"(#ch-{books[0].stem.split('_', 1)[1]})"
    return [
        f"{where}: the {language} entry must link to {label}"
        for language, text in (("English", english), ("Chinese", chinese))
        if label not in text
    ]

"""Read notebooks and pages as pairs of an English and a Chinese text.

A pair is a `lang-en` cell and the `lang-zh` cell right after it, the two halves of
"English · 中文" in a heading, or a pair of strings that a code cell hands to a figure
(`alt=(…, …)`, `caption=(…, …)`).
"""

import ast
import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checkers.content import read

SEPARATOR = " · "
FEW = 8  # Han characters that an English text may quote
HAN = re.compile(r"[㐀-鿿]")
LATIN = re.compile(r"[A-Za-z]{3,}")
TAGS = {"lang-en", "lang-zh"}


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook, or one block of a page.

    `where` names page and cell (counted from one) in messages; `kind` is "markdown"
    or "code".
    """

    page: str
    where: str
    kind: str
    source: str
    tags: tuple[str, ...] = ()
    outputs: tuple = ()
    count: int | None = None

    @property
    def language(self) -> str | None:
        """Return "en" or "zh" for a tagged cell, None for the others."""
        for tag in self.tags:
            if tag in TAGS:
                return tag[-2:]
        return None


@dataclass(frozen=True)
class Pair:
    """The same said twice.

    `kind` is text (two cells), heading or half (of one cell), alt, caption or label.
    """

    page: str
    where: str
    kind: str
    en: str
    zh: str


def cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook or the blocks of a page, in order."""
    if path.suffix == ".ipynb":
        return _notebook_cells(path)
    return list(_page_blocks(path))


def _notebook_cells(path: Path) -> list[Cell]:
    book = json.loads(path.read_text("utf8"))
    return [
        Cell(
            path.stem,
            f"{path.name}, cell {index}",
            cell["cell_type"],
            "".join(cell["source"]),
            tuple(cell.get("metadata", {}).get("tags", ())),
            tuple(cell.get("outputs", ())),
            cell.get("execution_count"),
        )
        for index, cell in enumerate(book["cells"], 1)
    ]


def _page_blocks(path: Path) -> Iterator[Cell]:
    """Cut a page at its MyST block breaks, `+++ {"tags": ["lang-en"]}`."""
    start, tags, fence = 0, (), ""
    rows = path.read_text("utf8").split("\n")
    for number, row in enumerate([*rows, "+++"]):
        if mark := re.match(r"(`{3,}|:{3,})", row):
            fence = mark[1] if not fence else fence if mark[1] != fence else ""
        if not row.startswith("+++") or (fence and number < len(rows)):
            continue
        source = "\n".join(rows[start:number]).strip()
        if source:
            where = f"{path.name}, line {start + 1}"
            yield Cell(path.stem, where, "markdown", source, tags)
        start = number + 1
        tags = tuple(json.loads(row[3:].strip() or "{}").get("tags", ()))


def pairs(path: Path) -> list[Pair]:
    """Return every pair of a notebook or page, in reading order."""
    found: list[Pair] = []
    before: Cell | None = None
    for cell in cells(path):
        if cell.kind == "code":
            found += code_pairs(cell)
        elif cell.language == "zh" and before and before.language == "en":
            where = f"{before.where} and {cell.where.removeprefix(path.name + ', ')}"
            found.append(Pair(cell.page, where, "text", before.source, cell.source))
        elif cell.language is None:
            found += half_pairs(cell)
        before = cell
    return found


def half_pairs(cell: Cell) -> list[Pair]:
    """Return the halves of each "English · 中文" of a cell outside the languages."""
    found = []
    for leaf in read(cell.source).leaves:
        en, _, zh = leaf.raw.partition(SEPARATOR)
        if HAN.search(zh):
            kind = "heading" if leaf.where.endswith("heading") else "half"
            found.append(Pair(cell.page, f"{cell.where}, {leaf.where}", kind, en, zh))
    return found


def headings(source: str) -> list[str]:
    """Return the titles of the headings of a text."""
    return [leaf.raw for leaf in read(source).leaves if leaf.where == "heading"]


def code_pairs(cell: Cell) -> list[Pair]:
    """Return `alt` and `caption` pairs and "English · 中文" labels of a code cell.

    What an f-string fills in stands as {} in both halves.
    """
    found = []
    for node in ast.walk(parse(cell.source)):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                value = keyword.value
                if keyword.arg in ("alt", "caption") and isinstance(value, ast.Tuple):
                    texts = [literal(part) for part in value.elts]
                    found.append(Pair(cell.page, cell.where, keyword.arg, *texts))
        label = literal(node)
        if SEPARATOR in label and HAN.search(label):
            en, zh = label.split(SEPARATOR, 1)
            found.append(Pair(cell.page, cell.where, "label", en, zh))
    return found


def literal(node: ast.AST) -> str:
    """Return the text of a string or f-string, {} for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) or "{}" for part in node.values)
    return ""


def parse(source: str) -> ast.Module:
    """Parse a code cell; a line for the shell or a magic becomes `pass`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `form` reports them
        return ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source))


def structure(path: Path) -> list[str]:
    """Say where the two languages do not follow each other as they must."""
    faults = []
    waiting: Cell | None = None
    for cell in cells(path):
        language = cell.language if cell.kind == "markdown" else None
        unknown = [t for t in cell.tags if t.startswith("lang-") and t not in TAGS]
        if unknown:
            faults.append(f"{cell.where}: unknown language tag {unknown[0]}")
        if waiting and language != "zh":
            faults.append(f"{waiting.where}: English without Chinese right after it")
        if language == "zh" and not waiting:
            faults.append(f"{cell.where}: Chinese without English right before it")
        faults += _own_faults(cell, language)
        waiting = cell if language == "en" else None
    if waiting:
        faults.append(f"{waiting.where}: English without Chinese right after it")
    return faults


def _own_faults(cell: Cell, language: str | None) -> list[str]:
    if cell.kind == "code":
        return [f"{cell.where}: a code cell has a language tag"] * (
            cell.language is not None
        )
    titles = headings(cell.source)
    if language and titles:
        return [f"{cell.where}: heading {titles[0]!r} in a cell of one language"]
    if language == "zh" and not HAN.search(cell.source):
        return [f"{cell.where}: no Chinese in a Chinese cell"]
    if language == "en" and cell.page != "glossary" and _much_han(cell):
        return [f"{cell.where}: Chinese in an English cell"]
    if language is None:
        return _untagged_faults(cell, titles)
    return []


def _much_han(cell: Cell) -> bool:
    return len(HAN.findall(cell.source)) > FEW


def _untagged_faults(cell: Cell, titles: list[str]) -> list[str]:
    """Headings need both halves; a paragraph for all must be such a pair as well."""
    faults = []
    for title in titles:
        en, _, zh = title.partition(SEPARATOR)
        if not HAN.search(zh) or HAN.search(en) or "$" in title:
            need = "needs both halves, 'English · 中文', and no formula"
            faults.append(f"{cell.where}: heading {title!r} {need}")
    for leaf in read(cell.source).leaves:
        words = LATIN.search(leaf.prose) or HAN.search(leaf.prose)
        paired = HAN.search(leaf.raw.partition(SEPARATOR)[2])
        if leaf.where.startswith(("paragraph", "list item")) and words and not paired:
            faults.append(f"{cell.where}: text outside a language: {leaf.raw[:50]!r}")
    return faults

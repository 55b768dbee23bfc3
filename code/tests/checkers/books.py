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
from plusx.bilingual import HAN

SEPARATOR = " · "
FEW = 8  # Han characters that an English text may quote
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


def language_faults(path: Path) -> list[str]:
    """Find a cell that is not in the language of its tag.

    How blocks and headings of the two languages follow each other is checked where the
    book is built, with warnings as errors.
    """
    faults = []
    for cell in cells(path):
        han = len(HAN.findall(cell.source))
        if cell.language == "zh" and not han:
            faults.append(f"{cell.where}: no Chinese in a Chinese cell")
        if cell.language == "en" and cell.page != "glossary" and han > FEW:
            faults.append(f"{cell.where}: Chinese in an English cell")
    return faults

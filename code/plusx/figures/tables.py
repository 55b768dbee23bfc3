"""A table as the output of a cell: real cells, words in both languages.

figures.table(
    [[("plain-56", "普通-56"), "63.3 ± 11.4"], ["ResNet-56", "0.9 ± 0.8"]],
    ["net · 网络", "training error, % · 训练误差（%）"],
)
"""

import html
import re
import unicodedata
from collections.abc import Sequence

from plusx.bilingual import LAYERS, SEPARATOR, Text, check_pair, halves, spoken
from plusx.figures.house import language
from plusx.figures.html import HIDDEN_BY, Output, span

Cell = Text | float
NUMBER = re.compile(r"[≈<>]? ?[-−+]?\d[\d.,eE×%±⁻⁰¹²³⁴-⁹ +−-]*|[–—-]?")


def table(
    rows: Sequence[Sequence[Cell]],
    heads: Sequence[Text],
    *,
    caption: Text | None = None,
) -> Output:
    """Rows under their heads, as a table in HTML; in words, as columns of text.

    The first cell of a row says what the row is about. Numbers stand at the right.

    Args:
        rows: a text in both languages, a text that is the same in both, or a number.
        caption: what the table shows, in both languages.

    Raises:
        ValueError: for a row that has not a cell for each head, and for a text in one
            language.
    """
    for row in rows:
        if len(row) != len(heads):
            raise ValueError(f"expected {len(heads)} cells a row, got {list(row)!r}")
    if not rows:
        raise ValueError("expected at least one row, got none")
    cells = [[_text(cell) for cell in row] for row in rows]
    title = check_pair("caption", caption) if caption else None
    right = [all(map(_is_number, column)) for column in zip(*cells, strict=True)]
    markup = _html(cells, list(map(halves, heads)), right, title)
    lines = _lines([heads, *cells], right)
    return Output(markup, "\n".join([*([_said(title)] if title else []), *lines]))


def _text(cell: Cell) -> tuple[str, str]:
    """A cell in both languages."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return halves(cell)
    return halves(f"{cell:,}" if isinstance(cell, int) else f"{cell:g}")


def _is_number(cell: tuple[str, str]) -> bool:
    """Whether a cell holds a number, perhaps with its spread and its unit."""
    return bool(NUMBER.fullmatch(cell[0]))


def _said(text: Text) -> str:
    """A text in the language of the notebook."""
    return spoken(text, language())


def _html(
    rows: Sequence[Sequence[tuple[str, str]]],
    heads: Sequence[tuple[str, str]],
    right: Sequence[bool],
    title: tuple[str, str] | None,
) -> str:
    """The table element in a place that scrolls where it is too wide."""
    above = f"<caption>{_words(title)}</caption>\n" if title else ""
    column, row_name = ' scope="col"', ' scope="row"'
    head = [_cell("th", *one, column) for one in zip(heads, right, strict=True)]
    lines = []
    for (first, *others), (at, *ats) in ((row, right) for row in rows):
        cells = [_cell("td", *one) for one in zip(others, ats, strict=True)]
        lines.append([_cell("th", first, at, row_name), *cells])
    body = "".join(f"<tr>{''.join(line)}</tr>\n" for line in lines)
    return (
        f'<div class="plusx-table" style="overflow-x:auto">\n<table class="table">\n'
        f"{above}<thead><tr>{''.join(head)}</tr></thead>\n<tbody>\n{body}</tbody>\n"
        "</table>\n</div>"
    )


def _cell(tag: str, text: tuple[str, str], right: bool, more: str = "") -> str:
    """One cell, numbers at the right."""
    align = "right" if right else "left"
    return f'<{tag}{more} style="text-align:{align}">{_words(text)}</{tag}>'


def _words(text: tuple[str, str]) -> str:
    """A text that the page shows in its language; what both share stands once."""
    if text[0] == text[1]:
        return html.escape(text[0], quote=False)
    english, chinese = (
        span(layer, half, language=language())
        for layer, half in zip(LAYERS, text, strict=True)
    )
    hide = ' style="display:none"' if HIDDEN_BY[language()] else ""
    return f'{english}<span class="lang-sep"{hide}>{SEPARATOR}</span>{chinese}'


def _lines(rows: Sequence[Sequence[Text]], right: Sequence[bool]) -> list[str]:
    """The same in columns of text, for a terminal and where no HTML is shown."""
    texts = [[_said(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    lines = []
    for row in texts:
        cells = []
        for text, width, at in zip(row, widths, right, strict=True):
            room = " " * (width - _width(text))
            cells.append(room + text if at else text + room)
        lines.append("  ".join(cells).rstrip())
    return lines


def _width(text: str) -> int:
    """How many columns a text takes; a Han character takes two."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)

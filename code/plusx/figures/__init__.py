"""House style of the book's figures: two languages, both themes, no surprise.

`use()` goes into a notebook's set-up cell, `show()` ends a cell that draws:

    figure, ax = plt.subplots()
    ax.plot(depths, errors, label="plain · 普通网络", **figures.style(figures.PLAIN))
    ax.set_xlabel("depth · 深度")
    ax.set_ylabel("training error (%) · 训练误差（%）")
    figures.label_ends(ax)
    figures.show(figure, name="degradation", alt=(…, …), caption=(…, …))

Labels are written "English · 中文". A color never speaks alone: it comes with a marker
and a dash of its own (`style`), and the end of a line bears its name (`label_ends`).
`table()` shows numbers and words as a table in both languages.
"""

from plusx.figures.display import show, still
from plusx.figures.house import language, use
from plusx.figures.lines import band, label_ends
from plusx.figures.palette import (
    GREEN,
    INK,
    OCHRE,
    PAPER,
    PLAIN,
    PURPLE,
    RESIDUAL,
    ROSE,
    SERIES,
    style,
)
from plusx.figures.tables import table

__all__ = [
    "GREEN",
    "INK",
    "OCHRE",
    "PAPER",
    "PLAIN",
    "PURPLE",
    "RESIDUAL",
    "ROSE",
    "SERIES",
    "band",
    "label_ends",
    "language",
    "show",
    "still",
    "style",
    "table",
    "use",
]

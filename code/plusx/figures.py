"""House style of the book's figures: two languages, both themes, no surprise.

`use()` goes into a notebook's set-up cell, `show()` ends a cell that draws:

    figure, ax = plt.subplots()
    ax.plot(depths, errors, label="plain · 普通网络", **figures.style(figures.PLAIN))
    ax.set_xlabel("depth · 深度")
    ax.set_ylabel("training error (%) · 训练误差（%）")
    figures.label_ends(ax)
    figures.show(figure, name="degradation", alt=(…, …), caption=(…, …))

Labels are written "English · 中文". A colour never speaks alone: it comes with a marker
and a dash of its own (`style`), and the end of a line bears its name (`label_ends`).
"""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from plusx import markup, svg

# Each has a contrast of at least 3:1 with white and with #14181e; the pages give each
# theme its own shade of them by the style sheet's variables.
PLAIN, RESIDUAL = "#ca5009", "#2c88e2"
GREEN, ROSE, PURPLE, OCHRE = "#0c7857", "#d75791", "#7e4fbf", "#b38f19"
INK = "#000000"  # drawn in the text colour of the page
PAPER = "#fffffe"  # drawn in the background colour of the page

_NAMES = {
    PLAIN: ("plain", "o", "-"),
    RESIDUAL: ("residual", "s", "-"),
    GREEN: ("green", "^", (0, (5, 2))),
    ROSE: ("rose", "v", (0, (6, 2, 1, 2))),
    PURPLE: ("purple", "D", (0, (2, 1.5))),
    OCHRE: ("ochre", "P", (0, (1, 1.2))),
}
SERIES = tuple(_NAMES)
_VARIABLES = {
    **{colour: f"var(--plusx-{name[0]},{colour})" for colour, name in _NAMES.items()},
    PAPER: "var(--pst-color-background,Canvas)",
}
_language = "en"


def use(language: str = "en") -> None:
    """Set the house style and the language of labels in a bare notebook.

    Args:
        language: "en", "zh" or "both" (English labels, both captions). The book's
            pages switch by themselves.

    Raises:
        ValueError: for another language.
    """
    global _language
    if language not in markup.LANGUAGES:
        raise ValueError(f"expected one of {markup.LANGUAGES}, got {language!r}")
    _language = language
    mpl.rcParams.update(_house_style())


def language() -> str:
    """The language of labels in a bare notebook, as `use` set it."""
    return _language


def _house_style() -> dict:
    """The rcParams: thin axes, light grid, text that a phone can show."""
    faint, soft = (0, 0, 0, 0.14), (0, 0, 0, 0.5)
    lines = [_NAMES[colour][2] for colour in SERIES]
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": soft,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelsize": 11,
        "axes.linewidth": 0.8,
        "axes.prop_cycle": cycler(color=SERIES) + cycler(linestyle=lines),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 12,
        "figure.constrained_layout.hspace": 0.06,
        "figure.constrained_layout.use": True,
        **dict.fromkeys(("axes.facecolor", "figure.facecolor"), "none"),
        "savefig.facecolor": "none",
        "figure.figsize": (5, 3.2),
        "font.family": [svg.LATIN, svg.CHINESE, svg.SYMBOLS],
        "font.size": 11,
        "grid.color": faint,
        "grid.linewidth": 0.7,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 4.5,
        "mathtext.fontset": "custom",
        "mathtext.rm": svg.LATIN,
        "mathtext.it": "DejaVu Sans:italic",
        "mathtext.bf": "DejaVu Sans:bold",
        "mathtext.cal": "DejaVu Sans:italic",
        "mathtext.fallback": "stix",
        "svg.fonttype": "path",
        "svg.hashsalt": "plusx",
        "xtick.color": soft,
        "xtick.labelcolor": (0, 0, 0, 0.8),
        "xtick.labelsize": 10,
        "xtick.major.size": 3,
        "xtick.minor.size": 0,
        "ytick.color": soft,
        "ytick.labelcolor": (0, 0, 0, 0.8),
        "ytick.labelsize": 10,
        "ytick.left": False,
        "ytick.minor.size": 0,
    }


def style(colour: str) -> dict:
    """Colour, marker and dash of a series, for `ax.plot(x, y, **style(PLAIN))`.

    Raises:
        ValueError: for a colour outside the palette.
    """
    if colour not in _NAMES:
        raise ValueError(f"colour must be one of {SERIES}, got {colour!r}")
    _, marker, dash = _NAMES[colour]
    return {"color": colour, "marker": marker, "linestyle": dash}


def band(
    ax: Axes,
    x: Sequence[float],
    spreads: Sequence[Mapping],
    label: str,
    color: str,
    **options,
) -> None:
    """A line through the means and a band of one standard deviation on each side.

    Args:
        spreads: one `records.spread` dictionary for each x; a mean that is None (not
            a number in the run) leaves a gap.
        options: further arguments of `ax.plot`.

    Raises:
        ValueError: when x and spreads differ in length.
    """
    if len(x) != len(spreads):
        raise ValueError(f"expected one spread per x ({len(x)}), got {len(spreads)}")
    mean = np.array([s["mean"] for s in spreads], dtype=float)
    std = np.array([s["std"] for s in spreads], dtype=float)
    ax.plot(x, mean, label=label, **{**style(color), **options})
    ax.fill_between(x, mean - std, mean + std, color=color, alpha=0.18, linewidth=0)


def label_ends(ax: Axes, *, gap: float = 1.25) -> None:
    """Write each line's label at its right end, in its colour, instead of a legend.

    Call it when the axes have their limits and scales. Labels that would touch are
    moved apart; a line that leaves the axes is named where it was last seen.

    Args:
        gap: least distance of two labels, in font sizes.

    Raises:
        ValueError: for a line without a point within the axes.
    """
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    ends = [_last_seen(ax, line) for line in lines]
    right = max((x for x, _ in ends), default=0)
    size = mpl.rcParams["font.size"]
    step = gap * size / (ax.get_position().height * ax.figure.get_figheight() * 72)
    column = [(line, y) for line, (x, y) in zip(lines, ends, strict=True) if x == right]
    for (line, _), place in zip(
        column, _apart([y for _, y in column], step), strict=True
    ):
        _label_end(ax, line, 1, place, "axes fraction")
    for line, (x, y) in zip(lines, ends, strict=True):
        if x < right:
            _label_end(ax, line, x, float(np.clip(y, step / 2, 1 - step / 2)), "data")


def _last_seen(ax: Axes, line: Line2D) -> tuple[float, float]:
    """Where a line was last seen within the axes: x, and its height from 0 to 1."""
    x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
    low, high = sorted(ax.get_ylim())
    seen = np.flatnonzero(np.isfinite(x) & (y >= low) & (y <= high))
    if not len(seen):
        raise ValueError(f"line {line.get_label()!r} has no point within the axes")
    x, y = float(x[seen[-1]]), float(y[seen[-1]])
    return x, float(
        ax.transAxes.inverted().transform(ax.transData.transform((x, y)))[1]
    )


def _label_end(ax: Axes, line: Line2D, x: float, height: float, kind: str) -> None:
    """Write a line's label to the right of x, at a height of the axes."""
    ax.annotate(
        line.get_label(),
        (x, height),
        xycoords=(kind, "axes fraction"),
        xytext=(6, 0),
        textcoords="offset points",
        color=line.get_color(),
        va="center",
        annotation_clip=False,
    )


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """The same heights, moved as little as needed to stand `gap` from each other."""
    clusters = [[int(index)] for index in np.argsort(heights, kind="stable")]

    def low(cluster: list[int]) -> float:
        middle = sum(heights[i] for i in cluster) / len(cluster)
        return middle - gap * (len(cluster) - 1) / 2

    at = 1
    while at < len(clusters):
        below, above = clusters[at - 1], clusters[at]
        if low(below) + gap * len(below) > low(above) + 1e-12:
            clusters[at - 1 : at + 1] = [below + above]
            at = max(at - 1, 1)
        else:
            at += 1
    places = [0.0] * len(heights)
    for cluster in clusters:
        for rank, index in enumerate(cluster):
            places[index] = low(cluster) + gap * rank
    return places


def show(
    figure: Figure,
    *,
    name: str,
    alt: tuple[str, str],
    caption: tuple[str, str],
    live: bool = False,
):
    """The figure as an HTML output with inline SVG, in both languages.

    Args:
        name: unique in the book, as in "depth-error"; begins every id.
        alt: what a reader who cannot see it must know, (English, Chinese).
        caption: (English, Chinese).
        live: says that the drawing rests on numbers trained or timed in the cell, so
            that it differs from machine to machine.

    Raises:
        ValueError: for a missing text, or a label that the fonts cannot draw.
    """
    from IPython.display import HTML

    markup.check_name(name)
    markup.check_pair("caption", caption)
    drawing = still(figure, name=name, alt=alt, live=live)
    return HTML(markup.figure(name, drawing, caption, _language))


def still(
    figure: Figure, *, name: str, alt: tuple[str, str], live: bool = False
) -> str:
    """The drawing alone as HTML, with its name for screen readers; closes the figure.

    Raises:
        ValueError: for a missing text, or a label that the fonts cannot draw.
    """
    import matplotlib.pyplot as plt

    markup.check_pair("alt", alt)
    _put_ylabels_on_top(figure)
    try:
        picture = svg.clean(svg.render(figure), f"fig-{name}", _VARIABLES)
    finally:
        plt.close(figure)
    return markup.drawing(picture, alt, live=live, language=_language)


def _put_ylabels_on_top(figure: Figure) -> None:
    """Set labels of y axes upright above them: no reader tilts a phone."""
    axes = [ax for ax in figure.axes if ax.yaxis.get_label_position() == "left"]
    if not any(ax.get_ylabel() for ax in axes):
        return
    for ax in axes:
        if title := ax.get_title(loc="left"):
            ax.set_title(title, loc="left", pad=25)
        ax.annotate(
            ax.get_ylabel(),
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 7),
            textcoords="offset points",
            fontsize=ax.yaxis.label.get_fontsize(),
            color=(0, 0, 0, 0.8),
            annotation_clip=False,
        )
        ax.set_ylabel("")

"""Lines with bands, and labels at their ends instead of a legend."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from plusx import bilingual
from plusx.bilingual import Text
from plusx.figures.palette import look, style


def band(
    ax: Axes,
    x: Sequence[float],
    spreads: Sequence[Mapping],
    label: Text,
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
    options = {**style(color), "label": bilingual.label(label), **options}
    ax.plot(x, mean, **options)
    ground = look(color).color
    ax.fill_between(x, mean - std, mean + std, color=ground, alpha=0.18, linewidth=0)


def label_ends(ax: Axes, *, gap: float = 1.25) -> None:
    """Write each line's label at its right end, in its color, instead of a legend.

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

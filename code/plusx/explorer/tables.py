"""The data of an explorer whose curves were all made beforehand."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from plusx.bilingual import Text, check_pair, halves
from plusx.explorer.controls import Control, settings, task
from plusx.figures import palette

Values = Sequence[float | None]


def table(
    controls: Sequence[Control],
    *,
    x: Values,
    x_label: Text,
    y_label: Text,
    series: Mapping[str, tuple[Text, str] | tuple[Text, str, Sequence[float]]],
    curves: Mapping[str, Sequence[Values]],
    readouts: Mapping[str, Text],
    log: bool = False,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    focus: str | None = None,
    cursor: str | None = None,
    levels: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    tasks: Sequence[tuple[Text, Sequence[Mapping[str, Any]]]] = (),
) -> dict[str, Any]:
    """The data of a table explorer.

    Args:
        controls: from `slider` (with values) and `choice`.
        series: by id, its name, a color of the palette and, where it is not that of
            the color, a dash, on and off in widths of the line.
        curves: by setting (see `controls.setting`), one curve for each series; it may
            be shorter than x, None is a gap.
        readouts: by setting, what a reader is told.
        log: y holds decimal logarithms.
        x_range: both ends of the axis; when not given, those of x.
        y_range: the same; when not given, it holds all curves of all settings, for an
            axis never moves.
        focus: the id of a choice of series that stand out: it chooses no curves, so
            the settings of `curves` leave it out.
        cursor: the id of a slider along x; a line stands on the chart at its value.
        levels: by setting, horizontal lines `{"at": y, "name": text}`.
        tasks: something to try and what solves it, see `controls.task`.

    Raises:
        ValueError: names the setting that has no curve or no readout, the curve that
            is too long, or the task that nothing solves.
    """
    _check_keys("curves", curves, [c for c in controls if c["id"] != focus])
    _check_keys("readouts", readouts, controls)
    _check_lengths(curves, len(series), len(x))
    named = {
        key: [{"at": one["at"], "name": list(halves(one["name"]))} for one in lines]
        for key, lines in (levels or {}).items()
    }
    texts = {key: check_pair(f"readout {key!r}", t) for key, t in readouts.items()}
    y_range = y_range or _range(curves, named)
    return {
        "controls": list(controls),
        "tasks": [task(*one, controls) for one in tasks],
        "cursor": cursor,
        "x": {
            "label": list(halves(x_label)),
            "values": list(x),
            "range": list(x_range or (min(x), max(x))),
        },
        "y": {"label": list(halves(y_label)), "log": log, "range": list(y_range)},
        "series": [_series(id, *look) for id, look in series.items()],
        "curves": {key: list(lines) for key, lines in curves.items()},
        "readouts": {key: list(pair) for key, pair in texts.items()},
        "focus": focus,
        "levels": named,
    }


def _series(
    id: str, name: Text, color: str, dash: Sequence[float] | None = None
) -> dict[str, Any]:
    """A series as the page's script reads it."""
    one = {"id": id, "name": list(halves(name)), "color": palette.look(color).name}
    return one if dash is None else {**one, "dash": list(dash)}


def _range(
    curves: Mapping[str, Sequence[Values]], levels: Mapping[str, Sequence[Mapping]]
) -> tuple[float, float]:
    """From the lowest to the highest point of all settings, with a little room."""
    drawn = [y for lines in curves.values() for line in lines for y in line]
    drawn += [one["at"] for lines in levels.values() for one in lines]
    finite = [y for y in drawn if y is not None and math.isfinite(y)]
    low, high = min(finite), max(finite)
    room = 0.04 * ((high - low) or 1)
    return low - room, high + room


def _check_lengths(
    curves: Mapping[str, Sequence[Values]], series: int, longest: int
) -> None:
    """Raise ValueError unless a setting has a curve of its length for each series."""
    for key, lines in curves.items():
        if len(lines) != series or any(len(line) > longest for line in lines):
            raise ValueError(
                f"curves {key!r}: expected {series} curves of up to {longest} "
                f"numbers, got {[len(line) for line in lines]}"
            )


def _check_keys(
    what: str, found: Mapping[str, Any], controls: Sequence[Control]
) -> None:
    """Raise ValueError unless every setting of the controls is there, and no other."""
    expected = set(settings(controls))
    if expected != set(found):
        missing, more = sorted(expected - set(found)), sorted(set(found) - expected)
        raise ValueError(f"{what}: missing {missing[:3]}, not expected {more[:3]}")

"""What a reader moves, and the curves that a setting chooses from."""

from collections.abc import Mapping, Sequence
from itertools import product as combinations
from typing import Any

from plusx.bilingual import Pair, check_pair
from plusx.figures import palette

Values = Sequence[float | None]


def slider(
    id: str,
    label: Pair,
    value: float,
    *,
    low: float = 0,
    high: float = 1,
    step: float = 1,
    values: Sequence[float] | None = None,
) -> dict[str, Any]:
    """A slider from low to high, or along a list of values.

    Raises:
        ValueError: when the value is not on the slider.
    """
    check_pair(f"the label of {id}", label)
    there = value in values if values else low <= value <= high
    if not there:
        raise ValueError(f"slider {id}: {value} is not on it")
    scale = {"values": list(values)} if values else {}
    scale = scale or {"min": low, "max": high, "step": step}
    return {"id": id, "label": list(label), "value": value, **scale}


def choice(
    id: str, label: Pair, value: str, options: Mapping[str, str | Pair]
) -> dict[str, Any]:
    """A row of buttons, one of them pressed; options by value, with their labels.

    Raises:
        ValueError: when the value is not among the options.
    """
    check_pair(f"the label of {id}", label)
    if value not in options:
        raise ValueError(f"choice {id}: {value!r} is not one of {list(options)}")
    listed = [
        {"value": option, "label": text if isinstance(text, str) else list(text)}
        for option, text in options.items()
    ]
    return {"id": id, "label": list(label), "value": value, "options": listed}


def table(
    controls: Sequence[Mapping[str, Any]],
    *,
    x: Values,
    x_label: Pair,
    y_label: Pair,
    series: Mapping[str, tuple[Pair, str]],
    curves: Mapping[str, Sequence[Values]],
    readouts: Mapping[str, Pair],
    log: bool = False,
    y_range: tuple[float, float] | None = None,
    focus: str | None = None,
    levels: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """The data of a table explorer.

    Args:
        controls: from `slider` (with values) and `choice`.
        series: by id, its name and a color of the palette.
        curves: by setting, one curve for each series; a setting is the controls'
            values joined by "/"; a curve may be shorter than x, None is a gap.
        readouts: by setting, what a reader is told, (English, Chinese).
        log: y holds decimal logarithms.
        focus: the id of a choice of series that stand out: it chooses no curves, so
            the settings of `curves` leave it out.
        levels: by setting, horizontal lines `{"at": y, "name": pair}`.

    Raises:
        ValueError: names the setting that has no curve or no readout, or the curve
            that is too long.
    """
    _check_keys("curves", curves, [c for c in controls if c["id"] != focus])
    _check_keys("readouts", readouts, controls)
    for setting, lines in curves.items():
        if len(lines) != len(series) or any(len(line) > len(x) for line in lines):
            raise ValueError(
                f"curves {setting!r}: expected {len(series)} curves of up to {len(x)} "
                f"numbers, got {[len(line) for line in lines]}"
            )
    for setting, text in readouts.items():
        check_pair(f"readout {setting!r}", text)
    return {
        "controls": list(controls),
        "x": {"label": list(x_label), "values": list(x)},
        "y": {"label": list(y_label), "log": log, "range": y_range},
        "series": [
            {"id": id, "name": list(name), "color": palette.look(color).name}
            for id, (name, color) in series.items()
        ],
        "curves": {setting: list(lines) for setting, lines in curves.items()},
        "readouts": {setting: list(text) for setting, text in readouts.items()},
        "focus": focus,
        "levels": dict(levels or {}),
    }


def _check_keys(
    what: str, found: Mapping[str, Any], controls: Sequence[Mapping[str, Any]]
) -> None:
    """Raise ValueError unless every setting of the controls is there, and no other."""
    values = [
        [str(o["value"]) for o in control["options"]]
        if "options" in control
        else [str(value) for value in control["values"]]
        for control in controls
    ]
    expected = {"/".join(setting) for setting in combinations(*values)}
    if expected != set(found):
        missing, more = sorted(expected - set(found)), sorted(set(found) - expected)
        raise ValueError(f"{what}: missing {missing[:3]}, not expected {more[:3]}")

"""What a reader moves, and the tasks that some settings solve."""

from collections.abc import Mapping, Sequence
from itertools import product as combinations
from typing import Any

from plusx.bilingual import Text, check_pair, halves

Control = Mapping[str, Any]


def slider(
    id: str,
    label: Text,
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
    pair = check_pair(f"the label of {id}", label)
    there = value in values if values else low <= value <= high
    if not there:
        raise ValueError(f"slider {id}: {value} is not on it")
    scale = {"values": list(values)} if values else {}
    scale = scale or {"min": low, "max": high, "step": step}
    return {"id": id, "label": list(pair), "value": value, **scale}


def choice(
    id: str, label: Text, value: str, options: Mapping[str, Text]
) -> dict[str, Any]:
    """A row of buttons, one of them pressed; options by value, with their labels.

    Raises:
        ValueError: when the value is not among the options.
    """
    pair = check_pair(f"the label of {id}", label)
    if value not in options:
        raise ValueError(f"choice {id}: {value!r} is not one of {list(options)}")
    listed = [
        {"value": option, "label": list(halves(text))}
        for option, text in options.items()
    ]
    return {"id": id, "label": list(pair), "value": value, "options": listed}


def several(id: str, label: Text, options: Mapping[str, Text]) -> dict[str, Any]:
    """A row of buttons of which any may be pressed, and all are at first."""
    every = list(options)
    return {**choice(id, label, every[0], options), "value": every}


def setting(*values: str | float) -> str:
    """The name of a setting: the controls' values as a script writes them."""
    whole = (
        int(value) if isinstance(value, float) and value.is_integer() else value
        for value in values
    )
    return "/".join(map(str, whole))


def settings(controls: Sequence[Control]) -> list[str]:
    """The names of all settings of controls that have lists of values."""
    values = [
        [option["value"] for option in control["options"]]
        if "options" in control
        else control["values"]
        for control in controls
    ]
    return [setting(*chosen) for chosen in combinations(*values)]


def task(
    text: Text, solutions: Sequence[Mapping[str, Any]], controls: Sequence[Control]
) -> dict[str, Any]:
    """Something to try, and what solves it.

    Args:
        solutions: values of some of the controls, by id; any one of them will do.

    Raises:
        ValueError: when nothing solves it, a solution is not on the controls, or the
            explorer opens on one.
    """
    pair = check_pair("a task", text)
    opened = {control["id"]: control["value"] for control in controls}
    for solution in solutions:
        if not solution or not set(solution) <= set(opened):
            raise ValueError(f"task {pair[0]!r}: {solution} is not on the controls")
        if all(opened[id] == value for id, value in solution.items()):
            raise ValueError(f"task {pair[0]!r} is solved before anything is moved")
    if not solutions:
        raise ValueError(f"task {pair[0]!r}: no setting solves it")
    return {"text": list(pair), "settings": [dict(one) for one in solutions]}

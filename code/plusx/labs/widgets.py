"""The front end of a lab: controls of ipywidgets, and the view of their values."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plusx import figures
from plusx.bilingual import Pair


def front_end(view: Callable[..., str], **controls: Any):
    """A column of controls and, below, the view of their values."""
    import ipywidgets as widgets

    picture = widgets.HTML()

    def draw(_change: Any = None) -> None:
        settings = {name: control.value for name, control in controls.items()}
        picture.value = view(**settings)

    for control in controls.values():
        control.observe(draw, names="value")
    draw()
    return widgets.VBox([*controls.values(), picture])


def slider(label: Pair, value: float, low: float, high: float, step: float = 1):
    """A slider of whole numbers, or of fractions where its low end is one."""
    import ipywidgets as widgets

    kind = widgets.FloatSlider if isinstance(low, float) else widgets.IntSlider
    return kind(
        value=value,
        min=low,
        max=high,
        step=step,
        description=say(label),
        continuous_update=False,
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def steps(label: Pair, values: Sequence[float]):
    """A slider over a few given values."""
    import ipywidgets as widgets

    return widgets.SelectionSlider(
        options=[(f"{value:g}", value) for value in values],
        description=say(label),
        continuous_update=False,
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def choice(label: Pair, options: Mapping[str, str], value: str | None = None):
    """A list to choose from; options by what the reader sees."""
    import ipywidgets as widgets

    return widgets.Dropdown(
        options=list(options.items()),
        value=value or next(iter(options.values())),
        description=say(label),
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def say(label: Pair) -> str:
    """A label in the language of the notebook."""
    english, chinese = label
    both = english if english == chinese else f"{english} · {chinese}"
    return {"en": english, "zh": chinese, "both": both}[figures.language()]

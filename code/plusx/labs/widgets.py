"""The front end of a lab: an explorer's controls as ipywidgets, and the view below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plusx.bilingual import spoken
from plusx.explorer.controls import Control
from plusx.figures import language
from plusx.figures.html import Output

CLASS = "plusx-control"
# A label has a line of its own, so that no label is too long: two languages fit.
STYLE = f"""<style>
.{CLASS}.widget-inline-hbox {{ flex-flow: row wrap; height: auto; }}
.{CLASS} .widget-label {{
  height: auto; text-align: left; white-space: normal; overflow: visible;
}}
.{CLASS} select {{ width: auto; max-width: 100%; flex: 0 1 auto; }}
</style>"""


def front_end(view: Callable[..., Output], controls: Sequence[Control]):
    """A column of controls and, below, the view of their values."""
    import ipywidgets as widgets

    picture = widgets.HTML()
    built = {control["id"]: widget(control) for control in controls}

    def draw(_change: Any = None) -> None:
        settings = {id: control.value for id, control in built.items()}
        picture.value = STYLE + view(**settings).data

    for control in built.values():
        control.observe(draw, names="value")
    draw()
    return widgets.VBox([*built.values(), picture])


def widget(control: Control):
    """The widget of an explorer's control."""
    import ipywidgets as widgets

    common = {
        "value": control["value"],
        "description": _said(control["label"]),
        "style": {"description_width": "100%"},
        "layout": {"width": "min(40em, 100%)"},
    }
    if "options" in control:
        options = [(_said(one["label"]), one["value"]) for one in control["options"]]
        built = widgets.Dropdown(options=options, **common)
    elif "values" in control:
        options = [(f"{value:g}", value) for value in control["values"]]
        common["continuous_update"] = False
        built = widgets.SelectionSlider(options=options, **common)
    else:
        built = _slider(control, {**common, "continuous_update": False})
    built.add_class(CLASS)
    return built


def _slider(control: Control, common: Mapping[str, Any]):
    """A slider of whole numbers, or of fractions where its step is one."""
    import ipywidgets as widgets

    ends = {key: control[key] for key in ("min", "max", "step")}
    whole = all(isinstance(end, int) for end in ends.values())
    kind = widgets.IntSlider if whole else widgets.FloatSlider
    return kind(**ends, **common)


def _said(label: Sequence[str]) -> str:
    """A label in the language of the notebook."""
    return spoken(tuple(label), language())

"""The data of explorers: their controls, and the curves that these choose from."""

from collections.abc import Mapping, Sequence
from itertools import product as combinations
from typing import Any

from plusx import markup

COLOURS = ("plain", "residual", "green", "rose", "purple", "ochre")
VARIANTS = {  # of the record "spectra": name and colour
    "plain": (("plain", "普通"), "plain"),
    "residual": (("h + F(h)", "h + F(h)"), "residual"),
    "sqrt": (("h + F(h)/√L", "h + F(h)/√L"), "green"),
    "linear": (("h + F(h)/L", "h + F(h)/L"), "rose"),
    "zero": (("h + 0·F(h)", "h + 0·F(h)"), "purple"),
}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Pair = tuple[str, str]
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
    markup.check_pair(f"the label of {id}", label)
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
    markup.check_pair(f"the label of {id}", label)
    if value not in options:
        raise ValueError(f"choice {id}: {value!r} is not one of {list(options)}")
    listed = [
        {"value": option, "label": text if isinstance(text, str) else list(text)}
        for option, text in options.items()
    ]
    return {"id": id, "label": list(label), "value": value, "options": listed}


def product(depth: int = 100, weight: float = 1.0) -> dict[str, Any]:
    """The data of the product explorer, which opens at a depth and a weight.

    The browser computes what `gradients.cumulative_product(chain_factors(...))` does;
    the scale α belongs to the branch of the residual chain, the plain chain has 1.
    """
    return {
        "controls": [
            slider("depth", ("blocks L", "块数 L"), depth, low=1, high=200),
            slider("weight", ("weight w", "权重 w"), weight, low=-8, high=8, step=0.25),
            choice(
                "activation",
                ("activation f", "激活函数 f"),
                "sigmoid",
                {
                    "sigmoid": "sigmoid",
                    "tanh": "tanh",
                    "relu": "ReLU",
                    "linear": ("none", "无"),
                },
            ),
            choice(
                "scale",
                ("scale α of the residual branch", "残差分支的缩放 α"),
                "one",
                {"one": "1", "sqrt": "1/√L", "linear": "1/L"},
            ),
            choice(
                "place",
                ("residual step", "残差步"),
                "branch",
                {"branch": "h + α f(wh)", "after": "f(h + α f(wh))"},
            ),
            choice(
                "start",
                ("where the slopes are taken", "斜率取在哪里"),
                "path",
                {
                    "path": ("along the path from h = 0.5", "沿 h = 0.5 出发的路径"),
                    "steepest": ("always at the steepest point", "总在最陡处"),
                },
            ),
        ],
        "start": 0.5,
        "names": [["plain", "普通"], ["residual", "残差"]],
        "x": ["blocks passed", "经过的块数"],
        "y": ["size of the product of derivatives", "导数之积的绝对值"],
        "readout": [
            "After {depth} blocks the product is {plain} in the plain chain and "
            "{residual} in the residual chain.",
            "经过 {depth} 块，普通链的导数之积是 {plain}，残差链的是 {residual}。",
        ],
    }


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
        series: by id, its name and one of `COLOURS`.
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
    for colour in (colour for _, colour in series.values()):
        if colour not in COLOURS:
            raise ValueError(f"colour must be one of {COLOURS}, got {colour!r}")
    _check_keys("curves", curves, [c for c in controls if c["id"] != focus])
    _check_keys("readouts", readouts, controls)
    for setting, lines in curves.items():
        if len(lines) != len(series) or any(len(line) > len(x) for line in lines):
            raise ValueError(
                f"curves {setting!r}: expected {len(series)} curves of up to {len(x)} "
                f"numbers, got {[len(line) for line in lines]}"
            )
    for setting, text in readouts.items():
        markup.check_pair(f"readout {setting!r}", text)
    return {
        "controls": list(controls),
        "x": {"label": list(x_label), "values": list(x)},
        "y": {"label": list(y_label), "log": log, "range": y_range},
        "series": [
            {"id": id, "name": list(name), "colour": colour}
            for id, (name, colour) in series.items()
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


def spectrum(record: Mapping[str, Any], *, depth: int = 20) -> dict[str, Any]:
    """The data of the spectrum explorer, from the recorded run "spectra".

    Curves are log10 of the singular values by rank, means over the seeds; a curve ends
    where rounding blurs the rest.
    """
    results, config = record["results"], record["config"]
    variants, depths = config["variants"], config["depths"]
    settings = {f"{v}/{d}": results[v][str(d)] for v in variants for d in depths}
    floor = ("float64 floor of this block", "这种块的 float64 分辨下限")
    return table(
        [
            choice(
                "variant",
                ("block", "块"),
                "residual",
                {v: VARIANTS[v][0] for v in variants},
            ),
            slider("depth", ("blocks L", "块数 L"), depth, values=depths),
        ],
        x=list(range(1, config["width"] + 1)),
        x_label=("rank of the singular value", "奇异值的名次"),
        y_label=("singular value of the whole Jacobian", "整个雅可比矩阵的奇异值"),
        series={v: VARIANTS[v] for v in variants},
        curves={
            str(d): [results[v][str(d)]["spectrum"] for v in variants] for d in depths
        },
        readouts={
            setting: _spectrum_readout(setting, found)
            for setting, found in settings.items()
        },
        log=True,
        focus="variant",
        levels={
            setting: [{"at": found["floor"], "name": list(floor)}]
            for setting, found in settings.items()
            if found["resolved"] < config["width"]
        },
    )


def _spectrum_readout(setting: str, found: Mapping[str, Any]) -> Pair:
    """What one setting of the spectrum explorer says in words."""
    variant, depth = setting.split("/")
    (english, chinese), _ = VARIANTS[variant]
    largest, median, smallest = (
        power(found[rank]["mean"]) if found[rank] else None
        for rank in ("max", "median", "min")
    )
    return (
        f"{english}, {depth} blocks: the largest singular value is {largest}, the "
        f"median {median or 'below the floor'}, the smallest "
        f"{smallest or 'below the floor'}.",
        f"{chinese}，{depth} 块：最大的奇异值是 {largest}，中位数{_or_low(median)}，"
        f"最小的{_or_low(smallest)}。",
    )


def _or_low(value: str | None) -> str:
    """A value in a Chinese sentence, or that it lies below the floor."""
    return f"是 {value}" if value else "低于分辨下限"


def power(log10: float) -> str:
    """A number given by its logarithm, in two figures: 0.38, or 1.5 × 10⁻¹⁷."""
    if -3 <= log10 < 4:
        return f"{float(f'{10**log10:.2g}'):g}"
    exponent = int(log10 // 1)
    mantissa = round(10 ** (log10 - exponent), 1)
    if mantissa == 10:
        mantissa, exponent = 1.0, exponent + 1
    return f"{mantissa} × 10{str(exponent).translate(RAISED)}"

"""The figure and the explorer of scaled shortcuts, from the run "shortcut_scale"."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import figures
from plusx.explorer import choice, setting, slider, table
from plusx.figures import GREEN, OCHRE, PURPLE, ROSE, palette

SEEDS = ((PURPLE,), (GREEN,), (ROSE,), (OCHRE,), (PURPLE, ()))  # color, own dash
ERROR = ("training error, %", "训练误差（%）")
TIMES = ("shortcut times λ", "快捷连接的系数 λ")
MEAN = ("mean at this λ", "这个 λ 下的均值")
TRAINS = 5.0  # percent: a net with less has been trained
VALLEY = (
    "Find a λ other than 1 with which the 56-layer nets train to less than 5 %.",
    "λ 不取 1，也让 56 层的网络练到 5 % 以下：找出这样的 λ。",
)


def _row(record: Mapping[str, Any], depth: int) -> list[Mapping[str, Any]]:
    """The training errors at a depth, one for each λ."""
    found = record["results"][str(depth)]
    return [found[str(round(100 * λ))]["train"] for λ in record["config"]["scales"]]


def figure(record: Mapping[str, Any]) -> Figure:
    """Training error against λ, a line for each depth."""
    drawing, ax = plt.subplots()
    for depth in record["config"]["depths"]:
        dash = palette.linestyle(palette.depth_dash(depth))
        name = (f"{depth} layers", f"{depth} 层")
        scales, errors = record["config"]["scales"], _row(record, depth)
        figures.band(ax, scales, errors, name, PURPLE, linestyle=dash)
    ax.set(xlabel="λ", ylim=(-2, 92), ylabel=" · ".join(ERROR))
    figures.label_ends(ax)
    return drawing


def explorer_data(record: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the explorer: each net's error up to the λ that is chosen.

    It opens on the second λ, so that there are lines, and few answers.
    """
    scales, depths = record["config"]["scales"], record["config"]["depths"]
    rows = {depth: _row(record, depth) for depth in depths}
    places = {
        setting(depth, λ): (depth, k) for depth in depths for k, λ in enumerate(scales)
    }
    deepest = rows[max(depths)]
    seeds = SEEDS[: len(deepest[0]["values"])]
    layers = {str(depth): str(depth) for depth in depths}
    controls = [
        choice("depth", ("layers", "层数"), str(max(depths)), layers),
        slider("scale", TIMES, scales[1], values=scales),
    ]
    valley = [
        {"depth": str(max(depths)), "scale": λ}
        for λ, run in zip(scales, deepest, strict=True)
        if λ != 1 and run["mean"] < TRAINS
    ]
    return table(
        controls,
        x=scales,
        x_label=TIMES,
        y_label=ERROR,
        x_range=(0, max(scales)),
        y_range=(-3, 95),
        cursor="scale",
        series={
            str(k): ((f"seed {k}", f"随机种子 {k}"), *look)
            for k, look in enumerate(seeds)
        },
        curves={key: _until(rows[depth], k) for key, (depth, k) in places.items()},
        readouts={
            key: _readout(depth, scales[k], rows[depth][k])
            for key, (depth, k) in places.items()
        },
        levels={
            key: [{"at": rows[depth][k]["mean"], "name": MEAN}]
            for key, (depth, k) in places.items()
        },
        tasks=[(VALLEY, valley)],
    )


def _until(row: Sequence[Mapping[str, Any]], k: int) -> list[list[float]]:
    """The errors of each seed up to the λ of number k."""
    values = (run["values"] for run in row[: k + 1])
    return [list(line) for line in zip(*values, strict=True)]


def _readout(depth: int, λ: float, run: Mapping[str, Any]) -> tuple[str, str]:
    """What one setting says in words."""
    blocks = (depth - 2) // 2
    error, left = f"{run['mean']:.1f} ± {run['std']:.1f} %", f"{λ**blocks:.2g}"
    return (
        f"λ = {λ:g}, {depth} layers: training error {error}; λ over {blocks} blocks: "
        f"{left}.",
        f"λ = {λ:g}，{depth} 层：训练误差 {error}；{blocks} 个块的 λ 连乘，得 {left}。",
    )

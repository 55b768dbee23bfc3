"""The film of training and its still, from the recorded run "film"."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plusx import figures
from plusx.bilingual import RAISED, Pair
from plusx.explorer import choice, slider
from plusx.explorer.controls import task
from plusx.figures import palette

NETS = {  # of the record "film": name, color and, in the still, the line
    "plain": (("plain-56", "普通-56"), figures.PLAIN, "-"),
    "residual": (("ResNet-56", "ResNet-56"), figures.RESIDUAL, "-"),
    "near-identity": (("near identity", "近恒等"), figures.GREEN, "-"),
    "bare": (("plain-56, no BN", "普通-56，没有 BN"), figures.PLAIN, "--"),
}
STILLS = (0, 12, 120)  # the steps that the still shows
HEALED = 5  # times; a gradient that differs less from block 1 to block 27 is healthy


class Measure(NamedTuple):
    """A row of bars: its label, the same for the still, and whether it is a log10."""

    name: str
    label: Pair
    short: str
    log: bool


MEASURES = (
    Measure(
        "read",
        (
            "→ forward: digits that a probe still reads after each block, %",
            "→ 往前：每个块后面，探针还能认对百分之几的数字",
        ),
        "digits read, % · 认对的数字（%）",
        False,
    ),
    Measure(
        "gradient",
        (
            "← backward: norm of the gradient with respect to each block’s state",
            "← 往回：损失对每个块的状态的梯度，范数有多大",
        ),
        "gradient, $\\log_{10}$ · 梯度的范数，$\\log_{10}$",
        True,
    ),
    Measure(
        "update",
        (
            "← backward: how far one step turns each block’s first weights",
            "← 往回：走一步，每个块的第一层权重转过多大的角度",
        ),
        "update, $\\log_{10}$ · 更新，$\\log_{10}$",
        True,
    ),
)
HEALTHY = (
    "Find a step from which plain-56’s gradient is healthy: block 1’s is at most five "
    "times block 27’s, and at least a fifth. What share of the digits does a probe "
    "still read after its last block?",
    "请找出一步，从这一步起，普通-56 的梯度算得上健康：第 1 个块的梯度不超过第 27 个块"
    "的五倍，也不小于五分之一。这时探针从普通-56 的最后一个块里，还能认对"
    "百分之几的数字？",
)
SENTENCE = (
    "{name}: after the last block a probe reads {read} % of the digits; gradient of "
    "block 1 over block 27: {ratio}; update in block 1: {update}.",
    "{name}：探针从最后一个块里还能认对 {read} % 的数字；"
    "第 1 个块与第 27 个块的梯度之比是 {ratio}；第 1 个块的更新是 {update}。",
)


def explorer_data(record: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the film: means over the seeds, by net, step, measure and block."""
    results, steps = record["results"], record["config"]["frames"]
    shown = {name: NETS[name] for name in results}
    others = {name: shown[name][0] for name in results if name != "plain"}
    controls = [
        choice("net", ("beside plain-56", "和普通-56 并排"), "residual", others),
        slider("step", ("step", "步"), 0, values=steps),
    ]
    healthy = [{"step": step} for step in steps if _is_healthy(results["plain"], step)]
    return {
        "controls": controls,
        "tasks": [task(HEALTHY, healthy, controls)],
        "play": "step",
        "steps": list(steps),
        "when": [_when(step) for step in steps],
        "measures": [_axis(one, results) for one in MEASURES],
        "blocks": ["blocks", "块"],
        "sentence": list(SENTENCE),
        "nets": [
            {
                "id": name,
                "name": list(label),
                "color": palette.look(color).variable,
                "frames": [_frame(results[name], step) for step in steps],
            }
            for name, (label, color, _) in shown.items()
        ],
    }


def _frame(net: Mapping[str, Any], step: int) -> list[list[float]]:
    """The means of each measure at a step, block by block."""
    return [net["frames"][str(step)][measure.name]["mean"] for measure in MEASURES]


def _is_healthy(net: Mapping[str, Any], step: int) -> bool:
    """Whether the gradient at both ends of the net is of about the same length."""
    gradient = net["frames"][str(step)]["gradient"]["mean"]
    return abs(gradient[0] - gradient[-1]) <= math.log10(HEALED)


def _when(step: int, epoch: int = 12) -> list[str]:
    """A frame's time in both languages; an epoch has so many steps."""
    if step % epoch:
        return [f"After {step} step{'s' * (step > 1)}.", f"走了 {step} 步。"]
    if not step:
        return ["Before training.", "训练之前。"]
    count = step // epoch
    return [f"After epoch {count}.", f"第 {count} 轮以后。"]


def _axis(measure: Measure, results: Mapping[str, Any]) -> dict[str, Any]:
    """The range, the ticks and the dashed lines of a row: it never moves."""
    label = list(measure.label)
    if not measure.log:
        ticks = [[at, str(at)] for at in (0, 50, 100)]
        return {"label": label, "range": [0, 100], "ticks": ticks, "lines": [10]}
    values = [
        value
        for net in results.values()
        for frame in net["frames"].values()
        for value in frame[measure.name]["mean"]
    ]
    low, high = math.floor(min(values)), math.ceil(max(values))
    ticks = [[at, f"10{str(at).translate(RAISED)}"] for at in range(low, high + 1, 2)]
    lines = [at for at, _ in ticks[1:]]
    return {
        "label": measure.label,
        "range": [low, high],
        "ticks": ticks,
        "lines": lines,
    }


def figure(record: Mapping[str, Any]) -> Figure:
    """The still: the three measures at three steps, block by block."""
    drawing, axes = plt.subplots(
        len(MEASURES), len(STILLS), figsize=(6.4, 6.6), sharex=True, sharey="row"
    )
    for row, measure in zip(axes, MEASURES, strict=True):
        for ax, step in zip(row, STILLS, strict=True):
            for name, net in record["results"].items():
                _line(ax, net["frames"][str(step)][measure.name], *NETS[name])
        row[0].set_ylabel(measure.short)
    for ax, step in zip(axes[0], STILLS, strict=True):
        ax.set_title(" · ".join(text.rstrip("。.") for text in _when(step)))
    axes[-1][1].set_xlabel("block · 第几个块")
    handles, labels = axes[0][0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper left", ncols=2)
    return drawing


def _line(
    ax: Axes, spread: Mapping[str, Sequence[float]], label: Pair, color: str, dash: str
) -> None:
    """The mean of a measure along the blocks; the record has the deviation."""
    blocks = range(1, len(spread["mean"]) + 1)
    look = figures.style(color) | {"linestyle": dash, "marker": ""}
    ax.plot(blocks, spread["mean"], label=" · ".join(label), **look)

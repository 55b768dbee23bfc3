"""Finished nets of others: how large their branches are, and what a lost block costs.

The nets are ResNet-56 of two authors, trained to the end on CIFAR-10; the record
`finished_nets` names repository, commit and licence. Beside them stand our own: one
trained for a short while on digits, and those of the recipe `quarter`.
"""

from collections.abc import Mapping
from statistics import median
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import figures
from plusx.figures.html import Output
from plusx.pictures.trained import label

Results = Mapping[str, Any]
#: Net of the record → its name in the figure, and its color.
SHOWN = {
    "a-martyn residual-56": ("a-martyn", figures.GREEN),
    "akamaster residual-56": ("akamaster", figures.PURPLE),
}
OWN = "ours, on digits · 本书，手写数字"
QUARTER = "ours, quarter · 本书，quarter"


def branch_sizes(finished: Results, kept: Results, own: list[dict]) -> Figure:
    """|F(x)| / |x| of each of 27 blocks: two finished nets, and this book's own.

    Args:
        finished: the results of the record `finished_nets`.
        kept: those of `kept_nets`, with the ResNet-56 of the recipe `quarter`.
        own: one `records.spread` a block, of nets that were trained on digits here.
    """
    drawing, ax = plt.subplots()
    blocks = range(1, len(own) + 1)
    sizes = {
        name: (finished["nets"][net]["ratio"], color)
        for net, (name, color) in SHOWN.items()
    }
    sizes[QUARTER] = kept["nets"]["resnet56-quarter"]["ratio"], figures.ROSE
    for name, (ratios, color) in sizes.items():
        ax.plot(blocks, ratios, label=name, markevery=3, **figures.style(color))
    figures.band(ax, blocks, own, OWN, figures.OCHRE, markevery=3)
    ax.axhline(1, color=figures.INK, linestyle=":", linewidth=1)
    ax.set(ylim=(0, 2), ylabel="|F(x)| / |x|")
    ax.set(xlabel="block · 第几个块", xticks=[1, 10, 19, 27])
    figures.label_ends(ax)
    return drawing


def lesion_table(finished: Results, kept: Results) -> Output:
    """One line a net: its error, and its errors without one block, in percent.

    Args:
        finished: the results of the record `finished_nets`.
        kept: those of `kept_nets`, our own nets, which come first.
    """
    nets = {_ours(net): found for net, found in kept["nets"].items()}
    nets |= {_name(*net.split(" ")): found for net, found in finished["nets"].items()}
    rows = []
    for name, found in nets.items():
        if "lesions" not in found:
            continue
        errors = {int(block) + 1: error for block, error in found["lesions"].items()}
        worst = max(errors, key=errors.get)
        rows.append([
            name, f"{found['first']:.1f}",
            f"{median(errors.values()):.1f}", f"{errors[worst]:.1f}", worst,
        ])  # fmt: skip
    return figures.table(
        rows,
        [
            "net · 网络",
            "whole, % · 一个块也不删（%）",
            "one deleted, median, % · 删一个，中位数（%）",
            "worst, % · 最差（%）",
            "its number · 块号",
        ],
    )


def _ours(net: str) -> tuple[str, str]:
    """The name of a net of our own in both languages: ours, plain-20."""
    english, chinese = label(net.partition("-")[0])
    return f"ours, {english}", f"本书，{chinese}"


def _name(author: str, net: str) -> tuple[str, str]:
    """The name of a net of the record in both languages: a-martyn, plain-20."""
    kind, _, depth = net.partition("-")
    english, chinese = ("plain", "普通") if kind == "plain" else ("ResNet", "ResNet")
    return f"{author}, {english}-{depth}", f"{author}，{chinese}-{depth}"

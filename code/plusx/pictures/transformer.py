"""The figures of chapter 7, each drawn from the recorded run "transformer".

Every function returns a figure that `figures.show` takes; `table` is the data of the
chapter's explorer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from plusx import explorer, figures, records
from plusx.bilingual import Pair, power
from plusx.experiments.transformer import VARIANTS
from plusx.figures import GREEN, OCHRE, PLAIN, PURPLE, RESIDUAL, ROSE, diagrams

SKIP, BARE = "skip · 有跳跃连接", "no skip · 没有跳跃连接"
PRE, POST = "pre-norm · 前置归一化", "post-norm · 后置归一化"
LOSS = "loss (nats) · 损失（纳特）"
PASSED = "blocks passed · 经过的块数"
DIVERSITY = "diversity of the tokens · 词元的差异度"
NORM = "norm of the gradient · 梯度的范数"
ORDERS = {"pre": ("pre-norm", "前置归一化"), "post": ("post-norm", "后置归一化")}
SKIPS = {
    "skip": ("with skips", "有跳跃连接"),
    "bare": ("without skips", "没有跳跃连接"),
}
TOLD = (
    "{}, {}, {} blocks: loss {:.2f} ± {:.2f} nats after 200 steps; then the last block "
    "leaves the tokens a diversity of {}.",
    "{}，{}，{} 个块：训练 200 步以后，损失是 {:.2f} ± {:.2f} 纳特；"
    "经过最后一个块，词元的差异度是 {}。",
)

ALIKE = (
    "Keep the skips and let the tokens become alike: after training, a diversity below "
    "0.001.",
    "留着跳跃连接，也让词元变得一样：训练以后，差异度低于 0.001。",
)
NAMES = {
    f"{order}_{skip}": (f"{english}, {with_}", f"{chinese}，{with_zh}")
    for order, (english, chinese) in ORDERS.items()
    for skip, (with_, with_zh) in SKIPS.items()
}

Curve = tuple[str, str, Mapping[str, Sequence[float]]]


def two_orders() -> Figure:
    """One sublayer in pre-norm and in post-norm."""
    diagram, layer = diagrams.Diagram(50, 27), "sublayer · 子层"
    for x, name, kinds, places in (
        (11, "pre-norm · 前置归一化", ("N", layer, "+"), (20, 14.5, 9)),
        (36, "post-norm · 后置归一化", (layer, "+", "N"), (18, 11.5, 6.5)),
    ):
        diagram.text(x, 25.7, name)
        nodes = [
            diagram.plus(x, y) if kind == "+" else diagram.box(x, y, kind)
            for kind, y in zip(kinds, places, strict=True)
        ]
        ends = [(x, 24.2), *(p for node in nodes for p in (node.top, node.bottom))]
        for start, end in zip(ends[::2], [*ends[1::2], (x, 1)], strict=True):
            diagram.arrow(start, end)
        plus = nodes[kinds.index("+")]
        corners = (x, 23), (x + 10, 23), (x + 10, plus.y), plus.right
        diagram.arrow(*corners, color=RESIDUAL, width=2)
    return diagram.figure


def order_gradients(record: Mapping[str, Any]) -> Figure:
    """Gradients at initialization, with respect to the stream and to weights."""
    figure, axes = plt.subplots(2, 1, figsize=(5, 5.4), sharex=True)
    init = record["results"]["init"]
    for ax, key in zip(axes, ("state", "feed_forward"), strict=True):
        pre, post = (init[f"{order}_skip"][key] for order in ORDERS)
        _powers(ax, [(PRE, PURPLE, pre), (POST, GREEN, post)], range(1, 13))
    axes[0].set(title="with respect to the stream before a block · 对各块之前的残差流")
    axes[0].set(ylabel=NORM, ylim=(1e-3, 1e-1))
    axes[1].set(title="with respect to the feed-forward weights · 对前馈网络的权重")
    axes[1].set(ylim=(1e-1, 2))
    axes[1].set(xlabel="block · 第几个块", xticks=range(1, 13))
    axes[1].set_yticks([0.1, 0.3, 1], ["0.1", "0.3", "1"])
    for ax in axes:
        figures.label_ends(ax)
    return figure


def warmup(record: Mapping[str, Any]) -> Figure:
    """Training loss in both orders, with and without a warm-up."""
    figure, ax = plt.subplots()
    for name, color, label in (
        ("post_cold", GREEN, POST),
        ("post_warm", OCHRE, "post-norm, warm-up · 后置归一化，预热"),
        ("pre_cold", PURPLE, PRE),
    ):
        found = records.series(record, f"results.warmup.{name}.loss")
        figures.band(ax, range(20, 301, 20), found, label, color)
    _entropy(ax, record, 170)
    ax.set(xlabel="step · 步数", ylabel=LOSS, xticks=range(0, 301, 60))
    figures.label_ends(ax)
    return figure


def without_skips(record: Mapping[str, Any]) -> Figure:
    """The loss of pre-norm models against depth, with and without skips."""
    figure, ax = plt.subplots()
    depths = record["config"]["sweep"]["depths"]
    for skip, color, label in (("bare", PLAIN, BARE), ("skip", RESIDUAL, SKIP)):
        found = records.series(record, f"results.sweep.pre_{skip}.*.loss")
        figures.band(ax, depths, found, label, color)
    _entropy(ax, record, 8, above=False)
    ax.set(xlabel="blocks · 块数", ylabel=LOSS, xticks=depths)
    figures.label_ends(ax)
    return figure


def diversity(record: Mapping[str, Any]) -> Figure:
    """Diversity of the tokens along depth, untrained."""
    figure, ax = plt.subplots()
    init = record["results"]["init"]
    curves = [
        (PRE, PURPLE, init["pre_skip"]["diversity"]),
        (POST, GREEN, init["post_skip"]["diversity"]),
        (BARE, PLAIN, init["pre_bare"]["diversity"]),
    ]
    _powers(ax, curves, range(13))
    ax.set(xlabel=PASSED, ylabel=DIVERSITY, xticks=range(0, 13, 2))
    figures.label_ends(ax)
    return figure


def bare_gradients(record: Mapping[str, Any]) -> Figure:
    """Four gradients at initialization without skips, block by block."""
    figure, ax = plt.subplots()
    found = record["results"]["init"]["pre_bare"]
    curves = [
        ("values · 值", ROSE, found["value"]),
        ("feed-forward · 前馈网络", GREEN, found["feed_forward"]),
        ("stream · 残差流", PURPLE, found["state"]),
        ("queries, keys · 查询、键", OCHRE, found["query_key"]),
    ]
    _powers(ax, curves, range(1, 13))
    ax.set(xlabel="block · 第几个块", ylabel=NORM, xticks=range(1, 13))
    figures.label_ends(ax)
    return figure


def collapsed(record: Mapping[str, Any]) -> Figure:
    """Diversity of the tokens after training, 12 blocks: the explorer's still."""
    figure, ax = plt.subplots()
    sweep = record["results"]["sweep"]
    curves = [
        (SKIP, RESIDUAL, sweep["pre_skip"]["12"]["after"]),
        (BARE, PLAIN, sweep["pre_bare"]["12"]["after"]),
    ]
    _powers(ax, curves, range(13))
    ax.set(xlabel=PASSED, ylabel=DIVERSITY, xticks=range(0, 13, 2))
    figures.label_ends(ax)
    return figure


def table(record: Mapping[str, Any]) -> dict[str, Any]:
    """The explorer: order, skip and depth to choose, diversity and loss to see."""
    depths, sweep = record["config"]["sweep"]["depths"], record["results"]["sweep"]
    found = {
        (*variant.split("_"), depth): sweep[variant][str(depth)]
        for variant in VARIANTS
        for depth in depths
    }
    alike = [
        dict(zip(("order", "skip", "depth"), key, strict=True))
        for key, row in found.items()
        if key[1] == "skip" and row["after"]["mean"][-1] < -3
    ]
    return explorer.table(
        [
            explorer.choice("order", ("norm", "归一化"), "pre", ORDERS),
            explorer.choice("skip", ("blocks", "块的种类"), "bare", SKIPS),
            explorer.slider("depth", ("number of blocks", "块数"), 8, values=depths),
        ],
        x=list(range(max(depths) + 1)),
        x_label=("blocks passed", "经过的块数"),
        y_label=("diversity of the tokens", "词元的差异度"),
        series={
            "before": (("before training", "训练前"), "purple"),
            "after": (("after 200 steps", "200 步以后"), "green"),
        },
        curves={
            explorer.setting(*key): [row["before"]["mean"], row["after"]["mean"]]
            for key, row in found.items()
        },
        readouts={
            explorer.setting(*key): _told(*key, row) for key, row in found.items()
        },
        log=True,
        tasks=[(ALIKE, alike)],
    )


def _told(order: str, skip: str, depth: int, found: Mapping[str, Any]) -> Pair:
    """What one setting of the explorer says in words."""
    loss, kept = found["loss"], power(found["after"]["mean"][-1])
    english, chinese = (
        text.format(order, skip, depth, loss["mean"], loss["std"], kept)
        for text, order, skip in zip(TOLD, ORDERS[order], SKIPS[skip], strict=True)
    )
    return english, chinese


def stream(record: Mapping[str, Any]) -> Figure:
    """Length of the stream, its cosine with the start, and the sublayers' shares."""
    figure, axes = plt.subplots(3, 1, figsize=(5, 7.4), sharex=True)
    for ax, key, title in zip(
        axes,
        ("norm", "start", "share"),
        (
            "norm of the stream · 残差流的范数",
            "cosine with the embedding · 与嵌入的余弦",
            "norm of a write / of the stream · 写入的范数 / 残差流的范数",
        ),
        strict=True,
    ):
        _before_and_after(ax, record, key)
        ax.set(title=title, ylim=(0, None))
        figures.label_ends(ax)
    axes[2].set(xlabel=PASSED, xticks=range(9))
    return figure


def early_read_out(record: Mapping[str, Any]) -> Figure:
    """The loss when the last read-out is given an earlier state."""
    figure, ax = plt.subplots()
    _before_and_after(ax, record, "loss")
    _entropy(ax, record, 4.6)
    label = "loss of an early read-out (nats) · 提前读出时的损失（纳特）"
    ax.set(xlabel=PASSED, ylabel=label, xticks=range(9))
    figures.label_ends(ax)
    return figure


def _powers(ax: Axes, curves: Sequence[Curve], places: Sequence[int]) -> None:
    """Curves given by decimal logarithms, with a band of one deviation of these."""
    for label, color, found in curves:
        low, middle, high = (
            [10 ** (m + sign * s) for m, s in zip(*found.values(), strict=True)]
            for sign in (-1, 0, 1)
        )
        ax.plot(places, middle, label=label, **figures.style(color))
        ax.fill_between(places, low, high, color=color, alpha=0.18, linewidth=0)
    ax.set(yscale="log")
    ax.minorticks_off()


def _before_and_after(ax: Axes, record: Mapping[str, Any], key: str) -> None:
    """One measure of the stream at each sublayer, before and after training."""
    for state, color, label in (
        ("untrained", PURPLE, "untrained · 没有训练"),
        ("trained", GREEN, "trained · 训练以后"),
    ):
        found = records.series(record, f"results.stream.{state}.{key}")
        places = [(i + (key == "share")) / 2 for i in range(len(found))]
        figures.band(ax, places, found, label, color)


def _entropy(
    ax: Axes, record: Mapping[str, Any], x: float, *, above: bool = True
) -> None:
    """The unigram entropy of the text, as a dotted line with its name from x on."""
    entropy = record["results"]["text"]["entropy"]
    ax.axhline(entropy, color=figures.INK, linewidth=0.8, linestyle=":")
    ax.annotate(
        "unigram entropy · 一元熵",
        (x, entropy),
        xytext=(0, 4 if above else -4),
        va="bottom" if above else "top",
        textcoords="offset points",
    )

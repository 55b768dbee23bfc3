"""Recorded training runs as curves, tables and provenance cards.

`python -m plusx.train … --record` writes one record for each network and recipe into
the package's records. Whatever lies there is taken in: a record that arrives later
appears in every plot and table made here.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import bilingual, figures, records
from plusx.explorer import choice, several, slider
from plusx.explorer.controls import task
from plusx.figures import palette
from plusx.figures.html import Output

Record = Mapping[str, Any]
DEPTHS = (20, 32, 44, 56, 110)
LOOKS = {  # the networks in the order of every table, with their colors
    **{f"plain{depth}": figures.PLAIN for depth in DEPTHS},
    **{f"resnet{depth}": figures.RESIDUAL for depth in DEPTHS},
}
DRAWN = ("plain20", "plain56", "resnet20", "resnet56", "resnet110")
LONG = ("paper", "quarter", "fast")  # errors get down to where the paper draws them
TRAINING_IMAGES = {"cifar10": 50_000, "digits": 1_438}
ERRORS = {
    "train_error": ("training error, %", "训练误差（%）"),
    "test_error": ("test error, %", "测试误差（%）"),
}


def load_all() -> list[Record]:
    """All records of training runs, by name."""
    found = [records.load(name) for name in records.names()]
    return [
        record
        for record in found
        if isinstance(record["results"].get("runs"), list) and "net" in record["config"]
    ]


def select(
    runs: Sequence[Record], recipe: str, data: str, *, option: str = "A"
) -> dict[str, Record]:
    """The records of one recipe, data set and shortcut option, by network."""
    usual = {"data": data, "option": option, "order": "post", "validation": False}
    chosen = {
        record["config"]["net"]: record
        for record in runs
        if record["config"]["recipe"]["name"] == recipe
        and all(record["config"].get(key) == value for key, value in usual.items())
    }
    return {net: chosen[net] for net in LOOKS if net in chosen}


def label(net: str) -> tuple[str, str]:
    """The name of a network in both languages: plain-20, 普通-20; ResNet-20."""
    kind = "plain" if net.startswith("plain") else "resnet"
    depth = net.removeprefix(kind)
    english = "plain" if kind == "plain" else "ResNet"
    return f"{english}-{depth}", f"{'普通' if kind == 'plain' else english}-{depth}"


def dash(net: str) -> tuple[float, ...]:
    """The dash of a network's line, by its depth."""
    return palette.depth_dash(int(net.removeprefix("plain").removeprefix("resnet")))


def spreads(record: Record, what: str) -> list[dict]:
    """Mean and standard deviation over the seeds, epoch by epoch.

    Args:
        what: "train_error" or "test_error", in percent.
    """
    by_epoch = records.series(record, f"results.runs.*.{what}")
    # The last epoch's was taken before the curves were rounded.
    return [*by_epoch[:-1], record["results"][what]]


def steps(record: Record) -> list[int]:
    """How many steps had been taken at the end of each epoch."""
    recipe, epochs = record["config"]["recipe"], record["results"]["epochs"]
    images = TRAINING_IMAGES[record["config"]["data"]]
    images -= images // 10 if record["config"]["validation"] else 0
    each = images // recipe["batch"]
    total = recipe["steps"] or epochs * each
    return [min(epoch * each, total) for epoch in range(1, epochs + 1)]


def figure(group: Mapping[str, Record]) -> Figure:
    """Training error above, test error below, against steps, as He et al. 2015, Fig. 6.

    Lines are means over the seeds, bands a standard deviation. With a recipe of `LONG`
    the axis ends as in `paper_figure`, elsewhere it reaches as far as the curves.
    Points mark the epochs where there are few.

    Raises:
        ValueError: when the group is empty.
    """
    if not group:
        raise ValueError("expected at least one record, got none")
    drawing, axes = plt.subplots(2, 1, figsize=(5, 6), sharex=True)
    for ax, (what, (english, chinese)) in zip(axes, ERRORS.items(), strict=True):
        for net in (net for net in DRAWN if net in group):
            look = {"linestyle": palette.linestyle(dash(net))}
            if group[net]["results"]["epochs"] > 9:
                look["marker"] = ""
            figures.band(
                ax,
                steps(group[net]),
                spreads(group[net], what),
                " · ".join(dict.fromkeys(label(net))),
                LOOKS[net],
                **look,
            )
        recipe = next(iter(group.values()))["config"]["recipe"]["name"]
        zoomed = recipe in LONG
        limits = (0, _top(group)) if zoomed else (-2, None)
        ax.set(ylabel=f"{english} · {chinese}", ylim=limits)
        figures.label_ends(ax)
    axes[-1].set_xlabel("steps · 步数")
    return drawing


def paper_figure(group: Mapping[str, Record]) -> Figure:
    """Plain nets above, residual ones below, as He et al. 2015, Fig. 6, has them.

    Training errors are thin lines and test errors bold ones, means over the seeds,
    against thousands of steps; a dash tells the depth. A kind of net without a record
    has no panel. The axes end at 25 %, or above the largest last error.

    Raises:
        ValueError: when the group is empty.
    """
    kinds = [[n for n in DRAWN if n in group and n[0] == kind] for kind in "pr"]
    kinds = [nets for nets in kinds if nets]
    if not kinds:
        raise ValueError("expected at least one record, got none")
    last = [
        group[net]["results"]["test_error"]["mean"] for net in DRAWN if net in group
    ]
    top = max(25, 5 * math.ceil(max(last) / 4))
    size = (5, 3 * len(kinds))
    drawing, axes = plt.subplots(len(kinds), squeeze=False, figsize=size, sharex=True)
    for ax, nets in zip(axes[:, 0], kinds, strict=True):
        for net in nets:
            look = {"color": LOOKS[net], "linestyle": palette.linestyle(dash(net))}
            for what, width in (("train_error", 0.9), ("test_error", 2.4)):
                means = [spread["mean"] for spread in spreads(group[net], what)]
                name = " · ".join(dict.fromkeys(label(net)))
                name = name if what == "test_error" else f"_{net}"
                thousands = [step / 1000 for step in steps(group[net])]
                ax.plot(thousands, means, label=name, linewidth=width, **look)
        ax.set(ylim=(0, top), ylabel="error, % · 误差（%）")
        figures.label_ends(ax)
    axes[-1, 0].set_xlabel("steps, thousands · 步数（千）")
    return drawing


def _top(group: Mapping[str, Record]) -> int:
    """Where an axis of errors ends: at 25 %, or above the largest last error."""
    errors = [record["results"]["test_error"]["mean"] for record in group.values()]
    return max(25, 5 * math.ceil(max(errors) / 4))


def card(record: Record) -> Output:
    """Where a record comes from, line by line."""
    origin, recipe = record["provenance"], record["config"]["recipe"]
    steps, epochs = recipe["steps"], recipe["epochs"]
    length = (f"{epochs} epochs", f"{epochs} 轮")
    length = (f"{steps:,} steps", f"{steps:,} 步") if steps else length
    lost = ("not recorded", "没有记录")
    lines = {
        "record · 记录": record["name"],
        "device · 设备": origin["device"],
        "driver · 驱动程序": origin.get("driver", lost),
        "software · 软件": f"torch {origin['torch']}, Python {origin['python']}",
        "precision · 数值精度": origin.get("precision", lost),
        "recipe · 配方": tuple(
            f"{recipe['name']}{colon}{how_long}{comma}{batch} {recipe['batch']}"
            for how_long, colon, comma, batch in zip(
                length, (": ", "："), (", ", "，"), ("batch", "批量"), strict=True
            )
        ),
        "seeds · 随机种子": ", ".join(map(str, origin["seeds"])),
        "data · 数据": origin["data"],
        "test images · 测试图像": f"{record['results']['test_images']:,}",
        "wall time, all seeds · 用时，全部随机种子": f"{origin['time_s']:,.0f} s",
        "commit · 提交": origin["commit"],
        "date · 日期": origin["date"],
        "command · 命令": origin["command"],
    }
    return figures.table(list(lines.items()), ["what · 项目", "value · 内容"])


def table(group: Mapping[str, Record]) -> Output:
    """One line a network: last-epoch errors over the seeds, and on which data."""
    config = next(iter(group.values()))["config"]
    recipe, option = config["recipe"]["name"], config["option"]
    rows = []
    for net, record in group.items():
        errors = (record["results"][what] for what in ("test_error", "train_error"))
        rows.append([
            label(net),
            *(records.stated(error, 2) for error in errors),
            len(record["provenance"]["seeds"]),
            record["provenance"]["data"].partition(", sha256")[0],
        ])  # fmt: skip
    return figures.table(
        rows,
        [
            "net · 网络",
            *map(bilingual.label, (ERRORS["test_error"], ERRORS["train_error"])),
            "seeds · 随机种子个数",
            "data · 数据",
        ],
        caption=(
            f"Recipe {recipe}, option {option}: the last epoch, none chosen; mean and "
            "one standard deviation where there are several seeds.",
            f"配方 {recipe}，方案 {option}：取最后一轮的误差，没有挑选；"
            "随机种子不止一个时，是均值与一个标准差。",
        ),
    )


def explorer_data(group: Mapping[str, Record]) -> dict[str, Any]:
    """The data of the explorer "curves": means over the seeds, by epoch."""
    nets = [net for net in DRAWN if net in group]
    epochs = max(group[net]["results"]["epochs"] for net in nets)
    curves = {
        what: [[s["mean"] for s in spreads(group[net], what)] for net in nets]
        for what in ERRORS
    }
    controls = _controls(nets, epochs)
    errors, names = curves["test_error"][-1], label(nets[-1])
    goal = {"what": "test_error", "epoch": errors.index(min(errors)) + 1}
    text = (
        f"Put the cursor where the test error of {names[0]} is lowest.",
        f"{names[1]} 的测试误差什么时候最低？把游标放到那里。",
    )
    return {
        "controls": controls,
        "tasks": [task(text, [goal], controls)],
        "cursor": "epoch",
        "x": ["epoch", "轮数"],
        "y": {what: list(text) for what, text in ERRORS.items()},
        "series": [
            {
                "id": net,
                "name": list(label(net)),
                "color": palette.look(LOOKS[net]).name,
                "dash": dash(net),
            }
            for net in nets
        ],
        "curves": curves,
    }


def _controls(nets: Sequence[str], epochs: int) -> list[dict[str, Any]]:
    """The controls of the explorer "curves", which opens on the first epoch."""
    parts = {
        "all": ("all of it", "全程"),
        "start": ("first fifth", "开头五分之一"),
        "end": ("second half", "后一半"),
    }
    whats = {"train_error": ("training", "训练"), "test_error": ("test", "测试")}
    scales = {"linear": ("linear", "线性"), "log": ("logarithmic", "对数")}
    windows = [window for window in (1, 3, 5, 9, 15) if window <= epochs]
    return [
        slider("epoch", ("epoch", "轮数"), 1, low=1, high=epochs),
        several("nets", ("networks", "网络"), {net: label(net) for net in nets}),
        choice("what", ("error", "误差"), "test_error", whats),
        choice("part", ("part of the run", "看哪一段"), "all", parts),
        choice("scale", ("axis", "坐标轴"), "linear", scales),
        slider("smooth", ("mean of so many epochs", "取几轮的平均"), 1, values=windows),
    ]


def bench_table(record: Record) -> Output:
    """The ratios of a bench record: how many times as fast as the plain loop."""
    results = record["results"]
    rows = [
        [batch.removeprefix("batch_"), name, f"{row['ratio']:.2f}",
         f"{row['ratio_least']:.2f}"]
        for batch, result in results.items()
        if batch.startswith("batch_")
        for name, row in result["rows"].items()
    ]  # fmt: skip
    alone = ("augmentation alone, one thread", "只做数据增强，单线程")
    rows.append(["–", alone, f"{results['augmentation_ratio']:.1f}", "–"])
    heads = ["batch · 批量", "what · 做法", "times as fast · 速度倍数", "least · 最低"]
    return figures.table(rows, heads, caption=(
        f"Measured on {record['provenance']['device']}.",
        f"测量所用的设备：{record['provenance']['device']}。",
    ))  # fmt: skip

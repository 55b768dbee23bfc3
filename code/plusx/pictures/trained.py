"""Recorded training runs as curves, tables and provenance cards.

`python -m plusx.train … --record` writes one record for each network and recipe into
the package's records. Whatever lies there is taken in: a record that arrives later
appears in every plot and table made here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import figures, records
from plusx.bilingual import paragraphs
from plusx.explorer import choice, slider
from plusx.figures import palette

Record = Mapping[str, Any]
DEPTHS = (20, 32, 44, 56, 110)
LOOKS = {  # the networks in the order of every table, with their colors
    **{f"plain{depth}": figures.PLAIN for depth in DEPTHS},
    **{f"resnet{depth}": figures.RESIDUAL for depth in DEPTHS},
}
DRAWN = ("plain20", "plain56", "resnet20", "resnet56", "resnet110")
MISSING = (
    "No GPU run is recorded yet, so there is nothing to draw here.",
    "还没有记录在案的 GPU 运行，所以这里没有图。",
)
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
    columns = zip(*(run[what] for run in record["results"]["runs"]), strict=True)
    by_epoch = [records.spread(column) for column in columns]
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

    Lines are means over the seeds, bands one standard deviation. With the recipe of the
    paper and with `fast` the axis ends at 25 %, near the paper's 20 %; elsewhere it
    reaches as far as the curves. Points mark the epochs where there are few.

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
        zoomed = recipe in ("paper", "fast")
        limits = (0, 25) if zoomed else (-2, None)
        ax.set(ylabel=f"{english} · {chinese}", ylim=limits)
        figures.label_ends(ax)
    axes[-1].set_xlabel("steps · 步")
    return drawing


def card(record: Record) -> str:
    """Where a record comes from, line by line."""
    origin, recipe = record["provenance"], record["config"]["recipe"]
    length = f"{recipe['steps']:,} steps" if recipe["steps"] else ""
    length = length or f"{recipe['epochs']} epochs"
    lines = {
        "record": record["name"],
        "device": origin["device"],
        "driver": origin.get("driver", "not recorded"),
        "software": f"torch {origin['torch']}, Python {origin['python']}",
        "precision": origin.get("precision", "not recorded"),
        "recipe": f"{recipe['name']}: {length}, batch {recipe['batch']}",
        "seeds": ", ".join(map(str, origin["seeds"])),
        "data": origin["data"],
        "test images": f"{record['results']['test_images']:,}",
        "wall time": f"{origin['time_s']:,.0f} s, all seeds",
        "commit": origin["commit"],
        "date": origin["date"],
        "command": origin["command"],
    }
    return "\n".join(f"{name:<12} {value}" for name, value in lines.items())


def table(group: Mapping[str, Record]) -> str:
    """One line a network: last-epoch errors over the seeds, and on which data."""
    config = next(iter(group.values()))["config"]
    lines = [f"recipe {config['recipe']['name']}, option {config['option']}"]
    lines += [f"{'net':<11}{'test error, %':>15}{'training, %':>15}  seeds  data"]
    for net, record in group.items():
        cells = [
            f"{found['mean']:.2f} ± {found['std']:.2f}"
            for found in (
                record["results"][what] for what in ("test_error", "train_error")
            )
        ]
        data = record["provenance"]["data"].partition(", sha256")[0]
        lines.append(
            f"{label(net)[0]:<11}{cells[0]:>15}{cells[1]:>15}"
            f"{len(record['provenance']['seeds']):>7}  {data}"
        )
    return "\n".join([*lines, "all: last epoch, none chosen; mean ± std over seeds"])


def explorer_data(group: Mapping[str, Record]) -> dict[str, Any]:
    """The data of the explorer "curves": means over the seeds, by epoch."""
    nets = [net for net in DRAWN if net in group]
    epochs = max(group[net]["results"]["epochs"] for net in nets)
    pick = {"all": ("all", "全部"), **{net: label(net) for net in nets}}
    return {
        "controls": [
            choice("net", ("network", "网络"), "all", pick),
            choice("what", ("error", "误差"), "train_error", {
                "train_error": ("training", "训练"), "test_error": ("test", "测试"),
            }),
            choice("scale", ("axis", "坐标轴"), "linear", {
                "linear": ("linear", "线性"), "log": ("logarithmic", "对数"),
            }),
            slider("epoch", ("epoch", "轮"), epochs, low=1, high=epochs),
        ],
        "x": ["epoch", "轮"],
        "y": {what: list(text) for what, text in ERRORS.items()},
        "series": [
            {"id": net, "name": list(label(net)), "color": palette.look(LOOKS[net]).name,
             "dash": dash(net)}
            for net in nets
        ],
        "curves": {
            what: [[s["mean"] for s in spreads(group[net], what)] for net in nets]
            for what in ERRORS
        },
    }  # fmt: skip


def bench_table(record: Record) -> str:
    """The ratios of a bench record: how many times faster than the textbook loop."""
    lines = []
    for batch, result in record["results"].items():
        if not batch.startswith("batch_"):
            continue
        lines.append(f"batch {batch.removeprefix('batch_'):<26}  times faster   least")
        for name, row in result["rows"].items():
            lines.append(
                f"  {name:<30}{row['ratio']:>12.2f}{row['ratio_least']:>10.2f}"
            )
    ratio = record["results"]["augmentation_ratio"]
    lines.append(f"  {'augmentation alone, one thread':<30}{ratio:>12.1f}")
    return "\n".join(lines)


class Missing:
    """What a notebook shows where no record is there, in both languages."""

    def __repr__(self) -> str:
        return MISSING[0]

    def _repr_html_(self) -> str:
        return paragraphs(MISSING)


NO_RUN = Missing()

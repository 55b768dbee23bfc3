"""Every training error that the book gives for plain-56, on one card.

The same net stands at 25 % in one sentence and at 67 % in another: it was trained for
180 epochs there and for ten here. The card says for each figure what was trained, on
what, for how long and how often.
"""

from functools import reduce
from typing import Any, NamedTuple

from plusx import records
from plusx.bilingual import Pair

DIGITS, CIFAR = ("digits", "手写数字"), ("CIFAR-10", "CIFAR-10")
FIXED, COSINE = ("rate 0.05", "学习率 0.05"), ("0.05, cosine", "0.05，余弦下降")
HEADS = (
    "chapter · 章",
    "data · 数据",
    "width · 宽度",
    "epochs · 轮数",
    "recipe · 配方",
    "runs · 次数",
    "training error, % · 训练误差（%）",
)


class Run(NamedTuple):
    """One figure: where it stands, its record and path, and how it came about.

    `epochs` is the path of their number in the record's config, or of that of the
    steps; the width is the number of channels of the first stage.
    """

    chapters: str
    record: str
    error: str
    epochs: str
    data: Pair = DIGITS
    width: int = 8
    recipe: Pair = FIXED


RISE = ("0.1, up and down", "0.1，先升后降")
LOW_RISE = ("0.05, up and down", "0.05，先升后降")
DROPS = ("0.1, divided by ten twice", "0.1，两次除以十")
RUNS = (
    Run("1, 4, 5, 8", "degradation", "conv.plain.train.56", "conv.epochs"),
    Run("1, 8", "degradation", "long.plain.56.last", "long.epochs", recipe=COSINE),
    Run("1, 8", "degradation", "longer.plain.56.last", "longer.epochs", recipe=COSINE),
    Run("4", "gradient_training", "relu.bn.plain.error", "epochs.3"),
    Run("4", "information", "plain-56.train", "recipe.epochs"),
    Run("4", "rescue", "plain-56", "epochs"),
    Run("6", "plain56-short-digits", "train_error", "recipe.epochs", DIGITS, 16, RISE),
    Run("6", "plain56-laptop", "train_error", "recipe.epochs", CIFAR, 16, LOW_RISE),
    Run("6", "plain56-quarter", "train_error", "recipe.steps", CIFAR, 16, DROPS),
)


def at(record: Any, path: str) -> Any:
    """What stands in nested mappings and lists at a path with dots."""
    return reduce(
        lambda found, key: found[int(key) if isinstance(found, list) else key],
        path.split("."),
        record,
    )


def card() -> list[list[Any]]:
    """A row for each figure, under `HEADS`, for `figures.table`."""
    rows = []
    for run in RUNS:
        record = records.load(run.record)
        error = at(record["results"], run.error)
        rows.append(
            [
                run.chapters,
                run.data,
                run.width,
                _length(run, at(record["config"], run.epochs)),
                run.recipe,
                len(error["values"]),
                records.stated(error),
            ]
        )
    return rows


def _length(run: Run, count: int) -> int | Pair:
    """How many epochs, or so many steps."""
    if run.epochs.endswith("steps"):
        return f"{count:,} steps", f"{count:,} 步"
    return count

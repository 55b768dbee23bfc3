"""The explorer of Jacobian spectra, from the recorded run "spectra"."""

from collections.abc import Mapping, Sequence
from typing import Any

from plusx.bilingual import Pair, halves, power
from plusx.explorer import choice, setting, slider, table

VARIANTS = {  # of the record "spectra": name and color
    "plain": (("plain", "普通"), "plain"),
    "residual": ("h + F(h)", "residual"),
    "sqrt": ("h + F(h)/√L", "green"),
    "linear": ("h + F(h)/L", "rose"),
    "zero": ("h + 0·F(h)", "purple"),
}


LOST = (
    "Find a block and a depth at which half of all directions are lost: the middle "
    "one lies below the floor.",
    "找出一种块和一个深度，使一半的方向都丢掉：正中间的奇异值低于分辨下限。",
)


def spectrum(record: Mapping[str, Any], *, depth: int = 20) -> dict[str, Any]:
    """The data of the spectrum explorer, from the recorded run "spectra".

    Curves are log10 of the singular values by rank, means over the seeds; a curve ends
    where rounding blurs the rest.
    """
    results, config = record["results"], record["config"]
    variants, depths = config["variants"], config["depths"]
    found = {(v, d): results[v][str(d)] for v in variants for d in depths}
    floor = ("float64 floor of this block", "这种块的 float64 分辨下限")
    lost = [
        {"variant": variant, "depth": depth}
        for (variant, depth), row in found.items()
        if row["median"] is None
    ]
    return table(
        [
            variant_choice(variants),
            slider("depth", ("blocks L", "块数 L"), depth, values=depths),
        ],
        x=list(range(1, config["width"] + 1)),
        x_label=("rank of the singular value", "奇异值的序号（从大到小）"),
        y_label=("singular value of the whole Jacobian", "整个雅可比矩阵的奇异值"),
        series={v: VARIANTS[v] for v in variants},
        curves={
            str(d): [results[v][str(d)]["spectrum"] for v in variants] for d in depths
        },
        readouts={setting(*key): _readout(*key, row) for key, row in found.items()},
        log=True,
        focus="variant",
        levels={
            setting(*key): [{"at": row["floor"], "name": floor}]
            for key, row in found.items()
            if row["resolved"] < config["width"]
        },
        tasks=[(LOST, lost)],
    )


def variant_choice(variants: Sequence[str], value: str = "residual") -> dict[str, Any]:
    """The control that chooses a kind of block."""
    names = {variant: VARIANTS[variant][0] for variant in variants}
    return choice("variant", ("block", "块的种类"), value, names)


def _readout(variant: str, depth: int, found: Mapping[str, Any]) -> Pair:
    """What one setting of the spectrum explorer says in words."""
    english, chinese = halves(VARIANTS[variant][0])
    largest, median, smallest = (
        power(found[rank]["mean"]) if found[rank] else None
        for rank in ("max", "median", "min")
    )
    return (
        f"{english}, {depth} blocks: the largest singular value is {largest}, the "
        f"middle one {median or 'below the floor'}, the smallest "
        f"{smallest or 'below the floor'}.",
        f"{chinese}，{depth} 个块：最大的奇异值是 {largest}，"
        f"正中间的{_or_low(median)}，最小的{_or_low(smallest)}。",
    )


def _or_low(value: str | None) -> str:
    """A value in a Chinese sentence, or that it lies below the floor."""
    return f"是 {value}" if value else "低于分辨下限"

"""The explorer of one deleted block, from errors that a cell has measured."""

from collections.abc import Sequence
from typing import Any

from plusx.experiments.deletion import deletable
from plusx.explorer import choice, slider
from plusx.explorer.controls import task
from plusx.networks import CifarNet

WORST = (
    "Find the block that costs most once the averages are estimated anew.",
    "平均值重新估计以后，去掉哪个块的代价最大？把那个块找出来。",
)


def explorer_data(
    net: CifarNet,
    kept: Sequence[float],
    anew: Sequence[float],
    *,
    intact: float,
    ratios: Sequence[float],
) -> dict[str, Any]:
    """The data of the explorer "deletion"; errors in percent.

    Args:
        kept: the test error without each deletable block, averages as they are.
        anew: the same with the averages estimated anew.
        intact: the test error of the whole net.
        ratios: |F(x)| / |x| of all blocks.

    Raises:
        ValueError: unless each deletable block has its two errors.
    """
    chosen = deletable(net)
    if not len(chosen) == len(kept) == len(anew):
        raise ValueError(
            f"expected {len(chosen)} errors twice, got {len(kept)} and {len(anew)}"
        )
    names = {"kept": ("as they are", "照旧"), "anew": ("estimated anew", "重新估计")}
    blocks = [index + 1 for index in chosen]
    averages = ("batch norm’s averages", "批量归一化的平均值")
    controls = [
        choice("averages", averages, "kept", names),
        slider("block", ("block taken away", "拿走的块"), 1, values=blocks),
    ]
    worst = {"averages": "anew", "block": blocks[anew.index(max(anew))]}
    return {
        "controls": controls,
        "tasks": [task(WORST, [worst], controls)],
        "cursor": "block",
        "blocks": blocks,
        "errors": {
            "kept": [round(error, 4) for error in kept],
            "anew": [round(error, 4) for error in anew],
        },
        "intact": round(intact, 4),
        "ratios": [round(ratios[index], 3) for index in chosen],
        "series": {
            "kept": {"name": ["averages as they are", "平均值照旧"], "color": "rose"},
            "anew": {
                "name": ["averages estimated anew", "平均值重新估计"],
                "color": "green",
            },
        },
        "readout": names,
        "level": ["nothing deleted", "一个块也不删"],
        "x": ["block", "第几个块"],
        "y": ["test error without the block, %", "少了这个块的测试误差（%）"],
    }

"""The deletion explorer's data and script, checked without a browser."""

import re

import pytest

from plusx.networks import CifarNet
from plusx.pictures import deletion as pictures

KEPT, ANEW = [60.0, 7.04, 4.0, 5.0, 6.0, 3.0, 9.0], [12.0, 3.0, 4.0, 6.0, 5.0, 2.0, 4.5]


def deletions(**changes):
    """The data of a residual-20, which has nine blocks and can spare seven."""
    arguments = {"kept": KEPT, "anew": ANEW, "intact": 3.5}
    arguments |= {"ratios": [1 + k / 4 for k in range(9)]} | changes
    net = CifarNet(20, width=2, in_channels=1)
    return pictures.explorer_data(
        net, arguments.pop("kept"), arguments.pop("anew"), **arguments
    )


@pytest.mark.parametrize(
    ("block", "averages", "told"),
    [
        (1, "kept", ["60.0 %", "3.5 %", "1.00", "6.0 %", "60.0 %"]),
        (2, "kept", ["7.0 %", "3.5 %", "1.25", "6.0 %", "60.0 %"]),
        (5, "anew", ["6.0 %", "3.5 %", "2.00", "4.5 %", "12.0 %"]),
        (9, "anew", ["4.5 %", "3.5 %", "3.00", "4.5 %", "12.0 %"]),
    ],
)
def test_deletion_reads_out_a_block(browserless, block, averages, told):
    """Error, intact error, length of the branch, then median and worst of all."""
    view = browserless("deletion", deletions(), {"block": block, "averages": averages})
    for sentence in view["readout"]:
        numbers = re.findall(r"\d+\.\d+(?:\u00a0%)?", sentence)
        assert [number.replace("\u00a0", " ") for number in numbers] == told
    assert f"block {block}," in view["readout"][0]
    assert f"第 {block} 个块" in view["readout"][1]


def test_deletion_draws_a_step_for_each_block(browserless):
    """Blocks 4 and 7 begin stages and are gaps; a mark stands on the chosen one."""
    view = browserless("deletion", deletions(), {"block": 5, "averages": "kept"})
    kept, anew, mark = view["series"]
    middles = [(a[0] + b[0]) / 2 for a, b in zip(*halved(kept["points"]), strict=True)]
    assert middles == [1, 2, 3, 5, 6, 8, 9]
    assert [y for _, y in halved(kept["points"])[0]] == KEPT
    assert [x for x, y in kept["points"] if y is None] == [3.5, 6.5]
    assert anew["points"] == []
    assert mark["points"] == [[5, 3.5], [5, 5.0]]
    assert [level["at"] for level in view["levels"]] == [3.5]


def halved(points):
    """The left and the right ends of steps, without the gaps between them."""
    ends = [point for point in points if point[1] is not None]
    return ends[::2], ends[1::2]


def test_deletion_keeps_what_was_before_pale(browserless):
    """Estimated anew, the errors before stay behind; axis and legend do not move."""
    before, after = (
        browserless("deletion", deletions(), {"block": 1, "averages": averages})
        for averages in ("kept", "anew")
    )
    assert [s["faint"] for s in before["series"][:2]] == [False, False]
    assert [s["faint"] for s in after["series"][:2]] == [True, False]
    assert [y for _, y in halved(after["series"][1]["points"])[1]] == ANEW
    assert before["y"] == after["y"]
    names = [[s["name"] for s in view["series"]] for view in (before, after)]
    assert names[0] == names[1]


def test_deletion_refuses_a_block_without_its_errors():
    """Each block that can be deleted has two errors."""
    with pytest.raises(ValueError, match="expected 7 errors twice, got 7 and 6"):
        deletions(anew=ANEW[1:])

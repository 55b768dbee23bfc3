"""Chapter 8: delete single blocks from trained nets (after Veit et al. 2016).

A block can be deleted where its input and its output have one shape: the next block
then reads what the deleted one read. Batch norm's running statistics belong to the
intact net, so each deletion is scored as it is and with them estimated anew.
"""

import contextlib
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.degradation import train_conv
from plusx.fitting import error_rate
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "nets": {"plain-20": 30, "residual-20": 30, "residual-56": 20},
    "lr": 0.05,
    "width": 8,
    "several": [1, 2, 4, 8],
    "draws": 6,
}


def deletable(net: CifarNet) -> list[int]:
    """The numbers of the blocks that keep the shape of their input."""
    return [
        index
        for index, block in enumerate(net.blocks)
        if block.conv1.weight.shape == block.conv2.weight.shape
    ]


@contextlib.contextmanager
def replaced(net: CifarNet, blocks: dict[int, nn.Module]) -> Iterator[CifarNet]:
    """Put other modules in the place of some blocks for a while."""
    before = {index: net.blocks[index] for index in blocks}
    for index, block in blocks.items():
        net.blocks[index] = block
    try:
        yield net
    finally:
        for index, block in before.items():
            net.blocks[index] = block


@contextlib.contextmanager
def reestimated(net: nn.Module, images: Tensor) -> Iterator[nn.Module]:
    """Estimate batch norm's statistics from these images; put the old ones back."""
    state = {key: value.clone() for key, value in net.state_dict().items()}
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    momentum = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches
    net.train()
    with torch.no_grad():
        for batch in images.split(math.ceil(len(images) / 6)):
            net(batch)
    try:
        yield net.eval()
    finally:
        net.load_state_dict(state)
        for norm, value in zip(norms, momentum, strict=True):
            norm.momentum = value


def test_error(net: CifarNet, *, anew: bool = False, every: int = 1) -> float:
    """Test error in percent.

    Args:
        anew: with the norms' statistics estimated again.
        every: 1 estimates them from all training images, 6 from every sixth, in
            less than half the time.
    """
    data = digits()
    if not anew:
        return error_rate(net, data.test_images, data.test_labels)
    with reestimated(net, data.train_images[::every]):
        return error_rate(net, data.test_images, data.test_labels)


def error_without(
    net: CifarNet, *indices: int, anew: bool = False, every: int = 1
) -> float:
    """Test error in percent of the net without these blocks, as `test_error` has it."""
    with replaced(net, {index: nn.Identity() for index in indices}):
        return test_error(net, anew=anew, every=every)


def each_block(found: dict, key: str) -> list[dict]:
    """The spreads of a net in the record, "deleted" or "anew", for each of its blocks.

    A block that changes the shape was not deleted: its mean is None. The last block
    of a net never is one of these.
    """
    by_block = dict(zip(found["blocks"], found[key], strict=True))
    stayed = {"mean": None, "std": None}
    return [by_block.get(index, stayed) for index in range(found["blocks"][-1] + 1)]


class HalfSteps(nn.Module):
    """Two half steps instead of one: relu(x + F(x)/2), twice, with the same F."""

    def __init__(self, block: nn.Module):
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        for _ in range(2):
            x = F.relu(x + self.block.branch(x) / 2)
        return x


@torch.no_grad()
def updates(net: CifarNet) -> tuple[list[float], list[float]]:
    """Per block |F(x)| / |x| and the cosine of F(x) with the F(x) of the block before.

    Means over the test images; x is what the shortcut hands on. The cosine is NaN
    where the shape changes.
    """
    net.eval()
    x = F.relu(net.stem_norm(net.stem(digits().test_images)))
    ratios, cosines, before = [], [], None
    for block in net.blocks:
        step = block.branch(x).flatten(1)
        kept = block.shortcut(x).flatten(1)
        ratios.append((step.norm(dim=1) / kept.norm(dim=1)).mean().item())
        same = before is not None and before.shape == step.shape
        both = F.cosine_similarity(step, before, dim=1) if same else None
        cosines.append(both.mean().item() if same else math.nan)
        before, x = step, block(x)
    return ratios, cosines


def without_several(net: CifarNet, count: int, draws: int, seed: int) -> float:
    """Mean test error in percent without `count` blocks drawn at random."""
    generator = torch.Generator().manual_seed(seed)
    chosen, found = deletable(net), []
    for _ in range(draws):
        order = torch.randperm(len(chosen), generator=generator)[:count]
        found.append(error_without(net, *[chosen[i] for i in order]))
    return sum(found) / draws


def measure(
    name: str,
    epochs: int,
    seed: int,
    *,
    several: Sequence[int],
    draws: int,
    **training: Any,
) -> dict[str, Any]:
    """Everything about one trained net."""
    kind, depth = name.split("-")
    net, errors = train_conv(
        int(depth), kind == "residual", seed, epochs=epochs, cosine=True, **training
    )
    chosen = deletable(net)
    found = {
        "train": errors[-1],
        "intact": test_error(net),
        "deleted": [error_without(net, index) for index in chosen],
        "anew": [error_without(net, index, anew=True) for index in chosen],
        "several": {
            str(count): without_several(net, count, draws, seed)
            for count in several
            if count <= len(chosen)
        },
    }
    if kind == "residual":
        found["ratio"], found["cosine"] = updates(net)
        with replaced(net, {i: HalfSteps(net.blocks[i]) for i in chosen}):
            found["halved"] = test_error(net)
            found["halved_anew"] = test_error(net, anew=True)
    return found


def columns(rows: list[list[float]]) -> list[dict]:
    """One spread per block; None where a figure does not exist."""
    return [
        None if math.isnan(values[0]) else spread(list(values))
        for values in zip(*rows, strict=True)
    ]


def single(rows: list[list[float]]) -> dict:
    """Of a run's blocks the mean, the median and the largest: a spread over the runs.

    Args:
        rows: a row for each run, a column for each block.
    """
    measures = {"mean": statistics.fmean, "median": statistics.median, "max": max}
    return {
        name: spread([of(row) for row in rows], digits=3)
        for name, of in measures.items()
    }


def summarize(runs: list[dict]) -> dict:
    """The record of one kind of net from its runs."""
    found = {}
    for key, first in runs[0].items():
        values = [run[key] for run in runs]
        if isinstance(first, float):
            found[key] = spread(values)
        elif isinstance(first, dict):
            found[key] = {n: spread([value[n] for value in values]) for n in first}
        else:
            found[key] = columns(values)
            if key in ("deleted", "anew"):
                found[f"{key}_all"] = single(values)
    return found


def run(*, nets: Mapping[str, int], width: int, **settings: Any) -> dict[str, Any]:
    """Errors in percent, by net; lists run over the blocks."""
    return {
        name: {
            "blocks": deletable(CifarNet(int(name.split("-")[1]), width=width)),
            **summarize(
                [measure(name, epochs, s, width=width, **settings) for s in SEEDS]
            ),
        }
        for name, epochs in nets.items()
    }

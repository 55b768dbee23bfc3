"""How small is a branch beside its stream, as the net gets deeper?

‖F(x)‖ / ‖x‖ in residual nets of 3 to 54 blocks, untrained and after the training of
chapter 1, with the norms' statistics of the training images. The mean over the blocks
that keep their shape, and the last block, are fitted as c · L^p, seed by seed, up to
the depth "fitted": of the deepest nets some hardly learn in that time. Batch norm at
the end of F gives all branches one size, and what they add up to grows like the square
root of their number: that would be p = −1/2. About 7 minutes on a core.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, linear_regression
from typing import Any

import torch
from torch import Tensor

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.deletion import deletable
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "depths": [8, 14, 20, 32, 56, 110],
    "fitted": 56,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


@torch.no_grad()
def ratios(net: CifarNet, images: Tensor) -> list[float]:
    """‖F(x)‖ / ‖x‖ over all images, block by block; x is what the shortcut hands on."""
    settled = _digits.settle(net, images)
    states = _digits.states(settled, images)
    pairs = zip(settled.blocks, states[:-1], strict=True)
    return [(b.branch(x).norm() / b.shortcut(x).norm()).item() for b, x in pairs]


def exponent(blocks: Sequence[int], values: Sequence[float]) -> float:
    """p of the least-squares line log value = log c + p · log blocks."""
    logs = [math.log(value) for value in values]
    return linear_regression([math.log(count) for count in blocks], logs).slope


def summary(
    rows: Sequence[Sequence[Sequence[float]]], depths: Sequence[int], fitted: int
) -> dict[str, Any]:
    """Means over blocks, last blocks and exponents; rows by depth, seed and block.

    Args:
        fitted: the depth of the deepest nets that the exponents are of.
    """
    kept = [
        deletable(_digits.make_net(0, depth=depth, residual=True, width=1))
        for depth in depths
    ]
    mean = [
        [fmean(row[i] for i in chosen) for row in of_depth]
        for of_depth, chosen in zip(rows, kept, strict=True)
    ]
    last = [[row[-1] for row in of_depth] for of_depth in rows]
    blocks = [(depth - 2) // 2 for depth in depths]
    found: dict[str, Any] = {}
    for name, table in (("mean", mean), ("last", last)):
        found[name] = {
            str(count): spread(values, 4)
            for count, values in zip(blocks, table, strict=True)
        }
        within = [k for k, depth in enumerate(depths) if depth <= fitted]
        counts = [blocks[k] for k in within]
        by_seed = zip(*[table[k] for k in within], strict=True)
        found[f"{name} exponent"] = spread([exponent(counts, v) for v in by_seed], 3)
    return found


def run(
    *,
    depths: Sequence[int],
    fitted: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """ "untrained" and "trained" by number of blocks; training errors in percent."""
    images = digits().train_images
    before, after, train = [], [], {}
    for depth in depths:
        nets = [
            _digits.make_net(seed, depth=depth, residual=True, width=width)
            for seed in seeds
        ]
        before.append([ratios(net, images) for net in nets])
        train[str((depth - 2) // 2)] = spread(
            [
                _digits.train(net, seed, **recipe)[-1]
                for net, seed in zip(nets, seeds, strict=True)
            ]
        )
        after.append([ratios(net, images) for net in nets])
    return {
        "untrained": summary(before, depths, fitted),
        "trained": summary(after, depths, fitted),
        "train": train,
    }

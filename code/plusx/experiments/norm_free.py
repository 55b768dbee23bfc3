"""ResNet-56 without any norm: does the block have to start as "keep it, add a little"?

All nets have 27 residual blocks and no normalization, and train by one recipe at two
learning rates. They differ in how large a branch starts:

- "unscaled": x + F(x), He weights. Squared length doubles with each block.
- "sqrt": x + F(x)/√L (L = 27), so that the whole stream at most grows e-fold squared.
- "skipinit": x + αF(x), α trained, 0 at first (De & Smith 2020).
- "rezero": relu belongs to the branch as well, x + α relu(F(x)), α trained, 0 at first
  (Bachlechner et al. 2020): nothing stands in the stream.
- "fixup": He weights times L^−1/2 in the first convolution of a branch, 0 in the second
  and in the head, a trained factor and trained offsets (Zhang et al. 2019).

"order" is the block's: "post" has a ReLU after the addition, "pre" has none. About 11
minutes on one core.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
STARTS = ("unscaled", "sqrt", "skipinit", "rezero", "fixup")
CONFIG = {
    "cells": {
        "post, unscaled": {"order": "post", "start": "unscaled"},
        "post, sqrt": {"order": "post", "start": "sqrt"},
        "post, skipinit": {"order": "post", "start": "skipinit"},
        "pre, skipinit": {"order": "pre", "start": "skipinit"},
        "pre, rezero": {"order": "pre", "start": "rezero"},
        "post, fixup": {"order": "post", "start": "fixup"},
    },
    "rates": [0.01, 0.05],
    "depth": 56,
    "width": 8,
    "recipe": {key: _digits.RECIPE[key] for key in _digits.RECIPE if key != "lr"},
    "seeds": SEEDS,
}


class Scaled(nn.Module):
    """Multiplies by one number, trained or not; after a ReLU where asked."""

    def __init__(self, factor: float, trained: bool, relu: bool = False):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor), requires_grad=trained)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        """(…) → (…)."""
        return self.factor * (F.relu(x) if self.relu else x)


class Offset(nn.Module):
    """Adds one trained number, 0 at first."""

    def __init__(self):
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """(…) → (…)."""
        return x + self.offset


@torch.no_grad()
def fix_up(net: CifarNet) -> None:
    """Zhang et al. 2019, section 3.2, for branches of two convolutions, in place."""
    for block in net.blocks:
        block.conv1.weight.mul_(len(net.blocks) ** -0.5)
        nn.init.zeros_(block.conv2.weight)
        first, second = block.conv1, block.conv2
        block.conv1 = nn.Sequential(Offset(), first, Offset())
        block.conv2 = nn.Sequential(Offset(), second, Scaled(1.0, True), Offset())
    nn.init.zeros_(net.head.weight)
    nn.init.zeros_(net.head.bias)


def set_start(net: CifarNet, start: str) -> None:
    """Give every branch its size at the beginning, in place.

    Raises:
        ValueError: for another start.
    """
    if start not in STARTS:
        raise ValueError(f"start must be one of {STARTS}, got {start!r}")
    if start == "fixup":
        fix_up(net)
        return
    factor = {"unscaled": 1.0, "sqrt": 1 / math.sqrt(len(net.blocks))}.get(start, 0.0)
    if start == "unscaled":
        return
    for block in net.blocks:
        scale = Scaled(factor, start != "sqrt", relu=start == "rezero")
        block.conv2 = nn.Sequential(block.conv2, scale)


def make_net(seed: int, *, depth: int, width: int, order: str, start: str) -> CifarNet:
    """A residual net for the digits without norms."""
    net = _digits.make_net(
        seed, depth=depth, residual=True, width=width, norm=False, order=order
    )
    set_start(net, start)
    return net


@torch.no_grad()
def growth(net: CifarNet) -> float:
    """log10 of how much longer the stream of the digits gets from end to end."""
    states = _digits.states(net, digits().train_images)
    return (states[-1].norm() / states[0].norm()).log10().item()


def train(net: CifarNet, seed: int, **recipe: Any) -> float | None:
    """The last training error in percent; None when the weights are not finite."""
    errors = _digits.train(net, seed, **recipe)
    return errors[-1] if _digits.is_finite(net) else None


def summary(errors: Sequence[float | None]) -> dict[str, Any]:
    """The spread of the finite runs, or None, and how many diverged."""
    finite = [error for error in errors if error is not None]
    return {
        "train": spread(finite) if finite else None,
        "diverged": len(errors) - len(finite),
    }


def run(
    *,
    cells: Mapping[str, Mapping[str, Any]],
    rates: Sequence[float],
    depth: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By cell: log10 of the stream's growth, untrained, and "rates", a list of runs."""
    results = {}
    for name, cell in cells.items():
        size = {"depth": depth, "width": width}
        grown = [growth(make_net(seed, **size, **cell)) for seed in seeds]
        found = []
        for lr in rates:
            errors = [
                train(make_net(seed, **size, **cell), seed, lr=lr, **recipe)
                for seed in seeds
            ]
            found.append({"lr": lr, **summary(errors)})
        results[name] = {"growth": spread(grown), "rates": found}
    return results

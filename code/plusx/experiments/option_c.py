"""Option C, two by two: does the projection hurt, or its start, or the norm behind it?

Option C puts a trained 1×1 convolution and a norm on all 27 shortcuts of ResNet-56, and
training falls behind (`shortcuts`). Here the convolution starts random or as the
identity, with the norm or without it; the fourth cell, random with norm, is option C as
`shortcuts` records it. "copy, norm" is a norm on the shortcuts of option A, without any
convolution. All nets but "copy, norm" start from the same branches.

"size" is the length of the stream after the last block, untrained, as a multiple of
what it is before the first one. About 5 minutes on one core.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
STARTS = ("random", "identity", "copy")
CONFIG = {
    "cells": {
        "identity, no norm": {"start": "identity", "norm": False},
        "identity, norm": {"start": "identity", "norm": True},
        "random, no norm": {"start": "random", "norm": False},
        "copy, norm": {"start": "copy", "norm": True},
    },
    "pairs": [
        ["identity, norm", "identity, no norm"],
        ["random, no norm", "identity, no norm"],
    ],
    "depth": 56,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


@torch.no_grad()
def set_start(projection: nn.Conv2d, start: str, norm: bool) -> None:
    """Put the first weights into a 1×1 convolution, in place.

    "random" stays what option C has where a norm follows; without one each weight has
    variance 1/C_in, which keeps the length of what passes through.
    """
    if start == "identity":
        nn.init.dirac_(projection.weight)
    elif not norm:
        nn.init.normal_(projection.weight, std=1 / math.sqrt(projection.in_channels))


def make_net(seed: int, *, depth: int, width: int, start: str, norm: bool) -> CifarNet:
    """A residual net for the digits with something on each of its shortcuts.

    Args:
        start: "random" or "identity" for a 1×1 convolution, "copy" for none.
        norm: whether batch normalization follows on the shortcut.

    Raises:
        ValueError: for another start.
    """
    if start not in STARTS:
        raise ValueError(f"start must be one of {STARTS}, got {start!r}")
    option = "A" if start == "copy" else "C"
    net = _digits.make_net(seed, depth=depth, residual=True, width=width, option=option)
    for block in net.blocks:
        if start == "copy":
            parts = [block.shortcut, nn.BatchNorm2d(block.conv2.out_channels)]
        else:
            parts = list(block.shortcut)
            set_start(parts[0], start, norm)
        block.shortcut = nn.Sequential(*parts) if norm else parts[0]
    return net


def growth(net: CifarNet) -> float:
    """How much longer the stream of the training images gets from end to end."""
    images = digits().train_images
    states = _digits.states(_digits.settle(net, images), images)
    return (states[-1].norm() / states[0].norm()).item()


def run(
    *,
    cells: Mapping[str, Mapping[str, Any]],
    pairs: Sequence[Sequence[str]],
    depth: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By cell: training and test error in percent and the size; paired differences."""
    results: dict[str, Any] = {"cells": {}, "paired": {}}
    train: dict[str, list[float]] = {}
    for name, cell in cells.items():
        made = [make_net(seed, depth=depth, width=width, **cell) for seed in seeds]
        sizes = [growth(net) for net in made]
        train[name] = [
            _digits.train(net, seed, **recipe)[-1]
            for net, seed in zip(made, seeds, strict=True)
        ]
        results["cells"][name] = {
            "train": spread(train[name]),
            "test": spread([_digits.test_error(net) for net in made]),
            "size": spread(sizes, 4),
        }
    for first, second in pairs:
        difference = _digits.paired(train[first], train[second])
        results["paired"][f"{first} - {second}"] = difference
    return results

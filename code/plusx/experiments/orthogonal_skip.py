"""Must the skip hand on x itself? A fixed rotation or a fixed exchange of channels.

Each block that keeps its shape computes Qx + F(x) with a matrix Q over the channels
that is drawn once and never trained:

- "permutation": Q exchanges channels. Since ReLU and batch norm treat each channel by
  itself, relabeling the channels turns the net into one with the identity; it has to
  train like that one.
- "orthogonal": Q is a random rotation. Lengths and angles survive it. In the order
  "post", relu(Qx + F(x)), the ReLU then cuts off what the rotation turned negative; in
  the order "pre", Qx + F(x), nothing stands in the stream that could.

"kept" is what is left of the image without the branches: the share of x, after all the
blocks of the first stage, that does not lie in the mean over the images, as a multiple
of that share before them. About 6 minutes on one core.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.deletion import deletable
from plusx.experiments.information import diversity
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
SKIPS = ("identity", "permutation", "orthogonal")
CONFIG = {
    "cells": {
        "post, permutation": {"order": "post", "skip": "permutation"},
        "post, orthogonal": {"order": "post", "skip": "orthogonal"},
        "pre, identity": {"order": "pre", "skip": "identity"},
        "pre, orthogonal": {"order": "pre", "skip": "orthogonal"},
    },
    "depth": 56,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


class Mix(nn.Module):
    """Multiplies the channels by a fixed matrix (C, C)."""

    def __init__(self, matrix: Tensor):
        super().__init__()
        self.register_buffer("matrix", matrix)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) → (N, C, H, W)."""
        return torch.einsum("dc,nchw->ndhw", self.matrix, x)


def draw(skip: str, channels: int, generator: torch.Generator) -> Tensor:
    """The matrix (C, C) of one skip.

    Raises:
        ValueError: for an unknown skip.
    """
    if skip not in SKIPS:
        raise ValueError(f"skip must be one of {SKIPS}, got {skip!r}")
    if skip == "identity":
        return torch.eye(channels)
    if skip == "permutation":
        return torch.eye(channels)[torch.randperm(channels, generator=generator)]
    q, r = torch.linalg.qr(torch.randn(channels, channels, generator=generator))
    return q * r.diagonal().sign()


def make_net(seed: int, *, depth: int, width: int, order: str, skip: str) -> CifarNet:
    """A residual net for the digits with a fixed matrix on its identity shortcuts."""
    net = _digits.make_net(seed, depth=depth, residual=True, width=width, order=order)
    generator = torch.Generator().manual_seed(seed)
    for index in deletable(net):
        channels = net.blocks[index].conv2.out_channels
        net.blocks[index].shortcut = Mix(draw(skip, channels, generator))
    return net


@torch.no_grad()
def kept(net: CifarNet) -> float:
    """The images' own share of the stream after the first stage without branches."""
    net = _digits.settle(net, digits().train_images)
    x = first = _digits.states(net, digits().test_images)[0]
    for block in net.blocks[: len(net.blocks) // 3]:
        x = block.shortcut(x)
        x = net.activation(x) if net.order == "post" else x
    return diversity(x.flatten(1)) / diversity(first.flatten(1))


def run(
    *,
    cells: Mapping[str, Mapping[str, Any]],
    depth: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By cell: training and test error in percent, and what the skips alone keep."""
    results = {}
    for name, cell in cells.items():
        made = [make_net(seed, depth=depth, width=width, **cell) for seed in seeds]
        left = [kept(net) for net in made]
        train = [
            _digits.train(net, seed, **recipe)[-1]
            for net, seed in zip(made, seeds, strict=True)
        ]
        results[name] = {
            "train": spread(train),
            "test": spread([_digits.test_error(net) for net in made]),
            "kept": spread(left, 4),
        }
    return results

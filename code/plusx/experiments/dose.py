"""Dose and response: how many additions does ResNet-56 need, and how far may one reach?

"kept": only k of the 27 blocks keep their shortcut, the others are plain; spread evenly
(the last of each group of blocks keeps it), the first k, or the last k. With none and
with all of them the net is plain-56 and ResNet-56, as `degradation` records them.

"span": one addition over 1, 3 or 6 convolutions; `degradation` has 2. All nets of a
seed start from the same convolutions. About 9 minutes on one core.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from plusx.experiments import _digits
from plusx.networks import CifarNet, make_shortcut
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
PLACES = ("spread", "first", "last")
CONFIG = {
    "kept": {
        "9, spread": {"count": 9, "place": "spread"},
        "18, spread": {"count": 18, "place": "spread"},
        "18, first": {"count": 18, "place": "first"},
        "18, last": {"count": 18, "place": "last"},
    },
    "spans": [1, 3, 6],
    "depth": 56,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


def chosen(count: int, place: str, blocks: int) -> set[int]:
    """The blocks that keep their shortcut, by number from 0.

    Raises:
        ValueError: for another place, or more blocks than there are.
    """
    if place not in PLACES:
        raise ValueError(f"place must be one of {PLACES}, got {place!r}")
    if not 0 <= count <= blocks:
        raise ValueError(f"count must lie in 0 … {blocks}, got {count}")
    if place == "first":
        return set(range(count))
    if place == "last":
        return set(range(blocks - count, blocks))
    return {(i + 1) * blocks // count - 1 for i in range(count)}


def keep(net: CifarNet, count: int, place: str) -> CifarNet:
    """Take the shortcuts of all but `count` blocks away, in place."""
    kept = chosen(count, place, len(net.blocks))
    for index, block in enumerate(net.blocks):
        if index not in kept:
            block.shortcut = None
    return net


class Span(nn.Module):
    """relu(shortcut(x) + F(x)) with any number of convolutions in F.

    Args:
        layers: (convolution, norm) pairs; a ReLU stands between them.
    """

    def __init__(self, layers: Sequence[tuple[nn.Conv2d, nn.Module]]):
        super().__init__()
        self.layers = nn.ModuleList(nn.Sequential(*layer) for layer in layers)
        first, last = layers[0][0], layers[-1][0]
        self.shortcut = make_shortcut(
            "A", first.in_channels, last.out_channels, first.stride[0]
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        y = self.layers[0](x)
        for layer in self.layers[1:]:
            y = layer(F.relu(y))
        return F.relu(self.shortcut(x) + y)


def respan(net: CifarNet, span: int) -> CifarNet:
    """Add once in `span` convolutions, in place; no addition crosses two stages."""
    groups = []
    a_stage = len(net.blocks) // 3
    for start in range(0, len(net.blocks), a_stage):
        layers = [
            layer
            for block in net.blocks[start : start + a_stage]
            for layer in ((block.conv1, block.norm1), (block.conv2, block.norm2))
        ]
        groups += [layers[i : i + span] for i in range(0, len(layers), span)]
    net.blocks = nn.Sequential(*(Span(layers) for layers in groups))
    return net


def errors(
    nets: Sequence[CifarNet], seeds: Sequence[int], recipe: Mapping[str, Any]
) -> dict[str, Any]:
    """Train the nets; spreads of training and test error in percent."""
    train = [
        _digits.train(net, seed, **recipe)[-1]
        for net, seed in zip(nets, seeds, strict=True)
    ]
    test = [_digits.test_error(net) for net in nets]
    return {"train": spread(train), "test": spread(test)}


def run(
    *,
    kept: Mapping[str, Mapping[str, Any]],
    spans: Sequence[int],
    depth: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """Errors in percent of what was "kept", and by "span"."""

    def fresh() -> list[CifarNet]:
        return [
            _digits.make_net(seed, depth=depth, residual=True, width=width)
            for seed in seeds
        ]

    return {
        "kept": {
            name: errors([keep(net, **dose) for net in fresh()], seeds, recipe)
            for name, dose in kept.items()
        },
        "span": {
            str(span): errors([respan(net, span) for net in fresh()], seeds, recipe)
            for span in spans
        },
    }

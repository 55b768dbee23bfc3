"""Baselines worth beating: how far does plain-56 get, when it is helped?

Five starts of a plain net of 56 layers, with and without batch norm:

- "he": random (He et al. 2015), the start of chapter 1;
- "orthogonal": orthogonal kernels (Saxe et al. 2014), times √2 for the ReLU;
- "delta-orthogonal": orthogonal in the middle of the kernel and 0 around it (Xiao et
  al. 2018), times √2;
- "looks-linear": delta-orthogonal on pairs of channels with opposite signs, so that at
  first the ReLUs cancel and the net is linear (Balduzzi et al. 2017);
- "near-identity": the identity plus 0.2 of the random weights (`origin`).

Every start is trained with two optimizers at two rates each, five seeds every time;
none is chosen by a single run, which on another machine might choose another. About 25
minutes on one core.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = _digits.DATA
SGD = {"momentum": 0.9, "weight_decay": 0.0001}
CONFIG = {
    "starts": [
        "he",
        "orthogonal",
        "delta-orthogonal",
        "looks-linear",
        "near-identity",
    ],
    "settings": {
        "norm": [
            {"optimizer": "SGD", "lr": 0.05, **SGD},
            {"optimizer": "SGD", "lr": 0.015, **SGD},
            {"optimizer": "Adam", "lr": 0.003},
            {"optimizer": "Adam", "lr": 0.001},
        ],
        "none": [
            {"optimizer": "SGD", "lr": 0.01, **SGD},
            {"optimizer": "SGD", "lr": 0.003, **SGD},
            {"optimizer": "Adam", "lr": 0.001},
            {"optimizer": "Adam", "lr": 0.0003},
        ],
    },
    "depth": 56,
    "width": 8,
    "epochs": 10,
    "batch_size": 128,
    "seeds": SEEDS,
}


def orthogonal(rows: int, columns: int) -> Tensor:
    """A random matrix (rows, columns) with orthonormal rows or columns."""
    return nn.init.orthogonal_(torch.empty(rows, columns))


def centered(matrix: Tensor, like: Tensor) -> Tensor:
    """Kernels of the shape of `like` with the matrix in the middle, else 0."""
    kernels = torch.zeros_like(like)
    kernels[:, :, like.shape[2] // 2, like.shape[3] // 2] = matrix
    return kernels


def mirrored(matrix: Tensor) -> Tensor:
    """[[M, −M], [−M, M]]: what comes in and goes out in pairs of opposite sign."""
    upper = torch.cat([matrix, -matrix], dim=1)
    return torch.cat([upper, -upper], dim=0)


@torch.no_grad()
def look_linear(net: CifarNet) -> None:
    """Give stem and blocks weights under which the ReLUs cancel, in place."""
    stem = net.stem.weight
    stem.copy_(torch.cat([stem[: len(stem) // 2], -stem[: len(stem) // 2]]))
    for block in net.blocks:
        for conv in (block.conv1, block.conv2):
            half = orthogonal(conv.out_channels // 2, conv.in_channels // 2)
            conv.weight.copy_(centered(mirrored(half), conv.weight))


@torch.no_grad()
def set_start(net: CifarNet, start: str) -> None:
    """Put the first weights of one start into a net, in place.

    Raises:
        ValueError: for another start.
    """
    convs = [conv for block in net.blocks for conv in (block.conv1, block.conv2)]
    gain = 2**0.5
    if start == "he":
        pass
    elif start == "orthogonal":
        for conv in convs:
            nn.init.orthogonal_(conv.weight, gain)
    elif start == "delta-orthogonal":
        for conv in convs:
            matrix = gain * orthogonal(conv.out_channels, conv.in_channels)
            conv.weight.copy_(centered(matrix, conv.weight))
    elif start == "looks-linear":
        look_linear(net)
    elif start == "near-identity":
        _digits.near_identity(net, 0.2)
    else:
        raise ValueError(
            f"start must be one of {tuple(CONFIG['starts'])}, got {start!r}"
        )


def train(
    seed: int,
    start: str,
    *,
    norm: bool,
    depth: int,
    width: int,
    epochs: int,
    batch_size: int,
    optimizer: str,
    **settings: float,
) -> tuple[float, float]:
    """Train one plain net; its last training error and its test error in percent."""
    net = _digits.make_net(seed, depth=depth, residual=False, width=width, norm=norm)
    set_start(net, start)
    steps = getattr(torch.optim, optimizer)(net.parameters(), **settings)
    errors = list(islice(_digits.descend(net, steps, seed, batch_size), epochs))
    return errors[-1], _digits.test_error(net)


def best(cells: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of one start's settings that with the lowest mean training error."""
    return min(cells, key=lambda cell: cell["train"]["mean"])


def run(
    *,
    starts: Sequence[str],
    settings: Mapping[str, Sequence[Mapping[str, Any]]],
    depth: int,
    width: int,
    epochs: int,
    batch_size: int,
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By norm and start: the settings, each with its training and test errors."""

    def cell(start: str, norm: str, setting: Mapping[str, Any]) -> dict[str, Any]:
        same = {"depth": depth, "width": width, "epochs": epochs}
        runs = [
            train(
                seed,
                start,
                norm=norm == "norm",
                batch_size=batch_size,
                **same,
                **setting,
            )
            for seed in seeds
        ]
        columns = zip(("train", "test"), zip(*runs, strict=True), strict=True)
        return {**setting, **{kind: spread(errors) for kind, errors in columns}}

    return {
        norm: {
            start: [cell(start, norm, setting) for setting in choices]
            for start in starts
        }
        for norm, choices in settings.items()
    }

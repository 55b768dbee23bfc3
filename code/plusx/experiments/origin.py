"""Chapter 8: does a deep plain net train without +x when it starts near the identity?

The setting is that of chapter 1 (`plusx.experiments.degradation`), whose record holds
the same nets from the usual weights. Here only the first weights of the convolutions
in the blocks differ: the identity plus `noise` times the usual random weights.
"""

from functools import partial

import torch
from torch import nn

from plusx.data import digits
from plusx.experiments import degradation
from plusx.fitting import error_rate
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = degradation.DATA
CONFIG = {
    "depth": 56,
    "width": 8,
    "lr": 0.05,
    "short": {"epochs": 10, "noises": [0, 0.1, 0.2, 0.5]},
    "long": {"epochs": 60, "noise": 0.2, "seeds": 3},
    "batch_size": 128,
    "momentum": 0.9,
    "weight_decay": 0.0001,
}


@torch.no_grad()
def near_identity(net: CifarNet, noise: float = 0.2) -> None:
    """Put the identity into every convolution of the blocks, in place.

    What was there stays, `noise` times as large. A convolution that doubles the
    channels copies each of them twice.
    """
    for block in net.blocks:
        for conv in (block.conv1, block.conv2):
            usual = conv.weight.clone()
            nn.init.dirac_(conv.weight, groups=conv.out_channels // conv.in_channels)
            conv.weight += noise * usual


def train(
    seed: int, noise: float = 0.2, *, depth: int = 56, **settings
) -> tuple[CifarNet, list[float]]:
    """Train a plain net from near the identity; return it and its training errors.

    The errors are in percent, one for each epoch.

    Args:
        settings: of `degradation.train_conv`.
    """
    start = partial(near_identity, noise=noise)
    return degradation.train_conv(depth, False, seed, start=start, **settings)


def run(config: dict) -> dict:
    """Training and test error in the end, by noise; the long run with cosine decay."""
    data = digits()
    same = {key: config[key] for key in ("depth", "width", "lr")}
    settings, results = dict(config["short"]), {}
    for noise in settings.pop("noises"):
        runs = [train(seed, noise, **same, **settings) for seed in SEEDS]
        results[str(noise)] = {
            "train": spread([errors[-1] for _, errors in runs]),
            "test": spread(
                [error_rate(net, data.test_images, data.test_labels) for net, _ in runs]
            ),
        }
    settings = dict(config["long"])
    seeds = SEEDS[: settings.pop("seeds")]
    curves = [train(seed, cosine=True, **same, **settings)[1] for seed in seeds]
    return {
        "short": results,
        "long": {
            "last": spread([curve[-1] for curve in curves]),
            "curves": [[round(error, 1) for error in curve] for curve in curves],
        },
    }

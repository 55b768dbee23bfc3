"""Chapter 8: does a deep plain net train without +x when it starts near the identity?

The setting is that of chapter 1 (`plusx.experiments.degradation`), whose record holds
the same nets from the usual weights. Here only the first weights of the convolutions
in the blocks differ: the identity plus `noise` times the usual random weights.
"""

from collections.abc import Mapping
from typing import Any

from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
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


def train(
    seed: int, *, noise: float, depth: int, width: int, **recipe: Any
) -> tuple[CifarNet, list[float]]:
    """Train a plain net from near the identity; return it and its training errors.

    The errors are in percent, one for each epoch.

    Args:
        noise: the share of the usual weights that is left beside the identity.
        recipe: of `_digits.train`.
    """
    net = _digits.make_net(seed, depth=depth, residual=False, width=width, noise=noise)
    return net, _digits.train(net, seed, **recipe)


def short_runs(*, noises: list[float], **settings: Any) -> dict[str, Any]:
    """Training and test error in the end, by noise."""
    results = {}
    for noise in noises:
        runs = [train(seed, noise=noise, **settings) for seed in SEEDS]
        results[str(noise)] = {
            "train": spread([errors[-1] for _, errors in runs]),
            "test": spread([_digits.test_error(net) for net, _ in runs]),
        }
    return results


def long_runs(*, seeds: int, **settings: Any) -> dict[str, Any]:
    """Error curves with cosine decay."""
    curves = [train(seed, cosine=True, **settings)[1] for seed in SEEDS[:seeds]]
    return {
        "last": spread([curve[-1] for curve in curves]),
        "curves": [[round(error, 1) for error in curve] for curve in curves],
    }


def run(
    *, short: Mapping[str, Any], long: Mapping[str, Any], **settings: Any
) -> dict[str, Any]:
    """Training and test error in the end, by noise; the long run with cosine decay."""
    return {
        "short": short_runs(**settings, **short),
        "long": long_runs(**settings, **long),
    }

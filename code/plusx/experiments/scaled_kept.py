"""Chapter 5: how much of the image is left where every shortcut is multiplied by λ?

The probe of `information` on the state after the last block, before training, in the
nets of `shortcut_scale`. λ = 1 is the residual net of chapter 1, λ = 0 its plain net.
About a minute on one core.
"""

from collections.abc import Sequence
from typing import Any

from plusx.data import Split, digits
from plusx.experiments import _digits
from plusx.experiments.information import probe_error
from plusx.experiments.shortcuts import make_net
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "scales": [0, 0.7, 0.9, 1, 1.1],
    "depth": 56,
    "width": 8,
    "ridge": 0.01,
    "seeds": SEEDS,
}


def kept(net: CifarNet, data: Split, ridge: float) -> float:
    """The probe's test error in percent after the last block of a net."""
    settled = _digits.settle(net, data.train_images)
    train, test = (
        _digits.states(settled, images)[-1].flatten(1)
        for images in (data.train_images, data.test_images)
    )
    return probe_error(train, data.train_labels, test, data.test_labels, ridge)


def run(
    *,
    scales: Sequence[float],
    depth: int,
    width: int,
    ridge: float,
    seeds: Sequence[int],
) -> dict[str, Any]:
    """The probe's errors in percent by 100 λ, before training."""
    data = digits()
    return {
        str(round(100 * scale)): spread(
            [
                kept(make_net(depth, seed, scale=scale, width=width), data, ridge)
                for seed in seeds
            ]
        )
        for scale in scales
    }

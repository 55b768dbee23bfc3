"""How much of the image is left before training, where nets start in other ways?

The probe of `information` on the state after the last block of untrained nets of 56
layers: in "scales" the nets of `shortcut_scale`, in which λ multiplies every shortcut
(λ = 1 is the residual net of chapter 1, λ = 0 its plain net), in "starts" plain nets
with batch norm and the starts of `baselines`. Of these also the length of the gradient
by all weights and its cosine after a step of 0.001, as in `turning`. About two minutes
on one core.
"""

from collections.abc import Sequence
from typing import Any

from plusx.data import Split, digits
from plusx.experiments import _digits, turning
from plusx.experiments.baselines import set_start
from plusx.experiments.information import probe_error
from plusx.experiments.shortcuts import make_net
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "scales": [0, 0.7, 0.9, 1, 1.1],
    "starts": ["he", "delta-orthogonal", "looks-linear", "near-identity"],
    "depth": 56,
    "width": 8,
    "ridge": 0.01,
    "step": 0.001,
    "images": 128,
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


def from_start(
    start: str,
    seed: int,
    *,
    depth: int,
    width: int,
    ridge: float,
    step: float,
    images: int,
) -> dict[str, float]:
    """What a plain net keeps from a start, and how its gradient is there."""
    net = _digits.make_net(seed, depth=depth, residual=False, width=width)
    set_start(net, start)
    asked = {"images": images, "lr": 0.0, "lengths": [step], "epsilons": []}
    found = turning.measure(net, seed, asked)
    return {
        "probe": kept(net, digits(), ridge),
        "gradient": found["gradient"],
        "cosine": found[f"step {step}"],
    }


def run(
    *,
    scales: Sequence[float],
    starts: Sequence[str],
    depth: int,
    width: int,
    ridge: float,
    seeds: Sequence[int],
    **asked: Any,
) -> dict[str, Any]:
    """Spreads over the seeds: probe errors in percent by 100 λ; measures by start."""
    size = {"depth": depth, "width": width}
    return {
        "scales": {
            str(round(100 * scale)): spread(
                [
                    kept(make_net(seed=seed, scale=scale, **size), digits(), ridge)
                    for seed in seeds
                ]
            )
            for scale in scales
        },
        "starts": {
            start: _digits.by_name(
                [from_start(start, s, ridge=ridge, **size, **asked) for s in seeds]
            )
            for start in starts
        },
    }

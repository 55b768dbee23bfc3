"""Is the gradient that grows at initialization what keeps plain-56 from learning?

If it were, a cure for large first gradients should cure the net: clipping the gradient
to a fixed length, or warming the learning rate up. Digits, batch normalization, ReLU.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from plusx.experiments import _digits
from plusx.experiments.gradient_norms import make_net
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = "scikit-learn load_digits, 1,438 training images"
CONFIG = {
    "width": 8,
    "epochs": 15,
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "batch_size": 128,
    "seeds": SEEDS,
    "cures": {
        "plain-56": {"depth": 56},
        "plain-56, clipped": {"depth": 56, "clip": 1.0},
        "plain-56, warm-up": {"depth": 56, "warm_up": 60},
        "plain-56, both": {"depth": 56, "clip": 1.0, "warm_up": 60},
        "plain-20": {"depth": 20},
    },
}


def train(
    seed: int,
    depth: int,
    *,
    width: int,
    epochs: int,
    lr: float,
    momentum: float,
    weight_decay: float,
    batch_size: int,
    clip: float | None = None,
    warm_up: int = 1,
) -> float:
    """The training error of a plain net in the last epoch, in percent.

    Args:
        clip: the length that a gradient is shortened to when it is longer.
        warm_up: steps over which the learning rate rises to its value.
    """
    net = make_net(depth, False, "relu", width=width, seed=seed)
    optimizer = torch.optim.SGD(
        net.parameters(), lr, momentum=momentum, weight_decay=weight_decay
    )

    def rising(step: int) -> float:
        return lr * min(1.0, (step + 1) / warm_up)

    errors = _digits.descend(net, optimizer, seed, batch_size, rate=rising, clip=clip)
    return _digits.last_error(errors, epochs)


def run(
    *, cures: Mapping[str, Mapping[str, Any]], seeds: Sequence[int], **settings: Any
) -> dict[str, Any]:
    """The error in the last epoch over the seeds, by cure."""
    return {
        name: spread([train(seed, **cure, **settings) for seed in seeds], 1)
        for name, cure in cures.items()
    }

"""Is the gradient that grows at initialization what keeps plain-56 from learning?

If it were, a cure for large first gradients should cure the net: clipping the gradient
to a fixed length, or warming the learning rate up. Digits, batch normalization, ReLU.
"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from plusx.data import digits
from plusx.experiments.gradient_norms import make_net
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
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
    config: Mapping[str, Any],
    seed: int,
    depth: int,
    clip: float | None = None,
    warm_up: int = 0,
) -> float:
    """The training error of a plain net in the last epoch, in percent.

    Args:
        clip: the length that a gradient is shortened to when it is longer.
        warm_up: steps over which the learning rate rises to its value.
    """
    data = digits()
    images, labels = data.train_images, data.train_labels
    net = make_net(depth, False, "relu", width=config["width"], seed=seed)
    optimizer = torch.optim.SGD(
        net.parameters(),
        config["lr"],
        momentum=config["momentum"],
        weight_decay=config["weight_decay"],
    )
    generator = torch.Generator().manual_seed(seed)
    step = 0
    for _ in range(config["epochs"]):
        order = torch.randperm(len(images), generator=generator)
        wrong = 0
        for batch in order.split(config["batch_size"]):
            step += 1
            rate = config["lr"] * min(1.0, step / max(warm_up, 1))
            optimizer.param_groups[0]["lr"] = rate
            logits = net(images[batch])
            optimizer.zero_grad()
            F.cross_entropy(logits, labels[batch]).backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(net.parameters(), clip)
            optimizer.step()
            wrong += (logits.argmax(dim=1) != labels[batch]).sum().item()
    return 100 * wrong / len(images)


def run(config: Mapping[str, Any]) -> dict[str, Any]:
    """The error in the last epoch over the seeds, by cure."""
    return {
        name: spread([train(config, seed, **cure) for seed in config["seeds"]], 1)
        for name, cure in config["cures"].items()
    }

"""A film of training: what each block holds and hears, step by step.

Nets of 56 layers learn the digits by the recipe of chapter 1. In each frame stand, by
block and on the same images before and after:

- "read": how many test images in percent a linear probe of the block's output names
  rightly, `information.probe_error` turned round; 10 % is guessing;
- "gradient": log10 of ‖∂loss/∂h‖ of the block's output h on `images` training images;
- "update": log10 of lr · ‖g‖ / ‖w‖ of the block's first convolution, by how much a step
  of plain SGD moves it, `equal_progress.relative_steps`.

"train" is the training error of the epoch that ends at a step, in percent. "bare" has
no batch norm. About five minutes on one core.
"""

import copy
import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.data import digits
from plusx.experiments import _digits, information
from plusx.experiments.equal_progress import relative_steps
from plusx.experiments.gradient_norms import block_gradients
from plusx.networks import CifarNet
from plusx.records import spread, spreads

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "nets": {
        "plain": {"residual": False},
        "residual": {"residual": True},
        "near-identity": {"residual": False, "noise": 0.2},
        "bare": {"residual": False, "norm": False},
    },
    "depth": 56,
    "width": 8,
    "frames": [0, 1, 3, 6, 12, 24, 36, 60, 120],
    "images": 256,
    "ridge": 0.01,
    "recipe": {key: _digits.RECIPE[key] for key in ("lr", "momentum", "weight_decay")},
    "batch_size": 128,
    "seeds": SEEDS,
}
DIGITS = {"read": 1, "gradient": 2, "update": 2}


def readable(net: CifarNet, ridge: float) -> list[float]:
    """How many test images in percent a probe of each block's output names rightly."""
    data = digits()
    settled = _digits.settle(net, data.train_images)
    states = zip(
        _digits.states(settled, data.train_images),
        _digits.states(settled, data.test_images),
        strict=True,
    )
    errors = [
        information.probe_error(
            train.flatten(1),
            data.train_labels,
            test.flatten(1),
            data.test_labels,
            ridge,
        )
        for train, test in states
    ]
    return [100 - error for error in errors[1:]]


def look(net: CifarNet, images: int, ridge: float, lr: float) -> dict[str, Tensor]:
    """The three measures of one frame, (blocks,) each; the net is left as it is."""
    data, exact = digits(), copy.deepcopy(net).double().train()
    inputs, labels = data.train_images[:images].double(), data.train_labels[:images]
    steps = relative_steps(exact, lambda: F.cross_entropy(exact(inputs), labels), lr)
    return {
        "read": torch.tensor(readable(net, ridge)),
        "gradient": block_gradients(exact, inputs, labels)[0].log10(),
        "update": torch.tensor(steps).log10(),
    }


def film(
    net: CifarNet,
    seed: int,
    *,
    frames: Sequence[int],
    images: int,
    ridge: float,
    recipe: Mapping[str, float],
    batch_size: int,
) -> tuple[dict[int, dict[str, Tensor]], list[float]]:
    """Train a net; return its frames by step, and the training error of each epoch."""
    optimizer = torch.optim.SGD(net.parameters(), **recipe)
    taken = {0: look(net, images, ridge, recipe["lr"])}
    step = 0

    def after_step(*_: Any) -> None:
        nonlocal step
        step += 1
        if step in frames:
            taken[step] = look(net, images, ridge, recipe["lr"])

    optimizer.register_step_post_hook(after_step)
    descent = _digits.descend(net, optimizer, seed, batch_size)
    steps_per_epoch = math.ceil(len(digits().train_images) / batch_size)
    return taken, list(islice(descent, math.ceil(max(frames) / steps_per_epoch)))


def gather(
    runs: Sequence[tuple[Mapping[int, Mapping[str, Tensor]], list[float]]],
) -> dict[str, Any]:
    """By step and measure the means and deviations of the blocks; errors by epoch."""
    frames = {
        str(step): {
            measure: spreads(
                [taken[step][measure].tolist() for taken, _ in runs], DIGITS[measure]
            )
            for measure in first
        }
        for step, first in runs[0][0].items()
    }
    errors = zip(*(errors for _, errors in runs), strict=True)
    return {"frames": frames, "train": [spread(column) for column in errors]}


def run(
    *,
    nets: Mapping[str, Mapping[str, Any]],
    depth: int,
    width: int,
    seeds: Sequence[int],
    **settings: Any,
) -> dict[str, Any]:
    """The frames and training errors of each net."""
    return {
        name: gather(
            [
                film(
                    _digits.make_net(seed, depth=depth, width=width, **kind),
                    seed,
                    **settings,
                )
                for seed in seeds
            ]
        )
        for name, kind in nets.items()
    }

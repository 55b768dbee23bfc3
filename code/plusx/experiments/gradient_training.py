"""The gradient in each block while the nets of `gradient_norms` train.

Plain-56 and ResNet-56 on the digits, three activations, with and without batch
normalization. The record keeps log10 of ‖∂loss/∂h‖ at each block's output h before the
first step and after some epochs, measured in float64 on the same images, and the
training error of the last epoch.
"""

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.gradient_norms import block_gradients, make_net
from plusx.experiments.gradient_norms import summary as norms_summary
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = "scikit-learn load_digits, 1,438 training images"
CONFIG = {
    "depth": 56,
    "width": 8,
    "images": 256,
    "activations": ["sigmoid", "tanh", "relu"],
    "settings": ["bn", "none"],
    "epochs": [0, 1, 3, 10],
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "batch_size": 128,
    "seeds": SEEDS,
}


def follow(
    activation: str,
    setting: str,
    residual: bool,
    seed: int,
    *,
    depth: int,
    width: int,
    images: int,
    epochs: Sequence[int],
    lr: float,
    momentum: float,
    weight_decay: float,
    batch_size: int,
) -> tuple[dict[int, Tensor | None], float | None]:
    """Train one net; return its block gradients (2, blocks) by epoch, and its error.

    From the epoch on in which the loss stops being finite, both are None.
    """
    data = digits()
    sample = data.train_images[:images].double(), data.train_labels[:images]
    net = make_net(depth, residual, activation, setting, width=width, seed=seed)
    optimizer = torch.optim.SGD(
        net.parameters(), lr, momentum=momentum, weight_decay=weight_decay
    )
    errors = _digits.descend(net, optimizer, seed, batch_size)
    norms: dict[int, Tensor | None] = {}
    for epoch, error in _digits.at_epochs(errors, epochs):
        finite = _digits.is_finite(net)
        exact = copy.deepcopy(net).double()
        norms[epoch] = block_gradients(exact, *sample) if finite else None
        last = error if finite else None
    return norms, last


def summary(
    activation: str,
    setting: str,
    residual: bool,
    *,
    epochs: Sequence[int],
    seeds: Sequence[int],
    **settings: Any,
) -> dict[str, Any]:
    """The gradients by epoch over the seeds, the error, and how many seeds diverged.

    What a diverged seed would have a share in is null.
    """
    runs = [
        follow(activation, setting, residual, seed, epochs=epochs, **settings)
        for seed in seeds
    ]
    diverged = sum(error is None for _, error in runs)
    by_epoch = {}
    for epoch in epochs:
        norms = [found[epoch] for found, _ in runs]
        whole = all(one is not None for one in norms)
        by_epoch[str(epoch)] = norms_summary(norms) if whole else None
    return {
        "diverged": diverged,
        "error": None if diverged else spread([error for _, error in runs]),
        "epochs": by_epoch,
    }


def run(
    *, activations: Sequence[str], settings: Sequence[str], **training: Any
) -> dict[str, Any]:
    """Summaries by activation, setting and kind of net."""
    return {
        activation: {
            setting: {
                kind: summary(activation, setting, kind == "residual", **training)
                for kind in ("plain", "residual")
            }
            for setting in settings
        }
        for activation in activations
    }

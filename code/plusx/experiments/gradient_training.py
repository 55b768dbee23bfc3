"""The gradient in each block while the nets of `gradient_norms` train.

Plain-56 and ResNet-56 on the digits, three activations, with and without batch
normalization. The record keeps log10 of ‖∂loss/∂h‖ at each block's output h before the
first step and after some epochs, measured in float64 on the same images, and the
training error of the last epoch.
"""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from plusx.data import digits
from plusx.experiments.gradient_norms import block_gradients, make_net
from plusx.experiments.gradient_norms import summary as norms_summary
from plusx.fitting import train_epoch
from plusx.records import spread

SEEDS = [0, 1, 2]
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
    config: Mapping[str, Any],
) -> tuple[dict[int, Tensor | None], float | None]:
    """Train one net; return its block gradients (2, blocks) by epoch, and its error.

    From the epoch on in which the loss stops being finite, both are None.
    """
    data = digits()
    images, labels = data.train_images, data.train_labels
    count = config["images"]
    net = make_net(
        config["depth"],
        residual,
        activation,
        setting,
        width=config["width"],
        seed=seed,
    )
    optimizer = torch.optim.SGD(
        net.parameters(),
        config["lr"],
        momentum=config["momentum"],
        weight_decay=config["weight_decay"],
    )
    generator = torch.Generator().manual_seed(seed)
    net.train()
    norms: dict[int, Tensor | None] = {}
    error = None
    for epoch in range(max(config["epochs"]) + 1):
        if epoch > 0:
            error = train_epoch(
                net, optimizer, images, labels, generator, config["batch_size"]
            )
        finite = all(torch.isfinite(p).all() for p in net.parameters())
        if epoch in config["epochs"]:
            exact = copy.deepcopy(net).double()
            sample = images[:count].double(), labels[:count]
            norms[epoch] = block_gradients(exact, *sample) if finite else None
    return norms, error if finite else None


def summary(
    activation: str, setting: str, residual: bool, config: Mapping[str, Any]
) -> dict[str, Any]:
    """The gradients by epoch over the seeds, the error, and how many seeds diverged.

    What a diverged seed would have a share in is null.
    """
    runs = [
        follow(activation, setting, residual, seed, config) for seed in config["seeds"]
    ]
    diverged = sum(error is None for _, error in runs)
    by_epoch = {}
    for epoch in config["epochs"]:
        norms = [found[epoch] for found, _ in runs]
        whole = all(one is not None for one in norms)
        by_epoch[str(epoch)] = norms_summary(norms) if whole else None
    return {
        "diverged": diverged,
        "error": None if diverged else spread([error for _, error in runs]),
        "epochs": by_epoch,
    }


def run(config: Mapping[str, Any]) -> dict[str, Any]:
    """Summaries by activation, setting and kind of net."""
    return {
        activation: {
            setting: {
                kind: summary(activation, setting, kind == "residual", config)
                for kind in ("plain", "residual")
            }
            for setting in config["settings"]
        }
        for activation in config["activations"]
    }

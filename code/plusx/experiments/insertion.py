"""Chapter 2: does a classifier need the layers put into it to be the identity?

A small classifier of the digits is trained; k layers are put before its last layer,
and only they are trained. N images; the features are (N, width).
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.identity import VARIANTS, Stack, train_stack
from plusx.fitting import fit

SEEDS = _digits.SEEDS
DATA = "scikit-learn load_digits, first 1,438 images for training"
CONFIG = {
    "width": 32,
    "base_epochs": 40,
    "variants": ["plain", "plain_norm", "plain_identity", "residual"],
    "layers": [4, 16, 32],
    "steps": 330,
    "batch_size": 128,
    "lr": 0.003,
}


def train_base(
    seed: int, *, width: int = 32, epochs: int = 40, batch_size: int = 128
) -> nn.Sequential:
    """A classifier of the digits with two hidden layers, trained."""
    data = digits()
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, width),
        nn.ReLU(),
        nn.Linear(width, width),
        nn.ReLU(),
        nn.Linear(width, 10),
    )
    fit(
        net,
        data.train_images,
        data.train_labels,
        epochs=epochs,
        batch_size=batch_size,
        seed=seed,
    )
    return net.requires_grad_(False)


def insert(
    base: nn.Sequential,
    variant: str,
    layers: int,
    seed: int,
    *,
    lr: float = 0.003,
    steps: int = 330,
    batch_size: int = 128,
) -> dict[str, float]:
    """Put a stack before the last layer of a classifier and train the stack alone.

    Returns:
        `start` and `error`: training error in percent before and after;
        `unlike`: 1 − r², with r the correlation of what leaves the trained stack with
        what enters it: 0 for a copy, whatever its scale, 1 for nothing in common.
    """
    data = digits()
    features, head = base[:-1](data.train_images), base[-1]
    torch.manual_seed(seed)
    stack = Stack(features.shape[1], layers, **VARIANTS[variant])

    @torch.no_grad()
    def error() -> float:
        logits = head(stack(features))
        return 100 * (logits.argmax(dim=1) != data.train_labels).float().mean().item()

    start = error()
    train_stack(
        stack,
        lambda batch: F.cross_entropy(
            head(stack(features[batch])), data.train_labels[batch]
        ),
        len(features),
        steps=steps,
        lr=lr,
        batch_size=batch_size,
    )
    return {"start": start, "error": error(), "unlike": unlike(stack, features)}


@torch.no_grad()
def unlike(stack: Stack, x: torch.Tensor) -> float:
    """1 − r² of input and output over all samples and features (N, width)."""
    pair = torch.stack([x.flatten(), stack(x).flatten()])
    return 1 - torch.corrcoef(pair)[0, 1].item() ** 2


def run(
    *,
    width: int,
    base_epochs: int,
    variants: Sequence[str],
    layers: Sequence[int],
    steps: int,
    batch_size: int,
    lr: float,
) -> dict[str, Any]:
    """What `insert` returns, as spreads, by variant and number of layers."""
    shape = {"width": width, "epochs": base_epochs, "batch_size": batch_size}
    bases = [train_base(seed, **shape) for seed in SEEDS]
    settings = {"lr": lr, "steps": steps, "batch_size": batch_size}
    return {
        variant: {
            str(count): _digits.by_name(
                [
                    insert(base, variant, count, seed, **settings)
                    for seed, base in zip(SEEDS, bases, strict=True)
                ],
                digits=3,
            )
            for count in layers
        }
        for variant in variants
    }

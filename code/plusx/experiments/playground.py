"""The error curves that stand behind the playground's own: fully connected nets.

The nets, the data and the training are those of part "mlp" of the record
"degradation", which holds the last errors alone; here every epoch is kept. About a
minute and a half on one core.
"""

from itertools import islice
from typing import Any

import torch

from plusx.data import digits
from plusx.experiments import degradation
from plusx.experiments.degradation import DATA, MLP_VARIANTS, SEEDS, make_mlp
from plusx.fitting import descend

CONFIG = {
    **degradation.CONFIG["mlp"],
    "batch_size": degradation.CONFIG["batch_size"],
    "momentum": degradation.CONFIG["momentum"],
    "weight_decay": 0.0,
    "train_images": degradation.CONFIG["train_images"],
}
__all__ = ["CONFIG", "DATA", "SEEDS", "run", "train"]


def train(
    variant: str,
    layers: int,
    seed: int,
    *,
    width: int,
    epochs: int,
    lr: float,
    batch_size: int,
    momentum: float,
    weight_decay: float,
    train_images: int,
) -> list[float | None]:
    """Train one net; return its running training error of each epoch in percent.

    From the epoch on after which a weight is no longer finite there is None.
    """
    data = digits()
    images, labels = data.train_images[:train_images], data.train_labels[:train_images]
    torch.manual_seed(seed)
    net = make_mlp(layers, width=width, **MLP_VARIANTS[variant])
    optimizer = torch.optim.SGD(
        net.parameters(), lr, momentum, weight_decay=weight_decay
    )
    errors = descend(net, optimizer, images, labels, batch_size=batch_size, seed=seed)
    curve: list[float | None] = []
    for error in islice(errors, epochs):
        finite = all(torch.isfinite(p).all() for p in net.parameters())
        curve.append(round(error, 2) if finite else None)
    return curve


def run(*, layers: list[int], **settings: Any) -> dict[str, Any]:
    """The curves of all seeds, by variant and number of layers."""
    return {
        variant: {
            str(count): [train(variant, count, seed, **settings) for seed in SEEDS]
            for count in layers
        }
        for variant in MLP_VARIANTS
    }

"""The error curves that stand behind the playground's own: fully connected nets.

The nets, the data and the training are those of part "mlp" of the record
"degradation", which holds the last errors alone; here every epoch is kept.
"""

from typing import Any

import torch

from plusx.data import digits
from plusx.experiments import degradation
from plusx.experiments.degradation import DATA, MLP_VARIANTS, SEEDS, make_mlp
from plusx.fitting import train_epoch

CONFIG = {
    **degradation.CONFIG["mlp"],
    "batch_size": degradation.CONFIG["batch_size"],
    "momentum": degradation.CONFIG["momentum"],
    "weight_decay": 0.0,
    "train_images": degradation.CONFIG["train_images"],
}
__all__ = ["CONFIG", "DATA", "SEEDS", "run", "train"]


def train(
    config: dict[str, Any], variant: str, layers: int, seed: int
) -> list[float | None]:
    """Train one net; return its running training error of each epoch in percent.

    From the epoch on after which a weight is no longer finite there is None.
    """
    data = digits()
    torch.manual_seed(seed)
    net = make_mlp(layers, width=config["width"], **MLP_VARIANTS[variant])
    optimizer = torch.optim.SGD(net.parameters(), config["lr"], config["momentum"])
    generator = torch.Generator().manual_seed(seed)
    curve: list[float | None] = []
    for _ in range(config["epochs"]):
        images, labels = data.train_images, data.train_labels
        error = train_epoch(
            net, optimizer, images, labels, generator, config["batch_size"]
        )
        finite = all(torch.isfinite(p).all() for p in net.parameters())
        curve.append(round(error, 2) if finite else None)
    return curve


def run(config: dict[str, Any]) -> dict[str, Any]:
    """The curves of all seeds, by variant and number of layers."""
    return {
        variant: {
            str(layers): [train(config, variant, layers, seed) for seed in SEEDS]
            for layers in config["layers"]
        }
        for variant in MLP_VARIANTS
    }

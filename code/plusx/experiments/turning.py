"""How far the gradient keeps its direction, before and during training.

`shattering` moves the input. Descent moves the weights, so this experiment asks about
them: take the gradient by all weights, go a step downhill, take it again, and compare
the directions (`turn`). It follows the nets of the book through training, and repeats
the measurement of `shattering` on the way.

"plain-56, clipped" shortens each gradient to length 1, as the cure in `rescue` does:
its first steps cannot blow the weights up, as those of plain-56 do.

The record keeps, by net, epoch and measurement (see `measure`), a spread over seeds.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments.gradient_norms import make_net
from plusx.experiments.shattering import digit_cosine, settle
from plusx.fitting import train_epoch
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = "scikit-learn load_digits, 1,438 training images; the first 128 are measured"
CONFIG = {
    "width": 8,
    "nets": {
        "plain-20": {"depth": 20, "residual": False},
        "plain-56": {"depth": 56, "residual": False},
        "plain-56, clipped": {"depth": 56, "residual": False, "clip": 1.0},
        "residual-56": {"depth": 56, "residual": True},
    },
    "epochs": [0, 1, 3, 10],
    "lengths": [0.001, 0.01],
    "epsilons": [0.001, 0.1],
    "images": 128,
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "batch_size": 128,
    "seeds": SEEDS,
}


def slope(weights: Sequence[Tensor], loss: Callable[[], Tensor]) -> Tensor:
    """The gradient of the loss by all weights, as one vector (K,)."""
    found = torch.autograd.grad(loss(), weights)
    return torch.cat([part.flatten() for part in found])


def turn(
    weights: Sequence[Tensor], loss: Callable[[], Tensor], lengths: Sequence[float]
) -> list[float]:
    """Cosines of the gradient before and after one step downhill; 1 is "the same".

    Args:
        weights: what the loss depends on; they are put back after each step.
        lengths: how far to go against the gradient, as a norm over all weights.

    Raises:
        ValueError: when the gradient is 0, so that no way leads downhill.
    """
    before = slope(weights, loss)
    if before.norm() == 0:
        raise ValueError("expected a gradient that is not 0")
    here = nn.utils.parameters_to_vector(weights).detach().clone()
    cosines = []
    for length in lengths:
        there = here - length * before / before.norm()
        nn.utils.vector_to_parameters(there, weights)
        after = slope(weights, loss)
        cosines.append(F.cosine_similarity(before, after, dim=0).item())
    nn.utils.vector_to_parameters(here, weights)
    return cosines


def measure(
    net: CifarNet, seed: int, config: Mapping[str, Any], clip: float | None = None
) -> dict[str, float]:
    """The directions of one net as it stands, and what they have to be read against.

    - "step LENGTH": `turn`, in float64 and with the statistics of the batch, as in
      training; the step "recipe" is as long as SGD makes it, the learning rate times
      the gradient.
    - "noise ε": `digit_cosine`, the gradient by the input.
    - "gradient" and "weights": how long the gradient by all weights is, and they are.
    - "first": how long the weights of the first convolution of the first block are.
    """
    count, data = config["images"], digits()
    exact = copy.deepcopy(net).double().train()
    weights = list(exact.parameters())
    images, labels = data.train_images[:count].double(), data.train_labels[:count]

    def loss() -> Tensor:
        return F.cross_entropy(exact(images), labels)

    size = slope(weights, loss).norm().item()
    recipe = config["lr"] * (size if clip is None else min(size, clip))
    names = [f"step {length}" for length in config["lengths"]] + ["step recipe"]
    cosines = turn(weights, loss, [*config["lengths"], recipe])
    settled = settle(copy.deepcopy(net))
    return {
        **dict(zip(names, cosines, strict=True)),
        **{
            f"noise {epsilon}": digit_cosine(settled, epsilon, seed, count)
            for epsilon in config["epsilons"]
        },
        "gradient": size,
        "weights": nn.utils.parameters_to_vector(weights).norm().item(),
        "first": exact.blocks[0].conv1.weight.norm().item(),
    }


def follow(
    config: Mapping[str, Any],
    seed: int,
    depth: int,
    residual: bool,
    clip: float | None = None,
) -> dict[int, dict[str, float]]:
    """Train one net; what `measure` finds by epoch, and the "error" from epoch 1 on.

    Args:
        clip: the length that a gradient is shortened to when it is longer.
    """
    data = digits()
    sample = data.train_images, data.train_labels
    net = make_net(depth, residual, "relu", width=config["width"], seed=seed)
    settings = {name: config[name] for name in ("lr", "momentum", "weight_decay")}
    optimizer = torch.optim.SGD(net.parameters(), **settings)

    def shorten(*_: Any) -> None:
        nn.utils.clip_grad_norm_(net.parameters(), clip)

    if clip is not None:
        optimizer.register_step_pre_hook(shorten)
    generator = torch.Generator().manual_seed(seed)
    found = {0: measure(net, seed, config, clip)}
    net.train()
    for epoch in range(1, max(config["epochs"]) + 1):
        error = train_epoch(net, optimizer, *sample, generator, config["batch_size"])
        if epoch in config["epochs"]:
            found[epoch] = {"error": error, **measure(net, seed, config, clip)}
    return found


def summary(config: Mapping[str, Any], net: Mapping[str, Any]) -> dict[str, Any]:
    """What `follow` finds for one kind of net, by epoch, over the seeds."""
    runs = [follow(config, seed, **net) for seed in config["seeds"]]
    return {
        str(epoch): {
            name: spread([run[epoch][name] for run in runs]) for name in runs[0][epoch]
        }
        for epoch in config["epochs"]
    }


def run(config: Mapping[str, Any]) -> dict[str, Any]:
    """Spreads by net, epoch and measurement."""
    return {name: summary(config, net) for name, net in config["nets"].items()}

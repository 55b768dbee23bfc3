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
from plusx.experiments import _digits
from plusx.experiments.gradient_norms import make_net
from plusx.experiments.shattering import digit_cosine, settle
from plusx.networks import CifarNet

SEEDS = _digits.SEEDS
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

    Args:
        config: with the `images`, `lr`, `lengths` and `epsilons` of `CONFIG`.
        clip: the length that SGD shortens a gradient to when it is longer.
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
    settled = settle(net)
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
    seed: int,
    depth: int,
    residual: bool,
    clip: float | None = None,
    *,
    width: int,
    epochs: Sequence[int],
    momentum: float,
    weight_decay: float,
    batch_size: int,
    **measured: Any,
) -> dict[int, dict[str, float]]:
    """Train one net; what `measure` finds by epoch, and the "error" from epoch 1 on.

    Args:
        clip: the length that a gradient is shortened to when it is longer.
        measured: the settings of `measure`, the learning rate among them.
    """
    net = make_net(depth, residual, "relu", width=width, seed=seed)
    optimizer = torch.optim.SGD(
        net.parameters(), measured["lr"], momentum=momentum, weight_decay=weight_decay
    )
    errors = _digits.descend(net, optimizer, seed, batch_size, clip=clip)
    found: dict[int, dict[str, float]] = {}
    for epoch, error in _digits.at_epochs(errors, epochs):
        found[epoch] = {} if error is None else {"error": error}
        found[epoch] |= measure(net, seed, measured, clip)
    return found


def summary(
    net: Mapping[str, Any], *, seeds: Sequence[int], **settings: Any
) -> dict[str, Any]:
    """What `follow` finds for one kind of net, by epoch, over the seeds."""
    runs = [follow(seed, **net, **settings) for seed in seeds]
    return {
        str(epoch): _digits.by_name([run[epoch] for run in runs]) for epoch in runs[0]
    }


def run(*, nets: Mapping[str, Mapping[str, Any]], **settings: Any) -> dict[str, Any]:
    """Spreads by net, epoch and measurement."""
    return {name: summary(net, **settings) for name, net in nets.items()}

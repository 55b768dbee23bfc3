"""Does the gradient turn faster in plain-56, and do its early layers move at all?

`turning` compares gradients before and after a step of a given length. But the gradient
of plain-56 is a hundred times as long as that of plain-20, so such a step promises a
hundred times the progress. Here each net goes as far as its own gradient promises the
same fall of the loss, δ: a step of length δ / ‖g‖. "turn …" is the cosine of the
gradients before and after it, "done …" the share of the promise that comes true.

"relative" is lr · ‖g‖ / ‖w‖ of the first convolution of each block: with batch norm
behind it a convolution has a direction only, and this is how far one step of plain SGD
turns it. Both are followed through training.

Two controls. "equal_steps": every convolution moves by the same share of its length in
each step (as in LARS, without its trust coefficient), and is put back to that length.
"circular": a plain net as deep as the deepest, without batch norm and padded with the
opposite edge, in which the gradient neither grows nor shrinks much (`gradient_norms`).
About 10 minutes on a core.
"""

import copy
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.turning import slope, turn
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "nets": {
        "plain-20": {"depth": 20, "residual": False},
        "plain-56": {"depth": 56, "residual": False},
        "residual-56": {"depth": 56, "residual": True},
        "near-identity-56": {"depth": 56, "residual": False, "noise": 0.2},
    },
    "progress": {"hundredth": 0.01, "tenth": 0.1},
    "epochs": [0, 1, 3],
    "images": 128,
    "width": 8,
    "recipe": {key: _digits.RECIPE[key] for key in ("lr", "momentum", "weight_decay")},
    "batch_size": 128,
    "controls": {
        "epochs": 10,
        "seeds": SEEDS,
        "equal_steps": [
            {"net": "plain-56", "lr": 0.005},
            {"net": "plain-56", "lr": 0.05},
            {"net": "residual-56", "lr": 0.005},
        ],
        "circular": {"SGD": {"lr": 0.01, "momentum": 0.9}, "Adam": {"lr": 0.001}},
    },
    "seeds": SEEDS,
}


def promised(
    weights: Sequence[Tensor], loss: Any, progress: Mapping[str, float]
) -> dict[str, float]:
    """How the gradient turns and what comes true on the way to a promised progress."""
    gradient = slope(weights, loss)
    size, start = gradient.norm(), loss().item()
    here = nn.utils.parameters_to_vector(weights).detach().clone()
    found = {}
    for name, fall in progress.items():
        length = fall / size.item()
        found[f"turn {name}"] = turn(weights, loss, [length])[0]
        nn.utils.vector_to_parameters(here - length * gradient / size, weights)
        with torch.no_grad():
            found[f"done {name}"] = (start - loss().item()) / fall
        nn.utils.vector_to_parameters(here, weights)
    return {**found, "gradient": size.item(), "loss": start}


def relative_steps(net: CifarNet, loss: Any, lr: float) -> list[float]:
    """lr · ‖g‖ / ‖w‖ of the first convolution of each block."""
    weights = [block.conv1.weight for block in net.blocks]
    gradients = torch.autograd.grad(loss(), weights)
    pairs = zip(gradients, weights, strict=True)
    return [(lr * g.norm() / w.norm()).item() for g, w in pairs]


def measure(
    net: CifarNet, images: int, progress: Mapping[str, float], lr: float
) -> dict[str, Any]:
    """Both measurements on the first `images` digits, in float64 and training mode."""
    data, exact = digits(), copy.deepcopy(net).double().train()
    inputs, labels = data.train_images[:images].double(), data.train_labels[:images]

    def loss() -> Tensor:
        return F.cross_entropy(exact(inputs), labels)

    return {
        **promised(list(exact.parameters()), loss, progress),
        "relative": relative_steps(exact, loss, lr),
    }


def follow(
    net: CifarNet,
    seed: int,
    *,
    epochs: Sequence[int],
    batch_size: int,
    images: int,
    progress: Mapping[str, float],
    recipe: Mapping[str, float],
) -> dict[str, dict[str, Any]]:
    """Train a net by SGD; what `measure` finds, by epoch."""
    optimizer = torch.optim.SGD(net.parameters(), **recipe)
    errors = _digits.descend(net, optimizer, seed, batch_size)
    found = {}
    for epoch in range(max(epochs) + 1):
        error = next(errors) if epoch else None
        if epoch in epochs:
            found[str(epoch)] = measure(net, images, progress, recipe["lr"])
            if error is not None:
                found[str(epoch)]["train"] = error
    return found


def move_equally(net: CifarNet, lr: float, momentum: float) -> torch.optim.Optimizer:
    """SGD in which every convolution moves by one share of its length and keeps that.

    Before a step the gradient of each convolution is made as long as its weights;
    after it the weights are put back to their first length.
    """
    convs = [m.weight for m in net.modules() if isinstance(m, nn.Conv2d)]
    lengths = [weight.detach().norm() for weight in convs]

    def scale(*_: Any) -> None:
        for weight in convs:
            ratio = weight.detach().norm() / weight.grad.norm().clamp(min=1e-30)
            weight.grad.mul_(ratio)

    def restore(*_: Any) -> None:
        with torch.no_grad():
            for weight, length in zip(convs, lengths, strict=True):
                weight.mul_(length / weight.norm())

    optimizer = torch.optim.SGD(net.parameters(), lr, momentum)
    optimizer.register_step_pre_hook(scale)
    optimizer.register_step_post_hook(restore)
    return optimizer


def last_error(
    net: CifarNet, optimizer: Any, seed: int, epochs: int, batch_size: int
) -> float:
    """The training error of the last of these epochs in percent."""
    return list(islice(_digits.descend(net, optimizer, seed, batch_size), epochs))[-1]


def check_controls(
    nets: Mapping[str, Mapping[str, Any]],
    width: int,
    batch_size: int,
    momentum: float,
    *,
    epochs: int,
    seeds: Sequence[int],
    equal_steps: Sequence[Mapping[str, Any]],
    circular: Mapping[str, Mapping[str, float]],
) -> dict[str, Any]:
    """Training errors in percent of both controls."""
    found: dict[str, Any] = {"equal_steps": [], "circular": {}}
    for one in equal_steps:
        errors = []
        for seed in seeds:
            net = _digits.make_net(seed, width=width, **nets[one["net"]])
            optimizer = move_equally(net, one["lr"], momentum)
            errors.append(last_error(net, optimizer, seed, epochs, batch_size))
        found["equal_steps"].append({**one, "train": spread(errors)})
    depth = max(net["depth"] for net in nets.values())
    shape = {"depth": depth, "residual": False, "norm": False, "circular": True}
    for name, settings in circular.items():
        errors = []
        for seed in seeds:
            net = _digits.make_net(seed, width=width, **shape)
            optimizer = getattr(torch.optim, name)(net.parameters(), **settings)
            errors.append(last_error(net, optimizer, seed, epochs, batch_size))
        found["circular"][name] = spread(errors)
    return found


def gather(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Spreads of numbers and series of lists; relative steps as decimal logarithms."""
    found = {}
    for key, first in runs[0].items():
        rows = [run[key] for run in runs]
        if isinstance(first, list):
            logs = [torch.tensor(row).log10().tolist() for row in rows]
            found[f"log10 {key}"] = _digits.series(logs)
        else:
            found[key] = spread(rows, 3)
    return found


def run(
    *,
    nets: Mapping[str, Mapping[str, Any]],
    progress: Mapping[str, float],
    epochs: Sequence[int],
    images: int,
    width: int,
    recipe: Mapping[str, float],
    batch_size: int,
    controls: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """ "followed" by net and epoch, and the "controls"."""
    followed = {}
    for name, kind in nets.items():
        runs = [
            follow(
                _digits.make_net(seed, width=width, **kind),
                seed,
                epochs=epochs,
                batch_size=batch_size,
                images=images,
                progress=progress,
                recipe=recipe,
            )
            for seed in seeds
        ]
        followed[name] = {epoch: gather([r[epoch] for r in runs]) for epoch in runs[0]}

    return {
        "followed": followed,
        "controls": check_controls(
            nets, width, batch_size, recipe["momentum"], **controls
        ),
    }

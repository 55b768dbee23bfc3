"""The loss landscape: slices through trained nets, and how sharply the loss bends.

"slice": the loss along w + α d, where d is random and, filter by filter, as long as w
(Li et al. 2018, section 4); biases and norms stay. A slice is one line out of many
thousand dimensions, and nets that learned nothing look flat.

"sharpness": the largest eigenvalue of the Hessian by all weights, by Lanczos iteration,
untrained and trained, as a decimal logarithm. Longer weights make it smaller without
making the way downhill any easier, so "scaled" gives it times ‖w‖² as well. Slices and
sharpness use the statistics of the batch. About 15 minutes on one core.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = _digits.DATA
CONFIG = {
    "nets": {
        "plain-20": {"depth": 20, "residual": False},
        "plain-56": {"depth": 56, "residual": False},
        "residual-56": {"depth": 56, "residual": True},
        "near-identity-56": {"depth": 56, "residual": False, "noise": 0.2},
    },
    "alphas": [-1, -0.75, -0.5, -0.25, -0.1, 0, 0.1, 0.25, 0.5, 0.75, 1],
    "images": 128,
    "steps": 15,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


def direction(net: nn.Module, generator: torch.Generator) -> list[Tensor]:
    """A random tensor for each parameter, as long as it filter by filter.

    What has one dimension, biases and norms, gets zeros.
    """
    found = []
    for weight in net.parameters():
        if weight.dim() < 2:
            found.append(torch.zeros_like(weight))
            continue
        random = torch.randn(weight.shape, generator=generator).to(weight)
        lengths = [part.detach().flatten(1).norm(dim=1) for part in (weight, random)]
        ratio = (lengths[0] / lengths[1]).view(-1, *[1] * (weight.dim() - 1))
        found.append(random * ratio)
    return found


@torch.no_grad()
def along(
    net: nn.Module,
    loss: Callable[[], Tensor],
    step: Sequence[Tensor],
    alphas: Sequence[float],
) -> list[float]:
    """The loss at w + α · step for each α; the weights are put back."""
    weights = list(net.parameters())
    here = [weight.clone() for weight in weights]
    found = []
    for alpha in alphas:
        for weight, start, move in zip(weights, here, step, strict=True):
            weight.copy_(start + alpha * move)
        found.append(loss().item())
    for weight, start in zip(weights, here, strict=True):
        weight.copy_(start)
    return found


def hessian_times(
    weights: Sequence[Tensor], loss: Callable[[], Tensor]
) -> Callable[[Tensor], Tensor]:
    """The product of the loss's Hessian with a vector (K,), by two derivatives."""
    slopes = torch.autograd.grad(loss(), weights, create_graph=True)
    flat = torch.cat([slope.flatten() for slope in slopes])

    def product(vector: Tensor) -> Tensor:
        found = torch.autograd.grad(flat, weights, vector, retain_graph=True)
        return torch.cat([part.flatten() for part in found])

    return product


def largest_eigenvalue(
    product: Callable[[Tensor], Tensor], size: int, steps: int, seed: int
) -> float:
    """The largest eigenvalue of a symmetric matrix (size, size), by Lanczos.

    Each vector is made orthogonal to all before it; `steps` products are taken, or
    fewer where they span everything.
    """
    generator = torch.Generator().manual_seed(seed)
    vector = torch.randn(size, generator=generator, dtype=torch.float64)
    basis = [vector / vector.norm()]
    diagonal, beside = [], []
    for _ in range(min(steps, size)):
        image = product(basis[-1].float()).double()
        diagonal.append(torch.dot(image, basis[-1]))
        for _ in range(2):
            for earlier in basis:
                image = image - torch.dot(image, earlier) * earlier
        length = image.norm()
        if length < 1e-6 * max(abs(value) for value in diagonal):
            break
        beside.append(length)
        basis.append(image / length)
    count = len(diagonal)
    small = torch.diag(torch.stack(diagonal))
    for i, value in enumerate(beside[: count - 1]):
        small[i, i + 1] = small[i + 1, i] = value
    return torch.linalg.eigvalsh(small)[-1].item()


def batch_loss(net: CifarNet, images: int) -> Callable[[], Tensor]:
    """The loss of the first `images` digits with the batch's own statistics."""
    data = digits()
    inputs, labels = data.train_images[:images], data.train_labels[:images]
    net.train()
    return lambda: F.cross_entropy(net(inputs), labels)


def sharpness(net: CifarNet, images: int, steps: int, seed: int) -> dict[str, float]:
    """log10 of the largest eigenvalue, as it is and times ‖w‖²."""
    copied = copy.deepcopy(net)
    weights = list(copied.parameters())
    size = nn.utils.parameters_to_vector(weights).detach().norm().item()
    product = hessian_times(weights, batch_loss(copied, images))
    count = sum(weight.numel() for weight in weights)
    top = torch.tensor(largest_eigenvalue(product, count, steps, seed)).clamp(min=1e-12)
    return {
        "sharpness": top.log10().item(),
        "scaled": (top * size**2).log10().item(),
    }


def study(
    net: CifarNet,
    seed: int,
    *,
    alphas: Sequence[float],
    images: int,
    steps: int,
    recipe: Mapping[str, Any],
) -> dict[str, Any]:
    """Train one net; its slice, its error and its sharpness before and after."""
    before = sharpness(net, images, steps, seed)
    error = _digits.train(net, seed, **recipe)[-1]
    after = sharpness(net, images, steps, seed)
    moved = copy.deepcopy(net)
    step = direction(moved, torch.Generator().manual_seed(seed))
    return {
        "train": error,
        "slice": along(moved, batch_loss(moved, images), step, alphas),
        **{f"{name}, untrained": value for name, value in before.items()},
        **{f"{name}, trained": value for name, value in after.items()},
    }


def run(
    *,
    nets: Mapping[str, Mapping[str, Any]],
    alphas: Sequence[float],
    images: int,
    steps: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By net: series along the slice, decimal logarithms of the sharpness, errors."""
    results = {}
    for name, kind in nets.items():
        found = [
            study(
                _digits.make_net(seed, width=width, **kind),
                seed,
                alphas=alphas,
                images=images,
                steps=steps,
                recipe=recipe,
            )
            for seed in seeds
        ]
        results[name] = {
            key: _digits.series([one[key] for one in found], 3)
            if key == "slice"
            else spread([one[key] for one in found])
            for key in found[0]
        }
    return results

"""How long are the paths that the gradient takes? (Veit et al. 2016, section 4.3.)

A residual net of 27 blocks has 2^27 paths from the loss back to the stem: each block is
passed through its branch or along its shortcut. For k branches on the way, k of the
blocks are drawn, and the gradient is let through the branch alone there and along the
shortcut alone elsewhere; the forward pass stays as it is. "norm" is log10 of the length
of that gradient at the output of the stem, by k, and "share" the part of the sum over
all paths of their lengths that paths with k branches have: C(27, k) times the mean.

The lengths are added as if no two paths cancelled; the "whole" gradient is measured
beside their "sum". About 2 minutes on one core.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.data import digits
from plusx.experiments import _digits
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "depth": 56,
    "width": 8,
    "images": 64,
    "draws": 6,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


def path_gradient(
    net: CifarNet, stem: Tensor, labels: Tensor, branches: Sequence[bool] | None
) -> Tensor:
    """The gradient of the mean loss by the stem's output along one path.

    Args:
        branches: for each block whether the path goes through its branch; None lets
            the gradient through everything.
    """
    stem = stem.detach().requires_grad_()
    x = stem
    for index, block in enumerate(net.blocks):
        kept, step = block.shortcut(x), block.branch(x)
        if branches is not None:
            through = branches[index]
            kept, step = (kept.detach(), step) if through else (kept, step.detach())
        x = net.activation(kept + step)
    loss = F.cross_entropy(net.head(x.mean(dim=(2, 3))), labels)
    return torch.autograd.grad(loss, stem)[0]


def lengths(
    net: CifarNet, stem: Tensor, labels: Tensor, draws: int, seed: int
) -> list[list[float]]:
    """Lengths of gradients along `draws` paths for each number of branches from 0."""
    count = len(net.blocks)
    generator = torch.Generator().manual_seed(seed)
    found = []
    for branches in range(count + 1):
        row = []
        for _ in range(1 if branches in (0, count) else draws):
            order = torch.randperm(count, generator=generator)
            path = (order < branches).tolist()
            row.append(path_gradient(net, stem, labels, path).norm().item())
        found.append(row)
    return found


def shares(means: Sequence[float]) -> list[float]:
    """C(n, k) times the mean length of paths with k of n branches, as shares of 1."""
    count = len(means) - 1
    sums = [math.comb(count, k) * mean for k, mean in enumerate(means)]
    return [one / sum(sums) for one in sums]


def quantile(parts: Sequence[float], at: float) -> int:
    """The first k up to which the shares add up to `at` or more."""
    total = 0.0
    for k, part in enumerate(parts):
        total += part
        if total >= at - 1e-12:
            return k
    return len(parts) - 1


def measure(net: CifarNet, seed: int, images: int, draws: int) -> dict[str, Any]:
    """Lengths by number of branches, and what they add up to, of one net."""
    data = digits()
    settled = _digits.settle(net, data.train_images)
    inputs, labels = data.train_images[:images], data.train_labels[:images]
    stem = _digits.states(settled, inputs)[0]
    rows = lengths(settled, stem, labels, draws, seed)
    means = [sum(row) / len(row) for row in rows]
    count, parts = len(means) - 1, shares(means)
    total = sum(math.comb(count, k) * mean for k, mean in enumerate(means))
    whole = path_gradient(settled, stem, labels, None).norm().item()
    return {
        "norm": [math.log10(max(mean, 1e-300)) for mean in means],
        "share": parts,
        "median": quantile(parts, 0.5),
        "low": quantile(parts, 0.025),
        "high": quantile(parts, 0.975),
        "whole": math.log10(whole),
        "sum": math.log10(total),
    }


def gather(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Spreads of numbers and series of lists, over the seeds."""
    return {
        key: _digits.series([one[key] for one in found], 4)
        if isinstance(found[0][key], list)
        else spread([one[key] for one in found])
        for key in found[0]
    }


def run(
    *,
    depth: int,
    width: int,
    images: int,
    draws: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """What `measure` finds, "untrained" and "trained"; training errors in percent."""
    nets = [
        _digits.make_net(seed, depth=depth, residual=True, width=width)
        for seed in seeds
    ]
    pairs = list(zip(nets, seeds, strict=True))
    before = [measure(net, seed, images, draws) for net, seed in pairs]
    errors = [_digits.train(net, seed, **recipe)[-1] for net, seed in pairs]
    after = [measure(net, seed, images, draws) for net, seed in pairs]
    return {
        "untrained": gather(before),
        "trained": gather(after),
        "train": spread(errors),
    }

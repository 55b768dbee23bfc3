"""λ on every shortcut is a scale of the branches, and of what the head reads.

In a branch F batch norm follows each convolution, so F does not see how long x is. With
x(l) = relu(λ x(l−1) + F(x(l−1))) and X(l) = λ^−l x(l),

    X(l) = relu(X(l−1) + λ^−l F(X(l−1))),

a net with clean shortcuts whose branches are weighted λ^−l, and whose last features are
multiplied by λ^L. λ > 1 lets the branches shrink with depth and makes the logits long;
λ < 1 lets the branches grow. "identity" is the relative error of that equation, and of
halving shortcut and branch together, in float64 and without batch norm's ε.

Then nets are trained whose last features are multiplied by λ^−L ("rescaled"), or
normalized before the head ("norm"); without either they are in `shortcut_scale`, from
the same seeds. "share" is ‖F(x)‖ / ‖λx‖ of each block, untrained, and "features" the
length of the last features, as a multiple of that at λ = 1. About 7 minutes on a core.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.shortcuts import Times
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "scales": [0.5, 0.8, 0.9, 1, 1.1, 1.2],
    "images": 128,
    "trained": {
        "rescaled": [0.9, 1.1, 1.2],
        "norm": [0.5, 1, 1.1],
    },
    "depth": 56,
    "width": 8,
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}
ENDS = ("bare", "rescaled", "norm")


def make_net(
    seed: int, *, depth: int, width: int, scale: float, end: str = "bare"
) -> CifarNet:
    """A residual net for the digits with λ = `scale` on its shortcuts.

    Args:
        end: what stands before the head: "bare" nothing, "rescaled" a factor λ^−L,
            "norm" batch normalization.

    Raises:
        ValueError: for another end.
    """
    if end not in ENDS:
        raise ValueError(f"end must be one of {ENDS}, got {end!r}")
    net = _digits.make_net(seed, depth=depth, residual=True, width=width)
    for block in net.blocks:
        block.shortcut = nn.Sequential(block.shortcut, Times(scale))
    if end == "rescaled":
        net.head = nn.Sequential(Times(scale ** -len(net.blocks)), net.head)
    if end == "norm":
        net.head = nn.Sequential(nn.BatchNorm1d(net.head.in_features), net.head)
    return net


def exact(net: CifarNet) -> CifarNet:
    """The net in float64 and without batch norm's ε, in place."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 1e-300
    return net.double().train()


@torch.no_grad()
def clean_states(net: CifarNet, images: Tensor, scale: float) -> list[Tensor]:
    """λ^l X(l) from the equation above: clean shortcuts, branches weighted λ^−l."""
    x = net.activation(net.stem_norm(net.stem(images)))
    found = [x]
    for number, block in enumerate(net.blocks, start=1):
        clean = block.shortcut[0](x)
        x = net.activation(clean + scale**-number * block.branch(x))
        found.append(scale**number * x)
    return found


@torch.no_grad()
def halved_states(net: CifarNet, images: Tensor) -> list[Tensor]:
    """States of relu(x/2 + F(x)/2), from those of λ = 1/2 with the stem doubled."""
    y = 2 * net.activation(net.stem_norm(net.stem(images)))
    found = [y / 2]
    for block in net.blocks:
        y = net.activation(block.shortcut[0](y) / 2 + block.branch(y))
        found.append(y / 2)
    return found


@torch.no_grad()
def both_halves(net: CifarNet, images: Tensor) -> list[Tensor]:
    """States of relu(x/2 + F(x)/2) as it stands."""
    found = [net.activation(net.stem_norm(net.stem(images)))]
    for block in net.blocks:
        x = found[-1]
        total = block.shortcut[0](x) / 2 + block.branch(x) / 2
        found.append(net.activation(total))
    return found


def relative_error(first: Sequence[Tensor], second: Sequence[Tensor]) -> float:
    """The largest ‖a − b‖ / ‖b‖ over two lists of states."""
    pairs = zip(first, second, strict=True)
    return max(((a - b).norm() / b.norm()).item() for a, b in pairs)


@torch.no_grad()
def shares(net: CifarNet, images: Tensor) -> tuple[list[float], float]:
    """‖F(x)‖ / ‖λx‖ of each block in training mode, and ‖last state‖."""
    states = _digits.states(net.train(), images)
    pairs = zip(net.blocks, states[:-1], strict=True)
    found = [(b.branch(x).norm() / b.shortcut(x).norm()).item() for b, x in pairs]
    return found, states[-1].norm().item()


def identities(
    scales: Sequence[float], images: Tensor, seeds: Sequence[int], **size: int
) -> dict[str, float]:
    """The largest relative error over the seeds, by 100 λ and for "both halves"."""
    images = images.double()
    found: dict[str, float] = {}
    for seed in seeds:
        for scale in scales:
            net = exact(make_net(seed, scale=scale, **size))
            ours, theirs = _digits.states(net, images), clean_states(net, images, scale)
            key = str(round(100 * scale))
            found[key] = max(found.get(key, 0.0), relative_error(theirs, ours))
        pair = halved_states(net, images), both_halves(net, images)
        found["both halves"] = max(found.get("both halves", 0.0), relative_error(*pair))
    return found


def untrained(
    scales: Sequence[float], images: Tensor, seeds: Sequence[int], **size: int
) -> dict[str, Any]:
    """The shares along the blocks and the length of the last features, by 100 λ."""
    base = [shares(make_net(s, scale=1, **size), images)[1] for s in seeds]
    found = {}
    for scale in scales:
        rows = [shares(make_net(s, scale=scale, **size), images) for s in seeds]
        lengths = [length / one for (_, length), one in zip(rows, base, strict=True)]
        found[str(round(100 * scale))] = {
            "share": _digits.series([row for row, _ in rows], 4),
            "features": spread(lengths, 4),
        }
    return found


def run(
    *,
    scales: Sequence[float],
    images: int,
    trained: Mapping[str, Sequence[float]],
    depth: int,
    width: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """ "identity", "untrained", and errors in percent of what was "trained"."""
    sample, size = digits().train_images[:images], {"depth": depth, "width": width}
    results: dict[str, Any] = {
        "identity": identities(scales, sample, seeds, **size),
        "untrained": untrained(scales, sample, seeds, **size),
        "trained": {},
    }
    for end, chosen in trained.items():
        results["trained"][end] = {}
        for scale in chosen:
            errors: dict[str, list[float]] = {"train": [], "test": []}
            for seed in seeds:
                net = make_net(seed, scale=scale, end=end, **size)
                errors["train"].append(_digits.train(net, seed, **recipe)[-1])
                errors["test"].append(_digits.test_error(net))
            results["trained"][end][str(round(100 * scale))] = {
                kind: spread(values) for kind, values in errors.items()
            }
    return results

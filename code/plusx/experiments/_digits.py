"""What the experiments on the digits share: a net, the recipe of chapter 1, measures.

Shapes: N images, C channels, H × W pixels, D numbers in a state, S seeds, B blocks.
"""

import copy
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from plusx import fitting
from plusx.data import digits
from plusx.networks import CifarNet
from plusx.records import spread, spreads

SEEDS = [0, 1, 2, 3, 4]
DATA = "scikit-learn load_digits, first 1,438 images for training, last 359 for test"
RECIPE = {
    "epochs": 10,
    "lr": 0.05,
    "batch_size": 128,
    "momentum": 0.9,
    "weight_decay": 0.0001,
}


def make_net(
    seed: int,
    *,
    depth: int,
    residual: bool,
    width: int,
    noise: float | None = None,
    norm: bool = True,
    circular: bool = False,
    **options: Any,
) -> CifarNet:
    """An untrained net for the digits, with the random numbers of chapter 1.

    Args:
        noise: start the convolutions of the blocks near the identity, with this share
            of their usual weights (`near_identity`).
        norm: False leaves batch normalization out.
        circular: pad with the opposite edge instead of zeros.
        options: further ones of `CifarNet`.
    """
    if not norm:
        options["norm"] = no_norm
    torch.manual_seed(seed)
    net = CifarNet(depth, residual, width=width, in_channels=1, **options)
    if noise is not None:
        near_identity(net, noise)
    for module in net.modules():
        if circular and isinstance(module, nn.Conv2d):
            module.padding_mode = "circular"
    return net


@torch.no_grad()
def near_identity(net: CifarNet, noise: float) -> None:
    """Put the identity into every convolution of the blocks, in place.

    What was there stays, `noise` times as large. A convolution that doubles the
    channels copies each of them twice.
    """
    for block in net.blocks:
        for conv in (block.conv1, block.conv2):
            usual = conv.weight.clone()
            nn.init.dirac_(conv.weight, groups=conv.out_channels // conv.in_channels)
            conv.weight += noise * usual


def no_norm(_: int) -> nn.Module:
    """What stands in the place of a normalization and does nothing."""
    return nn.Identity()


def train(
    net: nn.Module,
    seed: int,
    *,
    epochs: int,
    lr: float,
    batch_size: int,
    momentum: float,
    weight_decay: float,
    cosine: bool = False,
) -> list[float]:
    """Train on the digits as chapter 1 does; the training error of each epoch in %."""
    data = digits()
    return fitting.fit(
        net,
        data.train_images,
        data.train_labels,
        epochs=epochs,
        lr=lr,
        batch_size=batch_size,
        momentum=momentum,
        weight_decay=weight_decay,
        cosine=cosine,
        seed=seed,
    )


def train_and_score(net: nn.Module, seed: int, **recipe: Any) -> dict[str, float]:
    """Train as `train` does; "train" and "test" error of the last epoch in percent."""
    errors = train(net, seed, **recipe)
    return {"train": errors[-1], "test": test_error(net)}


def descend(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    seed: int,
    batch_size: int,
    *,
    rate: Callable[[int], float] | None = None,
    clip: float | None = None,
) -> Iterator[float]:
    """Train with any optimizer, without end; yields each epoch's training error in %.

    The images come in the order of `train`, and the caller may measure in between.
    `rate` and `clip` are those of `fitting.descend`.
    """
    data = digits()
    return fitting.descend(
        net,
        optimizer,
        data.train_images,
        data.train_labels,
        batch_size=batch_size,
        rate=rate,
        clip=clip,
        seed=seed,
    )


def at_epochs(
    errors: Iterator[float], epochs: Sequence[int]
) -> Iterator[tuple[int, float | None]]:
    """Stop a descent at these epochs; yields each one with its training error in %.

    Epoch 0 lies before the first step and has no error.
    """
    for epoch in range(max(epochs) + 1):
        error = next(errors) if epoch else None
        if epoch in epochs:
            yield epoch, error


def last_error(errors: Iterator[float], epochs: int) -> float:
    """The training error of the last of these epochs of a descent, in percent."""
    *_, error = islice(errors, epochs)
    return error


def test_error(net: nn.Module) -> float:
    """Error on the test images in percent."""
    data = digits()
    return fitting.error_rate(net, data.test_images, data.test_labels)


test_error.__test__ = False  # pytest would take it for a test


def is_finite(net: nn.Module) -> bool:
    """Whether no weight has become infinite or NaN."""
    return all(bool(torch.isfinite(p).all()) for p in net.parameters())


@torch.no_grad()
def settle(net: CifarNet, images: Tensor) -> CifarNet:
    """A copy of the net in eval mode whose norms have the statistics of these images.

    Trained or not, it then treats each image by itself, and test images tell the
    norms nothing.
    """
    net = copy.deepcopy(net)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    net.train()(images)
    return net.eval()


@torch.no_grad()
def states(net: CifarNet, images: Tensor) -> list[Tensor]:
    """What the first block reads and each block hands on, B + 1 × (N, C, H, W)."""
    x = net.stem_norm(net.stem(images))
    found = [net.activation(x) if net.order == "post" else x]
    for block in net.blocks:
        found.append(block(found[-1]))
    return found


def series(rows: Sequence[Sequence[float]], digits: int = 2) -> dict[str, Any]:
    """Spreads along an axis, from S rows: lists of means and deviations; the rows."""
    return {
        **spreads(rows, digits),
        "values": [[round(value, digits) for value in row] for row in rows],
    }


def by_name(rows: Sequence[Mapping[str, float]], digits: int = 2) -> dict[str, Any]:
    """Spreads over the seeds, by name, from one mapping of numbers for each seed."""
    return {key: spread([row[key] for row in rows], digits) for key in rows[0]}


def paired(
    first: Sequence[float], second: Sequence[float], digits: int = 2
) -> dict[str, Any]:
    """The differences first − second, seed by seed, and their 95 % interval.

    The interval of the mean is Student's, with n − 1 degrees of freedom.

    Raises:
        ValueError: for fewer than two pairs, or lists of different lengths.
    """
    if len(first) != len(second) or len(first) < 2:
        raise ValueError(
            f"expected two or more pairs, got {len(first)} and {len(second)} values"
        )
    from scipy.stats import t

    differences = [a - b for a, b in zip(first, second, strict=True)]
    count = len(differences)
    deviation = statistics.stdev(differences)
    half = float(t.ppf(0.975, count - 1)) * deviation / count**0.5
    mean = statistics.fmean(differences)
    return {
        **spread(differences, digits),
        "interval": [round(mean - half, digits), round(mean + half, digits)],
    }


def against(
    reference: str, errors: dict[str, list[float]], digits: int = 2
) -> dict[str, Any]:
    """The paired differences of all the others from one kind of net, by name."""
    base = errors[reference]
    return {
        name: paired(values, base, digits)
        for name, values in errors.items()
        if name != reference
    }

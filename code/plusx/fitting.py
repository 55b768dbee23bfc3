"""The training loop that the chapters show: small data, one device, no tricks.

The fast trainer for CIFAR-10 is `plusx.train`; this one exists to be read.
"""

import math
from collections.abc import Callable, Iterator
from itertools import count, islice

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def fit(
    net: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    epochs: int = 10,
    lr: float = 0.05,
    batch_size: int = 128,
    momentum: float = 0.9,
    weight_decay: float = 1e-4,
    cosine: bool = False,
    seed: int = 0,
) -> list[float]:
    """Train with SGD; return the running training error of each epoch in percent.

    Args:
        images: (N, ...) inputs of the net; labels: (N,) class numbers.
        cosine: let the learning rate fall along half a cosine, epoch by epoch.
        seed: of the order in which the images are drawn.

    Raises:
        ValueError: when images and labels differ in number, or epochs < 1.
    """
    if len(images) != len(labels):
        raise ValueError(
            f"expected as many labels as images, got {len(labels)} and {len(images)}"
        )
    if epochs < 1:
        raise ValueError(f"epochs must be at least 1, got {epochs}")
    optimizer = torch.optim.SGD(
        net.parameters(), lr, momentum=momentum, weight_decay=weight_decay
    )
    batches = math.ceil(len(images) / batch_size)

    def falling(step: int) -> float:
        return lr * (1 + math.cos(math.pi * (step // batches) / epochs)) / 2

    errors = descend(
        net,
        optimizer,
        images,
        labels,
        batch_size=batch_size,
        rate=falling if cosine else None,
        seed=seed,
    )
    return list(islice(errors, epochs))


def descend(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    *,
    batch_size: int = 128,
    rate: Callable[[int], float] | None = None,
    clip: float | None = None,
    seed: int = 0,
) -> Iterator[float]:
    """Train without end; yields the running training error of each epoch in percent.

    Each epoch visits every image once, and each mini-batch is counted before its own
    step. Between two epochs the caller may measure the net.

    Args:
        rate: the learning rate of each step, counted from 0 over all epochs; without
            it the optimizer keeps its own.
        clip: the length that a gradient is shortened to when it is longer.
        seed: of the order in which the images are drawn.
    """
    generator = torch.Generator().manual_seed(seed)
    steps = count()
    while True:
        net.train()
        wrong = 0
        for batch in torch.randperm(len(images), generator=generator).split(batch_size):
            step = next(steps)
            if rate is not None:
                for group in optimizer.param_groups:
                    group["lr"] = rate(step)
            wrong += take_step(net, optimizer, images[batch], labels[batch], clip)
        yield 100 * wrong / len(images)


def take_step(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    clip: float | None = None,
) -> int:
    """One step on one mini-batch; return how many images were wrong before it."""
    logits = net(images)
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    if clip is not None:
        nn.utils.clip_grad_norm_(net.parameters(), clip)
    optimizer.step()
    return int((logits.argmax(dim=1) != labels).sum())


@torch.no_grad()
def error_rate(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of images that the net gets wrong, in percent, in eval mode."""
    training = net.training
    net.eval()
    wrong = (net(images).argmax(dim=1) != labels).sum().item()
    net.train(training)
    return 100 * wrong / len(images)

"""The training loop that the chapters show: small data, one device, no tricks.

The fast trainer for CIFAR-10 is `plusx.train`; this one exists to be read.
"""

import math

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
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(
        net.parameters(), lr, momentum=momentum, weight_decay=weight_decay
    )
    net.train()
    errors = []
    for epoch in range(epochs):
        if cosine:
            optimizer.param_groups[0]["lr"] = (
                lr * (1 + math.cos(math.pi * epoch / epochs)) / 2
            )
        errors.append(
            train_epoch(net, optimizer, images, labels, generator, batch_size)
        )
    return errors


def train_epoch(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    generator: torch.Generator,
    batch_size: int = 128,
) -> float:
    """Train on every image once; return the running training error in percent.

    Each mini-batch is counted before its own step.
    """
    wrong = 0
    for batch in torch.randperm(len(images), generator=generator).split(batch_size):
        logits = net(images[batch])
        loss = F.cross_entropy(logits, labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        wrong += (logits.argmax(dim=1) != labels[batch]).sum().item()
    return 100 * wrong / len(images)


@torch.no_grad()
def error_rate(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """The share of images that the net gets wrong, in percent, in eval mode."""
    training = net.training
    net.eval()
    wrong = (net(images).argmax(dim=1) != labels).sum().item()
    net.train(training)
    return 100 * wrong / len(images)

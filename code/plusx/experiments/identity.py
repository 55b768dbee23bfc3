"""Chapter 2: can an optimizer find "do nothing"?

Two parts. `depth`: k square layers learn y = x on x ≥ 0. `targets`: as many layers
learn a map that lies near the identity and one that lies far from it.

N samples of `width` features each; a layer maps (N, width) to (N, width).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = "relu(normal numbers), drawn from the seed"
CONFIG = {
    "width": 32,
    "samples": 1024,
    "batch_size": 128,
    "steps": 600,
    "lrs": [0.001, 0.003, 0.01],
    "variants": ["plain", "plain_norm", "residual", "residual_zero"],
    "depth": {"layers": [1, 2, 4, 8, 16, 32]},
    "targets": {"layers": 8, "names": ["near", "shuffled"]},
}
VARIANTS = {
    "plain": {"residual": False, "init": "he"},
    "plain_norm": {"residual": False, "init": "he", "norm": True},
    "plain_identity": {"residual": False, "init": "identity"},
    "residual": {"residual": True, "init": "he_scaled"},
    "residual_zero": {"residual": True, "init": "zero"},
}


class Stack(nn.Module):
    """k layers relu(Wx + b), or relu(x + Wx + b) with a skip connection.

    Args:
        init: of every W: "he"; "he_scaled", which is He / √k; "zero"; "identity".
            The biases start at 0.
        norm: batch normalization between Wx + b and the rest.

    Raises:
        ValueError: for fewer than one layer or an unknown init.
    """

    def __init__(
        self, width: int, layers: int, *, residual: bool, init: str, norm: bool = False
    ):
        super().__init__()
        if layers < 1:
            raise ValueError(f"layers must be at least 1, got {layers}")
        self.residual = residual
        self.linears = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(width) if norm else nn.Identity() for _ in range(layers)
        )
        for linear in self.linears:
            _initialize(linear, init, layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) → (N, width)."""
        for linear, norm in zip(self.linears, self.norms, strict=True):
            y = norm(linear(x))
            x = F.relu(x + y if self.residual else y)
        return x


@torch.no_grad()
def _initialize(linear: nn.Linear, init: str, layers: int) -> None:
    """Set W as `init` says and b to 0."""
    nn.init.zeros_(linear.bias)
    if init in ("he", "he_scaled"):
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        linear.weight.mul_(1 / math.sqrt(layers) if init == "he_scaled" else 1)
    elif init == "zero":
        nn.init.zeros_(linear.weight)
    elif init == "identity":
        nn.init.eye_(linear.weight)
    else:
        raise ValueError(
            f"init must be 'he', 'he_scaled', 'zero' or 'identity', got {init!r}"
        )


def unexplained(output: Tensor, target: Tensor) -> float:
    """Mean squared error over the variance of the target: 0 is perfect.

    A constant answer, the mean of the target, has 1.
    """
    return (F.mse_loss(output, target) / target.var()).item()


def make_target(name: str, x: Tensor) -> Tensor:
    """What the stack shall return for x (N, width).

    "identity" is x; "near" is relu(x + 0.1 · R x) with R random, of variance 1 / width;
    "shuffled" is x with its features in a random order.
    """
    width = x.shape[1]
    if name == "identity":
        return x
    if name == "near":
        return F.relu(x + 0.1 * x @ torch.randn(width, width) / math.sqrt(width))
    if name == "shuffled":
        return x[:, torch.randperm(width)]
    raise ValueError(f"target must be identity, near or shuffled, got {name!r}")


def train_stack(
    stack: Stack,
    batch_loss: Callable[[Tensor], Tensor],
    count: int,
    *,
    steps: int,
    lr: float,
    batch_size: int,
) -> None:
    """Adam with a learning rate that falls to 0 in a straight line.

    Args:
        batch_loss: takes the indices of a mini-batch, returns its loss.
        count: how many samples there are.
    """
    optimizer = torch.optim.Adam(stack.parameters(), lr)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * (1 - step / steps)
        loss = batch_loss(torch.randint(0, count, (batch_size,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def _score(stack: Stack, x: Tensor, target: Tensor) -> float:
    """Unexplained variance over all samples, with their own batch statistics."""
    return unexplained(stack.train()(x), target)


def find_identity(
    variant: str,
    layers: int,
    seed: int,
    *,
    lr: float = 0.003,
    steps: int = 600,
    width: int = 32,
    samples: int = 1024,
    batch_size: int = 128,
    target: str = "identity",
) -> float:
    """Train one stack to return its input (or `target`); return what it leaves over.

    Returns:
        The unexplained variance: 0 when the stack copies, 1 when it returns a constant.
    """
    torch.manual_seed(seed)
    x = F.relu(torch.randn(samples, width))
    y = make_target(target, x)
    stack = Stack(width, layers, **VARIANTS[variant])
    train_stack(
        stack,
        lambda batch: F.mse_loss(stack(x[batch]), y[batch]),
        samples,
        steps=steps,
        lr=lr,
        batch_size=batch_size,
    )
    return _score(stack, x, y)


def best(task: Callable[..., float], lrs: Sequence[float]) -> float:
    """The smallest result of `task(lr=...)` over the learning rates."""
    return min(task(lr=lr) for lr in lrs)


def by_depth(
    *,
    variants: Sequence[str],
    layers: Sequence[int],
    lrs: Sequence[float],
    **settings: Any,
) -> dict[str, Any]:
    """Unexplained variance by variant and number of layers, best of the rates."""

    def least(variant: str, count: int, seed: int) -> float:
        return best(partial(find_identity, variant, count, seed, **settings), lrs)

    return {
        variant: {
            str(count): spread(
                [least(variant, count, seed) for seed in SEEDS], digits=6
            )
            for count in layers
        }
        for variant in variants
    }


def run(
    *, depth: Mapping[str, Any], targets: Mapping[str, Any], **settings: Any
) -> dict[str, Any]:
    """Both parts, five seeds each."""
    layers = [targets["layers"]]
    return {
        "depth": by_depth(target="identity", **depth, **settings),
        "targets": {
            name: by_depth(target=name, layers=layers, **settings)
            for name in targets["names"]
        },
    }

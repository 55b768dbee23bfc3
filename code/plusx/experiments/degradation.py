"""Chapter 1: training error against depth, on scikit-learn's digits.

Four parts: convolutional nets of depth 6n + 2 with and without shortcuts, some of them
trained six times as long, plain-56 trained eighteen times as long, and fully connected
nets with and without batch norm.
The setting follows He et al. 2015, section 4.2, at a size that a laptop can run.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.fitting import fit
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "train_images": 1438,
    "test_images": 359,
    "conv": {"depths": [8, 14, 20, 32, 44, 56], "width": 8, "epochs": 10, "lr": 0.05},
    "long": {
        "kinds": ["plain", "residual"],
        "depths": [20, 56],
        "width": 8,
        "epochs": 60,
        "lr": 0.05,
        "seeds": 3,
    },
    "longer": {
        "kinds": ["plain"],
        "depths": [56],
        "width": 8,
        "epochs": 180,
        "lr": 0.05,
        "seeds": 3,
    },
    "mlp": {"layers": [4, 18, 54, 100], "width": 32, "epochs": 15, "lr": 0.01},
    "batch_size": 128,
    "momentum": 0.9,
    "weight_decay": 0.0001,
}


def train_conv(
    depth: int, residual: bool, seed: int, *, width: int = 8, **changes: Any
) -> tuple[CifarNet, list[float]]:
    """Train one convolutional net on the digits; return it and its error curve.

    The curve holds the running training error of each epoch in percent.

    Args:
        changes: of the recipe of the record: `epochs` (10), `lr` (0.05), `batch_size`
            (128), `momentum` (0.9), `weight_decay` (0.0001) and `cosine` (False).
    """
    net = _digits.make_net(seed, depth=depth, residual=residual, width=width)
    return net, _digits.train(net, seed, **(_digits.RECIPE | changes))


class LinearBlock(nn.Module):
    """relu(x + scale · F(x)) with two linear layers in F; plain without the x."""

    def __init__(self, width: int, residual: bool, norm: bool, scale: float = 1.0):
        super().__init__()
        self.residual = residual
        self.scale = scale
        self.branch = nn.Sequential(
            nn.Linear(width, width),
            nn.BatchNorm1d(width) if norm else nn.Identity(),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.BatchNorm1d(width) if norm else nn.Identity(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, width) → (N, width)."""
        y = self.scale * self.branch(x)
        return F.relu(x + y if self.residual else y)


def make_mlp(
    layers: int,
    residual: bool,
    *,
    norm: bool,
    width: int = 32,
    scaled: bool = False,
) -> nn.Sequential:
    """A fully connected net: 64 pixels, `layers` hidden layers in blocks of two.

    Args:
        scaled: multiply each branch by 1 / sqrt(number of blocks).

    Raises:
        ValueError: for an odd or non-positive number of layers.
    """
    if layers < 2 or layers % 2:
        raise ValueError(f"layers must be even and positive, got {layers}")
    scale = 1 / math.sqrt(layers / 2) if scaled else 1.0
    blocks = [LinearBlock(width, residual, norm, scale) for _ in range(layers // 2)]
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(64, width), nn.ReLU(), *blocks, nn.Linear(width, 10)
    )
    for module in net.modules():
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)
    return net


MLP_VARIANTS = {
    "plain": {"residual": False, "norm": False},
    "plain_norm": {"residual": False, "norm": True},
    "residual": {"residual": True, "norm": False},
    "residual_norm": {"residual": True, "norm": True},
    "residual_scaled": {"residual": True, "norm": False, "scaled": True},
}


def train_mlp(
    variant: str,
    layers: int,
    seed: int,
    *,
    width: int = 32,
    epochs: int = 15,
    lr: float = 0.01,
    batch_size: int = 128,
    momentum: float = 0.9,
) -> float | None:
    """Train one fully connected net without weight decay; return its last error.

    The error is that of training, in percent.

    Returns:
        None when the weights are no longer finite: the run has diverged.
    """
    data = digits()
    torch.manual_seed(seed)
    net = make_mlp(layers, width=width, **MLP_VARIANTS[variant])
    errors = fit(
        net,
        data.train_images,
        data.train_labels,
        epochs=epochs,
        lr=lr,
        batch_size=batch_size,
        momentum=momentum,
        weight_decay=0.0,
        seed=seed,
    )
    return errors[-1] if _digits.is_finite(net) else None


def summary(values: list[float | None]) -> dict:
    """Spread of the finite runs and how many diverged."""
    finite = [value for value in values if value is not None]
    return {
        **(spread(finite) if finite else {"mean": None, "std": None, "values": []}),
        "diverged": len(values) - len(finite),
    }


def short_runs(
    residual: bool, *, depths: Sequence[int], **settings: Any
) -> dict[str, dict]:
    """Last training error and test error at each depth, fixed learning rate."""
    train, test = {}, {}
    for depth in depths:
        runs = [train_conv(depth, residual, seed, **settings) for seed in SEEDS]
        train[str(depth)] = spread([errors[-1] for _, errors in runs])
        test[str(depth)] = spread([_digits.test_error(net) for net, _ in runs])
    return {"train": train, "test": test}


def long_runs(
    *, kinds: Sequence[str], depths: Sequence[int], seeds: int, **settings: Any
) -> dict[str, dict]:
    """Error curves with cosine decay, for the first `seeds` seeds of each net."""
    results: dict = {kind: {} for kind in kinds}
    for kind in kinds:
        for depth in depths:
            curves = [
                train_conv(depth, kind == "residual", seed, cosine=True, **settings)[1]
                for seed in SEEDS[:seeds]
            ]
            results[kind][str(depth)] = {
                "last": spread([curve[-1] for curve in curves]),
                "curves": [[round(error, 1) for error in curve] for curve in curves],
            }
    return results


def mlp_runs(*, layers: Sequence[int], **settings: Any) -> dict[str, dict]:
    """Last training error of each kind of fully connected net at each depth."""
    return {
        variant: {
            str(count): summary(
                [train_mlp(variant, count, seed, **settings) for seed in SEEDS]
            )
            for count in layers
        }
        for variant in MLP_VARIANTS
    }


def check_sizes(train_images: int, test_images: int) -> None:
    """Whether the digits are split as a configuration states.

    Raises:
        ValueError: when they are not.
    """
    data = digits()
    found = len(data.train_images), len(data.test_images)
    if found != (train_images, test_images):
        raise ValueError(
            f"expected {train_images} training and {test_images} test images, "
            f"got {found[0]} and {found[1]}"
        )


def run(
    *,
    train_images: int,
    test_images: int,
    conv: Mapping[str, Any],
    long: Mapping[str, Any],
    longer: Mapping[str, Any],
    mlp: Mapping[str, Any],
    batch_size: int,
    momentum: float,
    weight_decay: float,
) -> dict[str, Any]:
    """All four parts; errors in percent, five seeds, three for the long runs.

    The weight decay is that of the convolutional nets; `train_mlp` uses none.
    """
    check_sizes(train_images, test_images)
    recipe = {"batch_size": batch_size, "momentum": momentum}
    decayed = {**recipe, "weight_decay": weight_decay}
    return {
        "conv": {
            "plain": short_runs(False, **decayed, **conv),
            "residual": short_runs(True, **decayed, **conv),
        },
        "long": long_runs(**decayed, **long),
        "longer": long_runs(**decayed, **longer),
        "mlp": mlp_runs(**recipe, **mlp),
    }

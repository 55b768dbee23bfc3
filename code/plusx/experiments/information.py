"""What is left of the image? A probe on the state after each block.

From the states of 1,438 training images a ridge regression learns to name the digit;
its error on the test images says how much of the class a linear reader still finds
after each block. "probe" has a penalty that keeps it from directions in which hardly
anything varies; "loose" has almost none. The nets are taken untrained and trained, with
the norms' statistics of the training images (`_digits.settle`). Beside the probe:

- "neighbor": the error of taking over the label of the most similar training image
  (largest cosine of the centered states), which is not linear;
- "cosine": the mean cosine between the states of two different test images, and
- "diversity": what the states of the test images do not share, ‖x − mean‖² / ‖x‖², the
  quantity that the Transformer chapter follows for tokens.

"circular-56" has no batch norm and pads with the opposite edge: the length of its
gradients is right, and it is measured untrained only. About 5 minutes on one core.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.data import Split, digits
from plusx.experiments import _digits
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
        "circular-56": {
            "depth": 56,
            "residual": False,
            "norm": False,
            "circular": True,
        },
    },
    "untrained_only": ["circular-56"],
    "width": 8,
    "ridges": {"probe": 0.01, "loose": 0.000001},
    "recipe": _digits.RECIPE,
    "seeds": SEEDS,
}


def probe_error(
    train: Tensor, labels: Tensor, test: Tensor, test_labels: Tensor, ridge: float
) -> float:
    """Test error in percent of a ridge regression to the ten classes.

    Args:
        train: (N, D) states, test: (M, D); in float64, centered and scaled here by the
            mean and one deviation of the training states.
        ridge: the penalty, as a multiple of the mean variance of a number in a state.
    """
    center = train.double().mean(dim=0)
    train, test = train.double() - center, test.double() - center
    scale = train.std().clamp(min=1e-300)
    train, test = train / scale, test / scale
    targets = F.one_hot(labels, 10).double() - 0.1
    penalty = ridge * len(train) * torch.eye(train.shape[1], dtype=torch.float64)
    weights = torch.linalg.solve(train.T @ train + penalty, train.T @ targets)
    offset = targets.mean(dim=0)
    wrong = (test @ weights + offset).argmax(dim=1) != test_labels
    return 100 * wrong.double().mean().item()


def neighbor_error(
    train: Tensor, labels: Tensor, test: Tensor, test_labels: Tensor
) -> float:
    """Test error in percent of the label of the most similar training state."""
    center = train.double().mean(dim=0)
    train, test = (F.normalize(x.double() - center, dim=1) for x in (train, test))
    nearest = (test @ train.T).argmax(dim=1)
    return 100 * (labels[nearest] != test_labels).double().mean().item()


def mean_cosine(x: Tensor) -> float:
    """The mean cosine between two different rows of (N, D)."""
    units = F.normalize(x.double(), dim=1)
    count = len(units)
    total = units.sum(dim=0).square().sum() - units.square().sum()
    return (total / (count * (count - 1))).item()


def diversity(x: Tensor) -> float:
    """The share of (N, D) states that they do not have in common, 0 to 1."""
    x = x.double()
    return ((x - x.mean(dim=0)).square().sum() / x.square().sum()).item()


def look(
    net: CifarNet, data: Split, ridges: Mapping[str, float]
) -> dict[str, list[float]]:
    """The measures of what the first block reads and each block hands on."""
    settled = _digits.settle(net, data.train_images)
    found: dict[str, list[float]] = {}
    for train, test in zip(
        _digits.states(settled, data.train_images),
        _digits.states(settled, data.test_images),
        strict=True,
    ):
        train, test = train.flatten(1), test.flatten(1)
        sets = train, data.train_labels, test, data.test_labels
        measures = {
            **{name: probe_error(*sets, ridge) for name, ridge in ridges.items()},
            "neighbor": neighbor_error(*sets),
            "cosine": mean_cosine(test),
            "diversity": diversity(test),
        }
        for name, value in measures.items():
            found.setdefault(name, []).append(value)
    return found


def gather(looks: Sequence[Mapping[str, list[float]]]) -> dict[str, Any]:
    """Series over the seeds, by measure."""
    return {
        name: _digits.series([look[name] for look in looks], 4) for name in looks[0]
    }


def run(
    *,
    nets: Mapping[str, Mapping[str, Any]],
    untrained_only: Sequence[str],
    width: int,
    ridges: Mapping[str, float],
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By net: series along the blocks, "untrained" and "trained"; errors in percent."""
    data = digits()
    pixels = (
        data.train_images.flatten(1),
        data.train_labels,
        data.test_images.flatten(1),
        data.test_labels,
    )
    results: dict[str, Any] = {
        "pixels": {
            **{name: round(probe_error(*pixels, r), 2) for name, r in ridges.items()},
            "neighbor": round(neighbor_error(*pixels), 2),
        }
    }
    for name, kind in nets.items():
        made = [_digits.make_net(seed, width=width, **kind) for seed in seeds]
        found = {"untrained": gather([look(net, data, ridges) for net in made])}
        if name not in untrained_only:
            curves = [
                _digits.train(net, s, **recipe)
                for net, s in zip(made, seeds, strict=True)
            ]
            found["trained"] = gather([look(net, data, ridges) for net in made])
            found["train"] = spread([curve[-1] for curve in curves])
            found["test"] = spread([_digits.test_error(net) for net in made])
        results[name] = found
    return results

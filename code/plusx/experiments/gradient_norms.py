"""How long the gradient is in each block of plain-56 and ResNet-56, at initialization.

Three activations, with and without batch normalization, with and without shortcuts. The
nets without normalization run once more with circular padding: zero padding alone takes
5/9 of each kernel away on the 2 × 2 feature maps of the last stage, and so shortens the
gradient for a reason that has nothing to do with depth.

The record keeps log10 of ‖∂loss/∂h‖ at each block's output h, and of ‖∂loss/∂W‖ for the
weights of the first block over those of the last one, in float64, where nothing
underflows.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.gradients import ACTIVATIONS, gradient_norms
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = "scikit-learn load_digits, the first 256 training images"
CONFIG = {
    "depth": 56,
    "width": 8,
    "images": 256,
    "activations": ["sigmoid", "tanh", "relu"],
    "settings": ["bn", "none", "circular"],
    "seeds": SEEDS,
}


def make_net(
    depth: int,
    residual: bool,
    activation: str,
    setting: str = "bn",
    *,
    width: int = 8,
    seed: int = 0,
) -> CifarNet:
    """A net for the digits; He weights for ReLU, Xavier weights for sigmoid and tanh.

    Args:
        setting: "bn" has batch normalization, "none" has not, and "circular" has not
            and pads with the opposite edge instead of zeros.
    """
    net = _digits.make_net(
        seed,
        depth=depth,
        residual=residual,
        width=width,
        norm=setting == "bn",
        circular=setting == "circular",
        activation=ACTIVATIONS[activation],
    )
    for module in net.modules():
        if isinstance(module, nn.Conv2d) and activation != "relu":
            nn.init.xavier_normal_(module.weight)
    return net


def block_gradients(net: CifarNet, images: Tensor, labels: Tensor) -> Tensor:
    """‖∂loss/∂h‖ of each block's output and ‖∂loss/∂W‖ of its weights, (2, blocks)."""
    norms = gradient_norms(net.blocks, lambda: F.cross_entropy(net(images), labels))
    return torch.stack(norms)


def at_initialization(
    activation: str,
    setting: str,
    residual: bool,
    *,
    depth: int,
    width: int,
    images: int,
    seeds: Sequence[int],
) -> list[Tensor]:
    """The block gradients (2, blocks) of one kind of net for each seed, in float64."""
    data = digits()
    sample = data.train_images[:images].double(), data.train_labels[:images]
    found = []
    for seed in seeds:
        net = make_net(depth, residual, activation, setting, width=width, seed=seed)
        found.append(block_gradients(net.double(), *sample))
    return found


def summary(norms: Sequence[Tensor]) -> dict[str, Any]:
    """Mean and deviation over the seeds of log10 of the norms, block by block.

    `ratio` is log10 of the first block's state gradient over the last one's, and
    `weight_ratio` the same of the gradients by the weights.
    """
    logs = torch.stack(list(norms)).log10()
    states = logs[:, 0]
    first_to_last = logs[:, :, 0] - logs[:, :, -1]
    return {
        "mean": [round(value, 2) for value in states.mean(dim=0).tolist()],
        "std": [round(value, 2) for value in states.std(dim=0).tolist()],
        "ratio": spread(first_to_last[:, 0].tolist()),
        "weight_ratio": spread(first_to_last[:, 1].tolist()),
    }


def run(
    *, activations: Sequence[str], settings: Sequence[str], **size: Any
) -> dict[str, Any]:
    """Summaries by activation, setting and kind of net."""
    return {
        activation: {
            setting: {
                kind: summary(
                    at_initialization(activation, setting, kind == "residual", **size)
                )
                for kind in ("plain", "residual")
            }
            for setting in settings
        }
        for activation in activations
    }

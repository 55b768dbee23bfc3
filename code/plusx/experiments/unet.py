"""Chapter 8: find a digit in noise with a U-Net; long skips left out, added, appended.

The digits are enlarged from 8×8 to 16×16 pixels; the mask holds the pixels above 0.5.
The net sees the image plus Gaussian noise. Scores: the Dice coefficient of the masks,
2 |A ∩ B| / (|A| + |B|), and the share of wrong pixels at the mask's edge and elsewhere.
"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.networks import count_parameters
from plusx.networks.unet import UNet

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "size": 16,
    "noise": 0.3,
    "steps": 200,
    "batch_size": 64,
    "lr": 0.002,
    "width": 8,
    "levels": 3,
    "bottleneck": 4,
    "wide_bottleneck": 64,
}
VARIANTS = {
    "none": {"skips": "none"},
    "short": {"skips": "none", "residual": True},
    "add": {"skips": "add"},
    "concat": {"skips": "concat"},
}


def clean_digits(size: int = CONFIG["size"]) -> tuple[Tensor, Tensor]:
    """Training and test images between 0 and 1, enlarged: (N, 1, size, size) each."""
    split = digits()
    both = torch.cat([split.train_images, split.test_images])
    both = (both - both.min()) / (both.max() - both.min())
    both = F.interpolate(both, size=size, mode="bilinear")
    return both[: len(split.train_images)], both[len(split.train_images) :]


def add_noise(
    images: Tensor, generator: torch.Generator, noise: float = CONFIG["noise"]
) -> Tensor:
    """The images plus Gaussian noise of this standard deviation."""
    return images + noise * torch.randn(images.shape, generator=generator)


def test_pair(
    *, size: int = CONFIG["size"], noise: float = CONFIG["noise"]
) -> tuple[Tensor, Tensor]:
    """Noisy test images and their true masks, the same each time."""
    clean = clean_digits(size)[1]
    return add_noise(clean, torch.Generator().manual_seed(77), noise), clean > 0.5


test_pair.__test__ = False  # pytest would take it for a test


def train_unet(
    seed: int,
    *,
    steps: int = CONFIG["steps"],
    batch_size: int = CONFIG["batch_size"],
    lr: float = CONFIG["lr"],
    size: int = CONFIG["size"],
    noise: float = CONFIG["noise"],
    **shape: Any,
) -> UNet:
    """Train a U-Net with Adam, the rate falling linearly; noise drawn afresh.

    Args:
        shape: of `UNet`.
    """
    torch.manual_seed(seed)
    net = UNet(**shape)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), lr)
    clean = clean_digits(size)[0]
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = lr * (1 - step / steps)
        batch = torch.randint(len(clean), (batch_size,), generator=generator)
        target = clean[batch]
        logits = net(add_noise(target, generator, noise))
        loss = F.binary_cross_entropy_with_logits(logits, (target > 0.5).float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


def dice(found: Tensor, true: Tensor) -> float:
    """Dice coefficient of two boolean masks: 1 the same, 0 nothing in common."""
    both = (found & true).sum()
    return (2 * both / (found.sum() + true.sum())).item()


def edge(true: Tensor) -> Tensor:
    """Pixels that have one of another kind among their 3 × 3 neighbours."""
    mask = true.float()
    near_one = F.max_pool2d(mask, 3, stride=1, padding=1)
    near_zero = F.max_pool2d(1 - mask, 3, stride=1, padding=1)
    return (near_one * near_zero).bool()


@torch.no_grad()
def scores(net: nn.Module, **pair: Any) -> dict[str, float]:
    """Dice, and wrong pixels in percent: at the mask's edge and elsewhere.

    Args:
        pair: `size` and `noise` of `test_pair`.
    """
    noisy, true = test_pair(**pair)
    found = net(noisy) > 0
    wrong, border = found != true, edge(true)
    return {
        "dice": dice(found, true),
        "edge": 100 * wrong[border].float().mean().item(),
        "elsewhere": 100 * wrong[~border].float().mean().item(),
    }


@torch.no_grad()
def follows(net: nn.Module, **pair: Any) -> float:
    """How well the output moves with its input: Dice after a step of one pixel.

    Compares the mask of the shifted image with the shifted mask of the image; `pair`
    as in `scores`.
    """
    noisy, _ = test_pair(**pair)
    moved = net(noisy.roll(1, dims=3)) > 0
    return dice(moved, (net(noisy) > 0).roll(1, dims=3))


def baselines(**pair: Any) -> dict[str, float]:
    """Dice without any net: a threshold, alone and after a mean of 3×3 pixels."""
    noisy, true = test_pair(**pair)
    blurred = F.avg_pool2d(noisy, 3, stride=1, padding=1)
    found = {"threshold": noisy > 0.5, "blur": blurred > 0.5}
    return {name: round(dice(mask, true), 4) for name, mask in found.items()}


def measure(
    variant: Mapping[str, Any], pair: Mapping[str, Any], **training: Any
) -> dict[str, Any]:
    """All scores of one variant over the seeds, and its number of parameters."""
    nets = [train_unet(seed, **variant, **pair, **training) for seed in SEEDS]
    found = [{**scores(net, **pair), "follows": follows(net, **pair)} for net in nets]
    return {
        "parameters": count_parameters(nets[0]),
        **_digits.by_name(found, digits=3),
    }


def run(
    *,
    size: int,
    noise: float,
    bottleneck: int,
    wide_bottleneck: int,
    **training: Any,
) -> dict[str, Any]:
    """Baselines, four variants at the narrow bottleneck, two at the wide one."""
    pair = {"size": size, "noise": noise}
    wide = {**training, "bottleneck": wide_bottleneck}
    return {
        "baselines": baselines(**pair),
        "narrow": {
            name: measure(kind, pair, bottleneck=bottleneck, **training)
            for name, kind in VARIANTS.items()
        },
        "wide": {
            name: measure(VARIANTS[name], pair, **wide) for name in ("none", "add")
        },
    }

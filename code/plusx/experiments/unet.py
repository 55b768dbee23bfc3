"""Chapter 8: find a digit in noise with a U-Net; long skips left out, added, appended.

The digits are enlarged from 8×8 to 16×16 pixels; the mask holds the pixels above 0.5.
The net sees the image plus Gaussian noise. Scores: the Dice coefficient of the masks,
2 |A ∩ B| / (|A| + |B|), and the share of wrong pixels at the mask's edge and elsewhere.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.data import digits
from plusx.networks import count_parameters
from plusx.networks.unet import UNet
from plusx.records import spread

SEEDS = [0, 1, 2, 3, 4]
DATA = "scikit-learn load_digits, first 1,438 images for training, last 359 for test"
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


def clean_digits() -> tuple[Tensor, Tensor]:
    """Training and test images between 0 and 1, (1438, 1, 16, 16), (359, 1, 16, 16)."""
    split = digits()
    both = torch.cat([split.train_images, split.test_images])
    both = (both - both.min()) / (both.max() - both.min())
    both = F.interpolate(both, size=CONFIG["size"], mode="bilinear")
    return both[: len(split.train_images)], both[len(split.train_images) :]


def add_noise(images: Tensor, generator: torch.Generator) -> Tensor:
    """The images plus Gaussian noise of standard deviation 0.3."""
    return images + CONFIG["noise"] * torch.randn(images.shape, generator=generator)


def test_pair() -> tuple[Tensor, Tensor]:
    """Noisy test images and their true masks, the same each time."""
    clean = clean_digits()[1]
    return add_noise(clean, torch.Generator().manual_seed(77)), clean > 0.5


def train_unet(
    seed: int, *, steps: int = CONFIG["steps"], bottleneck: int = 4, **variant
) -> UNet:
    """Train a U-Net with Adam, the rate falling linearly; noise drawn afresh."""
    torch.manual_seed(seed)
    net = UNet(bottleneck=bottleneck, **variant)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(net.parameters(), CONFIG["lr"])
    clean = clean_digits()[0]
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = CONFIG["lr"] * (1 - step / steps)
        batch = torch.randint(len(clean), (CONFIG["batch_size"],), generator=generator)
        target = clean[batch]
        logits = net(add_noise(target, generator))
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
def scores(net: nn.Module) -> dict[str, float]:
    """Dice, and wrong pixels in percent: at the mask's edge and elsewhere."""
    noisy, true = test_pair()
    found = net(noisy) > 0
    wrong, border = found != true, edge(true)
    return {
        "dice": dice(found, true),
        "edge": 100 * wrong[border].float().mean().item(),
        "elsewhere": 100 * wrong[~border].float().mean().item(),
    }


@torch.no_grad()
def follows(net: nn.Module) -> float:
    """How well the output moves with its input: Dice after a step of one pixel.

    Compares the mask of the shifted image with the shifted mask of the image.
    """
    noisy, _ = test_pair()
    moved = net(noisy.roll(1, dims=3)) > 0
    return dice(moved, (net(noisy) > 0).roll(1, dims=3))


def baselines() -> dict[str, float]:
    """Dice without any net: a threshold, alone and after a 3×3 mean."""
    noisy, true = test_pair()
    blurred = F.avg_pool2d(noisy, 3, stride=1, padding=1)
    found = {"threshold": noisy > 0.5, "blur": blurred > 0.5}
    return {name: round(dice(mask, true), 4) for name, mask in found.items()}


def measure(bottleneck: int, variant: dict) -> dict:
    """All scores of one variant over the seeds, and its number of parameters."""
    nets = [train_unet(seed, bottleneck=bottleneck, **variant) for seed in SEEDS]
    found = [{**scores(net), "follows": follows(net)} for net in nets]
    return {
        "parameters": count_parameters(nets[0]),
        **{key: spread([one[key] for one in found], 3) for key in found[0]},
    }


def run(config: dict) -> dict:
    """Baselines, four variants at the narrow bottleneck, two at the wide one."""
    narrow, wide = config["bottleneck"], config["wide_bottleneck"]
    return {
        "baselines": baselines(),
        "narrow": {name: measure(narrow, kind) for name, kind in VARIANTS.items()},
        "wide": {name: measure(wide, VARIANTS[name]) for name in ("none", "add")},
    }

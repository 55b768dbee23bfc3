"""Chapter 2: residual nets of 30 and 102 blocks, also from branches that return 0.

Four variants: the block of He et al. 2015 (`post`) and that of He et al. 2016 (`pre`),
each with He initialization throughout and with `networks.zero_residual`.
"""

from collections.abc import Sequence
from typing import Any

import torch

from plusx.experiments import _digits
from plusx.networks import (
    BasicBlock,
    CifarNet,
    PreActivationBlock,
    init_he,
    zero_residual,
)
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = "scikit-learn load_digits, first 1,438 images for training"
RECIPE = {**_digits.RECIPE, "epochs": 15}
CONFIG = {"depths": [62, 206], "width": 4, **RECIPE}
VARIANTS = {
    "post": ("post", False),
    "post_zero": ("post", True),
    "pre": ("pre", False),
    "pre_zero": ("pre", True),
}
PARTS = ("convolutions", "gamma", "last_convolution")


def branch_share(part: str, scale: float) -> float:
    """‖F(x)‖ / ‖x‖ of one block, with one part of its branch multiplied by `scale`.

    The block has 8 channels and He initialization; it works in training mode and in
    float64 on 64 random inputs x ≥ 0 of 8 × 8 pixels.

    Args:
        part: "convolutions", both of a post-activation block; "gamma", that of its
            second norm; "last_convolution", the second of a pre-activation block.

    Raises:
        ValueError: for an unknown part.
    """
    if part not in PARTS:
        raise ValueError(f"part must be one of {PARTS}, got {part!r}")
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        block = (PreActivationBlock if part == "last_convolution" else BasicBlock)(8, 8)
        init_he(block)
        block.double()
        scaled = {
            "convolutions": (block.conv1, block.conv2),
            "gamma": (block.norm2,),
            "last_convolution": (block.conv2,),
        }
        for layer in scaled[part]:
            layer.weight.mul_(scale)
        x = torch.randn(64, 8, 8, 8, generator=generator, dtype=torch.float64).relu()
        return (block.branch(x).norm() / x.norm()).item()


def make_net(variant: str, depth: int, seed: int, *, width: int = 4) -> CifarNet:
    """A residual net for the digits; all of its branches return 0 in `..._zero`.

    Raises:
        ValueError: for an unknown variant.
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant must be one of {[*VARIANTS]}, got {variant!r}")
    order, zero = VARIANTS[variant]
    net = _digits.make_net(seed, depth=depth, residual=True, width=width, order=order)
    if zero:
        zero_residual(net)
    return net


def train_variant(
    variant: str, depth: int, seed: int, *, width: int = 4, **changes: Any
) -> list[float]:
    """Train one net on the digits; the training error of each epoch in percent.

    Args:
        changes: of the recipe of the record, as `epochs` (15) and `lr` (0.05).
    """
    net = make_net(variant, depth, seed, width=width)
    return _digits.train(net, seed, **(RECIPE | changes))


def run(*, depths: Sequence[int], **settings: Any) -> dict[str, Any]:
    """Errors in percent by number of blocks, variant and epoch (from 1)."""
    results: dict = {}
    for depth in depths:
        blocks = results[str((depth - 2) // 2)] = {}
        for variant in VARIANTS:
            curves = [train_variant(variant, depth, seed, **settings) for seed in SEEDS]
            blocks[variant] = {
                str(epoch): spread(errors)
                for epoch, errors in enumerate(zip(*curves, strict=True), start=1)
            }
    return results

"""Chapter 5: what happens when the shortcut is no longer the identity.

Two parts, both on scikit-learn's digits with the settings of chapter 1: options A, B
and C against depth, and the scaled and gated shortcuts of He et al. 2016 (section 3.1,
Table 1). A constant λ on every shortcut has a record of its own, `shortcut_scale`.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from plusx.experiments import _digits
from plusx.networks import BasicBlock, CifarNet

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "options": {"names": ["A", "B", "C"], "depths": [20, 38, 56], "seeds": 5},
    "variants": {"depth": 56, "seeds": 3},
    "width": 8,
    **_digits.RECIPE,
}
VARIANTS = {  # of He et al. 2016, Table 1
    "half_both": {"scale": 0.5, "branch_scale": 0.5},
    "exclusive_gate": {"gate": "exclusive", "bias": -6.0},
    "exclusive_gate_0": {"gate": "exclusive", "bias": 0.0},
    "shortcut_gate": {"gate": "shortcut", "bias": -6.0},
    "shortcut_gate_0": {"gate": "shortcut", "bias": 0.0},
}
GATES = ("exclusive", "shortcut")


class Times(nn.Module):
    """Multiplies by a constant that is not trained."""

    def __init__(self, factor: float):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """(…) → (…)."""
        return self.factor * x


class GatedBlock(nn.Module):
    """A residual block with a gate g = σ(1×1 convolution of x) on its shortcut.

    "exclusive": (1 − g) · x + g · F(x), as in highway networks; "shortcut":
    (1 − g) · x + F(x). A bias far below 0 makes g start near 0.

    Raises:
        ValueError: for another gate.
    """

    def __init__(self, block: BasicBlock, gate: str, bias: float):
        super().__init__()
        if gate not in GATES:
            raise ValueError(f"gate must be one of {GATES}, got {gate!r}")
        channels = block.conv2.out_channels
        self.block, self.exclusive = block, gate == "exclusive"
        self.gate = nn.Conv2d(channels, channels, 1)
        nn.init.constant_(self.gate.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        shortcut = self.block.shortcut(x)
        gate = torch.sigmoid(self.gate(shortcut))
        branch = self.block.branch(x)
        if self.exclusive:
            branch = gate * branch
        return self.block.activation((1 - gate) * shortcut + branch)


def make_net(
    depth: int,
    seed: int,
    *,
    option: str = "A",
    scale: float = 1.0,
    branch_scale: float = 1.0,
    gate: str | None = None,
    bias: float = 0.0,
    width: int = 8,
) -> CifarNet:
    """A residual net for the digits whose shortcuts are changed in every block.

    Args:
        scale: λ, which multiplies what the shortcut hands on; 0 leaves a plain net.
        branch_scale: multiplies F(x).
        gate: None, "exclusive" or "shortcut"; see `GatedBlock`.
    """
    net = _digits.make_net(seed, depth=depth, residual=True, width=width, option=option)
    for block in net.blocks:
        if scale != 1:
            block.shortcut = nn.Sequential(block.shortcut, Times(scale))
        if branch_scale != 1:
            block.norm2 = nn.Sequential(block.norm2, Times(branch_scale))
    if gate is not None:
        net.blocks = nn.Sequential(*(GatedBlock(b, gate, bias) for b in net.blocks))
    return net


def train(net: nn.Module, seed: int, **changes: Any) -> float:
    """Train on the digits; return the training error of the last epoch in percent.

    Args:
        changes: of the recipe of the record, as `epochs` (10) and `lr` (0.05).
    """
    return _digits.train(net, seed, **(_digits.RECIPE | changes))[-1]


def errors(
    depth: int, seeds: int, recipe: Mapping[str, Any], **kind: Any
) -> dict[str, Any]:
    """Spread of training and test error in percent of one kind of net."""
    return _digits.by_name(
        [
            _digits.train_and_score(make_net(depth, seed, **kind), seed, **recipe)
            for seed in SEEDS[:seeds]
        ]
    )


def run(
    *,
    options: Mapping[str, Any],
    variants: Mapping[str, Any],
    width: int,
    **recipe: Any,
) -> dict[str, Any]:
    """Errors in percent: by option and depth, and by variant."""
    return {
        "options": {
            option: {
                str(depth): errors(
                    depth, options["seeds"], recipe, width=width, option=option
                )
                for depth in options["depths"]
            }
            for option in options["names"]
        },
        "variants": {
            name: errors(
                variants["depth"], variants["seeds"], recipe, width=width, **changes
            )
            for name, changes in VARIANTS.items()
        },
    }

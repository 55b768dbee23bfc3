"""Singular values of the full Jacobian of L blocks, against L, at initialization.

The branch is F(h) = W₂ relu(W₁ h). The variance of W₁ is He's, 2 over the number of
inputs, that of W₂, which no ReLU follows, 1 over it: in the mean over the weights
‖F(h)‖² = ‖h‖². Its hidden layer is four times as wide as h: ReLU switches half of the
hidden units off, and the others still span every direction. The variants differ in what
a block does with F:

| variant  | block        | root mean square singular value, in theory |
|----------|--------------|---------------------------------------------|
| plain    | F(h)         | 1                                           |
| residual | h + F(h)     | √2^L                                        |
| sqrt     | h + F(h)/√L  | (1 + 1/L)^(L/2) → √e                        |
| linear   | h + F(h)/L   | (1 + 1/L²)^(L/2) → 1                        |
| zero     | h + 0 · F(h) | 1                                           |
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from plusx.gradients import chain_jacobian, spectrum
from plusx.records import spread

SCALES = {
    "residual": lambda depth: 1.0,
    "sqrt": lambda depth: 1 / math.sqrt(depth),
    "linear": lambda depth: 1 / depth,
    "zero": lambda depth: 0.0,
}
VARIANTS = ("plain", *SCALES)
HIDDEN = 4  # hidden units for each entry of h, as in a Transformer's feed-forward net
SEEDS = [0, 1, 2, 3, 4]
DATA = "none: random weights and one random input, float64"
CONFIG = {
    "width": 48,
    "depths": [1, 2, 5, 10, 20, 50, 100],
    "variants": list(VARIANTS),
    "seeds": SEEDS,
}


def make_blocks(
    variant: str, depth: int, width: int, seed: int
) -> tuple[list[Callable[[Tensor], Tensor]], Tensor]:
    """The blocks (width,) → (width,) of one random net, and an input for them.

    Raises:
        ValueError: for an unknown variant or depth < 1.
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant must be one of {VARIANTS}, got {variant!r}")
    if depth < 1:
        raise ValueError(f"depth must be at least 1, got {depth}")
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    x = draw(width)
    keep = 0.0 if variant == "plain" else 1.0
    scale = 1.0 if variant == "plain" else SCALES[variant](depth)

    def make_block() -> Callable[[Tensor], Tensor]:
        first = draw(HIDDEN * width, width) * math.sqrt(2 / width)
        second = draw(width, HIDDEN * width) * math.sqrt(1 / (HIDDEN * width))
        return lambda h: keep * h + scale * (second @ torch.relu(first @ h))

    return [make_block() for _ in range(depth)], x


def singular_values(
    variant: str, depth: int, width: int, seeds: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Singular values (seeds, width), largest first, and their floors (seeds,)."""
    found = [
        spectrum(chain_jacobian(*make_blocks(variant, depth, width, seed)))
        for seed in seeds
    ]
    floors = torch.tensor([one.floor for one in found], dtype=torch.float64)
    return torch.stack([one.values for one in found]), floors


def summary(values: Tensor, floors: Tensor) -> dict[str, Any]:
    """What the record keeps of (seeds, width) singular values: logarithms, rounded.

    A rank counts as resolved when it lies above the floor in every seed; `median` and
    `min` are null where their rank is not.
    """
    resolved = int((values > floors[:, None]).all(dim=0).sum())
    logs = values[:, :resolved].log10()
    width = values.shape[1]
    ranks = {"max": 0, "median": width // 2, "min": width - 1}
    rms = values.square().mean(dim=1).sqrt().log10()
    return {
        "spectrum": [round(v, 2) for v in logs.mean(dim=0).tolist()],
        "resolved": resolved,
        "floor": round(floors.log10().mean().item(), 2),
        "rms": spread(rms.tolist(), 3),
        **{
            name: spread(logs[:, rank].tolist(), 3) if rank < resolved else None
            for name, rank in ranks.items()
        },
    }


def run(
    *,
    width: int,
    depths: Sequence[int],
    variants: Sequence[str],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """The summaries by variant and depth, as log10."""
    return {
        variant: {
            str(depth): summary(*singular_values(variant, depth, width, seeds))
            for depth in depths
        }
        for variant in variants
    }

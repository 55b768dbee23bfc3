"""Chapter 5: a constant λ on every shortcut, relu(λ · x + F(x)), λ from 0 to 1.2.

λ = 1 is the residual net of chapter 1, λ = 0 its plain net: the same weights to start
from, the same batches.
"""

from collections.abc import Sequence
from typing import Any

from plusx.experiments import _digits
from plusx.experiments.shortcuts import errors

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "scales": [0, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2],
    "depths": [20, 56],
    "width": 8,
    **_digits.RECIPE,
}


def run(
    *, scales: Sequence[float], depths: Sequence[int], width: int, **recipe: Any
) -> dict[str, Any]:
    """Errors in percent by depth and 100 λ."""
    return {
        str(depth): {
            str(round(100 * scale)): errors(
                depth, len(SEEDS), recipe, width=width, scale=scale
            )
            for scale in scales
        }
        for depth in depths
    }

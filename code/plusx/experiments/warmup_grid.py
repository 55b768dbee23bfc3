"""Does post-norm need a warm-up, or only a smaller rate? Rate, warm-up and order.

The model of the Transformer chapter with 12 blocks, 300 steps of Adam, with both
orders, with and without a warm-up, at two rates. Three of the cells are those of
`transformer`, with more seeds. "loss" is the mean of the last 20 steps in nats,
"diversity" the tokens' own share of the last state, as a decimal logarithm. About 20
minutes on one core.
"""

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

from plusx.experiments import transformer
from plusx.records import spread

SEEDS = transformer.SEEDS
DATA = transformer.DATA
CONFIG = {
    "variants": ["post_skip", "pre_skip"],
    "warmups": [0, 150],
    "lrs": [0.0003, 0.001],
    "depth": 12,
    "steps": 300,
    "seeds": SEEDS,
}


def train(
    seed: int, *, variant: str, warmup: int, lr: float, depth: int, steps: int
) -> tuple[float, float]:
    """The late loss in nats, and log10 of the last state's token diversity."""
    model = transformer.make_model(variant, depth, seed)
    losses = transformer.train(model, steps, lr=lr, warmup=warmup, seed=seed)
    own = transformer.diversity(model)[-1]
    return transformer.late(losses), math.log10(max(own, 1e-30))


def run(
    *,
    variants: Sequence[str],
    warmups: Sequence[int],
    lrs: Sequence[float],
    depth: int,
    steps: int,
    seeds: Sequence[int],
) -> dict[str, Any]:
    """The cells, each with its losses and diversities over the seeds."""
    found = []
    for variant, warmup, lr in product(variants, warmups, lrs):
        cell = {"variant": variant, "warmup": warmup, "lr": lr}
        runs = [train(seed, depth=depth, steps=steps, **cell) for seed in seeds]
        found.append(
            {
                **cell,
                "loss": spread([loss for loss, _ in runs], 3),
                "diversity": spread([own for _, own in runs]),
            }
        )
    return {"cells": found}

"""Lesions with a control: is it the addition that lets a net do without a block?

`deletion` takes blocks out of trained residual nets and of a plain one from the usual
start. Here stand beside them plain nets that start near the identity (`origin`): they
have a single path and nothing is added, but each block starts close to handing on what
it gets. Batch norm's statistics are kept ("kept") or estimated anew ("anew").

"change" is how far a trained block moves what it reads, ‖block(x) − x‖ / ‖x‖ on the
test images. About 10 minutes on one core.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import torch

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.deletion import deletable, error_without
from plusx.networks import CifarNet
from plusx.records import spread

SEEDS = _digits.SEEDS
DATA = _digits.DATA
CONFIG = {
    "nets": {
        "plain-20": {"depth": 20, "residual": False},
        "residual-20": {"depth": 20, "residual": True},
        "near-identity-20": {"depth": 20, "residual": False, "noise": 0.2},
        "residual-56": {"depth": 56, "residual": True},
        "near-identity-56": {"depth": 56, "residual": False, "noise": 0.2},
    },
    "pairs": {
        "near-identity-20": "residual-20",
        "near-identity-56": "residual-56",
    },
    "width": 8,
    "epochs": {"20": 30, "56": 20},
    "several": [2, 4, 8],
    "draws": 6,
    "every": 3,
    "recipe": {
        "lr": 0.05,
        "batch_size": 128,
        "momentum": 0.9,
        "weight_decay": 0.0001,
        "cosine": True,
    },
    "seeds": SEEDS,
}


@torch.no_grad()
def changes(net: CifarNet) -> list[float]:
    """How far each deletable block moves what it reads, as a share of it."""
    states = _digits.states(net.eval(), digits().test_images)
    return [
        ((states[i + 1] - states[i]).norm() / states[i].norm()).item()
        for i in deletable(net)
    ]


def draw(blocks: Sequence[int], count: int, draws: int, seed: int) -> list[list[int]]:
    """`draws` sets of `count` different blocks; the same for nets of one depth."""
    generator = torch.Generator().manual_seed(seed)
    orders = [torch.randperm(len(blocks), generator=generator) for _ in range(draws)]
    return [[blocks[i] for i in order[:count]] for order in orders]


def injure(
    net: CifarNet, seed: int, several: Sequence[int], draws: int, every: int
) -> dict[str, Any]:
    """Test errors in percent without one block each, and without several at random.

    Args:
        every: statistics are estimated anew from every so-many-th training image.
    """
    blocks = deletable(net)
    manners = {"kept": {}, "anew": {"anew": True, "every": every}}
    found: dict[str, Any] = {"intact": _digits.test_error(net)}
    for manner, how in manners.items():
        one = [error_without(net, block, **how) for block in blocks]
        found[manner] = one
        found[f"{manner}_1"] = fmean(one)
        found[f"{manner}_1_worst"] = max(one)
        for count in [count for count in several if count <= len(blocks)]:
            chosen = draw(blocks, count, draws, seed)
            found[f"{manner}_{count}"] = fmean(
                error_without(net, *few, **how) for few in chosen
            )
    return found


def gather(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Spreads of numbers and series of lists, over the seeds."""
    found = {}
    for key, first in runs[0].items():
        rows = [run[key] for run in runs]
        found[key] = _digits.series(rows) if isinstance(first, list) else spread(rows)
    return found


def compare(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Paired differences first − second of all numbers that both have."""
    keys = [key for key in first[0] if not isinstance(first[0][key], list)]
    return {
        key: _digits.paired([run[key] for run in first], [run[key] for run in second])
        for key in keys
    }


def run(
    *,
    nets: Mapping[str, Mapping[str, Any]],
    pairs: Mapping[str, str],
    width: int,
    epochs: Mapping[str, int],
    several: Sequence[int],
    draws: int,
    every: int,
    recipe: Mapping[str, Any],
    seeds: Sequence[int],
) -> dict[str, Any]:
    """By net: errors in percent, lists over the blocks; "paired" by pair."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for name, kind in nets.items():
        runs[name] = []
        for seed in seeds:
            net = _digits.make_net(seed, width=width, **kind)
            long = epochs[str(kind["depth"])]
            curve = _digits.train(net, seed, epochs=long, **recipe)
            runs[name].append(
                {
                    "train": curve[-1],
                    **injure(net, seed, several, draws, every),
                    "change": changes(net),
                }
            )
    depths = {kind["depth"] for kind in nets.values()}
    return {
        "blocks": {
            str(depth): deletable(
                _digits.make_net(0, depth=depth, residual=True, width=width)
            )
            for depth in sorted(depths)
        },
        "nets": {name: gather(rows) for name, rows in runs.items()},
        "paired": {
            f"{first} - {second}": compare(runs[first], runs[second])
            for first, second in pairs.items()
        },
    }

"""Chapter 7: small Transformers that predict characters, with and without the skip.

The text is that of `_characters`.

Four parts, by the key of the results: "text"; "init", untrained models; "sweep", depth
× order × skip, trained for 200 steps; "warmup", 12 blocks with and without a warm-up;
"stream", the states of trained pre-norm models.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.experiments import _characters
from plusx.experiments._characters import batches, probe, text
from plusx.networks.transformer import LanguageModel, token_diversity
from plusx.records import spread, spreads

SEEDS = [0, 1, 2, 3, 4]
DATA = _characters.DATA
CONFIG = {
    "width": 64,
    "heads": 4,
    "length": 32,
    "batch_size": 16,
    "lr": 0.001,
    "betas": [0.9, 0.98],
    "sweep": {"depths": [1, 2, 4, 8, 12], "steps": 200},
    "warmup": {"depth": 12, "steps": 300, "warmup": 150},
    "stream": {"depth": 8, "steps": 500},
    "init": {"depth": 12, "seeds": SEEDS},
}
VARIANTS = {
    "pre_skip": {"order": "pre", "skip": True},
    "pre_bare": {"order": "pre", "skip": False},
    "post_skip": {"order": "post", "skip": True},
    "post_bare": {"order": "post", "skip": False},
}
GROUPS = ("query_key", "value", "feed_forward")


def make_model(variant: str, depth: int, seed: int, **size: int) -> LanguageModel:
    """An untrained model of the text's characters.

    Args:
        size: `width` (64), `heads` (4) and `length` (32) of `LanguageModel`.

    Raises:
        ValueError: for an unknown variant.
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant must be one of {[*VARIANTS]}, got {variant!r}")
    torch.manual_seed(seed)
    return LanguageModel(len(text().characters), depth, **VARIANTS[variant], **size)


def probe_of(model: LanguageModel) -> tuple[Tensor, Tensor]:
    """The stretches that a model is measured on, as long as it can read."""
    return probe(model.positions.num_embeddings)


def loss_of(model: LanguageModel, inputs: Tensor, following: Tensor) -> Tensor:
    """Cross-entropy of the next character, in nats."""
    return F.cross_entropy(model(inputs).flatten(0, 1), following.flatten())


def train(
    model: LanguageModel,
    steps: int,
    *,
    lr: float = 0.001,
    betas: Sequence[float] = (0.9, 0.98),
    batch_size: int = 16,
    warmup: int = 0,
    seed: int = 0,
) -> list[float]:
    """Adam steps on random stretches; the loss before each of them, in nats.

    Args:
        warmup: steps over which the learning rate rises to lr.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr, betas=tuple(betas))
    drawn = batches(seed, size=batch_size, length=model.positions.num_embeddings)
    losses = []
    for step, (inputs, following) in zip(range(steps), drawn, strict=False):
        if warmup:
            optimizer.param_groups[0]["lr"] = lr * min(1, (step + 1) / warmup)
        loss = loss_of(model, inputs, following)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def late(losses: list[float]) -> float:
    """The mean loss of the last 20 steps."""
    return fmean(losses[-20:])


@torch.no_grad()
def diversity(model: LanguageModel) -> list[float]:
    """The tokens' own share of each state, before the first block and after each."""
    inputs, _ = probe_of(model)
    return [token_diversity(state).mean().item() for state in model.states(inputs)]


def gradients(model: LanguageModel) -> dict[str, list[float]]:
    """Norms of the loss's gradient, block by block.

    "state" is that by the stream before each block, the others by the weights of a
    block: those of queries and keys, of values, and of the feed-forward net.
    """
    inputs, following = probe_of(model)
    states = model.states(inputs)
    logits = model.read_out(states[-1])
    loss = F.cross_entropy(logits.flatten(0, 1), following.flatten())
    weights = [
        weight
        for block in model.blocks
        for weight in (block.attention.read.weight, block.feed_forward.second.weight)
    ]
    found = torch.autograd.grad(loss, [*states[:-1], *weights])
    depth = len(model.blocks)
    read, second = found[depth::2], found[depth + 1 :: 2]
    width = second[0].shape[0]
    return {
        "state": [gradient.norm().item() for gradient in found[:depth]],
        "query_key": [gradient[: 2 * width].norm().item() for gradient in read],
        "value": [gradient[2 * width :].norm().item() for gradient in read],
        "feed_forward": [gradient.norm().item() for gradient in second],
    }


@torch.no_grad()
def stream(model: LanguageModel) -> dict[str, list[float]]:
    """What a pre-norm stream looks like before the first block and after each sublayer.

    "norm": mean length of a token's vector; "start": its cosine with the embedding;
    "share": ‖branch‖ / ‖stream‖ of each sublayer; "loss": what the read-out
    makes of the stream, in nats.
    """
    inputs, following = probe_of(model)
    first = state = model.embed(inputs)
    found: dict[str, list[float]] = {"norm": [], "start": [], "loss": [], "share": []}

    def look(state: Tensor) -> None:
        logits = model.read_out(state)
        loss = F.cross_entropy(logits.flatten(0, 1), following.flatten())
        found["norm"].append(state.norm(dim=-1).mean().item())
        found["start"].append(F.cosine_similarity(state, first, dim=-1).mean().item())
        found["loss"].append(loss.item())

    look(state)
    for block in model.blocks:
        for sublayer, norm in block.sublayers():
            branch = sublayer(norm(state))
            share = branch.norm(dim=-1) / state.norm(dim=-1)
            found["share"].append(share.mean().item())
            state = state + branch
            look(state)
    return found


def logs(rows: Sequence[Sequence[float]]) -> dict[str, list[float]]:
    """Spreads of decimal logarithms; what is below 1e-30 counts as that."""
    return spreads([[math.log10(max(v, 1e-30)) for v in row] for row in rows], 3)


def by_measure(
    rows: Sequence[Mapping[str, Sequence[float]]],
    along: Callable[[Sequence[Sequence[float]]], dict[str, list[float]]],
) -> dict[str, dict[str, list[float]]]:
    """What `along` makes of the seeds' rows, by measure."""
    return {key: along([row[key] for row in rows]) for key in rows[0]}


def untrained(
    variant: str, *, depth: int, seeds: Sequence[int], size: Mapping[str, int]
) -> dict[str, Any]:
    """Diversity and gradients at initialization, as decimal logarithms."""
    models = [make_model(variant, depth, seed, **size) for seed in seeds]
    return {
        "diversity": logs([diversity(model) for model in models]),
        **by_measure([gradients(model) for model in models], logs),
    }


def trained(
    variant: str,
    depth: int,
    *,
    steps: int,
    size: Mapping[str, int],
    recipe: Mapping[str, Any],
) -> dict[str, Any]:
    """The loss, and diversity and gradients afterwards (decimal logarithms)."""
    models = [make_model(variant, depth, seed, **size) for seed in SEEDS]
    before = [diversity(model) for model in models]
    losses = [
        late(train(model, steps, seed=seed, **recipe))
        for seed, model in zip(SEEDS, models, strict=True)
    ]
    slopes = by_measure([gradients(model) for model in models], logs)
    return {
        "loss": spread(losses, 3),
        "before": logs(before),
        "after": logs([diversity(model) for model in models]),
        **{key: slopes[key] for key in GROUPS},
    }


def warmed(
    variant: str,
    *,
    depth: int,
    steps: int,
    warmup: int,
    size: Mapping[str, int],
    recipe: Mapping[str, Any],
) -> dict[str, Any]:
    """The mean loss of every 20 steps, and diversity afterwards (as logarithms)."""
    rows, ends = [], []
    for seed in SEEDS:
        model = make_model(variant, depth, seed, **size)
        losses = train(model, steps, warmup=warmup, seed=seed, **recipe)
        rows.append([fmean(losses[at : at + 20]) for at in range(0, steps, 20)])
        ends.append(diversity(model))
    return {
        "loss": spreads(rows, 3),
        "last": spread([r[-1] for r in rows], 3),
        "after": logs(ends),
    }


def streamed(
    *, depth: int, steps: int, size: Mapping[str, int], recipe: Mapping[str, Any]
) -> dict[str, Any]:
    """The stream of pre-norm models before and after training."""

    def along(rows: Sequence[Sequence[float]]) -> dict[str, list[float]]:
        return spreads(rows, 3)

    models = [make_model("pre_skip", depth, seed, **size) for seed in SEEDS]
    before = [stream(model) for model in models]
    losses = [
        late(train(model, steps, seed=seed, **recipe))
        for seed, model in zip(SEEDS, models, strict=True)
    ]
    return {
        "trained_loss": spread(losses, 3),
        "untrained": by_measure(before, along),
        "trained": by_measure([stream(model) for model in models], along),
    }


def run(
    *,
    width: int,
    heads: int,
    length: int,
    sweep: Mapping[str, Any],
    warmup: Mapping[str, int],
    stream: Mapping[str, int],
    init: Mapping[str, Any],
    **recipe: Any,
) -> dict[str, Any]:
    """All parts; logarithms are decimal, losses in nats."""
    size = {"width": width, "heads": heads, "length": length}
    both = {"size": size, "recipe": recipe}
    warmups = {
        "post_cold": ("post_skip", {"warmup": 0}),
        "post_warm": ("post_skip", {}),
        "pre_cold": ("pre_skip", {"warmup": 0}),
    }
    return {
        "text": _characters.about(),
        "init": {v: untrained(v, **init, size=size) for v in VARIANTS},
        "stream": streamed(**stream, **both),
        "warmup": {
            name: warmed(variant, **(warmup | changes), **both)
            for name, (variant, changes) in warmups.items()
        },
        "sweep": {
            v: {
                str(depth): trained(v, depth, steps=sweep["steps"], **both)
                for depth in sweep["depths"]
            }
            for v in VARIANTS
        },
    }

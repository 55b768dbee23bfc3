"""Chapter 7: small Transformers that predict characters, with and without the skip.

The text is the prose that scikit-learn ships with its data sets (BSD licence), cut into
single characters: real text, small, and on every reader's disk. It changes a little
from version to version, so the record names the version and the text's hash.

Four parts, by the key of the results: "text"; "init", untrained models; "sweep", depth
× order × skip, trained for 200 steps; "warmup", 12 blocks with and without a warm-up;
"stream", the states of trained pre-norm models.
"""

import functools
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from statistics import fmean
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from plusx.networks.transformer import LanguageModel, token_diversity
from plusx.records import spread

SEEDS = [0, 1, 2]
DATA = "scikit-learn's data set descriptions (BSD), version and hash in the results"
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
    "init": {"depth": 12, "seeds": [0, 1, 2, 3, 4]},
}
VARIANTS = {
    "pre_skip": {"order": "pre", "skip": True},
    "pre_bare": {"order": "pre", "skip": False},
    "post_skip": {"order": "post", "skip": True},
    "post_bare": {"order": "post", "skip": False},
}
GROUPS = ("query_key", "value", "feed_forward")


class Text(NamedTuple):
    """A text as character numbers, and the characters that they stand for."""

    codes: Tensor
    characters: str
    entropy: float  # of single characters, in nats
    sha256: str


@functools.cache
def text() -> Text:
    """The descriptions of scikit-learn's data sets, one after the other by name."""
    folder = files("sklearn.datasets.descr")
    pages = sorted(p.name for p in folder.iterdir() if p.name.endswith(".rst"))
    whole = "\n".join((folder / page).read_text("utf8") for page in pages)
    counts = Counter(whole)
    characters = "".join(sorted(counts))
    number = {character: code for code, character in enumerate(characters)}
    shares = [count / len(whole) for count in counts.values()]
    return Text(
        torch.tensor([number[character] for character in whole]),
        characters,
        -sum(share * math.log(share) for share in shares),
        hashlib.sha256(whole.encode()).hexdigest(),
    )


def batches(
    seed: int, *, size: int = 16, length: int = 32
) -> Iterator[tuple[Tensor, Tensor]]:
    """Random stretches of the text without end: inputs and the next characters."""
    codes = text().codes
    generator = torch.Generator().manual_seed(seed)
    while True:
        starts = torch.randint(len(codes) - length, (size, 1), generator=generator)
        window = codes[starts + torch.arange(length + 1)]
        yield window[:, :-1], window[:, 1:]


def probe() -> tuple[Tensor, Tensor]:
    """The same 64 stretches for every measurement."""
    return next(batches(999, size=64))


def make_model(variant: str, depth: int, seed: int) -> LanguageModel:
    """An untrained model of the text's characters.

    Raises:
        ValueError: for an unknown variant.
    """
    if variant not in VARIANTS:
        raise ValueError(f"variant must be one of {[*VARIANTS]}, got {variant!r}")
    torch.manual_seed(seed)
    return LanguageModel(len(text().characters), depth, **VARIANTS[variant])


def loss_of(model: LanguageModel, inputs: Tensor, following: Tensor) -> Tensor:
    """Cross-entropy of the next character, in nats."""
    return F.cross_entropy(model(inputs).flatten(0, 1), following.flatten())


def train(
    model: nn.Module, steps: int, *, lr: float = 0.001, warmup: int = 0, seed: int = 0
) -> list[float]:
    """Adam steps on random stretches; the loss before each of them, in nats.

    Args:
        warmup: steps over which the learning rate rises to lr.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr, betas=(0.9, 0.98))
    losses = []
    for step, (inputs, following) in zip(range(steps), batches(seed), strict=False):
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
    inputs, _ = probe()
    return [token_diversity(state).mean().item() for state in model.states(inputs)]


def gradients(model: LanguageModel) -> dict[str, list[float]]:
    """Norms of the loss's gradient, block by block.

    "state" is that by the stream before each block, the others by the weights of a
    block: those of queries and keys, of values, and of the feed-forward net.
    """
    inputs, following = probe()
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
    inputs, following = probe()
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


def by_place(rows: list[list[float]], digits: int = 3) -> dict[str, list[float]]:
    """Means and standard deviations over the seeds; one row for each seed."""
    spreads = [spread(column, digits) for column in zip(*rows, strict=True)]
    return {key: [one[key] for one in spreads] for key in ("mean", "std")}


def spreads(found: Mapping[str, list[float]]) -> list[dict[str, float]]:
    """What `by_place` gave, one dictionary for each place, as `figures.band` wants."""
    return [
        {"mean": mean, "std": std}
        for mean, std in zip(found["mean"], found["std"], strict=True)
    ]


def logs(rows: list[list[float]]) -> dict[str, list[float]]:
    """As `by_place`, of decimal logarithms; what is below 1e-30 counts as that."""
    return by_place([[math.log10(max(v, 1e-30)) for v in row] for row in rows])


def untrained(variant: str, depth: int, seeds: list[int]) -> dict[str, Any]:
    """Diversity and gradients at initialization, as decimal logarithms."""
    models = [make_model(variant, depth, seed) for seed in seeds]
    slopes = [gradients(model) for model in models]
    return {
        "diversity": logs([diversity(model) for model in models]),
        **{key: logs([slope[key] for slope in slopes]) for key in slopes[0]},
    }


def trained(variant: str, depth: int, steps: int) -> dict[str, Any]:
    """The loss, and diversity and gradients afterwards (decimal logarithms)."""
    models = [make_model(variant, depth, seed) for seed in SEEDS]
    before = [diversity(model) for model in models]
    losses = [late(train(model, steps, seed=s)) for s, model in enumerate(models)]
    slopes = [gradients(model) for model in models]
    return {
        "loss": spread(losses, 3),
        "before": logs(before),
        "after": logs([diversity(model) for model in models]),
        **{key: logs([slope[key] for slope in slopes]) for key in GROUPS},
    }


def warmed(variant: str, depth: int, steps: int, warmup: int) -> dict[str, Any]:
    """The mean loss of every 20 steps, and diversity afterwards (as logarithms)."""
    rows, ends = [], []
    for seed in SEEDS:
        model = make_model(variant, depth, seed)
        losses = train(model, steps, warmup=warmup, seed=seed)
        rows.append([fmean(losses[at : at + 20]) for at in range(0, steps, 20)])
        ends.append(diversity(model))
    return {
        "loss": by_place(rows),
        "last": spread([r[-1] for r in rows], 3),
        "after": logs(ends),
    }


def streamed(depth: int, steps: int) -> dict[str, Any]:
    """The stream of pre-norm models before and after training."""
    models = [make_model("pre_skip", depth, seed) for seed in SEEDS]
    before = [stream(model) for model in models]
    losses = [late(train(model, steps, seed=s)) for s, model in enumerate(models)]
    after = [stream(model) for model in models]
    return {
        "trained_loss": spread(losses, 3),
        "untrained": {key: by_place([b[key] for b in before]) for key in before[0]},
        "trained": {key: by_place([a[key] for a in after]) for key in after[0]},
    }


def run(config: Mapping[str, Any]) -> dict[str, Any]:
    """All parts; logarithms are decimal, losses in nats."""
    import sklearn

    corpus, init, sweep = text(), config["init"], config["sweep"]
    warm, deep = config["warmup"], config["stream"]
    warmups = {
        "post_cold": ("post_skip", 0),
        "post_warm": ("post_skip", warm["warmup"]),
        "pre_cold": ("pre_skip", 0),
    }
    return {
        "text": {
            "characters": len(corpus.codes),
            "vocabulary": len(corpus.characters),
            "entropy": round(corpus.entropy, 3),
            "sha256": corpus.sha256,
            "scikit-learn": sklearn.__version__,
        },
        "init": {v: untrained(v, init["depth"], init["seeds"]) for v in VARIANTS},
        "stream": streamed(deep["depth"], deep["steps"]),
        "warmup": {
            name: warmed(variant, warm["depth"], warm["steps"], steps)
            for name, (variant, steps) in warmups.items()
        },
        "sweep": {
            v: {str(d): trained(v, d, sweep["steps"]) for d in sweep["depths"]}
            for v in VARIANTS
        },
    }

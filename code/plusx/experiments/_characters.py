"""What the experiments on characters share: the text, its batches and a probe.

The text is the prose that scikit-learn ships with its data sets (BSD licence), cut into
single characters: real text, small, and on every reader's disk. It changes a little
from version to version, so a record names the version and the text's hash.

Shapes: N stretches of T characters each.
"""

import functools
import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple

import torch
from torch import Tensor

DATA = "scikit-learn's data set descriptions (BSD), version and hash in the results"


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


def probe(length: int = 32) -> tuple[Tensor, Tensor]:
    """The same 64 stretches for every measurement."""
    return next(batches(999, size=64, length=length))


def about() -> dict[str, Any]:
    """What a record says of the text."""
    import sklearn

    corpus = text()
    return {
        "characters": len(corpus.codes),
        "vocabulary": len(corpus.characters),
        "entropy": round(corpus.entropy, 3),
        "sha256": corpus.sha256,
        "scikit-learn": sklearn.__version__,
    }

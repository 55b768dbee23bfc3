"""What fully trained nets do: twelve CIFAR-10 nets of others, on JPEG q75 test images.

The nets were trained by their authors (`_others.SOURCES`), not here, on the original
pixels; the test images are re-encoded as JPEG, which costs them about 11 points. All
10,000 images are passed once through each net:

- "error", and "first", the error on the images that "lesions" are scored on;
- "ratio": mean ‖F(x)‖ / ‖x‖ of each block, x being what the shortcut hands on, and
  "change": ‖block(x) − x‖ / ‖x‖ where the shape stays, also of plain nets;
- "cosine": mean cosine of F(x) with the F(x) of the block before;
- "probe": error of a ridge regression on 2 × 2 averages of the state after each block;
  it is fitted on every second image and scored on the others, and the other way round.

"lesions" has the error without each block that keeps its shape, on every `step`-th
image. "last_epoch" repeats the last line of the training curves that one author
published. About 9 minutes on one core, with PLUSX_WEIGHTS and PLUSX_DATA set.

A reader gets one of the nets by `fetch`, and its images by `scale`.
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.data import load
from plusx.experiments import _others
from plusx.experiments._others import fetch, scale
from plusx.experiments.deletion import deletable
from plusx.experiments.information import probe_error
from plusx.networks import CifarNet

__all__ = ["fetch", "injure", "look", "run", "scale"]
SEEDS: list[int] = []  # nothing is drawn
DATA = (
    "CIFAR-10, JPEG q75, sha256 "
    "7c6b7d67d66fdfa9cbe30364348df3cb929cc94e4bae38080b30df84387dcf18, test images"
)
CONFIG = {
    "families": {
        "a-martyn plain": {
            "source": "a-martyn",
            "residual": False,
            "files": "am-plainnet",
            "curves": True,
        },
        "a-martyn residual": {
            "source": "a-martyn",
            "residual": True,
            "files": "am-resnet",
            "curves": True,
        },
        "akamaster residual": {
            "source": "akamaster",
            "residual": True,
            "files": "ak-resnet",
            "curves": False,
        },
    },
    "depths": [20, 32, 44, 56],
    "lesions": [
        "a-martyn plain-20",
        "a-martyn residual-20",
        "a-martyn plain-56",
        "a-martyn residual-56",
        "akamaster residual-56",
    ],
    "step": 20,
    "batch_size": 50,
    "ridge": 0.001,
    "grid": 2,
}


@torch.inference_mode()
def walk(net: CifarNet, images: Tensor, grid: int) -> dict[str, Any]:
    """What `look` averages, of one batch (N, 3, H, W): sums, logits and features."""
    x = net.activation(net.stem_norm(net.stem(images)))
    found: dict[str, Any] = {"ratio": [], "change": [], "cosine": [], "features": []}
    before = None
    for block in net.blocks:
        step = y = block.branch(x)
        ratio = math.nan
        if block.shortcut is not None:
            kept = block.shortcut(x)
            ratio = _lengths(step).div(_lengths(kept)).sum().item()
            y = kept + y
        y = net.activation(y)
        same = y.shape == x.shape
        change = _lengths(y - x).div(_lengths(x)).sum().item() if same else math.nan
        found["ratio"].append(ratio)
        found["change"].append(change)
        found["cosine"].append(_alike(step, before))
        found["features"].append(F.adaptive_avg_pool2d(y, grid).flatten(1))
        before, x = step, y
    found["logits"] = net.head(x.mean(dim=(2, 3)))
    return found


def _lengths(x: Tensor) -> Tensor:
    """‖x‖ of each of N examples, (N, …) → (N,)."""
    return x.flatten(1).norm(dim=1)


def _alike(step: Tensor, before: Tensor | None) -> float:
    """The sum of the cosines of two branches; NaN where their shapes differ."""
    if before is None or before.shape != step.shape:
        return math.nan
    return F.cosine_similarity(step.flatten(1), before.flatten(1), dim=1).sum().item()


def means(batches: Sequence[Sequence[float]], count: int) -> list[float | None]:
    """Sums over batches, block by block, divided by the images; None for NaN."""
    sums = [math.fsum(column) for column in zip(*batches, strict=True)]
    return [None if math.isnan(s) else round(s / count, 4) for s in sums]


def cross_probe(features: Tensor, labels: Tensor, ridge: float) -> float:
    """Error in percent, fitted on half of the images and scored on the others."""
    halves = [(features[i::2], labels[i::2]) for i in range(2)]
    errors = [
        probe_error(*halves[i], *halves[1 - i], ridge) * len(halves[1 - i][1])
        for i in range(2)
    ]
    return round(sum(errors) / len(labels), 2)


def look(
    net: CifarNet,
    images: Tensor,
    labels: Tensor,
    *,
    step: int,
    batch_size: int,
    ridge: float,
    grid: int,
) -> dict[str, Any]:
    """Everything but the lesions; errors in percent."""
    batches = [walk(net, batch, grid) for batch in images.split(batch_size)]
    wrong = torch.cat([b["logits"] for b in batches]).argmax(dim=1) != labels
    found: dict[str, Any] = {
        "error": round(100 * wrong.double().mean().item(), 2),
        "first": round(100 * wrong[::step].double().mean().item(), 2),
    }
    for name in ("ratio", "change", "cosine"):
        found[name] = means([b[name] for b in batches], len(images))
    columns = zip(*[b["features"] for b in batches], strict=True)
    found["probe"] = [cross_probe(torch.cat(c), labels, ridge) for c in columns]
    return found


@torch.inference_mode()
def injure(
    net: CifarNet, images: Tensor, labels: Tensor, batch_size: int
) -> dict[str, float]:
    """Error in percent without each deletable block, by the block's number from 0."""
    wrong = dict.fromkeys(deletable(net), 0)
    for batch, names in zip(
        images.split(batch_size), labels.split(batch_size), strict=True
    ):
        x = net.activation(net.stem_norm(net.stem(batch)))
        for index, block in enumerate(net.blocks):
            if index in wrong:
                y = net.blocks[index + 1 :](x)
                guess = net.head(y.mean(dim=(2, 3))).argmax(dim=1)
                wrong[index] += (guess != names).sum().item()
            x = block(x)
    return {str(i): round(100 * count / len(labels), 2) for i, count in wrong.items()}


def last_row(curve: bytes) -> dict[str, float]:
    """The last epoch of a published curve; errors in percent."""
    row = list(csv.DictReader(io.StringIO(curve.decode())))[-1]
    return {
        "epoch": int(row["epoch"]),
        "train": round(100 * float(row["train_err"]), 3),
        "test": round(100 * float(row["test_err"]), 3),
    }


def study(
    name: str,
    family: Mapping[str, Any],
    depth: int,
    pixels: Tensor,
    labels: Tensor,
    lesions: Sequence[str],
    **settings: Any,
) -> dict[str, Any]:
    """What `look` finds in one net, and `injure` in those that are to be injured."""
    file = f"{family['files']}{depth}.safetensors"
    source = family["source"]
    net = _others.make_net(_others.read(file), source, depth, family["residual"])
    images = _others.scale(pixels, source)
    found = {"sha256": _others.sha256_of(file)}
    found.update(look(net, images, labels, **settings))
    if name in lesions:
        every, batch = settings["step"], settings["batch_size"]
        found["lesions"] = injure(net, images[::every], labels[::every], batch)
    return found


def run(
    *,
    families: Mapping[str, Mapping[str, Any]],
    depths: Sequence[int],
    lesions: Sequence[str],
    step: int,
    batch_size: int,
    ridge: float,
    grid: int,
) -> dict[str, Any]:
    """By net what `study` finds; the sources and the last epochs."""
    data = load("cifar10")
    sample = data.split.test_images, data.split.test_labels
    nets, last = {}, {}
    for family, kind in families.items():
        for depth in depths:
            name = f"{family}-{depth}"
            nets[name] = study(
                name,
                kind,
                depth,
                *sample,
                lesions,
                step=step,
                batch_size=batch_size,
                ridge=ridge,
                grid=grid,
            )
            if kind["curves"]:
                last[name] = last_row(_others.read(f"{kind['files']}{depth}.csv"))
    return {
        "theirs": _others.SOURCES,
        "images": data.origin,
        "nets": nets,
        "last_epoch": last,
    }

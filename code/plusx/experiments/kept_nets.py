"""What our own nets of the recipe `quarter` do, as the package keeps their weights.

One net of each kind was trained here for 16,000 steps on CIFAR-10, JPEG q75, with seed
0; its weights are kept in half precision (`train/weights`). All 10,000 test images are
passed once through each: "error", "first", "ratio", "change", "cosine", "probe" and
"lesions" are those of `finished_nets`. Beside them:

- "classes": the error on the images of each class;
- "pairs": of two nets, how many images both miss, only the first, and only the second;
  "missed" has some that only the second misses, evenly spread over those: where each
  stands among the test images, what it shows and what that net says.

About a minute a net on one core, with PLUSX_DATA set.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from plusx.data import load, normalize
from plusx.experiments.finished_nets import injure, look
from plusx.train.checkpoints import load_weights

SEEDS = [0]
DATA = (
    "CIFAR-10, JPEG q75, sha256 "
    "7c6b7d67d66fdfa9cbe30364348df3cb929cc94e4bae38080b30df84387dcf18, test images"
)
CONFIG = {
    "nets": [
        "plain20-quarter",
        "plain56-quarter",
        "resnet20-quarter",
        "resnet56-quarter",
    ],
    "pairs": [
        ["plain20-quarter", "plain56-quarter"],
        ["plain20-quarter", "resnet20-quarter"],
        ["resnet20-quarter", "resnet56-quarter"],
    ],
    "missed": 12,
    "step": 20,
    "batch_size": 50,
    "ridge": 0.001,
    "grid": 2,
}


@torch.inference_mode()
def answers(net: nn.Module, images: Tensor, batch_size: int) -> Tensor:
    """The class that a net names for each of N images, (N,)."""
    return torch.cat([net(batch).argmax(dim=1) for batch in images.split(batch_size)])


def class_errors(said: Tensor, labels: Tensor, classes: int) -> list[float]:
    """Error in percent on the images of each class."""
    wrong = (said != labels).double()
    return [
        round(100 * wrong[labels == name].mean().item(), 2) for name in range(classes)
    ]


def compare(
    said: Sequence[Tensor], labels: Tensor, names: Sequence[str], missed: int
) -> dict[str, Any]:
    """How many images two nets miss, and some that only the second misses."""
    first, second = (answer != labels for answer in said)
    only = (second & ~first).nonzero().flatten()
    chosen = only[:: max(1, len(only) // missed)][:missed]
    return {
        "both": (first & second).sum().item(),
        "first": (first & ~second).sum().item(),
        "second": len(only),
        "missed": [
            {"image": at, "shows": names[labels[at]], "said": names[said[1][at]]}
            for at in chosen.tolist()
        ],
    }


def run(
    *,
    nets: Sequence[str],
    pairs: Sequence[tuple[str, str]],
    missed: int,
    step: int,
    batch_size: int,
    ridge: float,
    grid: int,
) -> dict[str, Any]:
    """By net what `look` and `injure` find, and its errors by class; the pairs."""
    source = load("cifar10")
    split = normalize(source.split)
    images, labels = split.test_images, split.test_labels
    settings = {"step": step, "batch_size": batch_size, "ridge": ridge, "grid": grid}
    found: dict[str, dict[str, Any]] = {}
    said = {}
    for name in nets:
        net = load_weights(name)[0]
        said[name] = answers(net, images, batch_size)
        found[name] = look(net, images, labels, **settings)
        found[name]["lesions"] = injure(net, images[::step], labels[::step], batch_size)
        found[name]["classes"] = class_errors(said[name], labels, len(source.classes))
    return {
        "images": source.origin,
        "classes": list(source.classes),
        "nets": found,
        "pairs": {
            f"{one}, {other}": compare(
                (said[one], said[other]), labels, source.classes, missed
            )
            for one, other in pairs
        },
    }

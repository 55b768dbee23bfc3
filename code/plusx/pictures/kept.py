"""Our own nets of the recipe `quarter`: what they miss, by class and image by image.

What is drawn comes from the record `kept_nets`. The images of CIFAR-10 are not part of
the package: `gallery` shows them where a reader has them.
"""

import base64
import html
import io
from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import bilingual, figures
from plusx.data import DataSet
from plusx.figures import palette
from plusx.figures.html import Output, span
from plusx.pictures import trained

Results = Mapping[str, Any]
CLASSES = {
    "airplane": "飞机",
    "automobile": "汽车",
    "bird": "鸟",
    "cat": "猫",
    "deer": "鹿",
    "dog": "狗",
    "frog": "青蛙",
    "horse": "马",
    "ship": "船",
    "truck": "卡车",
}
TILE = "display:inline-block;width:9em;margin:.4em;vertical-align:top;font-size:.85em"
PIXELS = "width:6em;height:6em;image-rendering:pixelated"


def net_of(name: str) -> str:
    """The network of a record or of kept weights: plain20-quarter → plain20."""
    return name.partition("-")[0]


def class_errors(results: Results, pair: str) -> Figure:
    """The test error on the images of each class, a dot for each net of a pair.

    Classes stand in the order of the first net's errors, the hardest on top.

    Args:
        results: those of the record `kept_nets`.
        pair: a key of its "pairs".
    """
    nets = {name: results["nets"][name] for name in pair.split(", ")}
    first = next(iter(nets.values()))["classes"]
    order = sorted(range(len(first)), key=first.__getitem__)
    drawing, ax = plt.subplots(figsize=(5, 4))
    for name, found in nets.items():
        net = net_of(name)
        ax.plot(
            [found["classes"][i] for i in order],
            range(len(order)),
            label=bilingual.label(trained.label(net)),
            **figures.style(trained.LOOKS[net])
            | {"linestyle": palette.linestyle(trained.dash(net)), "linewidth": 0.8},
        )
    names = [results["classes"][i] for i in order]
    ax.set_yticks(range(len(order)), [f"{name} · {CLASSES[name]}" for name in names])
    ax.set(xlabel="test error, % · 测试误差（%）", xlim=(0, None))
    figures.label_ends(ax)
    return drawing


def gallery(results: Results, pair: str, data: DataSet) -> Output:
    """Images that the second net of a pair misses and the first does not.

    Args:
        results: those of the record `kept_nets`.
        pair: a key of its "pairs".
        data: CIFAR-10, its images as they were stored.

    Raises:
        ValueError: when the images are of another data set.
    """
    if data.classes != tuple(results["classes"]):
        expected = ", ".join(results["classes"])
        raise ValueError(f"expected images of {expected}, got {data.origin}")
    says = trained.label(net_of(pair.rpartition(", ")[2]))
    tiles, lines = [], []
    for one in results["pairs"][pair]["missed"]:
        shows, said = one["shows"], one["said"]
        texts = (
            (shows, CLASSES[shows]),
            (f"{says[0]}: {said}", f"{says[1]}：{CLASSES[said]}"),
        )
        lines.append(f"{texts[0][0]}; {texts[1][0]}")
        tiles.append(
            f'<span style="{TILE}"><img style="{PIXELS}" alt="{html.escape(shows)}" '
            f'src="{_address(data, one["image"])}"><br>'
            + "<br>".join(map(_words, texts))
            + "</span>"
        )
    return Output(f"<div>{''.join(tiles)}</div>", "\n".join(lines))


def _words(text: bilingual.Pair) -> str:
    """A text in both languages, of which a bare notebook shows one."""
    layers = zip(bilingual.LAYERS, text, strict=True)
    return "".join(span(*part, language=figures.language()) for part in layers)


def _address(data: DataSet, at: int) -> str:
    """A test image as the address of a PNG."""
    buffer = io.BytesIO()
    pixels = data.split.test_images[at].permute(1, 2, 0).numpy()
    plt.imsave(buffer, pixels, format="png")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()

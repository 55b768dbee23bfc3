"""The playground: a plain and a residual net, trained side by side in the page.

`show` writes a custom element, its data and its scripts into one HTML output. The nets
are ours (`net.js`) and train in Workers of the page: no kernel, no network. Where no
script runs, and in print, a still figure of the recorded experiment stands there.

| file          | subject                                              |
|---------------|------------------------------------------------------|
| net.js        | operations, forward and backward passes, SGD         |
| run.js        | the data of a setting, its run, what is seen of it   |
| worker.js     | steps and reports, in a Worker                       |
| view.js       | the element: controls, state in the address, rounds  |
| show.js       | what a frame shows                                   |
| draw.js       | curves, blocks, the plane, images                    |
| challenges.js | three challenges and their ticks                     |
"""

import json
import re
import statistics
from functools import cache
from importlib.resources import files
from typing import Any

from plusx import figures, records
from plusx.bilingual import spoken
from plusx.figures import html
from plusx.figures.palette import LOOKS
from plusx.playground import words

SIZES = ("full", "small")
SCRIPTS = (
    "net.js",
    "run.js",
    "worker.js",
    "draw.js",
    "show.js",
    "challenges.js",
    "view.js",
)
STILL_LAYERS = 54
CAPTIONS = {
    "full": (
        "Two nets that differ by one addition, trained in this page. A block has two "
        "layers; bars show the blocks from the input to the output. On the digits they "
        "replicate the fully connected nets of chapter 1, whose recorded runs are the "
        "bands.",
        "两个网络只差一次加法，就在这一页里训练。每个块有两层；竖条从左到右，是从输入"
        "到输出的各个块。数据选手写数字，就复现了第 1 章的全连接网络，"
        "色带是存档的运行结果。",
    ),
    "small": (
        "Two nets that differ by one addition, trained in this page: which point "
        "belongs to which spiral?",
        "两个网络只差一次加法，就在这一页里训练：每个点属于哪条螺旋？",
    ),
}
ALT = (
    f"Training error of fully connected nets of {STILL_LAYERS} layers over 15 "
    "epochs: the plain net stays high, the net with +x falls to a few per cent.",
    f"{STILL_LAYERS} 层全连接网络 15 轮的训练误差：普通网络一直很高，"
    "有 +x 的网络降到百分之几。",
)


def show(size: str = "full", *, name: str = "playground"):
    """The playground as an output in HTML, and in words.

    Args:
        size: "full" with all controls, measures and challenges, or "small" with the
            spirals alone.
        name: unique in the book; begins every id and the state in the address.

    Raises:
        ValueError: for another size, or a name that cannot begin an id.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {SIZES}, got {size!r}")
    html.check_name(name)
    picture = figures.still(_still(), name=name, alt=ALT)
    text = json.dumps(data(size), ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("</", "<\\/")
    element = (
        f'<plusx-playground class="plusx-playground" '
        f'data-language="{figures.language()}">\n'
        f'<script type="application/json" data-on-demand="fig-{name}">{safe}</script>\n'
        f'<div class="plusx-still">\n{picture}\n</div>\n</plusx-playground>'
    )
    figure = html.figure(name, element, CAPTIONS[size], figures.language())
    markup = f'{figure}\n<script data-on-demand="fig-{name}">\n{script()}</script>'
    return html.Output(markup, spoken(ALT, figures.language()))


def data(size: str) -> dict[str, Any]:
    """What the element reads: controls, words, and at full size digits and bands."""
    found: dict[str, Any] = {
        "size": size,
        "controls": words.CONTROLS[size],
        "rates": words.FIRST_RATES,
        "fixed": words.FIXED if size == "small" else {},
        "words": _words(),
    }
    if size == "full":
        found |= {"digits": digits(), "recorded": recorded()}
    return found


def script() -> str:
    """The JavaScript, its style sheet in it, without lines that only comment."""
    source = html.without_comments("".join(map(_read, SCRIPTS)))
    palette = {
        "marks": {look.name: look.mark for look in LOOKS},
        "colors": {look.name: look.color for look in LOOKS},
    }
    source = source.replace('"palette"', json.dumps(palette))
    style = _read("style.css")
    for look in LOOKS:
        style = style.replace(f"var(--plusx-{look.name})", look.variable)
    return source.replace('"style.css"', json.dumps(style))


def digits() -> dict[str, Any]:
    """The training images of `plusx.data.digits`, packed as text.

    A small letter is a pixel from 1 (a) to 16 (p), a capital a run of 1 (A) to 26 (Z)
    empty ones. Mean and deviation are those that the experiment normalizes by.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    count = records.load("playground")["config"]["train_images"]
    pixels = bunch.images[:count].astype(int).ravel().tolist()
    text = "".join(chr(96 + v) if v else " " for v in pixels)
    return {
        "pixels": re.sub(" {1,26}", lambda run: chr(64 + len(run[0])), text),
        "labels": "".join(map(str, bunch.target[:count])),
        "mean": round(statistics.fmean(pixels), 6),
        "deviation": round(statistics.stdev(pixels), 6),
    }


@cache
def recorded() -> dict[str, Any]:
    """Bands of the recorded curves, by "residual/norm/scaled/layers"."""
    record = records.load("playground")
    kinds = {
        "plain": "0/0/0",
        "plain_norm": "0/1/0",
        "residual": "1/0/0",
        "residual_norm": "1/1/0",
        "residual_scaled": "1/0/1",
    }
    return {
        "rate": record["config"]["lr"],
        "bands": {
            f"{kind}/{layers}": band(curves)
            for variant, kind in kinds.items()
            for layers, curves in record["results"][variant].items()
        },
    }


def band(curves: list[list[float | None]]) -> dict[str, Any]:
    """Mean and standard deviation of the runs that are still finite, epoch by epoch.

    Where fewer than two are, both are None.
    """
    columns = [
        [value for value in column if value is not None]
        for column in zip(*curves, strict=True)
    ]
    spreads = [records.spread(c) if len(c) > 1 else None for c in columns]
    return {
        "mean": [s and s["mean"] for s in spreads],
        "std": [s and s["std"] for s in spreads],
        "broken": len(curves) - len(columns[-1]),
    }


def _words() -> dict[str, Any]:
    """All words, as the page reads them."""
    measures, axes = (
        {
            **group,
            "options": [
                {**option, key: group[table][option["value"]]}
                for option in group["options"]
            ],
        }
        for group, key, table in (
            (words.MEASURES, "hint", "hints"),
            (words.AXES, "axis", "names"),
        )
    )
    return {
        **words.WORDS,
        "nets": words.NETS,
        "challenges": words.CHALLENGES,
        "measures": {k: v for k, v in measures.items() if k != "hints"},
        "axes": {k: v for k, v in axes.items() if k != "names"},
    }


def _read(name: str) -> str:
    return (files("plusx.playground") / name).read_text("utf8")


def _still():
    """The recorded experiment at one depth, with normalization."""
    import matplotlib.pyplot as plt

    results = records.load("playground")["results"]
    figure, ax = plt.subplots()
    for variant, label, color in (
        ("plain_norm", "plain · 普通网络", figures.PLAIN),
        ("residual_norm", "with +x · 有 +x 的网络", figures.RESIDUAL),
    ):
        columns = zip(*results[variant][str(STILL_LAYERS)], strict=True)
        spreads = [records.spread(column) for column in columns]
        epochs = range(1, len(spreads) + 1)
        figures.band(ax, epochs, spreads, label, color, markevery=2)
    ax.set(
        xlabel="epoch · 轮数",
        ylabel="training error, % · 训练误差（%）",
        ylim=(0, 100),
    )
    figures.label_ends(ax)
    return figure

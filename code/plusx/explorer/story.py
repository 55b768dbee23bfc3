"""Chapter 1 before any code: four steps, and one block with a switch for +x.

Nothing in it is measured: it draws what is asked, not what comes out.
"""

from typing import Any

from matplotlib.figure import Figure

from plusx.bilingual import Pair
from plusx.explorer.controls import choice
from plusx.figures import PLAIN, RESIDUAL, palette
from plusx.figures.diagrams import Diagram
from plusx.figures.palette import INK

STEPS: dict[str, tuple[Pair, str, str, Pair]] = {  # button, inserted, answer, sentence
    "1": (
        ("1. 20 layers", "1. 20 层"),
        "none",
        "3",
        (
            "A plain net of 20 layers, nine blocks, has learned to name the digit.",
            "一个 20 层的普通网络有九个块，已经学会认这个数字。",
        ),
    ),
    "2": (
        ("2. 36 more that do nothing", "2. 插入 36 层，什么都不做"),
        "nothing",
        "3",
        (
            "Insert 18 blocks, 36 layers, that hand on what they get: 56 layers, and "
            "the very same answers. So more layers need not be worse.",
            "插进 18 个块，也就是 36 层，收到什么就传什么：网络有了 56 层，"
            "答案却一模一样。所以层数更多，不一定更差。",
        ),
    ),
    "3": (
        ("3. the same at random", "3. 换成随机权重"),
        "random",
        "?",
        (
            "But training does not start there. It starts with random weights, and "
            "each inserted block stirs what it gets. Will training find “do nothing”?",
            "可是训练不从那里出发：权重一开始是随机的，插进来的每个块都把收到的东西"
            "搅乱一遍。训练找得到“什么都不做”吗？",
        ),
    ),
    "4": (
        ("4. the wire", "4. 加一根线"),
        "wired",
        "?",
        (
            "A wire round each inserted block adds what came in to what the block "
            "makes of it. Now “do nothing” is where its output is 0.",
            "给插进来的每个块绕一根线，把进来的东西加到块的结果上。"
            "现在，块只要输出 0，就是“什么都不做”。",
        ),
    ),
}
BLOCKS: dict[str, tuple[Pair, Pair]] = {
    "off": (
        ("without +x", "没有 +x"),
        (
            "A plain block hands on F(x) alone: what F loses is lost.",
            "普通块只往下传 F(x)：F 丢掉的，就没有了。",
        ),
    ),
    "on": (
        ("with +x", "有 +x"),
        (
            "A residual block hands on x + F(x): x gets through whatever F does.",
            "残差块往下传 x + F(x)：不管 F 怎么算，x 都过得去。",
        ),
    ),
}


def story() -> dict[str, Any]:
    """The data of the explorer: words, colors, a digit as 64 figures from 0 to 9."""
    steps = {key: button for key, (button, *_) in STEPS.items()}
    blocks = {key: button for key, (button, _) in BLOCKS.items()}
    return {
        "controls": [
            choice("step", ("step", "步骤"), "1", steps),
            choice("x", ("one block", "一个块"), "off", blocks),
        ],
        "steps": {
            key: {"inserted": kind, "answer": answer, "text": list(text)}
            for key, (_, kind, answer, text) in STEPS.items()
        },
        "blocks": {key: list(text) for key, (_, text) in BLOCKS.items()},
        "colors": [palette.look(color).variable for color in (PLAIN, RESIDUAL)],
        "image": _digit(),
    }


def _digit() -> str:
    """The first three among scikit-learn's digits, row by row."""
    from sklearn.datasets import load_digits

    pixels = load_digits().images[3].ravel()
    return "".join(str(round(9 * value / 16)) for value in pixels)


def still_story() -> Figure:
    """The four steps below each other, for paper and for pages without a script."""
    drawing = Diagram(50, 32)
    for row, (button, kind, answer, _) in enumerate(STEPS.values()):
        y = 26.5 - 8 * row
        drawing.text(1, y + 4, button, align="left")
        drawing.arrow((1, y), (46, y), head=False, width=0.8)
        for k in range(27):
            if k % 3 == 0 or kind != "none":
                _box(drawing, 3.5 + 1.55 * k, y, "old" if k % 3 == 0 else kind)
        drawing.text(48, y, answer, size=14)
    return drawing.figure


def _box(drawing: Diagram, x: float, y: float, kind: str) -> None:
    """One block of a strip: old, doing nothing, random or wired."""
    color, fill = {"old": (INK, 0.5), "nothing": (INK, 0)}.get(kind, (PLAIN, 0.4))
    drawing.box(x, y, width=1.1, height=2.6, color=color, fill=fill)
    if kind == "wired":
        path = (x - 0.72, y), (x - 0.72, y + 2.2), (x + 0.72, y + 2.2), (x + 0.72, y)
        drawing.arrow(*path, color=RESIDUAL, width=1.6, corner=0.3, head=False)

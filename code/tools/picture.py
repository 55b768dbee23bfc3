"""Draw the picture of the READMEs; write the bet and the playground of the first page.

Usage: python code/tools/picture.py

Picture and bet are of chapter 1's record. The first page does not print its answer: it
asks for a bet, chapters/bet.html, and lets two nets train, chapters/playground.html.
A README cannot ask, nor follow the language and the theme of the page, so there are
four files in .github: each language on a light and on a dark page.
"""

import math
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import bets, figures, playground, records
from plusx.figures import svg

HOUSE = Path(__file__).resolve().parents[2]
INK = {"light": "#1f2328", "dark": "#e6edf3"}


def draw() -> Figure:
    """Training error against depth, plain and residual, five runs each."""
    figures.use()
    record = records.load("degradation")
    config, conv = record["config"], record["config"]["conv"]
    depths = conv["depths"]
    steps = conv["epochs"] * math.ceil(config["train_images"] / config["batch_size"])
    figure, ax = plt.subplots(figsize=(7.2, 3.2))
    for kind, label, colour in (
        ("plain", "plain · 普通网络", figures.PLAIN),
        ("residual", "with +x · 有 +x", figures.RESIDUAL),
    ):
        found = record["results"]["conv"][kind]["train"]
        spreads = [found[str(depth)] for depth in depths]
        figures.band(ax, depths, spreads, label, colour)
    ax.set(
        xlabel="layers · 层数", xticks=depths, ylim=(-3, 80), yticks=range(0, 81, 20)
    )
    ax.set_title(
        f"training error after {steps} steps, % · 训练 {steps} 步后的训练误差（%）",
        fontsize=10,
    )
    figures.label_ends(ax)
    return figure


def pictures() -> dict[str, str]:
    """Paths within the repository and what each file holds."""
    figure = draw()
    text = svg.render(figure)
    plt.close(figure)
    files = {
        f".github/picture-{language}-{theme}.svg": one(text, language, theme)
        for language in ("en", "zh")
        for theme in INK
    }
    return {
        **files,
        "chapters/bet.html": bets.show("depth-curve").data + "\n",
        "chapters/playground.html": first_playground(),
    }


def first_playground() -> str:
    """The playground of the first page, without what only a notebook needs."""
    whole = playground.show("small", name="spirals").data
    return re.sub(r'(?s)\n<div class="px-untrusted">.*?</div>', "", whole) + "\n"


def one(text: str, language: str, theme: str) -> str:
    """The drawing in one language, with the text colour of one theme."""
    root = svg.clean(text, "picture", {})
    other = {"en": "lang-zh", "zh": "lang-en"}[language]
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("class") == other:
                parent.remove(child)
    box = root.get("viewBox")
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": box,
        "color": INK[theme],
        "fill": "currentColor",
        "stroke-linejoin": "round",
    }
    return ElementTree.tostring(root, encoding="unicode") + "\n"


if __name__ == "__main__":
    for name, content in pictures().items():
        (HOUSE / name).parent.mkdir(exist_ok=True)
        (HOUSE / name).write_text(content, encoding="utf-8")
        print(f"{name}: {len(content):,} bytes")

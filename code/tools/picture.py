"""Draw the READMEs' picture from the recorded runs of chapter 1.

Usage: python code/tools/picture.py

Four files in .github: each language on a light and on a dark page. A README cannot
switch a drawing's language, so each file holds the labels of one language alone.
"""

from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import figures, records, svg

FOLDER = Path(__file__).resolve().parents[2] / ".github"
INK = {"light": "#1f2328", "dark": "#e6edf3"}


def draw() -> Figure:
    """Training error against depth, plain and residual, five runs each."""
    figures.use()
    record = records.load("degradation")
    depths = record["config"]["conv"]["depths"]
    figure, ax = plt.subplots(figsize=(7.2, 3.2))
    for kind, label, colour in (
        ("plain", "plain · 普通网络", figures.PLAIN),
        ("residual", "with +x · 加上 x", figures.RESIDUAL),
    ):
        found = record["results"]["conv"][kind]["train"]
        spreads = [found[str(depth)] for depth in depths]
        figures.band(ax, depths, spreads, label, colour)
    ax.set(
        xlabel="layers · 层数", xticks=depths, ylim=(-3, 80), yticks=range(0, 81, 20)
    )
    ax.set_title("training error (%) · 训练误差（%）", fontsize=10)
    figures.label_ends(ax)
    return figure


def pictures() -> dict[str, str]:
    """File names and what each holds."""
    figure = draw()
    text = svg.render(figure)
    plt.close(figure)
    return {
        f"picture-{language}-{theme}.svg": one(text, language, theme)
        for language in ("en", "zh")
        for theme in INK
    }


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
        (FOLDER / name).write_text(content, encoding="utf-8")
        print(f".github/{name}: {len(content):,} bytes")

"""Draw the picture of the first page and of the READMEs from chapter 1's record.

Usage: python code/tools/picture.py

chapters/picture.html follows the language and the theme of the page. A README cannot
do that, so there are four files in .github: each language on a light and on a dark
page.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from plusx import figures, records
from plusx.figures import svg

HOUSE = Path(__file__).resolve().parents[2]
ALT = (
    "Training error against the number of layers, 8 to 56. The plain line climbs from "
    "zero to above sixty percent; the line with +x stays near zero.",
    "训练误差随层数（8 到 56）的变化：普通网络从零升到百分之六十以上，"
    "加上 x 的网络一直接近零。",
)
INK = {"light": "#1f2328", "dark": "#e6edf3"}


def draw(width: float) -> Figure:
    """Training error against depth, plain and residual, five runs each.

    Args:
        width: in inches; a phone shows up to 5.8 without scrolling.
    """
    figures.use()
    record = records.load("degradation")
    depths = record["config"]["conv"]["depths"]
    figure, ax = plt.subplots(figsize=(width, 3.2))
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
    """Paths within the repository and what each file holds."""
    figure = draw(7.2)
    text = svg.render(figure)
    plt.close(figure)
    files = {
        f".github/picture-{language}-{theme}.svg": one(text, language, theme)
        for language in ("en", "zh")
        for theme in INK
    }
    return {**files, "chapters/picture.html": first_page()}


def first_page() -> str:
    """The drawing as a figure of the book, with its caption in both languages."""
    conv = records.load("degradation")["results"]["conv"]
    plain, residual = (
        f"{conv[kind]['train']['56']['mean']:.1f}\u00a0%"  # stays on one line
        for kind in ("plain", "residual")
    )
    caption = (
        f"The same data, the same 56 layers, 120 steps each, five runs: {plain} "
        f"training error without the addition, {residual} with it.",
        f"数据相同，都是 56 层，都练 120 步，各跑五次：不加 x，训练误差是 {plain}；"
        f"加上 x，是 {residual}。",
    )
    shown = figures.show(draw(5), name="picture", alt=ALT, caption=caption).data
    # A page is no notebook that somebody has to trust.
    return (
        re.sub(r'<div class="px-untrusted">.*?</div>\n?', "", shown, flags=re.S) + "\n"
    )


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
        (HOUSE / name).write_text(content, encoding="utf-8")
        print(f"{name}: {len(content):,} bytes")

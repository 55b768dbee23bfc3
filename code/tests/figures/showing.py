"""What `figures.show` makes of a figure, for tests to look into."""

import re
from xml.etree import ElementTree

import matplotlib.pyplot as plt

from plusx import figures

ALT = ("Error rises with depth.", "误差随深度上升。")
CAPTION = ("One run.", "一次运行。")


def curve(label="plain · 普通网络"):
    """A small figure with bilingual labels."""
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3], [1, 4, 9], label=label, **figures.style(figures.PLAIN))
    ax.set_xlabel("depth · 深度")
    ax.set_ylabel("error (%) · 误差（%）")
    figures.label_ends(ax)
    return figure


def show(figure, name="curve", **options):
    """The HTML that `figures.show` makes of a figure."""
    options = {"alt": ALT, "caption": CAPTION, **options}
    return figures.show(figure, name=name, **options).data


def drawing(html):
    """The svg element of a figure's HTML."""
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", html, re.S).group())

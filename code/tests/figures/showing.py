"""What `figures.show` makes of a figure, for tests to look into."""

import re
from xml.etree import ElementTree

from plusx import figures

ALT = ("Error rises with depth.", "误差随深度上升。")
CAPTION = ("One run.", "一次运行。")


def show(figure, name="curve", **options):
    """The HTML that `figures.show` makes of a figure."""
    options = {"alt": ALT, "caption": CAPTION, **options}
    return figures.show(figure, name=name, **options).data


def drawing(html):
    """The svg element of a figure's HTML."""
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", html, re.S).group())

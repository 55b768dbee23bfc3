"""Live labs: sliders that run torch in the reader's own kernel.

Each lab is a plain function from settings to a picture with a sentence (in `views`),
and the controls of an explorer as ipywidgets (7.7 and 8) that call it. The book's
stored outputs hold no widget, because a widget's ids change from run to run: where the
environment variable PLUSX_STATIC is set, as it is when the book executes itself, a lab
is the picture of its opening settings, and a line that says where it moves.
"""

import os
from collections.abc import Callable, Sequence

from plusx.bilingual import paragraphs
from plusx.explorer import choice, slider
from plusx.explorer import product as product_explorer
from plusx.explorer.controls import Control
from plusx.figures.html import Output
from plusx.labs import views, widgets
from plusx.pictures.spectra import VARIANTS, variant_choice
from plusx.pictures.transformer import NAMES

STATIC = (
    "A live lab, here as a still picture: run this cell in Colab or on your own "
    "machine, and its controls appear, computed with torch.",
    "这是实时实验，这里只有静止的图：在 Colab 或自己的电脑上运行这个单元格，"
    "就会出现控件，由 torch 即时计算。",
)
SEED = slider("seed", ("seed", "随机种子"), 0, low=0, high=20)


def product(depth: int = 100, weight: float = 1.0):
    """The lab of products along a scalar chain; `views.product_view` is its view."""
    return _lab(views.product_view, product_explorer(depth, weight)["controls"])


def spectrum(variant: str = "residual", depth: int = 20):
    """The lab of Jacobian spectra; `views.spectrum_view` is its view."""
    controls = [
        variant_choice(list(VARIANTS), variant),
        slider("depth", ("blocks L", "块数 L"), depth, low=1, high=100),
        slider("width", ("width d", "宽度 d"), 24, low=2, high=48),
        SEED,
    ]
    return _lab(views.spectrum_view, controls)


def push_to_zero():
    """The lab of weights pushed to 0; `views.push_view` is its view."""
    controls = [
        choice("part", ("what is multiplied", "缩小什么"), "convolutions", views.PARTS),
        slider("factor", ("factor", "系数"), 0.1, values=views.FACTORS),
    ]
    return _lab(views.push_view, controls)


def collapse():
    """The lab of tokens that become one; `views.collapse_view` is its view."""
    scale = ("initial weights, times", "初始权重，乘以")
    controls = [
        choice("variant", ("blocks", "块的种类"), "pre_bare", NAMES),
        slider("depth", ("number of blocks", "块数"), 12, low=1, high=24),
        slider("scale", scale, 1.0, low=0.1, high=3.0, step=0.1),
        SEED,
    ]
    return _lab(views.collapse_view, controls)


def _lab(view: Callable[..., Output], controls: Sequence[Control]):
    """The front end; in the book, where nobody can move it, its opening picture."""
    if not os.environ.get("PLUSX_STATIC"):
        return widgets.front_end(view, controls)
    seen = view(**{control["id"]: control["value"] for control in controls})
    return Output(f"{seen.data}\n{paragraphs(STATIC)}", seen.words)

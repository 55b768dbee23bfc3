"""Live labs: sliders that run torch in the reader's own kernel.

Each lab is a plain function from settings to a picture with a sentence (`product_view`,
`spectrum_view`, `push_view`, …) and a front end of ipywidgets (7.7 and 8) calling it.
The book's stored outputs hold no widget, because a widget's ids change from run to run:
where the environment variable PLUSX_STATIC is set, as it is when the book executes
itself, a lab is one line that says where it runs.
"""

import os

from plusx import gradients
from plusx.bilingual import paragraphs
from plusx.labs import views, widgets
from plusx.pictures.spectra import VARIANTS
from plusx.pictures.transformer import NAMES

STATIC = (
    "Live lab: run this cell in Colab or on your own machine, and sliders that compute "
    "with torch appear here.",
    "现场实验：在 Colab 或自己的电脑上运行这个单元格，"
    "这里就会出现滑块，由 torch 即时计算。",
)


def product(depth: int = 100, weight: float = 1.0):
    """The lab of products along a scalar chain; `product_view` says what it shows."""
    if _static():
        return _where_to_run()
    return widgets.front_end(
        views.product_view,
        depth=widgets.slider(("blocks L", "块数 L"), depth, 1, 200),
        weight=widgets.slider(("weight w", "权重 w"), weight, -8.0, 8.0, 0.25),
        activation=widgets.choice(
            ("activation f", "激活函数 f"), {a: a for a in gradients.ACTIVATIONS}
        ),
        scale=widgets.choice(
            ("scale α of the residual branch", "残差分支的缩放 α"),
            {scale: scale for scale in views.SCALES},
        ),
        place=widgets.choice(
            ("residual step", "残差步"),
            {"h + α f(wh)": "branch", "f(h + α f(wh))": "after"},
        ),
        start=widgets.choice(
            ("where the slopes are taken", "斜率取在哪里"),
            {
                widgets.say(
                    ("along the path from h = 0.5", "沿 h = 0.5 出发的路径")
                ): "path",
                widgets.say(("always at the steepest point", "总在最陡处")): "steepest",
            },
        ),
    )


def spectrum(variant: str = "residual", depth: int = 20):
    """The lab of Jacobian spectra; `spectrum_view` says what it shows."""
    if _static():
        return _where_to_run()
    variants = {widgets.say(name): variant for variant, (name, _) in VARIANTS.items()}
    return widgets.front_end(
        views.spectrum_view,
        variant=widgets.choice(("block", "块"), variants, variant),
        depth=widgets.slider(("blocks L", "块数 L"), depth, 1, 100),
        width=widgets.slider(("width d", "宽度 d"), 24, 2, 48),
        seed=widgets.slider(("seed", "随机种子"), 0, 0, 20),
    )


def push_to_zero():
    """The lab of weights pushed to 0; `push_view` says what it shows."""
    if _static():
        return _where_to_run()
    parts = {widgets.say(name): part for part, name in views.PARTS.items()}
    return widgets.front_end(
        views.push_view,
        part=widgets.choice(("what is multiplied", "缩小什么"), parts),
        factor=widgets.steps(("factor", "系数"), views.FACTORS),
    )


def collapse():
    """The lab of tokens that become one; `views.collapse_view` is its view."""
    if _static():
        return _where_to_run()
    variants = {widgets.say(name): variant for variant, name in NAMES.items()}
    return widgets.front_end(
        views.collapse_view,
        variant=widgets.choice(("blocks", "块"), variants, "pre_bare"),
        depth=widgets.slider(("number of blocks", "块数"), 12, 1, 24),
        scale=widgets.slider(
            ("initial weights, times", "初始权重，乘以"), 1.0, 0.1, 3.0, 0.1
        ),
        seed=widgets.slider(("seed", "随机种子"), 0, 0, 20),
    )


def _static() -> bool:
    """Whether the book executes itself, and no reader is there to move a slider."""
    return bool(os.environ.get("PLUSX_STATIC"))


def _where_to_run():
    """The one line that stands in the book instead of the sliders."""
    from IPython.display import HTML

    return HTML(paragraphs(STATIC))

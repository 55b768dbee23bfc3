"""Live labs: sliders that run torch in the reader's own kernel.

Each lab is a plain function from settings to a picture with a sentence (`product_view`,
`spectrum_view`, `push_view`, …) and a front end of ipywidgets (7.7 and 8) calling it.
The book's stored outputs hold no widget, because a widget's ids change from run to run:
where the environment variable PLUSX_STATIC is set, as it is when the book executes
itself, a lab is one line that says where it runs.
"""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt

from plusx import figures, gradients, markup, transformer_views
from plusx.experiments import spectra, zero_init
from plusx.explorer_data import VARIANTS, power

STATIC = (
    "Live lab: run this cell in Colab or on your own machine, and sliders that compute "
    "with torch appear here.",
    "现场实验：在 Colab 或自己的电脑上运行这个单元格，"
    "这里就会出现滑块，由 torch 即时计算。",
)
SCALES = {
    "1": lambda depth: 1.0,
    "1/√L": lambda depth: 1 / math.sqrt(depth),
    "1/L": lambda depth: 1 / depth,
}
STARTS = {"path": 0.5, "steepest": None}
FACTORS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.0)
PARTS = {
    "convolutions": ("both convolutions, post-activation", "两个卷积，后激活"),
    "gamma": ("γ of the second norm, post-activation", "第二个归一化的 γ，后激活"),
    "last_convolution": ("the last convolution, pre-activation", "最后的卷积，预激活"),
}


def product(depth: int = 100, weight: float = 1.0):
    """The lab of products along a scalar chain; `product_view` says what it shows."""
    if _static():
        return _where_to_run()
    return _front_end(
        product_view,
        depth=_slider(("blocks L", "块数 L"), depth, 1, 200),
        weight=_slider(("weight w", "权重 w"), weight, -8.0, 8.0, 0.25),
        activation=_choice(
            ("activation f", "激活函数 f"), {a: a for a in gradients.ACTIVATIONS}
        ),
        scale=_choice(
            ("scale α of the residual branch", "残差分支的缩放 α"),
            {scale: scale for scale in SCALES},
        ),
        place=_choice(
            ("residual step", "残差步"),
            {"h + α f(wh)": "branch", "f(h + α f(wh))": "after"},
        ),
        start=_choice(
            ("where the slopes are taken", "斜率取在哪里"),
            {
                _say(("along the path from h = 0.5", "沿 h = 0.5 出发的路径")): "path",
                _say(("always at the steepest point", "总在最陡处")): "steepest",
            },
        ),
    )


def spectrum(variant: str = "residual", depth: int = 20):
    """The lab of Jacobian spectra; `spectrum_view` says what it shows."""
    if _static():
        return _where_to_run()
    variants = {_say(name): variant for variant, (name, _) in VARIANTS.items()}
    return _front_end(
        spectrum_view,
        variant=_choice(("block", "块"), variants, variant),
        depth=_slider(("blocks L", "块数 L"), depth, 1, 100),
        width=_slider(("width d", "宽度 d"), 24, 2, 48),
        seed=_slider(("seed", "随机种子"), 0, 0, 20),
    )


def push_to_zero():
    """The lab of weights pushed to 0; `push_view` says what it shows."""
    if _static():
        return _where_to_run()
    parts = {_say(name): part for part, name in PARTS.items()}
    return _front_end(
        push_view,
        part=_choice(("what is multiplied", "缩小什么"), parts),
        factor=_steps(("factor", "系数"), FACTORS),
    )


def collapse():
    """The lab of tokens that become one; `transformer_views.lab_view` is its view."""
    if _static():
        return _where_to_run()
    variants = {
        _say(name): variant for variant, name in transformer_views.NAMES.items()
    }
    return _front_end(
        transformer_views.lab_view,
        variant=_choice(("blocks", "块"), variants, "pre_bare"),
        depth=_slider(("number of blocks", "块数"), 12, 1, 24),
        scale=_slider(("initial weights, times", "初始权重，乘以"), 1.0, 0.1, 3.0, 0.1),
        seed=_slider(("seed", "随机种子"), 0, 0, 20),
    )


def product_view(
    depth: int, weight: float, activation: str, scale: str, place: str, start: str
) -> str:
    """Products of derivatives, block by block, of a plain and a residual chain.

    Args:
        scale: "1", "1/√L" or "1/L", the α of the residual branch.
        place: "branch" or "after", see `gradients.chain_factors`.
        start: "path" follows h from 0.5, "steepest" takes every slope at its steepest.
    """
    plain = gradients.cumulative_product(
        gradients.chain_factors(
            depth, weight, activation, residual=False, start=STARTS[start]
        )
    )
    residual = gradients.cumulative_product(
        gradients.chain_factors(
            depth,
            weight,
            activation,
            scale=SCALES[scale](depth),
            place=place,
            start=STARTS[start],
        )
    )
    figure, ax = plt.subplots()
    blocks = range(1, depth + 1)
    every = max(1, depth // 8)
    for name, colour, found in (
        ("plain · 普通", figures.PLAIN, plain),
        ("residual · 残差", figures.RESIDUAL, residual),
    ):
        logs = found.log10.where(found.log10.isfinite(), math.nan)
        look = {**figures.style(colour), "markevery": every}
        ax.plot(blocks, logs.tolist(), label=name, **look)
    ax.set_xlabel("blocks passed · 经过的块数")
    ax.set_ylabel("log₁₀ |product of derivatives| · log₁₀ |导数之积|")
    ax.legend()
    sizes = [_signed(found) for found in (plain, residual)]
    return _view(
        figure,
        "lab-product",
        (
            f"After {depth} blocks the product is {sizes[0]} in the plain chain and "
            f"{sizes[1]} in the residual chain.",
            f"经过 {depth} 块，普通链的导数之积是 {sizes[0]}，残差链的是 {sizes[1]}。",
        ),
    )


def spectrum_view(variant: str, depth: int, width: int, seed: int) -> str:
    """Singular values of the Jacobian of one random net, by rank, and their floor."""
    values, floors = spectra.singular_values(variant, depth, width, [seed])
    found, floor = values[0], floors[0].item()
    (english, chinese), colour = VARIANTS[variant]
    figure, ax = plt.subplots()
    seen = found.where(found > floor, math.nan).log10()
    look = figures.style(getattr(figures, colour.upper(), figures.PURPLE))
    ax.plot(range(1, width + 1), seen.tolist(), **look, markevery=max(1, width // 12))
    ax.set_xlabel("rank of the singular value · 奇异值的名次")
    ax.set_ylabel("log₁₀ singular value · log₁₀ 奇异值")
    above = int((found > floor).sum())
    largest = power(math.log10(found[0].item()))
    return _view(
        figure,
        "lab-spectrum",
        (
            f"{english}, {depth} blocks: the largest singular value is {largest}; "
            f"{above} of {width} lie above the floor of float64.",
            f"{chinese}，{depth} 块：最大的奇异值是 {largest}；"
            f"{width} 个中有 {above} 个高于 float64 的分辨下限。",
        ),
    )


def push_view(part: str, factor: float) -> str:
    """Size of a residual branch beside its input, with a part of it multiplied."""
    shares = [zero_init.branch_share(part, step) for step in FACTORS[:-1]]
    share = zero_init.branch_share(part, factor)
    figure, ax = plt.subplots()
    ax.plot(FACTORS[:-1], shares, **figures.style(figures.RESIDUAL))
    if factor:
        ax.plot([factor], [share], "o", color=figures.PLAIN, markersize=11)
    ax.set(xscale="log", yscale="log", xlim=(1.3, 8e-5), ylim=(5e-5, 4))
    ax.set_xlabel("factor · 系数")
    ax.set_ylabel("|F(x)| / |x|")
    english, chinese = PARTS[part]
    size = f"{share:.2g}" if share else "0"
    return _view(
        figure,
        "lab-push",
        (
            f"{english}, times {factor:g}: |F(x)| is {size} times |x|; "
            f"F(x) = 0 exactly: {'yes' if share == 0 else 'no'}.",
            f"{chinese}，乘以 {factor:g}：|F(x)| 是 |x| 的 {size} 倍；"
            f"F(x) 正好是 0：{'是' if share == 0 else '否'}。",
        ),
    )


def _view(figure, name: str, sentence: markup.Pair) -> str:
    """A picture with the sentence that says what it shows."""
    picture = figures.still(figure, name=name, alt=sentence)
    return markup.figure(name, picture, sentence, figures.language())


def _signed(found: gradients.Product) -> str:
    """The last of the partial products as text."""
    log10, sign = found.log10[-1].item(), found.sign[-1].item()
    if sign == 0:
        return "0"
    return ("−" if sign < 0 else "") + power(log10)


def _static() -> bool:
    """Whether the book executes itself, and no reader is there to move a slider."""
    return bool(os.environ.get("PLUSX_STATIC"))


def _where_to_run():
    """The one line that stands in the book instead of the sliders."""
    from IPython.display import HTML

    return HTML(markup.paragraphs(STATIC))


def _front_end(view: Callable[..., str], **controls: Any):
    """A column of controls and, below, the view of their values."""
    import ipywidgets as widgets

    picture = widgets.HTML()

    def draw(_change: Any = None) -> None:
        settings = {name: control.value for name, control in controls.items()}
        picture.value = view(**settings)

    for control in controls.values():
        control.observe(draw, names="value")
    draw()
    return widgets.VBox([*controls.values(), picture])


def _slider(label: markup.Pair, value: float, low: float, high: float, step: float = 1):
    """A slider of whole numbers, or of fractions where its low end is one."""
    import ipywidgets as widgets

    kind = widgets.FloatSlider if isinstance(low, float) else widgets.IntSlider
    return kind(
        value=value,
        min=low,
        max=high,
        step=step,
        description=_say(label),
        continuous_update=False,
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def _steps(label: markup.Pair, values: Sequence[float]):
    """A slider over a few given values."""
    import ipywidgets as widgets

    return widgets.SelectionSlider(
        options=[(f"{value:g}", value) for value in values],
        description=_say(label),
        continuous_update=False,
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def _choice(label: markup.Pair, options: Mapping[str, str], value: str | None = None):
    """A list to choose from; options by what the reader sees."""
    import ipywidgets as widgets

    return widgets.Dropdown(
        options=list(options.items()),
        value=value or next(iter(options.values())),
        description=_say(label),
        style={"description_width": "16em"},
        layout={"width": "min(40em, 100%)"},
    )


def _say(label: markup.Pair) -> str:
    """A label in the language of the notebook."""
    english, chinese = label
    both = english if english == chinese else f"{english} · {chinese}"
    return {"en": english, "zh": chinese, "both": both}[figures.language()]

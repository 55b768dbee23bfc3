"""What the labs show: plain functions from settings to a picture with a sentence."""

import math

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from plusx import figures, gradients
from plusx.bilingual import Pair, halves, power, spoken
from plusx.experiments import spectra, transformer, zero_init
from plusx.explorer.product import READOUT
from plusx.figures import html
from plusx.figures.html import Output
from plusx.pictures.spectra import VARIANTS
from plusx.pictures.transformer import PASSED

SCALES = {
    "one": lambda depth: 1.0,
    "sqrt": lambda depth: 1 / math.sqrt(depth),
    "linear": lambda depth: 1 / depth,
}
STARTS = {"path": 0.5, "steepest": None}
FACTORS = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.0)
PARTS = {
    "convolutions": ("both convolutions, post-activation", "两个卷积，后激活"),
    "gamma": ("γ of the second norm, post-activation", "第二个归一化的 γ，后激活"),
    "last_convolution": ("the last convolution, pre-activation", "最后的卷积，预激活"),
}


def product_view(
    depth: int, weight: float, activation: str, scale: str, place: str, start: str
) -> Output:
    """Products of derivatives, block by block, of a plain and a residual chain.

    Args:
        scale: "one", "sqrt" for 1/√L or "linear" for 1/L, the α of the residual branch.
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
    for name, color, found in (
        ("plain · 普通", figures.PLAIN, plain),
        ("residual · 残差", figures.RESIDUAL, residual),
    ):
        logs = found.log10.where(found.log10.isfinite(), math.nan)
        look = {**figures.style(color), "markevery": every}
        ax.plot(blocks, logs.tolist(), label=name, **look)
    ax.set_xlabel("blocks passed · 经过的块数")
    ax.set_ylabel("log₁₀ |product of derivatives| · log₁₀ |导数之积|")
    ax.legend()
    sizes = {"plain": _signed(plain), "residual": _signed(residual)}
    english, chinese = (text.format(depth=depth, **sizes) for text in READOUT)
    return _view(
        figure,
        "lab-product",
        (english, chinese),
    )


def spectrum_view(variant: str, depth: int, width: int, seed: int) -> Output:
    """Singular values of the Jacobian of one random net, by rank, and their floor."""
    values, floors = spectra.singular_values(variant, depth, width, [seed])
    found, floor = values[0], floors[0].item()
    name, color = VARIANTS[variant]
    english, chinese = halves(name)
    figure, ax = plt.subplots()
    seen = found.where(found > floor, math.nan).log10()
    look = figures.style(color)
    ax.plot(range(1, width + 1), seen.tolist(), **look, markevery=max(1, width // 12))
    ax.set_xlabel("rank of the singular value · 奇异值的序号（从大到小）")
    ax.set_ylabel("log₁₀ singular value · log₁₀ 奇异值")
    above = int((found > floor).sum())
    largest = power(math.log10(found[0].item()))
    return _view(
        figure,
        "lab-spectrum",
        (
            f"{english}, {depth} blocks: the largest singular value is {largest}; "
            f"{above} of {width} lie above the floor of float64.",
            f"{chinese}，{depth} 个块：最大的奇异值是 {largest}；"
            f"{width} 个中有 {above} 个高于 float64 的分辨下限。",
        ),
    )


def push_view(part: str, factor: float) -> Output:
    """Size of a residual branch beside its input, with a part of it multiplied."""
    shares = [zero_init.branch_share(part, step) for step in FACTORS[:-1]]
    share = zero_init.branch_share(part, factor)
    figure, ax = plt.subplots()
    ax.plot(FACTORS[:-1], shares, **figures.style(figures.RESIDUAL))
    if factor:
        ax.plot([factor], [share], "o", color=figures.GREEN, markersize=11)
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


def collapse_view(variant: str, depth: int, scale: float, seed: int) -> Output:
    """Diversity along depth in one untrained model, as a picture with a sentence.

    Args:
        scale: what all weight matrices of the blocks are multiplied by.
    """
    model = transformer.make_model(variant, depth, seed)
    with torch.no_grad():
        for weight in model.blocks.parameters():
            if weight.dim() == 2:
                weight *= scale
        shares = transformer.diversity(model)
    figure, ax = plt.subplots()
    seen = [math.log10(share) if share > 0 else math.nan for share in shares]
    ax.plot(range(depth + 1), seen, **figures.style(figures.GREEN))
    ax.set(xlabel=PASSED, ylabel="log₁₀ diversity · log₁₀ 差异度")
    last = f"{shares[-1]:.2g}"
    sentence = (
        f"After {depth} untrained blocks the tokens have a diversity of {last}.",
        f"经过 {depth} 个还没有训练的块，词元的差异度是 {last}。",
    )
    return _view(figure, "lab-collapse", sentence)


def _view(figure: Figure, name: str, sentence: Pair) -> Output:
    """A picture with the sentence that says what it shows."""
    picture = figures.still(figure, name=name, alt=sentence, live=True)
    told = html.figure(name, picture, sentence, figures.language())
    return Output(told, spoken(sentence, figures.language()))


def _signed(found: gradients.Product) -> Output:
    """The last of the partial products as text."""
    log10, sign = found.log10[-1].item(), found.sign[-1].item()
    if sign == 0:
        return "0"
    return ("−" if sign < 0 else "") + power(log10)

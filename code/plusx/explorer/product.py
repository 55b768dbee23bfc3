"""The explorer of products of derivatives along a scalar chain."""

from typing import Any

from plusx.explorer.controls import choice, slider

ACTIVATIONS = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "linear": ("none", "不用"),
}
SCALES = {"one": "1", "sqrt": "1/√L", "linear": "1/L"}
PLACES = {"branch": "h + α f(wh)", "after": "f(h + α f(wh))"}
STARTS = {
    "path": ("along the path from h = 0.5", "沿着从 h = 0.5 出发的路径"),
    "steepest": ("always at the steepest point", "总在最陡处"),
}
READOUT = (
    "After {depth} blocks the product is {plain} in the plain chain and {residual} in "
    "the residual chain.",
    "经过 {depth} 个块，普通链的导数之积是 {plain}，残差链的是 {residual}。",
)
DEEP = 100  # blocks from which on a setting may solve a task
TASKS = (
    {
        "text": (
            "With 100 blocks or more, keep the plain chain’s product between 0.1 and "
            "10.",
            "块数不少于 100，让普通链的导数之积留在 0.1 到 10 之间。",
        ),
        "chain": "plain",
        "low": -1,
        "high": 1,
    },
    {
        "text": (
            "With 100 blocks or more, make the residual chain’s product smaller than "
            "10⁻¹⁰.",
            "块数不少于 100，让残差链的导数之积小于 10⁻¹⁰。",
        ),
        "chain": "residual",
        "high": -10,
    },
)


def product(depth: int = 100, weight: float = 1.0) -> dict[str, Any]:
    """The data of the product explorer, which opens at a depth and a weight.

    The browser computes what `gradients.cumulative_product(chain_factors(...))` does;
    the scale α belongs to the branch of the residual chain, the plain chain has 1.
    The axes are fixed, so that a steeper line is a faster fall; what leaves them says
    where it goes.
    """
    return {
        "controls": [
            slider("depth", ("blocks L", "块数 L"), depth, low=1, high=200),
            slider("weight", ("weight w", "权重 w"), weight, low=-8, high=8, step=0.25),
            choice("activation", "activation f · 激活函数 f", "sigmoid", ACTIVATIONS),
            choice(
                "scale",
                ("scale α of the residual branch", "残差分支的缩放 α"),
                "one",
                SCALES,
            ),
            choice("place", ("residual step", "残差块的写法"), "branch", PLACES),
            choice(
                "start", ("where the slopes are taken", "在哪里求斜率"), "path", STARTS
            ),
        ],
        "tasks": [{"depth": DEEP, **task} for task in TASKS],
        "start": 0.5,
        "series": [
            {"id": "plain", "name": ["plain", "普通"], "color": "plain"},
            {"id": "residual", "name": ["residual", "残差"], "color": "residual"},
        ],
        "x": {"label": ["blocks passed", "经过的块数"], "range": [0, 200]},
        "y": {
            "label": ["size of the product of derivatives", "导数之积的绝对值"],
            "log": True,
            "range": [-120, 60],
        },
        "readout": list(READOUT),
    }

"""The explorer of products of derivatives along a scalar chain."""

from typing import Any

from plusx.explorer.controls import choice, slider


def product(depth: int = 100, weight: float = 1.0) -> dict[str, Any]:
    """The data of the product explorer, which opens at a depth and a weight.

    The browser computes what `gradients.cumulative_product(chain_factors(...))` does;
    the scale α belongs to the branch of the residual chain, the plain chain has 1.
    """
    return {
        "controls": [
            slider("depth", ("blocks L", "块数 L"), depth, low=1, high=200),
            slider("weight", ("weight w", "权重 w"), weight, low=-8, high=8, step=0.25),
            choice(
                "activation",
                ("activation f", "激活函数 f"),
                "sigmoid",
                {
                    "sigmoid": "sigmoid",
                    "tanh": "tanh",
                    "relu": "ReLU",
                    "linear": ("none", "无"),
                },
            ),
            choice(
                "scale",
                ("scale α of the residual branch", "残差分支的缩放 α"),
                "one",
                {"one": "1", "sqrt": "1/√L", "linear": "1/L"},
            ),
            choice(
                "place",
                ("residual step", "残差步"),
                "branch",
                {"branch": "h + α f(wh)", "after": "f(h + α f(wh))"},
            ),
            choice(
                "start",
                ("where the slopes are taken", "斜率取在哪里"),
                "path",
                {
                    "path": ("along the path from h = 0.5", "沿 h = 0.5 出发的路径"),
                    "steepest": ("always at the steepest point", "总在最陡处"),
                },
            ),
        ],
        "start": 0.5,
        "names": [["plain", "普通"], ["residual", "残差"]],
        "x": ["blocks passed", "经过的块数"],
        "y": ["size of the product of derivatives", "导数之积的绝对值"],
        "readout": [
            "After {depth} blocks the product is {plain} in the plain chain and "
            "{residual} in the residual chain.",
            "经过 {depth} 块，普通链的导数之积是 {plain}，残差链的是 {residual}。",
        ],
    }

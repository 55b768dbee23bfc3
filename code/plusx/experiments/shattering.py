"""Shattered gradients (Balduzzi et al. 2017): is the gradient next door still the same?

Two measurements, both at initialization.

- `line`: fully connected ReLU nets with one input number. The input runs over a line of
  256 points in [−2, 2]; how far does the gradient there correlate with itself? This is
  the set-up of the paper's section 2. "residual" adds every two layers, "scaled" weighs
  what it adds by 0.1.
- `digits`: the nets of the book. The cosine of the input gradient at an image x and at
  x + ε · noise, for several ε; pixels have standard deviation 1.

Batch normalization uses the statistics of the whole line, or of the images without the
noise, as constants, so that each input has a gradient of its own. What becomes of the
second measurement in training is in `turning`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from plusx.data import digits
from plusx.experiments import _digits
from plusx.experiments.gradient_norms import make_net
from plusx.gradients import autocorrelation, gradient_cosine, input_gradients
from plusx.networks import CifarNet
from plusx.records import spread, spreads

KINDS = {"plain": None, "residual": 1.0, "scaled": 0.1}
SEEDS = list(range(10))
DATA = "a line of 256 points; scikit-learn load_digits, 128 training images"
CONFIG = {
    "line": {"width": 200, "depths": [2, 10, 24, 50], "lags": 16, "seeds": SEEDS},
    "digits": {
        "width": 8,
        "depths": [8, 20, 56],
        "epsilons": [0.001, 0.01, 0.05, 0.1, 0.3],
        "images": 128,
        "seeds": SEEDS[:5],
    },
}


class LineNet(nn.Module):
    """A fully connected ReLU net (N, 1) → (N,) with random He weights.

    Args:
        depth: hidden layers, even.
        kind: "plain", "residual" or "scaled".
        normalize: subtract the mean and divide by the deviation before each ReLU.

    Raises:
        ValueError: for an unknown kind, or a depth that is odd or below 2.
    """

    def __init__(
        self, depth: int, kind: str, normalize: bool, seed: int, width: int = 200
    ):
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {tuple(KINDS)}, got {kind!r}")
        if depth < 2 or depth % 2:
            raise ValueError(f"depth must be even and at least 2, got {depth}")
        generator = torch.Generator().manual_seed(seed)

        def draw(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator)

        self.scale = KINDS[kind]
        self.normalize = normalize
        self.first, self.offset = draw(1, width), draw(width)
        self.layers = [draw(width, width) * math.sqrt(2 / width) for _ in range(depth)]
        self.last = draw(width) / math.sqrt(width)

    def activate(self, h: Tensor) -> Tensor:
        """Normalize over the N inputs, with constant statistics, then ReLU."""
        if self.normalize:
            h = (h - h.mean(dim=0).detach()) / (h.std(dim=0).detach() + 1e-5)
        return torch.relu(h)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1) inputs → (N,) outputs."""
        h = x @ self.first + self.offset
        for one, two in zip(self.layers[::2], self.layers[1::2], strict=True):
            branch = self.activate(self.activate(h) @ one) @ two
            h = branch if self.scale is None else h + self.scale * branch
        return self.activate(h) @ self.last


def line_gradient(net: nn.Module, points: int = 256) -> tuple[Tensor, Tensor]:
    """The points of the line (points,) and the gradient of the net there (points,)."""
    x = torch.linspace(-2, 2, points)[:, None]
    return x[:, 0], input_gradients(net, x)[:, 0]


def digit_net(depth: int, residual: bool, seed: int, width: int = 8) -> CifarNet:
    """An untrained net of the book, settled on 128 digits."""
    return settle(make_net(depth, residual, "relu", width=width, seed=seed))


def settle(net: CifarNet) -> CifarNet:
    """A copy in eval mode whose norms have the statistics of 128 digits.

    Training mode would let the noise on one image change the gradient of the others.
    """
    return _digits.settle(net, digits().train_images[:128])


def digit_cosine(net: CifarNet, epsilon: float, seed: int, count: int = 128) -> float:
    """Mean cosine of input gradients of a random logit sum at x and x + ε · noise."""
    images = digits().train_images[:count]
    generator = torch.Generator().manual_seed(seed)
    mix = torch.randn(10, generator=generator)
    noise = torch.randn(images.shape, generator=generator)
    cosines = gradient_cosine(lambda x: net(x) @ mix, images, epsilon * noise)
    return float(cosines.mean())


def line_summary(
    depth: int,
    kind: str,
    normalize: bool,
    *,
    width: int,
    lags: int,
    seeds: Sequence[int],
) -> dict[str, Any]:
    """Autocorrelation of the gradient by lag, mean and deviation over the seeds."""
    nets = [LineNet(depth, kind, normalize, seed, width) for seed in seeds]
    return spreads([autocorrelation(line_gradient(n)[1], lags).tolist() for n in nets])


def digit_summary(
    depth: int,
    residual: bool,
    *,
    width: int,
    epsilons: Sequence[float],
    images: int,
    seeds: Sequence[int],
) -> dict[str, Any]:
    """The cosines by ε over the seeds."""
    nets = [digit_net(depth, residual, seed, width) for seed in seeds]
    return {
        str(epsilon): spread(
            [
                digit_cosine(net, epsilon, seed, images)
                for net, seed in zip(nets, seeds, strict=True)
            ]
        )
        for epsilon in epsilons
    }


def line_part(*, depths: Sequence[int], **settings: Any) -> dict[str, Any]:
    """Summaries of the line by normalization, kind and depth."""
    return {
        norm: {
            kind: {
                str(depth): line_summary(depth, kind, norm == "bn", **settings)
                for depth in depths
            }
            for kind in KINDS
        }
        for norm in ("bn", "none")
    }


def digit_part(*, depths: Sequence[int], **settings: Any) -> dict[str, Any]:
    """Summaries of the digits by kind, depth and ε."""
    return {
        kind: {
            str(depth): digit_summary(depth, kind == "residual", **settings)
            for depth in depths
        }
        for kind in ("plain", "residual")
    }


def run(*, line: Mapping[str, Any], digits: Mapping[str, Any]) -> dict[str, Any]:
    """Both measurements."""
    return {"line": line_part(**line), "digits": digit_part(**digits)}

"""Relatives of x + F(x): the blocks that came before, beside and after it.

Each takes a branch F, a module that keeps the shape of its input, (N, C) → (N, C).

| block           | formula                  | at the start                 | source |
|-----------------|--------------------------|------------------------------|--------|
| Highway         | t·F(x) + (1 − t)·x       | t = σ(bias), bias −2: t 0.12 | [1]    |
| Dense           | (x, F(x)) side by side   | as F is                      | [2]    |
| Scaled, 0       | x + α·F(x), one α        | x; ReZero                    | [3]    |
| Scaled, 1/√L    | the same                 | near x; SkipInit             | [4]    |
| Fixup           | x + α·F(x), rescaled F   | x; F's last weight is 0      | [5]    |
| LayerScale      | x + λ ⊙ F(x), λ per C    | near x                       | [6]    |
| StochasticDepth | x + b·F(x), b is 0 or 1  | x or x + F(x)                | [7]    |

[1] Srivastava et al. 2015, Eq. 3. [2] Huang et al. 2017, Eq. 2. [3] Bachlechner et al.
2021, Eq. 1. [4] De and Smith 2020, section 3. [5] Zhang et al. 2019, section 3.2 (the
scalar biases are left out). [6] Touvron et al. 2021, Eq. 4. [7] Huang et al. 2016,
Eq. 2 and 5.
"""

import torch
from torch import Tensor, nn


class Highway(nn.Module):
    """t·F(x) + (1 − t)·x with a gate t = σ(Wx + b) per channel."""

    def __init__(self, branch: nn.Module, channels: int, bias: float = -2.0):
        super().__init__()
        self.branch = branch
        self.gate = nn.Linear(channels, channels)
        nn.init.constant_(self.gate.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) → (N, C)."""
        t = torch.sigmoid(self.gate(x))
        return t * self.branch(x) + (1 - t) * x


class Dense(nn.Module):
    """x and F(x) side by side: nothing is added, nothing overwritten."""

    def __init__(self, branch: nn.Module):
        super().__init__()
        self.branch = branch

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) → (N, C + channels of F)."""
        return torch.cat([x, self.branch(x)], dim=1)


class Scaled(nn.Module):
    """x + α·F(x) with one learned α: ReZero from 0, SkipInit from 0 or 1/√L."""

    def __init__(self, branch: nn.Module, start: float = 0.0):
        super().__init__()
        self.branch = branch
        self.alpha = nn.Parameter(torch.tensor(float(start)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) → (N, C)."""
        return x + self.alpha * self.branch(x)


class Fixup(Scaled):
    """x + α·F(x), α = 1; F ends in a weight of 0 and its other weights are small.

    With m layers in each of L branches the others are multiplied by L^(−1 / (2m − 2)).

    Raises:
        ValueError: when the branch has fewer than two linear layers.
    """

    def __init__(self, branch: nn.Module, blocks: int):
        super().__init__(branch, start=1.0)
        layers = [m for m in branch.modules() if isinstance(m, nn.Linear)]
        if len(layers) < 2:
            raise ValueError(f"expected 2 or more linear layers, got {len(layers)}")
        with torch.no_grad():
            for layer in layers[:-1]:
                layer.weight *= blocks ** (-1 / (2 * len(layers) - 2))
            layers[-1].weight.zero_()


class LayerScale(nn.Module):
    """x + λ ⊙ F(x) with one learned λ per channel, small at first."""

    def __init__(self, branch: nn.Module, channels: int, start: float = 1e-4):
        super().__init__()
        self.branch = branch
        self.scale = nn.Parameter(torch.full((channels,), start))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) → (N, C)."""
        return x + self.scale * self.branch(x)


class StochasticDepth(nn.Module):
    """Training: x + F(x) with probability `keep`, else x. Afterwards x + keep·F(x).

    Raises:
        ValueError: unless keep is a probability.
    """

    def __init__(self, branch: nn.Module, keep: float = 0.5):
        super().__init__()
        if not 0 <= keep <= 1:
            raise ValueError(f"expected keep between 0 and 1, got {keep}")
        self.branch, self.keep = branch, keep

    def forward(self, x: Tensor) -> Tensor:
        """(N, C) → (N, C); one draw for the whole mini-batch."""
        if not self.training:
            return x + self.keep * self.branch(x)
        return x + self.branch(x) if torch.rand(()) < self.keep else x

"""The relatives of x + F(x): formula and value at the start."""

import math

import pytest
import torch
from torch import nn

from plusx.networks import relatives


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def make_branch(width: int = 6) -> nn.Sequential:
    """Two linear layers with a ReLU between."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))


def test_highway_mixes_input_and_branch_by_its_gate():
    """t·F(x) + (1 − t)·x with t = 1 / (1 + e^−(Wx + b))."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.Highway(branch, 6)
    t = 1 / (1 + torch.exp(-(x @ block.gate.weight.T + block.gate.bias)))
    assert torch.allclose(block(x), t * branch(x) + (1 - t) * x, atol=1e-6)


def test_highway_starts_with_an_almost_closed_gate():
    """Without weights the gate is σ(−2) for every input."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.Highway(branch, 6)
    nn.init.zeros_(block.gate.weight)
    t = 1 / (1 + math.exp(2))
    assert torch.allclose(block(x), x + t * (branch(x) - x), atol=1e-6)


def test_dense_keeps_its_input_beside_the_branch():
    """The first channels are x itself, the others F(x)."""
    branch, x = make_branch(), signed(4, 6)
    y = relatives.Dense(branch)(x)
    assert torch.equal(y[:, :6], x)
    assert torch.equal(y[:, 6:], branch(x))


@pytest.mark.parametrize("start", [0.0, 0.25, 1.0])
def test_scaled_adds_alpha_times_the_branch(start):
    """x + α·F(x); from 0 the block is the identity, bit by bit."""
    branch, x = make_branch(), signed(4, 6)
    y = relatives.Scaled(branch, start)(x)
    assert torch.allclose(y, x + start * branch(x), atol=1e-6)
    assert start or torch.equal(y, x)


def test_scaled_from_zero_learns_alpha_first():
    """At α = 0 the branch has no gradient, α has the product of F(x) and dL/dy."""
    branch, x, target = make_branch(), signed(4, 6), signed(4, 6, seed=8)
    block = relatives.Scaled(branch)
    (block(x) * target).sum().backward()
    assert block.alpha.grad.item() == pytest.approx((branch(x) * target).sum().item())
    assert not any(p.grad.any() for p in branch.parameters())


def test_fixup_is_the_identity_at_the_start_and_shrinks_the_first_layer():
    """With m = 2 and L = 16 the first weight is divided by 4, the last is 0."""
    branch, x = make_branch(), signed(4, 6)
    first = branch[0].weight.detach().clone()
    nn.init.zeros_(branch[2].bias)
    block = relatives.Fixup(branch, blocks=16)
    assert torch.equal(block(x), x)
    assert torch.allclose(branch[0].weight, first / 4)
    with pytest.raises(ValueError, match="2 or more linear layers, got 1"):
        relatives.Fixup(nn.Linear(6, 6), blocks=16)


def test_layer_scale_weighs_each_channel():
    """x + λ ⊙ F(x), at the start with one small λ for all."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.LayerScale(branch, 6)
    assert torch.allclose(block(x), x + 1e-4 * branch(x), atol=1e-7)
    with torch.no_grad():
        block.scale.copy_(torch.arange(6.0))
    expected = x + branch(x) @ torch.diag(torch.arange(6.0))
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_stochastic_depth_draws_once_for_a_batch_and_keeps_the_mean():
    """Each pass is x or x + F(x), about as often as asked; afterwards their mean."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.StochasticDepth(branch, keep=0.7)
    torch.manual_seed(0)
    outputs = [block(x) for _ in range(400)]
    kept = sum(torch.equal(y, x + branch(x)) for y in outputs)
    dropped = sum(torch.equal(y, x) for y in outputs)
    assert kept + dropped == 400
    assert abs(kept / 400 - 0.7) < 0.1
    assert torch.allclose(block.eval()(x), x + 0.7 * branch(x), atol=1e-6)
    with pytest.raises(ValueError, match="between 0 and 1, got 2"):
        relatives.StochasticDepth(branch, keep=2)

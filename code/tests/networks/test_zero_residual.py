"""Residual blocks that do nothing at the start, and how they leave it."""

import pytest
import torch
from torch import nn

from plusx.networks import BasicBlock, CifarNet, PreActivationBlock, zero_residual


def bare(channels: int) -> nn.Module:
    """No normalisation."""
    return nn.Identity()


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def with_gradients(block: nn.Module, x: torch.Tensor) -> dict[str, bool]:
    """Which parameters have a gradient that is exactly zero, after one backward."""
    block.zero_grad()
    (block(x) - signed(*x.shape, seed=8)).square().mean().backward()
    return {name: not p.grad.any().item() for name, p in block.named_parameters()}


def descend(block: nn.Module, lr: float = 0.5) -> None:
    """One step of gradient descent."""
    with torch.no_grad():
        for parameter in block.parameters():
            parameter -= lr * parameter.grad


def test_basic_block_is_the_four_line_module_around_its_branch():
    """relu(x + f(x)) with the same layers in a row gives the same numbers."""
    block = BasicBlock(4, 4)
    f = nn.Sequential(block.conv1, block.norm1, nn.ReLU(), block.conv2, block.norm2)
    x = signed(3, 4, 8, 8)
    assert torch.equal(block(x), torch.relu(x + f(x)))


def test_pre_activation_block_adds_and_does_nothing_after():
    """x + f(x) with norm and ReLU inside f gives the same numbers."""
    block = PreActivationBlock(4, 4)
    f = nn.Sequential(
        block.norm1, nn.ReLU(), block.conv1, block.norm2, nn.ReLU(), block.conv2
    )
    x = signed(3, 4, 8, 8)
    assert torch.equal(block(x), x + f(x))


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, bare])
def test_zero_residual_makes_post_activation_blocks_a_relu(norm):
    """A hundred of them equal one ReLU, exactly."""
    net = nn.Sequential(*[BasicBlock(4, 4, norm=norm) for _ in range(100)])
    zero_residual(net)
    x = signed(2, 4, 8, 8)
    assert torch.equal(net(x), x.clamp(min=0))
    assert not torch.equal(net(x), x)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, bare])
def test_zero_residual_makes_pre_activation_blocks_the_identity(norm):
    """A hundred of them return any input unchanged."""
    net = nn.Sequential(*[PreActivationBlock(4, 4, norm=norm) for _ in range(100)])
    zero_residual(net)
    x = signed(2, 4, 8, 8)
    assert torch.equal(net(x), x)


@pytest.mark.parametrize(
    ("block", "zeroed"),
    [
        (BasicBlock, {"norm2.weight", "norm2.bias"}),
        (PreActivationBlock, {"conv2.weight"}),
    ],
)
def test_zero_residual_changes_only_what_comes_last(block, zeroed):
    """Even where the shift is not 0 before, F is 0 after; the rest stays."""
    unit = block(4, 4)
    nn.init.constant_(unit.norm2.bias, 0.3)
    before = {name: p.detach().clone() for name, p in unit.named_parameters()}
    zero_residual(unit)
    changed = {n for n, p in unit.named_parameters() if not torch.equal(p, before[n])}
    assert changed == zeroed
    assert unit.branch(signed(2, 4, 8, 8)).abs().max() == 0


def test_zero_residual_refuses_a_plain_net():
    """A plain net would return nothing at all."""
    with pytest.raises(ValueError, match="residual blocks, got one without"):
        zero_residual(CifarNet(8, residual=False, width=4))


@pytest.mark.parametrize(
    ("block", "last"),
    [
        (BasicBlock, {"norm2.weight", "norm2.bias"}),
        (PreActivationBlock, {"conv2.weight"}),
    ],
)
def test_zero_residual_is_left_after_one_step(block, last):
    """In the first step only the last layer has a gradient, in the second all have."""
    torch.manual_seed(0)
    unit, x = block(8, 8), signed(16, 8, 8, 8).relu()
    zero_residual(unit)
    first = with_gradients(unit, x)
    assert {name for name, zero in first.items() if not zero} == last
    descend(unit)
    assert not any(with_gradients(unit, x).values())


def test_wrong_zero_stops_a_pre_activation_block_for_good():
    """With the second norm's weight at 0 no parameter ever gets a gradient."""
    torch.manual_seed(0)
    unit, x = PreActivationBlock(8, 8), signed(16, 8, 8, 8).relu()
    nn.init.zeros_(unit.norm2.weight)
    for _ in range(5):
        assert all(with_gradients(unit, x).values())
        descend(unit)

"""Residual nets without norms: each start is what its paper says."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from plusx.data import digits
from plusx.experiments import _digits, norm_free

SMALL = {
    **norm_free.CONFIG,
    "depth": 14,
    "width": 4,
    "rates": [0.01],
    "recipe": {**norm_free.CONFIG["recipe"], "epochs": 1},
    "seeds": [0, 1],
}


def make(start: str, order: str = "post", depth: int = 14, width: int = 4):
    """A small net of one start."""
    return norm_free.make_net(0, depth=depth, width=width, order=order, start=start)


def bare(order: str = "post", depth: int = 14, width: int = 4):
    """The same net before the start was set."""
    return _digits.make_net(
        0, depth=depth, residual=True, width=width, norm=False, order=order
    )


@pytest.mark.parametrize("start", ["skipinit", "rezero", "fixup"])
@pytest.mark.parametrize("order", ["post", "pre"])
def test_zero_starts_hand_on_what_they_read(start, order):
    """At first each block is its shortcut: the branch returns exactly 0."""
    net = make(start, order)
    images = digits().test_images[:8]
    x = _digits.states(net, images)[0]
    for block in net.blocks:
        expected = block.shortcut(x)
        expected = expected if order == "pre" else F.relu(expected)
        x = block(x)
        assert torch.equal(x, expected)


def test_sqrt_divides_each_branch():
    """F(x)/√L, with the L of the net, from the same weights."""
    x = torch.rand(2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    for mine, old in zip(make("sqrt").blocks[:2], bare().blocks[:2], strict=True):
        assert torch.allclose(mine.branch(x), old.branch(x) / math.sqrt(6), atol=1e-6)


@pytest.mark.slow
def test_unscaled_stream_doubles_its_square_and_sqrt_does_not():
    """He weights: log10 √2 a block in the stage that keeps its shape, wide and pre."""
    images = digits().train_images[:64]
    with torch.no_grad():
        for start, expected in (("unscaled", 2.0), ("sqrt", 1 + 1 / 12)):
            net = make(start, "pre", depth=26, width=128)
            for module in net.modules():
                if isinstance(module, torch.nn.Conv2d):
                    module.padding_mode = "circular"
            states = _digits.states(net, images)[:5]
            steps = [(b / a).item() for a, b in _pairs(states)]
            assert sum(steps) / len(steps) == pytest.approx(expected, rel=0.15)


def _pairs(states):
    """Mean squares of states that follow each other."""
    sizes = [state.square().mean() for state in states]
    return list(itertools.pairwise(sizes))


@pytest.mark.parametrize("start", ["skipinit", "rezero"])
def test_the_factor_learns_first(start):
    """At α = 0 a branch has no gradient but by α, which is not 0."""
    net = make(start)
    data = digits()
    F.cross_entropy(net(data.train_images[:32]), data.train_labels[:32]).backward()
    conv, scale = net.blocks[0].conv2
    assert conv.weight.grad.abs().max() == 0
    assert scale.factor.grad.abs() > 0


def test_fixup_has_its_scalars_and_scales():
    """L^−1/2 in the first convolution, zeros in the second, five numbers a block."""
    net, old = make("fixup"), bare()
    first = net.blocks[0].conv1[1].weight
    assert torch.allclose(first, old.blocks[0].conv1.weight / math.sqrt(6))
    assert net.blocks[0].conv2[1].weight.abs().max() == 0
    count = [sum(p.numel() for p in one.parameters()) for one in (net, old)]
    assert count[0] - count[1] == 5 * 6


def test_diverged_runs_are_told_apart():
    """Planted: a rate at which the unscaled net blows up counts as diverged."""
    recipe = {**norm_free.CONFIG["recipe"], "epochs": 1}
    assert norm_free.train(make("unscaled"), 0, lr=1e20, **recipe) is None
    assert norm_free.train(make("sqrt"), 0, lr=0.01, **recipe) is not None
    assert norm_free.summary([None, 3.0]) == {
        "train": {"mean": 3.0, "std": 0.0, "values": [3.0]},
        "diverged": 1,
    }
    assert norm_free.summary([None])["train"] is None


def test_another_start_is_rejected():
    """The message says which starts there are."""
    with pytest.raises(ValueError, match=r"'rezero', 'fixup'.*got 'zero'"):
        make("zero")


@pytest.mark.slow
def test_norm_free_has_every_cell_and_rate():
    """A small run has them all; the width reaches the nets."""
    found = norm_free.run(**SMALL)
    assert set(found) == set(norm_free.CONFIG["cells"])
    assert found["post, sqrt"]["rates"][0]["lr"] == 0.01
    other = norm_free.run(**{**SMALL, "width": 5, "rates": []})
    assert other["post, sqrt"]["growth"] != found["post, sqrt"]["growth"]

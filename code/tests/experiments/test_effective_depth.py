"""Paths of the gradient: all of them add up, and a scalar chain has a closed form."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from plusx.data import digits
from plusx.experiments import _digits, effective_depth

SMALL = {
    **effective_depth.CONFIG,
    "depth": 8,
    "width": 4,
    "images": 16,
    "draws": 2,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


def prepared():
    """A small settled net in float64, what its stem gives and the labels."""
    data = digits()
    net = _digits.make_net(0, depth=8, residual=True, width=4)
    net = _digits.settle(net, data.train_images[:64]).double()
    inputs = data.train_images[:16].double()
    return net, _digits.states(net, inputs)[0], data.train_labels[:16]


def test_all_paths_together_are_the_gradient():
    """The gradients along all 2³ paths add up to autograd's, number for number."""
    net, stem, labels = prepared()
    paths = list(itertools.product([False, True], repeat=3))
    parts = [effective_depth.path_gradient(net, stem, labels, path) for path in paths]
    x = stem.clone().requires_grad_()
    logits = net.head(net.blocks(x).mean(dim=(2, 3)))
    (whole,) = torch.autograd.grad(F.cross_entropy(logits, labels), x)
    assert torch.allclose(sum(parts), whole, atol=1e-12)
    assert torch.allclose(
        effective_depth.path_gradient(net, stem, labels, None), whole, atol=1e-12
    )


def test_a_missing_path_is_missed():
    """Planted: without one of the eight the sum is another."""
    net, stem, labels = prepared()
    paths = list(itertools.product([False, True], repeat=3))[:-1]
    parts = [effective_depth.path_gradient(net, stem, labels, path) for path in paths]
    whole = effective_depth.path_gradient(net, stem, labels, None)
    assert not torch.allclose(sum(parts), whole, atol=1e-6)


def test_shares_of_equal_factors_are_binomial():
    """Branches that each shorten the gradient by r give shares like Bin(n, r/(1+r))."""
    found = effective_depth.shares([0.25**k for k in range(11)])
    p = 0.25 / 1.25
    expected = [math.comb(10, k) * p**k * (1 - p) ** (10 - k) for k in range(11)]
    assert found == pytest.approx(expected)
    assert effective_depth.quantile(found, 0.5) == 2


def test_quantiles_are_those_of_the_shares():
    """The first place at which the running sum has arrived."""
    parts = [0.1, 0.2, 0.3, 0.4]
    found = [effective_depth.quantile(parts, at) for at in (0.05, 0.1, 0.5, 0.99)]
    assert found == [0, 0, 2, 3]


def test_lengths_have_k_branches_on_the_way():
    """No branch and all branches are the two paths that need no drawing."""
    net, stem, labels = prepared()
    rows = effective_depth.lengths(net, stem, labels, 4, 0)
    assert [len(row) for row in rows] == [1, 4, 4, 1]
    for row, through in ((rows[0], False), (rows[3], True)):
        path = effective_depth.path_gradient(net, stem, labels, [through] * 3)
        assert row[0] == pytest.approx(path.norm().item())


@pytest.mark.slow
def test_effective_depth_has_both_times():
    """A small run has them; draws and images reach the code."""
    found = effective_depth.run(**SMALL)
    assert len(found["trained"]["share"]["mean"]) == 4
    for key, value in (("images", 32), ("draws", 3)):
        again = effective_depth.run(**{**SMALL, key: value})
        assert again["untrained"] != found["untrained"]

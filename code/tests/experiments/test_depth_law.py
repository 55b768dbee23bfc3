"""|F| / |x| against depth: the fit and the ratios against closed forms."""

import math

import pytest
import torch

from plusx.data import digits
from plusx.experiments import _digits, depth_law

SMALL = {
    **depth_law.CONFIG,
    "depths": [8, 14],
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


@pytest.mark.parametrize("power", [-0.5, -1.0, 0.25])
def test_exponent_of_a_power_is_the_power(power):
    """3 · L^p gives p back, whatever the factor."""
    blocks = [3, 6, 9, 27, 54]
    values = [3 * count**power for count in blocks]
    assert depth_law.exponent(blocks, values) == pytest.approx(power)


def test_exponent_tells_one_law_from_another():
    """Planted: 1 / (1 + L) is no square root."""
    blocks = [3, 6, 9, 27, 54]
    found = depth_law.exponent(blocks, [1 / (1 + count) for count in blocks])
    assert found < -0.8


def test_orthogonal_steps_of_one_size_give_the_square_root():
    """A stream of l steps of length 1 at right angles is √l long: the ratio's law."""
    blocks = [8, 16, 32, 64]
    last = [1 / math.sqrt(count) for count in blocks]
    assert depth_law.exponent(blocks, last) == pytest.approx(-0.5)


def test_ratio_is_that_of_one_block_by_hand():
    """With γ halved in one block's last norm and β at 0, its ratio halves."""
    net = _digits.make_net(0, depth=14, residual=True, width=4)
    images = digits().train_images[:64]
    first = depth_law.ratios(net, images)
    with torch.no_grad():
        net.blocks[5].norm2.weight.mul_(0.5)
    second = depth_law.ratios(net, images)
    assert second[:5] == first[:5]
    assert second[5] == pytest.approx(first[5] / 2, rel=1e-4)


def test_summary_leaves_out_blocks_that_change_the_shape():
    """Planted: a ratio of 1000 where the shape changes stays out of the mean."""
    rows = [[[1.0, 1000.0, 1000.0]], [[0.5, 0.5, 1000.0, 0.5, 1000.0, 0.5]]]
    found = depth_law.summary(rows, [8, 14], 14)
    assert found["mean"]["3"]["values"] == [1.0]
    assert found["mean exponent"]["mean"] == pytest.approx(-1)
    assert found["last"]["3"]["mean"] == 1000


def test_exponents_leave_out_what_is_deeper_than_fitted():
    """Planted: a third depth that follows no law changes no exponent."""
    rows = [[[1.0, 1.0, 1.0]], [[0.5] * 6], [[9.0] * 9]]
    found = depth_law.summary(rows, [8, 14, 20], 14)
    assert found["mean"]["9"]["values"] == [9.0]
    assert found["last exponent"]["values"] == [-1.0]


@pytest.mark.slow
def test_depth_law_has_every_depth():
    """A small run has both times and the errors; the width reaches the nets."""
    found = depth_law.run(**SMALL)
    assert set(found["trained"]["mean"]) == set(found["train"]) == {"3", "6"}
    assert found["trained"] != found["untrained"]
    assert depth_law.run(**{**SMALL, "width": 5}) != found

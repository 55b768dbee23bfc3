"""Dose and response: the ends of the scale are the nets of chapter 1."""

import pytest
import torch
import torch.nn.functional as F

from plusx.experiments import _digits, dose

SMALL = {
    **dose.CONFIG,
    "kept": {"1, last": {"count": 1, "place": "last"}},
    "spans": [1],
    "depth": 14,
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


def net(residual: bool = True, depth: int = 14):
    """A small net."""
    return _digits.make_net(0, depth=depth, residual=residual, width=4)


def images() -> torch.Tensor:
    """Random images."""
    return torch.randn(8, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_none_and_all_are_the_plain_and_the_residual_net():
    """The logits are those of the two nets, from the same weights."""
    for count, residual in ((0, False), (6, True)):
        ours = dose.keep(net(), count, "first")
        assert torch.equal(ours(images()), net(residual)(images()))


@pytest.mark.parametrize(
    ("place", "expected"),
    [("spread", {2, 5}), ("first", {0, 1}), ("last", {4, 5})],
)
def test_chosen_blocks_lie_where_they_should(place, expected):
    """Two of six: the last of each half, the first two or the last two."""
    assert dose.chosen(2, place, 6) == expected


def test_a_spread_dose_has_its_count():
    """No block is counted twice, whatever the count."""
    for count in range(28):
        assert len(dose.chosen(count, "spread", 27)) == count


def test_span_of_two_is_the_block_of_the_book():
    """With two convolutions the respanned net computes the residual net's logits."""
    assert torch.equal(dose.respan(net(), 2)(images()), net()(images()))


def test_other_spans_are_written_out():
    """Over one, each layer adds; over four, a stage of four layers adds once."""
    x = torch.rand(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    block, second = net().eval().blocks[:2]
    one = dose.respan(net(), 1).eval()
    expected = F.relu(x + block.norm1(block.conv1(x)))
    assert torch.allclose(one.blocks[0](x), expected, atol=1e-6)
    y = F.relu(block.branch(x))
    expected = F.relu(x + second.branch(y))
    four = dose.respan(net(), 4).eval()
    assert torch.allclose(four.blocks[0](x), expected, atol=1e-6)
    assert (len(one.blocks), len(four.blocks)) == (12, 3)


def test_weights_are_neither_lost_nor_doubled():
    """Every span has the parameters of the plain net."""
    for span in (1, 2, 3, 6):
        count = sum(p.numel() for p in dose.respan(net(), span).parameters())
        assert count == sum(p.numel() for p in net(False).parameters())


@pytest.mark.parametrize("wrong", [(2, "middle"), (7, "first"), (-1, "last")])
def test_wrong_doses_are_refused(wrong):
    """The message says what is possible."""
    with pytest.raises(ValueError, match="must"):
        dose.chosen(*wrong, 6)


@pytest.mark.slow
def test_dose_has_every_cell():
    """A small run has them all; the width reaches the nets."""
    found = dose.run(**SMALL)
    assert len(found["kept"]["1, last"]["train"]["values"]) == 2
    assert dose.run(**{**SMALL, "width": 5}) != found

"""What the experiments on the digits share, against independent computations."""

import statistics

import pytest
import torch
from torch import nn

from plusx.data import digits
from plusx.experiments import _digits, degradation
from plusx.fitting import fit

SHORT = {**_digits.RECIPE, "epochs": 2}


def net(seed: int = 0) -> nn.Module:
    """A small residual net."""
    return _digits.make_net(seed, depth=8, residual=True, width=4)


def test_train_is_the_run_of_chapter_1():
    """Seed for seed the errors are those of `degradation.train_conv`."""
    _, expected = degradation.train_conv(8, True, 3, width=4, epochs=2)
    assert _digits.train(net(3), 3, **SHORT) == expected


def test_descend_with_sgd_is_train():
    """The generator with SGD makes the steps that `fit` makes."""
    made = net()
    optimizer = torch.optim.SGD(made.parameters(), 0.05, 0.9, weight_decay=0.0001)
    errors = _digits.descend(made, optimizer, 0, 128)
    assert [next(errors), next(errors)] == _digits.train(net(), 0, **SHORT)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lr", 0.01),
        ("batch_size", 64),
        ("momentum", 0.5),
        ("weight_decay", 0.1),
        ("epochs", 1),
    ],
)
def test_every_key_of_the_recipe_reaches_the_training(key, value):
    """Another value leaves other weights."""
    first, second = net(), net()
    _digits.train(first, 0, **SHORT)
    _digits.train(second, 0, **{**SHORT, key: value})
    assert not torch.equal(first.head.weight, second.head.weight)


def test_paired_is_the_t_interval_of_the_differences():
    """2 ± 12.706 · √2 / √2 for the differences 1 and 3; t(0.975, 1) is 12.706."""
    found = _digits.paired([2.0, 5.0], [1.0, 2.0])
    assert found["values"] == [1.0, 3.0]
    assert found["mean"] == 2
    assert found["interval"] == [pytest.approx(2 - 12.71), pytest.approx(2 + 12.71)]


def test_paired_sees_a_shift_that_the_spreads_hide():
    """A constant difference has an interval of no width, however far seeds differ."""
    first, second = [1.0, 50.0, 90.0], [0.0, 49.0, 89.0]
    assert _digits.paired(first, second)["interval"] == [1.0, 1.0]
    assert statistics.stdev(first) > 40


@pytest.mark.parametrize("pair", [([1.0], [1.0]), ([1.0, 2.0], [1.0])])
def test_paired_rejects_what_is_no_pairs(pair):
    """One pair has no deviation, and lists of different lengths are no pairs."""
    with pytest.raises(ValueError, match="expected two or more pairs"):
        _digits.paired(*pair)


def test_series_go_along_the_places():
    """Two rows of three places: three means, three deviations, and the rows."""
    found = _digits.series([[1, 2, 3], [3, 2, 1]])
    assert found["mean"] == [2, 2, 2]
    assert found["std"] == [1.41, 0, 1.41]
    assert found["values"] == [[1, 2, 3], [3, 2, 1]]


def test_finite_nets_are_told_from_others():
    """One NaN among the weights is found."""
    made = net()
    assert _digits.is_finite(made)
    with torch.no_grad():
        made.head.bias[3] = float("nan")
    assert not _digits.is_finite(made)


def test_error_is_that_of_the_test_images():
    """The share of wrong answers, counted one by one."""
    data, made = digits(), net()
    fit(made, data.train_images, data.train_labels, epochs=1)
    made.eval()
    wrong = sum(
        int(made(image[None]).argmax()) != int(label)
        for image, label in zip(data.test_images, data.test_labels, strict=True)
    )
    assert _digits.test_error(made) == pytest.approx(100 * wrong / 359)

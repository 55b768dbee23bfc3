"""Equal progress and relative steps: quadratics, SGD itself, and planted faults."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from plusx.data import digits
from plusx.experiments import _digits, equal_progress

SMALL = {
    **equal_progress.CONFIG,
    "nets": {
        "plain-8": {"depth": 8, "residual": False},
        "residual-8": {"depth": 8, "residual": True},
    },
    "epochs": [0, 1],
    "images": 32,
    "width": 4,
    "controls": {
        "epochs": 1,
        "seeds": [0],
        "equal_steps": [{"net": "plain-8", "lr": 0.05}],
        "circular": {},
    },
    "seeds": [0, 1],
}
SIZE = {"depth": 8, "residual": True, "width": 4}


def test_promise_on_a_quadratic_is_the_closed_form():
    """½ |w|² at |w| = 2 keeps its direction, and 0.1 promised yields 0.1 − 0.00125."""
    w = torch.tensor([2.0, 0.0], dtype=torch.float64, requires_grad=True)
    found = equal_progress.promised([w], lambda: (w**2).sum() / 2, {"tenth": 0.1})
    assert found["turn tenth"] == pytest.approx(1)
    assert found["done tenth"] == pytest.approx(1 - 0.1 / 8)
    assert (found["gradient"], found["loss"]) == (2, 2)
    assert w.tolist() == [2, 0]


def test_promise_does_not_depend_on_the_length_of_the_gradient():
    """A loss in other weights, 50 times as steep, turns as much on the way to δ."""

    def turned(stretch: float) -> float:
        w = torch.tensor([1.0, 1.0], dtype=torch.float64) / stretch
        w.requires_grad_()
        v = torch.tensor([1.0, 9.0], dtype=torch.float64)
        found = equal_progress.promised(
            [w], lambda: (v * (stretch * w) ** 2).sum() / 2, {"tenth": 0.1}
        )
        return found["turn tenth"]

    assert turned(50.0) == pytest.approx(turned(1.0))
    assert turned(1.0) < 1


def test_relative_step_is_a_step_of_sgd():
    """SGD's own first step moves each convolution by that share of its length."""
    data = digits()
    images, labels = data.train_images[:64], data.train_labels[:64]
    net = _digits.make_net(0, **SIZE)
    found = equal_progress.measure(net, 64, {}, 0.05)["relative"]
    exact = copy.deepcopy(net).double().train()
    before = [block.conv1.weight.detach().clone() for block in exact.blocks]
    optimizer = torch.optim.SGD(exact.parameters(), 0.05)
    F.cross_entropy(exact(images.double()), labels).backward()
    optimizer.step()
    for share, old, block in zip(found, before, exact.blocks, strict=True):
        moved = (block.conv1.weight - old).norm() / old.norm()
        assert share == pytest.approx(moved.item())


def test_equal_steps_move_every_convolution_alike():
    """Each turns by about lr in its first step, and none changes its length."""
    net = _digits.make_net(0, **SIZE)
    with torch.no_grad():  # planted: one convolution is 100 times as long
        net.blocks[1].conv1.weight.mul_(100)
    convs = [m.weight for m in net.modules() if isinstance(m, nn.Conv2d)]
    before = [weight.detach().clone() for weight in convs]
    optimizer = equal_progress.move_equally(net, 0.01, 0.9)
    data = digits()
    F.cross_entropy(net(data.train_images[:64]), data.train_labels[:64]).backward()
    optimizer.step()
    for old, new in zip(before, convs, strict=True):
        assert new.norm().item() == pytest.approx(old.norm().item(), rel=1e-5)
        assert ((new - old).norm() / old.norm()).item() == pytest.approx(0.01, rel=0.1)


@pytest.mark.slow
def test_followed_nets_train_as_chapter_1_does():
    """Measuring on the way changes no error and leaves no trace in the weights."""
    settings = {k: SMALL[k] for k in ("batch_size", "images", "progress", "recipe")}
    net = _digits.make_net(1, **SIZE)
    found = equal_progress.follow(net, 1, epochs=[0, 1, 2], **settings)
    again = _digits.make_net(1, **SIZE)
    errors = _digits.train(again, 1, **{**_digits.RECIPE, "epochs": 2})
    assert [found[epoch]["train"] for epoch in "12"] == errors
    assert torch.equal(net.head.weight, again.head.weight)


@pytest.mark.slow
def test_equal_progress_has_all_measurements():
    """A small run has nets, epochs, names and blocks; another rate, other steps."""
    found = equal_progress.run(**SMALL)
    start = found["followed"]["plain-8"]["0"]
    assert {"turn tenth", "done hundredth", "gradient", "log10 relative"} <= set(start)
    assert len(start["log10 relative"]["mean"]) == 3
    assert found["controls"]["equal_steps"][0]["net"] == "plain-8"
    recipe = {**SMALL["recipe"], "lr": 0.5}
    again = equal_progress.run(**{**SMALL, "recipe": recipe, "epochs": [0]})
    shift = torch.tensor(again["followed"]["plain-8"]["0"]["log10 relative"]["mean"])
    assert torch.allclose(
        shift, torch.tensor(start["log10 relative"]["mean"]) + 1, atol=0.011
    )

"""The readable training loop against hand-made arithmetic."""

from itertools import islice

import pytest
import torch
from torch import nn

from plusx.fitting import descend, error_rate, fit


def problem():
    """Four points of two classes and a linear net that starts at zero."""
    images = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0], [0.0, 3.0]])
    labels = torch.tensor([0, 1, 0, 1])
    net = nn.Linear(2, 2)
    nn.init.zeros_(net.weight)
    nn.init.zeros_(net.bias)
    return net, images, labels


def test_fit_takes_the_step_of_gradient_descent():
    """One step from zero weights is −lr · mean of (p − y) xᵀ, with p = 1/2."""
    net, images, labels = problem()
    fit(net, images, labels, epochs=1, lr=0.1, momentum=0.0, weight_decay=0.0)
    difference = 0.5 - torch.nn.functional.one_hot(labels, 2).float()
    expected = -0.1 * difference.T @ images / 4
    assert torch.allclose(net.weight, expected, atol=1e-7)


def test_fit_counts_the_error_before_the_step():
    """At zero weights every point is called class 0, so half of them are wrong."""
    net, images, labels = problem()
    assert fit(net, images, labels, epochs=2, lr=1.0) == [50.0, 0.0]


def test_fit_momentum_and_weight_decay_follow_their_definition():
    """Three full-batch steps agree with v ← µv + g + λw, w ← w − lr v in float64."""
    net, images, labels = problem()
    fit(net, images, labels, epochs=3, lr=0.3, momentum=0.9, weight_decay=0.1)
    weight = torch.zeros(2, 2, dtype=torch.float64)
    bias = torch.zeros(2, dtype=torch.float64)
    speed_w, speed_b = torch.zeros_like(weight), torch.zeros_like(bias)
    x, target = images.double(), torch.nn.functional.one_hot(labels, 2).double()
    for _ in range(3):
        gap = (torch.softmax(x @ weight.T + bias, 1) - target) / 4
        speed_w = 0.9 * speed_w + gap.T @ x + 0.1 * weight
        speed_b = 0.9 * speed_b + gap.sum(0) + 0.1 * bias
        weight, bias = weight - 0.3 * speed_w, bias - 0.3 * speed_b
    assert torch.allclose(net.weight.double(), weight, atol=1e-6)
    assert torch.allclose(net.bias.double(), bias, atol=1e-6)


def test_fit_cosine_lowers_the_rate_epoch_by_epoch():
    """Two epochs under the cosine have rates lr and lr/2."""
    net, images, labels = problem()
    options = {"momentum": 0.0, "weight_decay": 0.0}
    fit(net, images, labels, epochs=2, lr=0.4, cosine=True, **options)
    other, _, _ = problem()
    fit(other, images, labels, epochs=1, lr=0.4, **options)
    fit(other, images, labels, epochs=1, lr=0.2, **options)
    assert torch.equal(net.weight, other.weight)


def test_descend_visits_every_image_once_an_epoch():
    """The batches of an epoch hold each index exactly once."""
    seen = []

    class Spy(nn.Linear):
        def forward(self, x):
            seen.extend(x[:, 0].tolist())
            return super().forward(x)

    images = torch.arange(10.0)[:, None]
    net = Spy(1, 2)
    optimizer = torch.optim.SGD(net.parameters(), 0.0)
    labels = torch.zeros(10, dtype=torch.int64)
    next(descend(net, optimizer, images, labels, batch_size=3))
    assert sorted(seen) == list(range(10))


def descent(**options):
    """The problem's net, its optimizer without momentum, and a descent of it."""
    net, images, labels = problem()
    optimizer = torch.optim.SGD(net.parameters(), 0.4)
    return net, descend(net, optimizer, images, labels, batch_size=2, **options)


def test_descend_can_be_measured_between_epochs():
    """Eval mode and a look between two epochs change nothing of what follows."""
    net, errors = descent()
    other, undisturbed = descent()
    next(errors)
    net.eval()
    assert [next(errors), next(errors)] == list(islice(undisturbed, 3))[1:]
    assert torch.equal(net.weight, other.weight) and net.training


def test_descend_asks_for_the_rate_of_each_step():
    """Two steps an epoch, counted on over the epochs; the rate 0 stops the net."""
    asked = []

    def rate(step):
        asked.append(step)
        return 0.4 if step < 2 else 0.0

    net, errors = descent(rate=rate)
    next(errors)
    moved = net.weight.detach().clone()
    next(errors)
    assert asked == [0, 1, 2, 3]
    assert torch.equal(net.weight, moved)
    other, usual = descent()
    next(usual)
    assert torch.equal(other.weight, moved)


def test_descend_clips_what_is_longer():
    """A clipped step is as long as lr · clip; a loose clip changes nothing."""
    net, images, labels = problem()
    optimizer = torch.optim.SGD(net.parameters(), 0.5)
    next(descend(net, optimizer, images, labels, batch_size=4, clip=0.01))
    step = nn.utils.parameters_to_vector(net.parameters())
    assert step.norm().item() == pytest.approx(0.5 * 0.01, rel=1e-3)
    (net, tight), (other, loose) = descent(clip=100.0), descent()
    next(tight), next(loose)
    assert torch.equal(net.weight, other.weight)


def test_error_rate_counts_wrong_answers_and_restores_the_mode():
    """One of four wrong is 25 percent; a training net stays in training mode."""
    net = nn.Sequential(nn.Identity())
    logits = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert error_rate(net, logits, torch.tensor([0, 1, 0, 1])) == 25.0
    assert net.training


@pytest.mark.parametrize(
    ("labels", "epochs", "message"),
    [(3, 1, "as many labels as images, got 3 and 4"), (4, 0, "at least 1, got 0")],
)
def test_fit_refuses_bad_input(labels, epochs, message):
    """Errors say what was expected and what came."""
    net, images, all_labels = problem()
    with pytest.raises(ValueError, match=message):
        fit(net, images, all_labels[:labels], epochs=epochs)

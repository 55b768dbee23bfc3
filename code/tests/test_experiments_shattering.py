"""Shattered gradients: the experiment at a small scale, against oracles; its record."""

import math

import pytest
import torch
import torch.nn.functional as F

from plusx import records
from plusx.data import digits
from plusx.experiments import gradient_norms, shattering
from plusx.fitting import fit

torch.set_num_threads(1)


@pytest.mark.parametrize("kind", shattering.KINDS)
def test_line_net_computes_what_its_kind_says(kind):
    """Without normalization: two layers written out by hand."""
    net = shattering.LineNet(2, kind, normalize=False, seed=0, width=8)
    x = torch.linspace(-1, 1, 5)[:, None]
    h = x * net.first + net.offset
    branch = torch.relu(torch.relu(h) @ net.layers[0]) @ net.layers[1]
    total = {"plain": branch, "residual": h + branch, "scaled": h + 0.1 * branch}[kind]
    torch.testing.assert_close(net(x), torch.relu(total) @ net.last)


def test_line_gradient_is_the_slope_of_the_net():
    """Without normalization the gradient is a finite difference of the output."""
    net = shattering.LineNet(4, "residual", normalize=False, seed=0, width=16)
    net.first, net.offset, net.last = (
        t.double() for t in (net.first, net.offset, net.last)
    )
    net.layers = [layer.double() for layer in net.layers]
    x = torch.linspace(-2, 2, 9).double()[:, None]
    with torch.no_grad():
        slope = (net(x + 1e-7) - net(x - 1e-7)) / 2e-7
    torch.testing.assert_close(
        shattering.input_gradients(net, x)[:, 0], slope, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("arguments", [(3, "plain"), (0, "plain"), (2, "other")])
def test_line_net_refuses_odd_depths_and_unknown_kinds(arguments):
    """Blocks have two layers."""
    with pytest.raises(ValueError, match=r"kind must be|depth must be even"):
        shattering.LineNet(*arguments, normalize=True, seed=0)


def test_digit_cosine_is_one_without_noise_and_falls_with_it():
    """No noise, the same gradient; much noise, another one."""
    net = shattering.digit_net(20, False, seed=0, width=4)
    assert shattering.digit_cosine(net, 0.0, seed=0, count=16) == pytest.approx(1.0)
    assert shattering.digit_cosine(net, 0.3, seed=0, count=16) < 0.5


def test_digit_net_has_the_statistics_of_the_digits():
    """In eval mode the first normalization sends the digits to mean 0, deviation 1."""
    net = shattering.digit_net(8, True, seed=0)
    images = digits().train_images[:128]
    with torch.no_grad():
        h = net.stem_norm(net.stem(images))
    assert h.mean().abs().item() < 1e-4
    assert h.std().item() == pytest.approx(1.0, abs=0.01)


def test_shattering_run_has_the_shape_of_its_record():
    """A small run has the fields of the record."""
    config = {
        "line": {"width": 8, "depths": [2], "lags": 3, "seeds": [0, 1]},
        "digits": {
            "width": 4,
            "depths": [8],
            "epsilons": [0.01],
            "images": 8,
            "seeds": [0, 1],
        },
        "training": {
            **shattering.CONFIG["training"],
            "width": 4,
            "nets": {"plain-56": {"depth": 8, "residual": False}},
            "epochs": [0, 1],
            "seeds": [0, 1],
        },
    }
    found, record = shattering.run(config), records.load("shattering")["results"]
    assert found["line"].keys() == record["line"].keys()
    assert found["line"]["bn"].keys() == record["line"]["bn"].keys()
    assert found["digits"]["plain"]["8"]["0.01"]["mean"] > 0.5
    assert found["line"]["bn"]["plain"]["2"]["mean"][0] == 1.0
    for epoch, measured in found["training"]["plain-56"].items():
        assert measured.keys() == record["training"]["plain-56"][epoch].keys()


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, 1.0), (math.sqrt(2), 1 / math.sqrt(2)), (math.sqrt(8), -1 / math.sqrt(5))],
)
def test_turn_on_a_quadratic_is_the_closed_form(length, expected):
    """½(u² + 3v²) at (3, 1): gradients (3, 3), then (2, 0) and (1, −3)."""
    u = torch.tensor([[3.0]], dtype=torch.float64, requires_grad=True)
    v = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)

    def loss():
        return ((u**2).sum() + 3 * (v**2).sum()) / 2

    assert shattering.turn([u, v], loss, length) == pytest.approx(expected, abs=1e-9)
    assert (u.item(), v.item()) == (3.0, 1.0)


def test_turn_wants_a_way_downhill():
    """At the lowest point there is no direction to compare."""
    w = torch.zeros(2, requires_grad=True)
    with pytest.raises(ValueError, match="expected a gradient that is not 0"):
        shattering.turn([w], lambda: (w**2).sum(), 0.1)


def test_measured_recipe_step_is_a_step_of_sgd():
    """The optimizer's own first step gives the cosine that is called "recipe"."""
    config = {**shattering.CONFIG["training"], "images": 32}
    net = gradient_norms.make_net(8, False, "relu", width=4, seed=1)
    found = shattering.measure(net, 1, config)
    images, labels = digits().train_images[:32].double(), digits().train_labels[:32]
    net.double().train()
    optimizer = torch.optim.SGD(net.parameters(), config["lr"])
    gradients = []
    for _ in range(2):
        optimizer.zero_grad()
        F.cross_entropy(net(images), labels).backward()
        gradients.append(torch.cat([p.grad.flatten() for p in net.parameters()]))
        optimizer.step()
    before, after = gradients
    cosine = (before @ after / before.norm() / after.norm()).item()
    assert found["gradient"] == pytest.approx(before.norm().item(), rel=1e-6)
    assert found["step recipe"] == pytest.approx(cosine, abs=1e-6)
    assert found["step 0.001"] > found["step 0.01"] > found["step recipe"]


def test_followed_nets_train_as_the_shown_loop_does():
    """Measuring on the way changes no error, and starts from `digit_net`."""
    config = {
        **shattering.CONFIG["training"],
        "width": 4,
        "epochs": [0, 1, 2],
        "images": 16,
    }
    data = digits()
    found = shattering.follow(8, True, 1, config)
    net = gradient_norms.make_net(8, True, "relu", width=4, seed=1)
    errors = fit(net, data.train_images, data.train_labels, epochs=2, seed=1)
    assert [found[epoch]["error"] for epoch in (1, 2)] == errors
    start = shattering.digit_cosine(shattering.digit_net(8, True, 1, 4), 0.1, 1, 16)
    assert found[0]["noise 0.1"] == start


def test_shattering_record_agrees_with_the_records_beside_it():
    """Same nets, same seeds: epoch 0 has the cosines of `digits`, 10 the errors."""
    record = records.load("shattering")["results"]
    others = records.load("gradient_training")["results"]["relu"]["bn"]
    for kind in ("plain", "residual"):
        epochs = record["training"][f"{kind}-56"]
        for epsilon in ("0.001", "0.1"):
            here = epochs["0"][f"noise {epsilon}"]["values"]
            there = record["digits"][kind]["56"][epsilon]["values"]
            assert here == pytest.approx(there, abs=0.006)
        errors = others[kind]["error"]["values"]
        assert epochs["10"]["error"]["values"][:3] == pytest.approx(errors, abs=0.006)

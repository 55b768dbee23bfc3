"""Gradients that turn: the experiment at a small scale, against oracles; its record."""

import math

import pytest
import torch
import torch.nn.functional as F

from plusx import records, reproduce
from plusx.data import digits
from plusx.experiments import gradient_norms, rescue, shattering, turning
from plusx.fitting import fit

SMALL = {
    **turning.CONFIG,
    "width": 4,
    "epochs": [0, 1, 2],
    "images": 16,
    "batch_size": 8,
}
SETTINGS = {key: SMALL[key] for key in SMALL if key not in ("nets", "seeds")}


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

    assert turning.turn([u, v], loss, [0.1, length])[1] == pytest.approx(expected)
    assert (u.item(), v.item()) == (3.0, 1.0)


def test_turn_wants_a_way_downhill():
    """At the lowest point there is no direction to compare."""
    w = torch.zeros(2, requires_grad=True)
    with pytest.raises(ValueError, match="expected a gradient that is not 0"):
        turning.turn([w], lambda: (w**2).sum(), [0.1])


def test_measured_recipe_step_is_a_step_of_sgd():
    """The optimizer's own first step gives the cosine that is called "recipe"."""
    config = {**turning.CONFIG, "images": 32}
    net = gradient_norms.make_net(8, False, "relu", width=4, seed=1)
    found = turning.measure(net, 1, config)
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


def test_followed_nets_train_as_the_shown_loop_does(few_images):
    """Measuring on the way changes no error, and starts from `digit_net`."""
    data = few_images
    found = turning.follow(1, 8, True, **SETTINGS)
    net = gradient_norms.make_net(8, True, "relu", width=4, seed=1)
    errors = fit(
        net, data.train_images, data.train_labels, epochs=2, batch_size=8, seed=1
    )
    assert [found[epoch]["error"] for epoch in (1, 2)] == errors
    start = shattering.digit_cosine(shattering.digit_net(8, True, 1, 4), 0.1, 1, 16)
    assert found[0]["noise 0.1"] == start


@pytest.mark.usefixtures("few_images")
def test_clipped_nets_train_as_the_cure_does():
    """With a clip the errors are those of `rescue`, and the weights hardly move."""
    loose = turning.follow(0, 8, False, **SETTINGS)
    tight = turning.follow(0, 8, False, clip=1e-3, **SETTINGS)
    recipe = {key: SMALL[key] for key in rescue.CONFIG if key in SETTINGS}
    recipe["epochs"] = 2
    expected = rescue.train(0, 8, clip=1e-3, **recipe)
    assert tight[2]["error"] == expected
    for name in ("weights", "first"):
        start = tight[0][name]
        assert abs(tight[2][name] - start) < 0.01 < abs(loose[2][name] - start)


@pytest.mark.usefixtures("few_images")
def test_turning_run_has_the_shape_of_its_record():
    """A small run has the nets and measurements of the record."""
    nets = {name: {**net, "depth": 8} for name, net in turning.CONFIG["nets"].items()}
    found = turning.run(**{**SMALL, "nets": nets, "epochs": [0, 1], "seeds": [0, 1]})
    record = records.load("turning")["results"]
    assert found.keys() == record.keys()
    for name, epochs in found.items():
        for epoch, measured in epochs.items():
            assert measured.keys() == record[name][epoch].keys()


def test_turning_record_agrees_with_the_records_beside_it():
    """Same nets, same seeds: the cosines of `shattering`, the errors of two others."""
    record = records.load("turning")["results"]
    pictures = records.load("shattering")["results"]["digits"]
    errors = records.load("gradient_training")["results"]["relu"]["bn"]
    train = records.load("degradation")["results"]["conv"]
    for kind in ("plain", "residual"):
        epochs = record[f"{kind}-56"]
        for epsilon in ("0.001", "0.1"):
            assert epochs["0"][f"noise {epsilon}"] == pictures[kind]["56"][epsilon]
        # On a CPU of another kind.
        error = epochs["10"]["error"]
        assert reproduce.verdict(error, errors[kind]["error"], 5)[0] != "differs"
        assert error == train[kind]["train"]["56"]

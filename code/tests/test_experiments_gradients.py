"""Chapter 3: its experiments at a small scale, against oracles, and their records."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from plusx import records
from plusx.data import digits
from plusx.experiments import (
    gradient_norms,
    gradient_training,
    rescue,
    shattering,
    spectra,
    turning,
)
from plusx.fitting import fit

torch.set_num_threads(1)
EXPERIMENTS = [gradient_norms, gradient_training, rescue, shattering, spectra, turning]
SMALL = {
    **gradient_training.CONFIG,
    "depth": 8,
    "width": 4,
    "images": 32,
    "epochs": [0, 1],
    "seeds": [0, 1],
}


def name_of(experiment):
    """`spectra` for the module `plusx.experiments.spectra`."""
    return experiment.__name__.rpartition(".")[2]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=name_of)
def test_record_is_of_the_experiment_as_it_stands(experiment):
    """Configuration, seeds and data of the record are those in the module."""
    record = records.load(name_of(experiment))
    assert record["config"] == experiment.CONFIG
    assert record["provenance"]["seeds"] == experiment.SEEDS
    assert record["provenance"]["data"] == experiment.DATA


def test_spectra_run_has_the_shape_of_its_record():
    """A run over two depths has the fields that the record has for them."""
    config = {**spectra.CONFIG, "width": 8, "depths": [1, 2], "seeds": [0, 1]}
    small = spectra.run(config)
    large = records.load("spectra")["results"]
    assert small.keys() == large.keys()
    assert all(small[v]["2"].keys() == large[v]["2"].keys() for v in small)


def test_spectra_zero_branches_are_the_identity():
    """With every branch at 0 all singular values are exactly 1."""
    values, _ = spectra.singular_values("zero", 7, width=6, seeds=[0])
    assert values.tolist() == [[1.0] * 6]


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("plain", 1.0),
        ("residual", 2**3),
        ("sqrt", (1 + 1 / 3) ** 3),
        ("linear", (1 + 1 / 9) ** 3),
    ],
)
def test_spectra_mean_square_follows_theory(variant, expected):
    """Over many small nets the mean square singular value is (1 + α²)^L."""
    values, _ = spectra.singular_values(variant, 3, width=12, seeds=range(100))
    assert values.square().mean().item() == pytest.approx(expected, rel=0.15)


def test_spectra_blocks_compute_what_the_variant_says():
    """`residual` adds h to what `plain` computes, `sqrt` weighs the branch."""
    plain, x = spectra.make_blocks("plain", 4, 6, seed=5)
    added, _ = spectra.make_blocks("residual", 4, 6, seed=5)
    scaled, _ = spectra.make_blocks("sqrt", 4, 6, seed=5)
    torch.testing.assert_close(added[2](x), x + plain[2](x))
    torch.testing.assert_close(scaled[2](x), x + plain[2](x) / 2)


def test_spectra_summary_leaves_out_what_rounding_hides():
    """Ranks below the floor in any seed are not listed, and their spread is null."""
    values = torch.tensor([[1.0, 1e-3, 1e-20], [10.0, 1e-18, 1e-20]]).double()
    found = spectra.summary(values, torch.tensor([1e-15, 1e-15]).double())
    assert found["resolved"] == 1
    assert found["spectrum"] == [0.5]
    assert found["median"] is None
    assert found["min"] is None


@pytest.mark.parametrize("arguments", [("other", 2), ("plain", 0)])
def test_spectra_refuse_unknown_variants_and_depths(arguments):
    """A net needs a known variant and at least one block."""
    with pytest.raises(ValueError, match=r"variant must be|depth must be"):
        spectra.make_blocks(*arguments, width=4, seed=0)


def test_spectra_record_agrees_with_theory_where_rounding_allows():
    """Root mean squares at 100 blocks: √2^L, √e and 1, within the recorded spread."""
    results = records.load("spectra")["results"]
    for variant, expected in (("residual", 15.05), ("sqrt", 0.216), ("linear", 0.002)):
        found = results[variant]["100"]["rms"]
        assert abs(found["mean"] - expected) < 3 * found["std"] + 0.01


@pytest.mark.parametrize("residual", [False, True])
def test_block_gradients_match_a_walk_through_the_blocks(residual):
    """`retain_grad` on each block's output gives the same norms."""
    data = digits()
    images, labels = data.train_images[:16], data.train_labels[:16]
    net = gradient_norms.make_net(14, residual, "tanh", width=4, seed=1)
    found = gradient_norms.block_gradients(net, images, labels)
    h, states = net.activation(net.stem_norm(net.stem(images))), []
    for block in net.blocks:
        h = block(h)
        h.retain_grad()
        states.append(h)
    F.cross_entropy(net.head(h.mean(dim=(2, 3))), labels).backward()
    expected = [state.grad.norm().item() for state in states]
    assert found[0].tolist() == pytest.approx(expected, rel=1e-4)
    first = [p.grad.flatten() for p in net.blocks[0].parameters()]
    assert found[1, 0].item() == pytest.approx(torch.cat(first).norm().item(), rel=1e-4)


def test_make_net_settings_differ_as_they_say():
    """`bn` normalizes, `none` does not, `circular` pads with the opposite edge."""
    nets = {
        s: gradient_norms.make_net(8, True, "relu", s)
        for s in ("bn", "none", "circular")
    }
    norms = {
        s: sum(isinstance(m, nn.BatchNorm2d) for m in net.modules())
        for s, net in nets.items()
    }
    assert norms == {"bn": 7, "none": 0, "circular": 0}
    column = torch.zeros(1, 1, 8, 8)
    column[..., 0] = 1.0
    reached = {s: nets[s].stem(column)[..., -1].abs().sum().item() > 0 for s in nets}
    assert reached == {"bn": False, "none": False, "circular": True}


def test_sigmoid_gradients_shrink_faster_than_tanh_gradients():
    """The one activation whose slope stays below 1/4 loses the gradient."""
    config = {**gradient_norms.CONFIG, "depth": 20, "images": 32, "seeds": [0, 1]}
    ratio = {
        activation: gradient_norms.summary(
            gradient_norms.at_initialization(activation, "circular", False, config)
        )["ratio"]["mean"]
        for activation in ("sigmoid", "tanh")
    }
    assert ratio["sigmoid"] < -6
    assert abs(ratio["tanh"]) < 1


def test_training_starts_from_the_nets_at_initialization():
    """Epoch 0 of the training record's function is the other experiment's figure."""
    start = gradient_norms.at_initialization("relu", "bn", True, SMALL)
    for seed in SMALL["seeds"]:
        norms, _ = gradient_training.follow("relu", "bn", True, seed, SMALL)
        torch.testing.assert_close(norms[0], start[seed], rtol=1e-6, atol=0)
        assert not torch.allclose(norms[1], norms[0])


def test_training_error_is_that_of_the_shown_loop():
    """`follow` trains as `fitting.fit` does."""
    data = digits()
    net = gradient_norms.make_net(8, True, "relu", width=4, seed=1)
    errors = fit(net, data.train_images, data.train_labels, epochs=1, seed=1)
    assert gradient_training.follow("relu", "bn", True, 1, SMALL)[1] == errors[-1]


def test_diverged_seeds_leave_nulls():
    """A learning rate that blows the weights up gives null, and says how often."""
    found = gradient_training.summary("relu", "none", True, {**SMALL, "lr": 1e30})
    assert found["diverged"] == 2
    assert found["error"] is None
    assert found["epochs"]["0"] is not None
    assert found["epochs"]["1"] is None


def test_rescue_without_a_cure_is_the_shown_loop():
    """No clipping, no warm-up: the error of `fitting.fit`; tight ones change it."""
    config = {**rescue.CONFIG, "width": 4, "epochs": 2}
    data = digits()
    net = gradient_norms.make_net(8, False, "relu", width=4, seed=0)
    errors = fit(net, data.train_images, data.train_labels, epochs=2, seed=0)
    assert rescue.train(config, 0, 8) == errors[-1]
    assert rescue.train(config, 0, 8, clip=1e9) == errors[-1]
    assert rescue.train(config, 0, 8, clip=1e-6) > errors[-1] + 20
    assert rescue.train(config, 0, 8, warm_up=10**9) > errors[-1] + 20


def test_records_hold_only_finite_numbers_or_null():
    """JSON has no NaN, and a null in training comes with a count of diverged seeds."""
    results = records.load("gradient_training")["results"]
    for settings in results.values():
        for kinds in settings.values():
            for entry in kinds.values():
                assert (entry["error"] is None) == (entry["diverged"] > 0)
                norms = [e for e in entry["epochs"].values() if e is not None]
                assert all(math.isfinite(v) for e in norms for v in e["mean"])

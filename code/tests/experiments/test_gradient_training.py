"""Gradients block by block in training: against the shown loop, and the record."""

import math

import pytest
import torch

from plusx import records
from plusx.experiments import gradient_norms, gradient_training
from plusx.fitting import fit

SIZE = {"depth": 8, "width": 4, "images": 32}
SMALL = {
    **SIZE,
    "epochs": [0, 1],
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "batch_size": 8,
}


@pytest.mark.usefixtures("few_images")
def test_training_starts_from_the_nets_at_initialization():
    """Epoch 0 of the training record's function is the other experiment's figure."""
    start = gradient_norms.at_initialization("relu", "bn", True, seeds=[0, 1], **SIZE)
    for seed in (0, 1):
        norms, _ = gradient_training.follow("relu", "bn", True, seed, **SMALL)
        torch.testing.assert_close(norms[0], start[seed], rtol=1e-6, atol=0)
        assert not torch.allclose(norms[1], norms[0])


def test_training_error_is_that_of_the_shown_loop(few_images):
    """`follow` trains as `fitting.fit` does."""
    images, labels, *_ = few_images
    net = gradient_norms.make_net(8, True, "relu", width=4, seed=1)
    errors = fit(net, images, labels, epochs=1, batch_size=8, seed=1)
    assert gradient_training.follow("relu", "bn", True, 1, **SMALL)[1] == errors[-1]


@pytest.mark.usefixtures("few_images")
def test_diverged_seeds_leave_nulls():
    """A learning rate that blows the weights up gives null, and says how often."""
    settings = {**SMALL, "lr": 1e30, "seeds": [0, 1]}
    found = gradient_training.summary("relu", "none", True, **settings)
    assert found["diverged"] == 2
    assert found["error"] is None
    assert found["epochs"]["0"] is not None
    assert found["epochs"]["1"] is None


def test_records_hold_only_finite_numbers_or_null():
    """JSON has no NaN, and a null in training comes with a count of diverged seeds."""
    results = records.load("gradient_training")["results"]
    for settings in results.values():
        for kinds in settings.values():
            for entry in kinds.values():
                assert (entry["error"] is None) == (entry["diverged"] > 0)
                norms = [e for e in entry["epochs"].values() if e is not None]
                assert all(math.isfinite(v) for e in norms for v in e["mean"])

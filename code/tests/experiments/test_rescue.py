"""Cures for a large gradient: without one it is the shown loop."""

from plusx.experiments import gradient_norms, rescue
from plusx.fitting import fit

SETTINGS = {
    "width": 4,
    "epochs": 6,
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "batch_size": 16,
}


def test_rescue_without_a_cure_is_the_shown_loop(few_images):
    """No clipping, no warm-up: the error of `fitting.fit`; tight ones change it."""
    images, labels, *_ = few_images
    net = gradient_norms.make_net(8, False, "relu", width=4, seed=0)
    *_, error = fit(net, images, labels, epochs=6, batch_size=16, seed=0)
    assert rescue.train(0, 8, **SETTINGS) == error
    assert rescue.train(0, 8, clip=1e9, **SETTINGS) == error
    assert rescue.train(0, 8, clip=1e-6, **SETTINGS) > error + 20
    assert rescue.train(0, 8, warm_up=10**9, **SETTINGS) > error + 20

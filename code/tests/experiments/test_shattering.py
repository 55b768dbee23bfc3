"""Shattered gradients: the experiment at a small scale, against oracles; its record."""

import pytest
import torch

from plusx import records
from plusx.data import digits
from plusx.experiments import shattering


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
    }
    found, record = shattering.run(**config), records.load("shattering")["results"]
    assert found["line"].keys() == record["line"].keys()
    assert found["line"]["bn"].keys() == record["line"]["bn"].keys()
    assert found["digits"]["plain"]["8"]["0.01"]["mean"] > 0.5
    assert found["line"]["bn"]["plain"]["2"]["mean"][0] == 1.0

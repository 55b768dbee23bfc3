"""Baselines: each start has the property that it is named after."""

import pytest
import torch

from plusx.data import digits
from plusx.experiments import _digits, baselines

SIZE = {"depth": 14, "residual": False, "width": 4}
SMALL = {
    **baselines.CONFIG,
    "starts": ["he"],
    "settings": {
        "norm": [
            {"optimizer": "SGD", "lr": 1e-9},
            {"optimizer": "Adam", "lr": 0.01},
        ]
    },
    "depth": 8,
    "width": 4,
    "epochs": 2,
    "seeds": [0, 1, 2],
}


def net(start: str, norm: bool = False, **changes):
    """A small plain net of one start, in float64."""
    made = _digits.make_net(0, norm=norm, **{**SIZE, **changes})
    baselines.set_start(made, start)
    return made.double()


def images() -> torch.Tensor:
    """A few digits in float64."""
    return digits().train_images[:16].double()


def test_he_is_the_start_of_chapter_1():
    """Nothing is changed."""
    expected = _digits.make_net(0, norm=False, **SIZE).double()
    assert torch.equal(net("he")(images()), expected(images()))


def test_orthogonal_kernels_have_equal_singular_values():
    """Flattened, each kernel has the singular value √2 only."""
    for block in net("orthogonal").blocks:
        values = torch.linalg.svdvals(block.conv2.weight.flatten(1))
        assert torch.allclose(values, torch.full_like(values, 2**0.5), atol=1e-6)


def test_delta_orthogonal_keeps_the_length_of_each_pixel():
    """Without the ReLU a convolution lengthens every pixel by √2, nothing else."""
    conv = net("delta-orthogonal").blocks[0].conv1
    x = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0)).double()
    ratio = conv(x).norm(dim=1) / x.norm(dim=1)
    assert torch.allclose(ratio, torch.full_like(ratio, 2**0.5), atol=1e-6)


@pytest.mark.parametrize("norm", [False, True])
def test_looks_linear_is_linear_at_first(norm):
    """In pairs of channels the difference obeys f(a) + f(b) = f(a + b).

    With batch norm, whose statistics of a pair are mirrored too, in eval mode.
    """
    made = net("looks-linear", norm).eval()

    def pairs(x):
        last = _digits.states(made, x)[-1]
        half = last.shape[1] // 2
        return last[:, :half] - last[:, half:]

    a, b = images()[:4], images()[4:8]
    assert torch.allclose(pairs(a) + pairs(b), pairs(a + b), atol=1e-9)
    assert pairs(a).abs().max() > 0.1


def test_a_usual_start_is_not_linear():
    """Planted: the same test fails for random weights."""
    made = net("he").eval()
    a, b = images()[:4], images()[4:8]
    last = [_digits.states(made, x)[-1] for x in (a, b, a + b)]
    assert not torch.allclose(last[0] + last[1], last[2], atol=1e-3)


def test_looks_linear_keeps_the_length_of_the_images():
    """The state of the first stage is as long at its end as at its beginning."""
    states = _digits.states(net("looks-linear"), images())
    assert torch.allclose(states[2].norm(), states[0].norm(), rtol=1e-6)


def test_another_start_is_refused():
    """The message says which starts there are."""
    with pytest.raises(ValueError, match=r"'looks-linear'.*got 'zero'"):
        net("zero")


@pytest.mark.slow
def test_every_setting_has_every_seed_and_the_lowest_mean_is_best():
    """A rate that moves nothing loses; the errors are those of the runs."""
    found = baselines.run(**SMALL)["norm"]["he"]
    assert [len(cell["train"]["values"]) for cell in found] == [3, 3]
    best = baselines.best(found)
    assert (best["optimizer"], best["lr"]) == ("Adam", 0.01)
    again = baselines.train(
        1,
        "he",
        norm=True,
        depth=8,
        width=4,
        epochs=2,
        batch_size=128,
        optimizer="Adam",
        lr=0.01,
    )
    expected = round(again[0], 2), round(again[1], 2)
    assert tuple(best[kind]["values"][1] for kind in ("train", "test")) == expected

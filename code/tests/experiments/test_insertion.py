"""Layers put into a trained classifier."""

import pytest
import torch

from plusx.data import digits
from plusx.experiments import insertion
from plusx.fitting import error_rate


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_unlike_ignores_scale_and_shift():
    """A scaled, shifted copy is a copy; unrelated numbers are not."""
    x = signed(500, 4)
    assert insertion.unlike(lambda v: 3 * v - 1, x) == pytest.approx(0, abs=1e-5)
    assert insertion.unlike(lambda v: torch.flip(v, [0]), x) > 0.95


def test_insert_trains_the_stack_alone():
    """The classifier is left as it was; the identity starts from its error."""
    data = digits()
    base = insertion.train_base(0, epochs=2)
    before = [p.clone() for p in base.parameters()]
    result = insertion.insert(base, "plain_identity", 2, 0, steps=5)
    assert all(
        torch.equal(p, q) for p, q in zip(base.parameters(), before, strict=True)
    )
    error = error_rate(base, data.train_images, data.train_labels)
    assert result["start"] == pytest.approx(error, abs=1e-4)


@pytest.mark.slow
def test_inserted_plain_layers_classify_without_copying():
    """Four layers reach a small error while their output is unlike their input."""
    result = insertion.insert(insertion.train_base(0), "plain", 4, 0, steps=200)
    assert result["start"] > 50
    assert result["error"] < 5
    assert result["unlike"] > 0.4

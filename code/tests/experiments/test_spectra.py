"""Spectra of Jacobians: the experiment against theory, and its record."""

import pytest
import torch

from plusx import records
from plusx.experiments import spectra


def test_spectra_run_has_the_shape_of_its_record():
    """A run over two depths has the fields that the record has for them."""
    config = {**spectra.CONFIG, "width": 8, "depths": [1, 2], "seeds": [0, 1]}
    small = spectra.run(**config)
    large = records.load("spectra")["results"]
    assert small.keys() == large.keys()
    assert all(small[v]["2"].keys() == large[v]["2"].keys() for v in small)


def test_spectra_zero_branches_are_the_identity():
    """With every branch at 0 all singular values are exactly 1."""
    values, _ = spectra.singular_values("zero", 7, width=6, seeds=[0])
    assert values.tolist() == [[1.0] * 6]


@pytest.mark.slow
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

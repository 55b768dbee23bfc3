"""Chapter 1: the nets it shows, and the experiment behind its record."""

import math
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

from plusx.data import digits
from plusx.experiments import degradation
from plusx.networks import CifarNet

CHAPTER = Path(__file__).parents[3] / "chapters" / "01_degradation.ipynb"


@pytest.fixture(scope="module")
def shown():
    """What the chapter's cells define: its imports, functions and classes."""
    names = {"data": digits(), "torch": torch}
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        starts = ("def ", "class ", "import ")
        folded = "hide-cell" in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and cell.source.startswith(starts) and not folded:
            exec(cell.source, names)
    return names


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("depth", [8, 20])
def test_shown_net_is_the_package_net(shown, depth, residual):
    """The chapter's net and `CifarNet` give the same logits from the same seed."""
    torch.manual_seed(3)
    here = shown["make_net"](depth, residual)
    torch.manual_seed(3)
    there = CifarNet(depth, residual, width=8, in_channels=1)
    images = digits().train_images[:16]
    assert torch.equal(here(images), there(images))


@pytest.mark.slow
def test_shown_training_is_the_package_training(shown, few_images, monkeypatch):
    """Two epochs of the chapter's loop give the error curve of the experiment."""
    monkeypatch.setitem(shown, "data", few_images)
    _, here = shown["train"](8, True, epochs=2, seed=1)
    _, there = degradation.train_conv(8, True, 1, epochs=2)
    assert here == there


def test_identity_block_does_nothing(shown):
    """The block of the construction returns any non-negative input."""
    x = torch.rand(2, 5, 4, 4)
    block = shown["do_nothing"](5).eval()
    assert torch.allclose(block(x), x, atol=1e-6)
    assert not torch.allclose(block(-x), -x, atol=1e-6)


@pytest.mark.parametrize("layers", [2, 10])
def test_mlp_has_the_layers_it_is_asked_for(layers):
    """Hidden layers plus the first and the last one are linear."""
    net = degradation.make_mlp(layers, True, norm=True)
    assert sum(isinstance(m, nn.Linear) for m in net.modules()) == layers + 2


@pytest.mark.parametrize("layers", [0, 3, -2])
def test_mlp_refuses_other_depths(layers):
    """An odd or non-positive number of layers is answered with what came."""
    with pytest.raises(ValueError, match=f"even and positive, got {layers}"):
        degradation.make_mlp(layers, True, norm=False)


def test_linear_block_is_its_formula():
    """relu(x + s W₂ relu(W₁x + b₁) + s b₂), computed by hand."""
    block = degradation.LinearBlock(3, residual=True, norm=False, scale=0.5)
    x = torch.randn(4, 3)
    first, second = block.branch[0], block.branch[3]
    hidden = (x @ first.weight.T + first.bias).clamp(min=0)
    expected = (x + 0.5 * (hidden @ second.weight.T + second.bias)).clamp(min=0)
    assert torch.allclose(block(x), expected, atol=1e-6)


def test_signal_grows_only_without_a_scale():
    """Over 50 blocks the unscaled sum grows past 1e6, the scaled one stays below 10."""
    growth = []
    for scaled in (False, True):
        torch.manual_seed(0)
        net = degradation.make_mlp(100, True, norm=False, scaled=scaled)
        x = digits().train_images[:128]
        growth.append((net[:-1](x).std() / net[:3](x).std()).item())
    assert growth[0] > 1e6
    assert growth[1] < 10


def test_summary_counts_diverged_runs():
    """None stands for a run that diverged; the others are averaged."""
    expected = {"mean": 2.0, "std": 1.41, "values": [1, 3], "diverged": 1}
    assert degradation.summary([1, None, 3]) == expected
    assert degradation.summary([None])["mean"] is None


@pytest.mark.usefixtures("few_images")
def test_train_mlp_reports_divergence():
    """The unscaled residual net of 100 layers does not stay finite."""
    assert degradation.train_mlp("residual", 100, 0, epochs=2) is None


@pytest.mark.usefixtures("few_images")
def test_train_mlp_is_reproducible():
    """The same seed gives the same error."""
    runs = [degradation.train_mlp("plain_norm", 4, 2, epochs=2) for _ in range(2)]
    assert runs[0] == runs[1] and math.isfinite(runs[0])


@pytest.mark.usefixtures("few_images")
def test_long_runs_keep_the_curves_of_the_kinds_they_name():
    """One plain net of depth 8, two seeds: the curves are those of `train_conv`."""
    settings = {"epochs": 2, "lr": 0.05, "width": 4}
    found = degradation.long_runs(kinds=["plain"], depths=[8], seeds=2, **settings)
    assert set(found) == {"plain"}
    curves = [
        degradation.train_conv(8, False, seed, cosine=True, **settings)[1]
        for seed in (0, 1)
    ]
    rounded = [[round(error, 1) for error in curve] for curve in curves]
    assert found["plain"]["8"]["curves"] == rounded
    last = found["plain"]["8"]["last"]["values"]
    assert last == [round(curve[-1], 2) for curve in curves]


def test_sizes_that_differ_are_named():
    """A configuration that states another split than there is does not run."""
    degradation.check_sizes(1438, 359)
    with pytest.raises(
        ValueError, match=r"expected 1438 training and 9 .* got 1438 an"
    ):
        degradation.check_sizes(1438, 9)


def test_longer_run_is_three_times_the_long_one():
    """Three times the epochs; width, learning rate and seeds are the same."""
    long, longer = (degradation.CONFIG[part] for part in ("long", "longer"))
    assert longer["epochs"] == 3 * long["epochs"]
    same = ("width", "lr", "seeds")
    assert [longer[name] for name in same] == [long[name] for name in same]

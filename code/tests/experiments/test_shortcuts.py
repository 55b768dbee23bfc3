"""Chapter 5: shortcuts that are scaled, gated or projected, and their records."""

import math

import pytest
import torch
from torch import nn

from plusx import records, reproduce
from plusx.experiments import _digits, shortcut_scale, shortcuts
from plusx.fitting import fit
from plusx.networks import BasicBlock, CifarNet


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("scale", [0, 0.5, 1.2])
def test_make_net_scales_what_the_shortcut_hands_on(scale):
    """Every block computes relu(λ · shortcut(x) + F(x))."""
    net = shortcuts.make_net(20, seed=0, scale=scale).eval()
    bare = shortcuts.make_net(20, seed=0).eval()
    x = signed(3, 8, 8, 8).relu()
    for block, old in zip(net.blocks, bare.blocks, strict=True):
        expected = (scale * old.shortcut(x) + old.branch(x)).relu()
        assert torch.allclose(block(x), expected, atol=1e-6)
        x = old(x)


def test_make_net_without_shortcuts_is_the_plain_net():
    """λ = 0 leaves the plain net of chapter 1, from the same weights."""
    torch.manual_seed(3)
    plain = CifarNet(20, False, width=8, in_channels=1)
    x = signed(4, 1, 8, 8)
    assert torch.equal(shortcuts.make_net(20, seed=3, scale=0)(x), plain(x))


def test_make_net_scales_the_branch():
    """Half of the shortcut and half of F is half of the sum."""
    net = shortcuts.make_net(8, seed=0, scale=0.5, branch_scale=0.5)
    bare = shortcuts.make_net(8, seed=0)
    x = signed(4, 8, 8, 8).relu()
    assert torch.allclose(net.blocks[0](x), bare.blocks[0](x) / 2, atol=1e-6)


@pytest.mark.parametrize("gate", shortcuts.GATES)
@pytest.mark.parametrize("bias", [0.0, -6.0])
def test_gated_block_mixes_by_a_sigmoid(gate, bias):
    """With gate weights of 0 the mix is that of σ(b), a number one can work out."""
    block = BasicBlock(4, 8, 2).eval()
    gated = shortcuts.GatedBlock(block, gate, bias)
    nn.init.zeros_(gated.gate.weight)
    x = signed(2, 4, 8, 8).relu()
    g = 1 / (1 + math.exp(-bias))
    share = g if gate == "exclusive" else 1.0
    expected = ((1 - g) * block.shortcut(x) + share * block.branch(x)).relu()
    assert torch.allclose(gated(x), expected, atol=1e-6)


def test_gated_block_rejects_another_gate():
    """The message says which gates there are."""
    with pytest.raises(ValueError, match=r"'exclusive', 'shortcut'.*got 'both'"):
        shortcuts.GatedBlock(BasicBlock(4, 4), "both", 0.0)


def test_gates_have_one_convolution_a_block():
    """c² + c parameters for each block of c channels, nothing else."""
    bare = shortcuts.make_net(20, seed=0)
    gated = shortcuts.make_net(20, seed=0, gate="shortcut")
    count = [sum(p.numel() for p in net.parameters()) for net in (bare, gated)]
    assert count[1] - count[0] == 3 * sum(c * c + c for c in (8, 16, 32))


def test_train_is_the_training_loop_of_the_chapters(few_images):
    """The same seed gives the error that `fit` gives on the same net."""
    data = few_images
    net = shortcuts.make_net(8, seed=1)
    errors = fit(net, data.train_images, data.train_labels, epochs=1, lr=0.05, seed=1)
    again = shortcuts.train(shortcuts.make_net(8, seed=1), seed=1, epochs=1)
    assert again == errors[-1]


@pytest.mark.usefixtures("few_images")
def test_runs_have_the_form_of_their_records():
    """A tiny run of each experiment has every setting, each with a spread."""
    small = {**_digits.RECIPE, "width": 2, "epochs": 1}
    found = shortcuts.run(
        options={"names": ["A", "C"], "depths": [8], "seeds": 2},
        variants={"depth": 8, "seeds": 1},
        **small,
    )
    assert set(found["options"]) == {"A", "C"}
    assert len(found["options"]["C"]["8"]["train"]["values"]) == 2
    assert set(found["variants"]) == set(shortcuts.VARIANTS)
    found = shortcut_scale.run(scales=[0, 1], depths=[8], **small)
    assert set(found["8"]) == {"0", "100"}
    assert len(found["8"]["0"]["test"]["values"]) == len(shortcut_scale.SEEDS)


def error(name: str, *path: str) -> dict:
    """The spread of training errors in a record."""
    value = records.load(name)["results"]
    for step in path:
        value = value[step]
    return value["train"]


@pytest.mark.parametrize("depth", ["20", "56"])
def test_records_of_the_same_nets_agree(depth):
    """Option A is λ = 1; λ = 0 and 1 are chapter 1's nets; CPUs differ in rounding."""
    conv = records.load("degradation")["results"]["conv"]
    own = records.load("shortcut_scale")["results"][depth]
    for percent, other in (
        ("100", error("shortcuts", "options", "A", depth)),
        ("100", conv["residual"]["train"][depth]),
        ("0", conv["plain"]["train"][depth]),
    ):
        assert reproduce.verdict(other, own[percent]["train"], 5)[0] != "differs"


def test_records_bear_out_the_chapter():
    """At 20 layers the options agree; at 56 C lags behind; λ is best at 1."""
    mean = {
        (option, depth): error("shortcuts", "options", option, depth)["mean"]
        for option in "ABC"
        for depth in ("20", "56")
    }
    assert max(mean[option, "20"] for option in "ABC") < 5
    assert max(mean["A", "56"], mean["B", "56"]) < 5
    assert mean["C", "56"] > 10
    scale = records.load("shortcut_scale")["results"]["56"]
    for percent in ("0", "25", "50", "110", "120"):
        assert scale["100"]["train"]["mean"] < 5 < 20 < scale[percent]["train"]["mean"]

"""Chapter 7: the relatives of x + F(x), and the deletion of blocks."""

import math

import pytest
import torch
from torch import nn

from plusx import records
from plusx.data import digits
from plusx.experiments import deletion
from plusx.fitting import error_rate
from plusx.networks import CifarNet, relatives


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def make_branch(width: int = 6) -> nn.Sequential:
    """Two linear layers with a ReLU between."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))


# The relatives: formula and value at the start


def test_highway_mixes_input_and_branch_by_its_gate():
    """t·F(x) + (1 − t)·x with t = 1 / (1 + e^−(Wx + b))."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.Highway(branch, 6)
    t = 1 / (1 + torch.exp(-(x @ block.gate.weight.T + block.gate.bias)))
    assert torch.allclose(block(x), t * branch(x) + (1 - t) * x, atol=1e-6)


def test_highway_starts_with_an_almost_closed_gate():
    """Without weights the gate is σ(−2) for every input."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.Highway(branch, 6)
    nn.init.zeros_(block.gate.weight)
    t = 1 / (1 + math.exp(2))
    assert torch.allclose(block(x), x + t * (branch(x) - x), atol=1e-6)


def test_dense_keeps_its_input_beside_the_branch():
    """The first channels are x itself, the others F(x)."""
    branch, x = make_branch(), signed(4, 6)
    y = relatives.Dense(branch)(x)
    assert torch.equal(y[:, :6], x)
    assert torch.equal(y[:, 6:], branch(x))


@pytest.mark.parametrize("start", [0.0, 0.25, 1.0])
def test_scaled_adds_alpha_times_the_branch(start):
    """x + α·F(x); from 0 the block is the identity, bit by bit."""
    branch, x = make_branch(), signed(4, 6)
    y = relatives.Scaled(branch, start)(x)
    assert torch.allclose(y, x + start * branch(x), atol=1e-6)
    assert start or torch.equal(y, x)


def test_scaled_from_zero_learns_alpha_first():
    """At α = 0 the branch has no gradient, α has the product of F(x) and dL/dy."""
    branch, x, target = make_branch(), signed(4, 6), signed(4, 6, seed=8)
    block = relatives.Scaled(branch)
    (block(x) * target).sum().backward()
    assert block.alpha.grad.item() == pytest.approx((branch(x) * target).sum().item())
    assert not any(p.grad.any() for p in branch.parameters())


def test_fixup_is_the_identity_at_the_start_and_shrinks_the_first_layer():
    """With m = 2 and L = 16 the first weight is divided by 4, the last is 0."""
    branch, x = make_branch(), signed(4, 6)
    first = branch[0].weight.detach().clone()
    nn.init.zeros_(branch[2].bias)
    block = relatives.Fixup(branch, blocks=16)
    assert torch.equal(block(x), x)
    assert torch.allclose(branch[0].weight, first / 4)
    with pytest.raises(ValueError, match="2 or more linear layers, got 1"):
        relatives.Fixup(nn.Linear(6, 6), blocks=16)


def test_layer_scale_weighs_each_channel():
    """x + λ ⊙ F(x), at the start with one small λ for all."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.LayerScale(branch, 6)
    assert torch.allclose(block(x), x + 1e-4 * branch(x), atol=1e-7)
    with torch.no_grad():
        block.scale.copy_(torch.arange(6.0))
    expected = x + branch(x) @ torch.diag(torch.arange(6.0))
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_stochastic_depth_draws_once_for_a_batch_and_keeps_the_mean():
    """Each pass is x or x + F(x), about as often as asked; afterwards their mean."""
    branch, x = make_branch(), signed(4, 6)
    block = relatives.StochasticDepth(branch, keep=0.7)
    torch.manual_seed(0)
    outputs = [block(x) for _ in range(400)]
    kept = sum(torch.equal(y, x + branch(x)) for y in outputs)
    dropped = sum(torch.equal(y, x) for y in outputs)
    assert kept + dropped == 400
    assert abs(kept / 400 - 0.7) < 0.1
    assert torch.allclose(block.eval()(x), x + 0.7 * branch(x), atol=1e-6)
    with pytest.raises(ValueError, match="between 0 and 1, got 2"):
        relatives.StochasticDepth(branch, keep=2)


# Deleting blocks


def make_net(depth: int = 20, residual: bool = True) -> CifarNet:
    """A net whose norms have seen the digits."""
    torch.manual_seed(0)
    net = CifarNet(depth, residual, width=4, in_channels=1)
    net(digits().train_images[:200])
    return net.eval()


def test_deletable_blocks_keep_the_shape():
    """All but the first block of the second and of the third stage."""
    assert deletion.deletable(CifarNet(20, width=4)) == [0, 1, 2, 4, 5, 7, 8]


@pytest.mark.parametrize("residual", [True, False])
def test_deletion_hands_the_input_of_the_block_to_the_next(residual):
    """The error without block 4 is that of a net that is run without it by hand."""
    net, data = make_net(residual=residual), digits()
    x = net.stem_norm(net.stem(data.test_images)).relu()
    for index, block in enumerate(net.blocks):
        x = x if index == 4 else block(x)
    wrong = net.head(x.mean(dim=(2, 3))).argmax(dim=1) != data.test_labels
    expected = 100 * wrong.float().mean().item()
    assert deletion.error_without(net, 4) == pytest.approx(expected)


def test_deletion_leaves_the_net_as_it_was():
    """Blocks, statistics and the momentum of the norms come back."""
    net, data = make_net(), digits()
    before = {key: value.clone() for key, value in net.state_dict().items()}
    error = error_rate(net, data.test_images, data.test_labels)
    deletion.error_without(net, 1, 5, anew=True)
    after = net.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert error_rate(net, data.test_images, data.test_labels) == error
    assert net.stem_norm.momentum == 0.1


def test_reestimated_statistics_are_the_mean_over_batches():
    """The stem's norm gets the mean of its input, batch by batch."""
    net, images = make_net(), digits().train_images
    batches = [net.stem(batch) for batch in images.split(math.ceil(len(images) / 6))]
    expected = torch.stack([batch.mean(dim=(0, 2, 3)) for batch in batches]).mean(0)
    with deletion.reestimated(net, images):
        assert torch.allclose(net.stem_norm.running_mean, expected, atol=1e-5)


def test_statistics_can_be_estimated_from_a_part_of_the_images(monkeypatch):
    """`every=6` takes every sixth training image, 240 of 1,438."""
    seen, whole = [], deletion.reestimated

    def watched(net, images):
        seen.append(images)
        return whole(net, images)

    monkeypatch.setattr(deletion, "reestimated", watched)
    deletion.error_without(make_net(), 1, anew=True, every=6)
    deletion.error_without(make_net(), 1, anew=True)
    assert torch.equal(seen[0], digits().train_images[0::6])
    assert [len(images) for images in seen] == [240, 1438]


def test_half_steps_are_two_blocks_with_half_the_branch():
    """With a branch that returns 2x the state is doubled twice."""

    class Double(nn.Module):
        def branch(self, x):
            return 2 * x

    x = signed(2, 3, 4, 4).relu()
    assert torch.equal(deletion.HalfSteps(Double())(x), 4 * x)


def test_updates_measure_the_branch_against_the_shortcut():
    """Twice the last norm's scale makes the last ratio twice as large."""
    net = make_net()
    nn.init.zeros_(net.blocks[-1].norm2.bias)
    before = deletion.updates(net)[0]
    with torch.no_grad():
        net.blocks[-1].norm2.weight *= 2
    after, cosines = deletion.updates(net)
    assert after[-1] == pytest.approx(2 * before[-1], rel=1e-4)
    assert after[:-1] == before[:-1]
    missing = [i for i, value in enumerate(cosines) if math.isnan(value)]
    assert missing == [0, 3, 6]


def test_each_block_has_its_errors_or_none():
    """Nine blocks of residual-20: the two that begin stages have no number."""
    found = records.load("deletion")["results"]["residual-20"]
    spreads = deletion.each_block(found, "anew")
    assert [spread["mean"] is None for spread in spreads] == [
        index in (3, 6) for index in range(9)
    ]
    assert [s for s in spreads if s["mean"] is not None] == found["anew"]


def test_record_shows_what_the_chapter_says():
    """Without a block a residual net mostly works, a plain one does not."""
    record = records.load("deletion")
    assert record["config"] == deletion.CONFIG
    results = record["results"]
    assert len(record["provenance"]["seeds"]) == 5
    for name in ("plain-20", "residual-20", "residual-56"):
        assert results[name]["intact"]["mean"] < 15
        assert len(results[name]["deleted"]) == len(results[name]["blocks"])
    assert results["plain-20"]["deleted_all"]["median"] > 70
    assert results["residual-20"]["deleted_all"]["median"] < 20
    assert results["residual-56"]["deleted_all"]["median"] < 15

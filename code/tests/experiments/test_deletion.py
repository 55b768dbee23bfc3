"""Deleted blocks: against a net that is run without them by hand, and the record."""

import math

import pytest
import torch
from torch import nn

from plusx import records
from plusx.data import digits
from plusx.experiments import deletion
from plusx.fitting import error_rate
from plusx.networks import CifarNet


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


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


def test_over_the_blocks_of_each_run():
    """Two runs of three blocks, by hand: the spread is over the runs."""
    found = deletion.single([[1.0, 2.0, 6.0], [3.0, 3.0, 3.0]])
    assert {name: of["values"] for name, of in found.items()} == {
        "mean": [3.0, 3.0],
        "median": [2.0, 3.0],
        "max": [6.0, 3.0],
    }
    assert found["max"]["mean"] == 4.5


def test_record_shows_what_the_chapter_says():
    """Without a block a residual net mostly works, a plain one does not."""
    record = records.load("deletion")
    results = record["results"]
    assert len(record["provenance"]["seeds"]) == 5
    for name in ("plain-20", "residual-20", "residual-56"):
        assert results[name]["intact"]["mean"] < 15
        assert len(results[name]["deleted"]) == len(results[name]["blocks"])
    assert results["plain-20"]["deleted_all"]["median"]["mean"] > 70
    assert results["residual-20"]["deleted_all"]["median"]["mean"] < 20
    assert results["residual-56"]["deleted_all"]["median"]["mean"] < 15

"""Chapter 7: a plain net whose first weights lie near the identity."""

import pytest
import torch

from plusx import records
from plusx.experiments import _digits, degradation, origin
from plusx.networks import CifarNet


def plain(depth: int = 20, **options) -> CifarNet:
    """A small plain net with its usual first weights."""
    torch.manual_seed(0)
    return CifarNet(depth, residual=False, width=4, in_channels=1, **options)


def test_without_noise_and_norms_every_block_copies_its_input():
    """A block hands on what it got; a wider one every second pixel, channels twice."""
    net = plain(norm=lambda channels: torch.nn.Identity())
    _digits.near_identity(net, 0)
    x = torch.rand(2, 4, 8, 8)
    for index, block in enumerate(net.blocks):
        expected = x
        if index in (3, 6):
            expected = x[:, :, ::2, ::2].repeat(1, 2, 1, 1)
        x = block(x)
        assert torch.equal(x, expected)


def test_noise_adds_that_share_of_the_usual_weights():
    """The weights minus those without noise are `noise` times the usual ones."""
    usual, exact, noisy = plain(), plain(), plain()
    _digits.near_identity(exact, 0)
    _digits.near_identity(noisy, 0.3)
    for a, b, c in zip(usual.blocks, exact.blocks, noisy.blocks, strict=True):
        difference = c.conv2.weight - b.conv2.weight
        assert torch.allclose(difference, 0.3 * a.conv2.weight, atol=1e-6)
    assert torch.equal(noisy.stem.weight, usual.stem.weight)
    assert torch.equal(noisy.head.weight, usual.head.weight)


def test_record_shows_what_the_chapter_says():
    """From near the identity plain-56 gets far ahead of itself, and not to +x."""
    record = records.load("origin")
    usual = records.load("degradation")
    for key in ("batch_size", "momentum", "weight_decay"):
        assert record["config"][key] == usual["config"][key]
    assert {k: record["config"][k] for k in ("width", "lr")} == {
        k: usual["config"]["conv"][k] for k in ("width", "lr")
    }
    plain, residual = (
        usual["results"]["conv"][kind]["train"]["56"]["values"]
        for kind in ("plain", "residual")
    )
    near = record["results"]["short"]["0.2"]["train"]["values"]
    assert max(near) < min(plain) - 20
    assert min(near) > max(residual)
    exact = record["results"]["short"]["0"]["train"]["values"]
    assert sum(error > 85 for error in exact) == 3
    late = usual["results"]["long"]["plain"]["56"]["last"]["values"]
    assert max(record["results"]["long"]["last"]["values"]) < 1 < min(late) - 20


@pytest.mark.usefixtures("few_images")
def test_training_starts_from_the_same_random_numbers_as_chapter_1(monkeypatch):
    """With all of the noise and none of the identity it is chapter 1's run."""
    monkeypatch.setattr(_digits, "near_identity", lambda net, noise: None)
    size, recipe = {"depth": 8, "width": 4}, {**_digits.RECIPE, "epochs": 1}
    _, ours = origin.train(0, noise=1, **size, **recipe)
    _, theirs = degradation.train_conv(8, False, 0, width=4, epochs=1)
    assert ours == theirs

"""The U-Net's experiment: its scores against hand-made ones, and its record."""

import pytest
import torch

from plusx import records
from plusx.experiments import unet as experiment


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_dice_counts_twice_what_both_have():
    """Two masks of 3 and 2 pixels that share 1: 2 / 5."""
    found = torch.tensor([1, 1, 1, 0, 0]).bool()
    true = torch.tensor([0, 0, 1, 1, 0]).bool()
    assert experiment.dice(found, true) == pytest.approx(2 / 5)


def test_edge_agrees_with_a_loop_over_neighbours():
    """A pixel lies at the edge when a neighbour differs from it or from another."""
    true = signed(1, 1, 6, 7) > 0
    found = experiment.edge(true)[0, 0]
    for row in range(6):
        for column in range(7):
            near = true[
                0, 0, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2
            ]
            assert found[row, column] == (near.any() and not near.all())


class Threshold(torch.nn.Module):
    """What needs no training: logit x − 1/2."""

    def forward(self, x):
        """(N, 1, H, W) → (N, 1, H, W)."""
        return x - 0.5


def test_scores_of_a_threshold_are_the_baseline():
    """The net's scores and the baseline's are measured in one way."""
    threshold = experiment.baselines()["threshold"]
    assert experiment.scores(Threshold())["dice"] == pytest.approx(threshold, abs=1e-4)


def test_follows_is_one_for_what_works_pixel_by_pixel():
    """A threshold moves with its input; a fixed answer does not."""
    assert experiment.follows(Threshold()) == 1


def test_record_agrees_with_a_rerun_of_the_baselines():
    """What needs no training comes out again."""
    record = records.load("unet")
    assert record["results"]["baselines"] == pytest.approx(experiment.baselines())
    narrow = record["results"]["narrow"]
    assert narrow["add"]["parameters"] == narrow["none"]["parameters"] == 47_249


def test_record_shows_what_the_chapter_says():
    """Added skips beat all else in every seed; short skips go half of the way."""
    narrow = records.load("unet")["results"]["narrow"]
    dice = {kind: found["dice"]["values"] for kind, found in narrow.items()}
    assert min(dice["add"]) > max(dice["short"]) > min(dice["short"])
    assert min(dice["short"]) > max(dice["none"])
    edges = {kind: found["edge"]["mean"] for kind, found in narrow.items()}
    assert edges["add"] < edges["short"] < edges["none"]

"""Our own nets of the recipe `quarter`: errors by class, what only one net misses."""

import pytest
import torch

from plusx.experiments import kept_nets
from plusx.networks import CifarNet

LABELS = torch.tensor([0, 0, 1, 1, 1, 2])
FIRST = torch.tensor([0, 1, 1, 1, 0, 2])
SECOND = torch.tensor([1, 1, 2, 1, 0, 0])


def test_answers_are_the_largest_logits():
    """In batches or at once."""
    torch.manual_seed(0)
    net, images = CifarNet(8, width=2).eval(), torch.randn(10, 3, 8, 8)
    with torch.no_grad():
        expected = net(images).argmax(dim=1)
    assert torch.equal(kept_nets.answers(net, images, 4), expected)


def test_class_errors_are_counted_by_hand():
    """One of two zeros, one of three ones and no two is missed."""
    assert kept_nets.class_errors(FIRST, LABELS, 3) == [50, 33.33, 0]


def test_pair_counts_what_both_and_what_one_misses():
    """Images 1 and 4 are missed by both; 0, 2 and 5 by the second alone."""
    found = kept_nets.compare((FIRST, SECOND), LABELS, ["a", "b", "c"], 2)
    assert (found["both"], found["first"], found["second"]) == (2, 0, 3)
    assert found["missed"] == [
        {"image": 0, "shows": "a", "said": "b"},
        {"image": 2, "shows": "b", "said": "c"},
    ]


@pytest.mark.parametrize(("most", "images"), [(1, [0]), (2, [0, 2]), (9, [0, 2, 5])])
def test_missed_images_are_spread_and_never_repeated(most, images):
    """No more than there are."""
    found = kept_nets.compare((FIRST, SECOND), LABELS, ["a", "b", "c"], most)
    assert [one["image"] for one in found["missed"]] == images


def test_nets_that_miss_the_same_have_no_image_to_show():
    """A net beside itself."""
    found = kept_nets.compare((FIRST, FIRST), LABELS, ["a", "b", "c"], 2)
    assert (found["second"], found["missed"]) == (0, [])

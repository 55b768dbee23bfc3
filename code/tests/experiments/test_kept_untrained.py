"""What untrained nets keep of the image: chapter 4's probe on other starts."""

import pytest

from plusx import records
from plusx.data import digits
from plusx.experiments import _digits, information, kept_untrained, shortcuts


@pytest.mark.slow
def test_kept_is_the_last_look_of_chapter_4():
    """The same number as in the series along the blocks."""
    net, data = shortcuts.make_net(8, 0, scale=0.7, width=4), digits()
    last = information.look(net, data, {"probe": 0.1})["probe"][-1]
    assert kept_untrained.kept(net, data, 0.1) == last


@pytest.mark.slow
def test_usual_start_is_the_net_of_chapter_1():
    """From "he" nothing is changed, and it is measured in the net that was made."""
    asked = {"depth": 8, "width": 4, "ridge": 0.01, "step": 0.001, "images": 32}
    found = kept_untrained.from_start("he", 3, **asked)
    net = _digits.make_net(3, depth=8, residual=False, width=4)
    assert found["probe"] == kept_untrained.kept(net, digits(), 0.01)
    assert found["gradient"] > 0 and -1 <= found["cosine"] <= 1


def rows(net: str) -> list[float]:
    """What `information` found after the last block, by seed, before training."""
    found = records.load("information")["results"][net]["untrained"]["probe"]
    return [row[-1] for row in found["values"]]


def test_record_agrees_with_chapter_4_where_both_measured():
    """λ = 0 and "he" are plain-56, λ = 1 is ResNet-56, seed by seed."""
    found = records.load("kept_untrained")["results"]
    starts = {name: start["probe"]["values"] for name, start in found["starts"].items()}
    for values, net in (
        (found["scales"]["0"]["values"], "plain-56"),
        (found["scales"]["100"]["values"], "residual-56"),
        (starts["he"], "plain-56"),
        (starts["near-identity"], "near-identity-56"),
    ):
        assert values == pytest.approx(rows(net), abs=1)


def test_what_is_kept_is_not_how_well_a_net_trains():
    """Each seed: 1.1 keeps more than 1, 0.9 less than a start near the identity."""
    found = records.load("kept_untrained")["results"]["scales"]
    near = rows("near-identity-56")
    for seed in range(5):
        kept = {percent: found[percent]["values"][seed] for percent in found}
        assert kept["110"] < kept["100"] - 5
        assert near[seed] < kept["90"] < 80 < kept["70"]


def test_looks_linear_keeps_most_and_its_gradient_turns():
    """Each seed: of these starts it keeps most, though the gradient is shattered."""
    starts = records.load("kept_untrained")["results"]["starts"]
    for seed in range(5):
        kept = {name: start["probe"]["values"][seed] for name, start in starts.items()}
        assert kept["looks-linear"] < 40 < 55 < kept["near-identity"]
        assert kept["near-identity"] < kept["delta-orthogonal"] < kept["he"] + 1
        norms = {
            name: start["gradient"]["values"][seed] for name, start in starts.items()
        }
        assert norms["near-identity"] < norms["he"] < norms["looks-linear"]
    assert max(map(abs, starts["looks-linear"]["cosine"]["values"])) < 0.5
    assert min(starts["near-identity"]["cosine"]["values"]) > 0.9

"""What scaled shortcuts keep of the image: chapter 4's probe, chapter 5's nets."""

import pytest

from plusx import records
from plusx.data import digits
from plusx.experiments import information, scaled_kept, shortcuts


@pytest.mark.slow
def test_kept_is_the_last_look_of_chapter_4():
    """The same number as in the series along the blocks."""
    net, data = shortcuts.make_net(8, 0, scale=0.7, width=4), digits()
    last = information.look(net, data, {"probe": 0.1})["probe"][-1]
    assert scaled_kept.kept(net, data, 0.1) == last


def test_record_agrees_with_chapter_4_at_both_ends():
    """λ = 0 is plain-56 and λ = 1 ResNet-56, seed by seed."""
    kept = records.load("scaled_kept")["results"]
    nets = records.load("information")["results"]
    for percent, net in (("0", "plain-56"), ("100", "residual-56")):
        rows = nets[net]["untrained"]["probe"]["values"]
        expected = [row[-1] for row in rows]
        assert kept[percent]["values"] == pytest.approx(expected, abs=1)


def test_what_is_kept_is_not_how_well_a_net_trains():
    """Each seed: 1.1 keeps more than 1, 0.9 less than a start near the identity."""
    kept = {k: v["values"] for k, v in records.load("scaled_kept")["results"].items()}
    probe = records.load("information")["results"]["near-identity-56"]["untrained"]
    near = [row[-1] for row in probe["probe"]["values"]]
    for seed in range(5):
        assert kept["110"][seed] < kept["100"][seed] - 5
        assert kept["90"][seed] > near[seed]
        assert kept["70"][seed] > 80

"""Recipes against the papers' numbers."""

import dataclasses

import pytest

from plusx import networks
from plusx.networks import count_parameters
from plusx.networks.resnet import DEPTHS
from plusx.train import recipes


def test_paper_recipe_is_that_of_he_2015():
    """Section 4.2: 64k steps of 128, 0.1 divided by 10 at 32k and 48k."""
    recipe = recipes.find("paper", "resnet56")
    assert recipe.total_steps(390) == 64_000
    assert (recipe.batch, recipe.momentum, recipe.weight_decay) == (128, 0.9, 1e-4)
    assert not recipe.nesterov
    assert not recipe.label_smoothing
    rates = {
        0: 0.1,
        31_999: 0.1,
        32_000: 0.01,
        47_999: 0.01,
        48_000: 0.001,
        63_999: 0.001,
    }
    for step, expected in rates.items():
        assert recipe.learning_rate(step, 64_000) == pytest.approx(expected)


def test_quarter_is_the_paper_recipe_at_a_quarter_of_its_length():
    """The rate falls at the same shares of the run; all else is the same."""
    paper, quarter = (recipes.find(name, "resnet56") for name in ("paper", "quarter"))
    assert quarter.total_steps(390) == 16_000
    for step in (0, 7_999, 8_000, 11_999, 12_000, 15_999):
        rate = quarter.learning_rate(step, 16_000)
        assert rate == paper.learning_rate(4 * step, 64_000)
    assert dataclasses.replace(quarter, steps=64_000, drops=paper.drops) == paper


@pytest.mark.parametrize("net", ["resnet110", "plain110"])
def test_paper_recipe_warms_110_layers_up(net):
    """110 layers take 0.01 for the first 400 steps, then the same as the others."""
    recipe = recipes.find("paper", net)
    assert recipe.learning_rate(399, 64_000) == 0.01
    for step in (400, 32_000, 48_000):
        other = recipes.find("paper", "resnet56").learning_rate(step, 64_000)
        assert recipe.learning_rate(step, 64_000) == other


@pytest.mark.parametrize(
    ("name", "steps", "least", "most"),
    [("fast", 97, 30, 40), ("laptop", 781, 3, 3), ("short", 11, 20, 20)],
)
def test_one_cycle_recipes_rise_and_fall(name, steps, least, most):
    """The rate rises to its peak, falls to almost 0, and never leaves that range."""
    recipe = recipes.find(name, "resnet56")
    total = recipe.total_steps(steps)
    assert least * steps <= total <= most * steps
    rates = [recipe.learning_rate(step, total) for step in range(total)]
    peak = rates.index(max(rates))
    assert rates[:peak] == sorted(rates[:peak])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert max(rates) == pytest.approx(recipe.lr, rel=1e-2)
    assert 0 < min(rates[0], rates[-1]) < recipe.lr / 100
    assert peak / total == pytest.approx(recipe.rise, abs=0.01)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("kind", ["plain", "resnet"])
def test_make_net_knows_the_nets_of_the_paper(kind, depth):
    """Each name gives the net of that depth, with shortcuts or without."""
    net = networks.named(
        f"{kind}{depth}", option="A", order="post", in_channels=3, classes=10
    )
    weights = [weight for weight in net.parameters() if weight.dim() > 1]
    assert len(weights) == depth
    assert (net.blocks[0].shortcut is None) == (kind == "plain")


def test_make_net_passes_the_options_on():
    """Option C on 56 layers, pre-activation, one channel, seven classes."""
    net = networks.named("resnet56", option="C", order="pre", in_channels=3, classes=10)
    # The norms of the stem and of the last stage change places.
    assert count_parameters(net) == 900_858 - 2 * 16 - 48 * 2 + 2 * 64
    net = networks.named("plain20", option="A", order="post", in_channels=1, classes=7)
    assert net.stem.in_channels == 1
    assert net.head.out_features == 7


@pytest.mark.parametrize("name", ["resnet18", "resnet057", "vgg20", "ResNet56", ""])
def test_make_net_refuses_other_names(name):
    """The message lists the nets and repeats the name."""
    with pytest.raises(ValueError, match=f"20, 32, 44, 56, 110; got '{name}'"):
        networks.named(name, option="A", order="post", in_channels=3, classes=10)


def test_find_refuses_other_recipes():
    """The message lists the recipes and repeats the name."""
    with pytest.raises(
        ValueError, match="paper, quarter, fast, laptop, short, smoke; got 'slow'"
    ):
        recipes.find("slow", "resnet56")

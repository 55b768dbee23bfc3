"""The product explorer against `gradients`, which torch computes."""

import math
import re

import pytest

from plusx import explorer, gradients

STARTS = {"path": 0.5, "steepest": None}
SCALES = {
    "one": lambda depth: 1.0,
    "sqrt": lambda depth: depth**-0.5,
    "linear": lambda depth: 1 / depth,
}


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("place", gradients.PLACES)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("activation", gradients.ACTIVATIONS)
def test_product_agrees_with_autograd(browserless, activation, scale, place, start):
    """Each partial product of both chains is that of `gradients`, weight by weight."""
    config = explorer.product()
    for depth, weight in [(1, 1.0), (7, -4.0), (40, 8.0), (200, -0.25), (200, 0.0)]:
        state = {
            "depth": depth,
            "weight": weight,
            "activation": activation,
            "scale": scale,
            "place": place,
            "start": start,
        }
        view = browserless("product", config, state)
        common = {"activation": activation, "start": STARTS[start]}
        alpha = SCALES[scale](depth)
        for series, factors in zip(
            view["series"],
            (
                gradients.chain_factors(depth, weight, residual=False, **common),
                gradients.chain_factors(
                    depth, weight, scale=alpha, place=place, **common
                ),
            ),
            strict=True,
        ):
            expected = gradients.cumulative_product(factors)
            found = [float(y) for _, y in series["points"][1:]]
            assert found == pytest.approx(expected.log10.tolist(), abs=1e-7)
            assert told(view)[series["id"]][1] == expected.sign[-1].item()


def told(view):
    """The logarithm and the sign of both products, from the English sentence."""
    found = re.findall(r"(\S+)\|(\S+) in the (plain|residual)", view["readout"][0])
    logs = {"-Infinity": -math.inf}
    return {
        chain: (logs.get(log) or float(log), int(sign)) for log, sign, chain in found
    }


@pytest.mark.parametrize("weight", [-4.0, -1.0, 0.5, 8.0])
def test_product_without_activation_is_a_power(browserless, weight):
    """F(h) = α w h gives w^L for the plain and (1 + α w)^L for the residual chain."""
    depth = 60
    state = {**defaults(explorer.product()), "activation": "linear", "weight": weight}
    view = browserless("product", explorer.product(), {**state, "depth": depth})
    plain, residual = (told(view)[chain][0] for chain in ("plain", "residual"))
    assert plain == pytest.approx(depth * math.log10(abs(weight)))
    grown = abs(1 + weight)
    assert residual == (
        pytest.approx(depth * math.log10(grown)) if grown else -math.inf
    )


def defaults(data):
    """The state in which an explorer opens."""
    return {control["id"]: control["value"] for control in data["controls"]}


def test_product_reads_out_what_it_draws(browserless):
    """The sentence holds the depth and the ends of both lines, in both languages."""
    data = explorer.product(depth=3, weight=1.0)
    view = browserless("product", data, defaults(data))
    ends = [line["points"][-1][1] for line in view["series"]]
    for sentence in view["readout"]:
        assert " 3 " in sentence and "{" not in sentence
        assert [float(log) for log in re.findall(r"(\S+?)\|", sentence)] == ends


def test_product_keeps_its_axes(browserless):
    """No setting moves the axes, so that no two lines look alike that are not."""
    data = explorer.product()
    views = [
        browserless("product", data, {**defaults(data), "weight": w, "depth": depth})
        for w, depth in ((1, 100), (8, 100), (-8, 200), (0, 1))
    ]
    assert all(view["x"] == views[0]["x"] for view in views)
    assert all(view["y"] == views[0]["y"] for view in views)
    falls = [view["series"][0]["points"][40][1] for view in views[:2]]
    low, high = views[0]["y"]["range"]
    assert (falls[0] - falls[1]) / (high - low) > 0.1  # a tenth of the chart, at sight


def test_product_tasks_open_unsolved_and_can_be_solved(browserless):
    """Weight 1 without an activation keeps the plain chain; one block may kill both."""
    data = explorer.product()
    opened = defaults(data)
    assert browserless("product", data, opened)["done"] == [False, False]
    for changes, done in (
        ({"activation": "linear"}, [True, False]),
        ({"activation": "linear", "weight": -1}, [True, True]),
        ({"activation": "linear", "weight": -1, "depth": 99}, [False, False]),
        ({"place": "after"}, [False, True]),
        ({"weight": 8}, [False, False]),
    ):
        assert browserless("product", data, {**opened, **changes})["done"] == done

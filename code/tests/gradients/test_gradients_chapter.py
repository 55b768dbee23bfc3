"""Chapters 3 and 4: functions that their cells show compute what the text says."""

import ast
import copy
import math
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

from plusx import gradients
from plusx.experiments import turning

torch.set_num_threads(1)
CHAPTERS = [
    Path(__file__).parents[3] / "chapters" / f"{name}.ipynb"
    for name in ("03_products", "04_postmortem")
]


@pytest.fixture(scope="module")
def shown():
    """What the cells of both chapters define that begin with `def`."""
    names = {"torch": torch, "nn": nn, "F": nn.functional, "gradients": gradients}
    names["copy"] = copy
    notebooks = [nbformat.read(chapter, as_version=4) for chapter in CHAPTERS]
    for cell in (cell for notebook in notebooks for cell in notebook.cells):
        if cell.cell_type == "code" and cell.source.startswith("def "):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef):
                    exec(ast.unparse(node), names)
    return names


@pytest.mark.parametrize("place", gradients.PLACES)
def test_shown_factors_are_those_of_the_package(shown, place):
    """The loop that the chapter shows and `chain_factors` agree, place by place."""
    steps = {
        "branch": lambda h: h + torch.sigmoid(h),
        "after": lambda h: torch.sigmoid(h + torch.sigmoid(h)),
    }
    half = torch.tensor(0.5, dtype=torch.float64)
    found = shown["factors"](steps[place], half, 40)
    torch.testing.assert_close(found, gradients.chain_factors(40, 1.0, place=place))


def test_shown_block_has_the_slope_derived_by_hand(shown):
    """1 + 2σ(1 − σ), as the text says, is what finite differences give."""
    x = torch.linspace(-3, 3, 7, dtype=torch.float64)
    s = torch.sigmoid(2 * x - 1)
    slope = gradients.central_difference(shown["block"], x).diag()
    torch.testing.assert_close(slope, 1 + 2 * s * (1 - s), rtol=0, atol=1e-9)


def test_shown_dense_net_grows_at_the_derived_rate(shown):
    """With batch normalization √(π/(π − 1)) a layer, without it about 1."""
    torch.manual_seed(1)
    images, labels = torch.randn(128, 64), torch.randint(0, 10, (128,))
    shown |= {"images": images, "labels": labels}
    rate = shown["growth"](shown["dense"](50, 96, nn.BatchNorm1d))
    flat = shown["growth"](shown["dense"](50, 96, lambda width: nn.Identity()))
    assert rate == pytest.approx(math.sqrt(math.pi / (math.pi - 1)), rel=0.05)
    assert flat == pytest.approx(1.0, abs=0.08)


def test_shown_turn_is_that_of_the_experiment(shown):
    """The cosine that the chapter shows is the recorded one, and the net stays put."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
    images, labels = torch.randn(8, 5), torch.randint(0, 3, (8,))
    shown |= {"images": images, "labels": labels}
    weights = list(net.parameters())
    before = [weight.clone() for weight in weights]
    (expected,) = turning.turn(
        weights, lambda: nn.functional.cross_entropy(net(images), labels), [2.0]
    )
    assert shown["turn"](net, 2.0) == pytest.approx(expected, rel=1e-5)
    assert expected < 0.99
    assert all(map(torch.equal, before, weights))

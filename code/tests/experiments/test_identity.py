"""Can an optimizer find "do nothing"? The stacks, their training and the record."""

import math

import numpy as np
import pytest
import torch

from plusx import records
from plusx.experiments import identity


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_stack_computes_its_layers():
    """Plain and residual layers equal the same formulas in numpy."""
    x = signed(5, 6)
    for residual in (False, True):
        torch.manual_seed(1)
        stack = identity.Stack(6, 3, residual=residual, init="he")
        y = x.numpy().astype(np.float64)
        for linear in stack.linears:
            weight, bias = linear.weight.detach().numpy(), linear.bias.detach().numpy()
            y = np.maximum(residual * y + y @ weight.T + bias, 0)
        assert np.allclose(stack(x).detach().numpy(), y, atol=1e-4)


def test_stack_inits_have_the_spread_they_name():
    """He is sqrt(2 / width), he_scaled that over sqrt(layers); biases are 0."""
    torch.manual_seed(0)
    for init, expected in (("he", 1.0), ("he_scaled", 1 / 4)):
        stack = identity.Stack(64, 16, residual=True, init=init)
        weights = torch.stack([linear.weight for linear in stack.linears])
        spread = expected * math.sqrt(2 / 64)
        assert weights.std().item() == pytest.approx(spread, rel=0.02)
        assert not any(linear.bias.any() for linear in stack.linears)


@pytest.mark.parametrize(
    ("layers", "init", "message"), [(0, "he", "at least 1"), (2, "ones", "init must")]
)
def test_stack_refuses_what_it_cannot_build(layers, init, message):
    """No layers, or an unknown init."""
    with pytest.raises(ValueError, match=message):
        identity.Stack(4, layers, residual=True, init=init)


def test_residual_stack_is_a_plain_one_with_another_origin():
    """Started at W and at I + W, both follow the same path under the same steps."""
    torch.manual_seed(0)
    residual = identity.Stack(8, 4, residual=True, init="he_scaled").double()
    plain = identity.Stack(8, 4, residual=False, init="identity").double()
    for ours, theirs in zip(plain.linears, residual.linears, strict=True):
        ours.weight.data += theirs.weight.data
    x = signed(32, 8).double().relu()
    for stack in (plain, residual):
        optimizer = torch.optim.SGD(stack.parameters(), 0.1)
        for _ in range(30):
            optimizer.zero_grad()
            (stack(x) - x.flip(1)).square().mean().backward()
            optimizer.step()
    assert torch.allclose(plain(x), residual(x), atol=1e-12)


def test_unexplained_is_zero_for_a_copy_and_one_for_the_mean():
    """A constant equal to the mean explains nothing."""
    y = signed(50, 20)
    assert identity.unexplained(y, y) == 0
    assert identity.unexplained(y.mean().expand_as(y), y) == pytest.approx(1, abs=2e-3)


def test_targets_are_what_they_are_called():
    """`shuffled` only moves features, `near` moves little, others are refused."""
    torch.manual_seed(0)
    x = signed(64, 16).relu()
    shuffled = identity.make_target("shuffled", x)
    assert torch.equal(shuffled.sort(dim=1).values, x.sort(dim=1).values)
    assert identity.unexplained(shuffled, x) > 0.5
    assert 0 < identity.unexplained(identity.make_target("near", x), x) < 0.1
    with pytest.raises(ValueError, match="got 'far'"):
        identity.make_target("far", x)


@pytest.mark.parametrize("variant", ["plain_identity", "residual_zero"])
def test_starts_at_the_identity_stay_there(variant):
    """Where the answer is the start there is no gradient, so nothing moves."""
    assert identity.find_identity(variant, 4, 0, steps=20) == 0


@pytest.mark.slow
def test_residual_stack_finds_the_identity_and_a_plain_one_does_not():
    """Eight layers, a third of the book's steps; the margin is wide."""
    found = {
        variant: identity.find_identity(variant, 8, 0, steps=200)
        for variant in ("plain", "plain_norm", "residual")
    }
    assert found["residual"] < 0.4
    assert found["plain"] > 0.6
    assert found["plain_norm"] > 0.6


def test_find_identity_repeats_itself():
    """The same seed gives the same number, another seed another."""
    runs = [identity.find_identity("plain", 2, seed, steps=10) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_best_takes_the_smallest_over_the_rates():
    """It hands each rate on and keeps the least result."""
    assert identity.best(lambda lr: (lr - 0.2) ** 2, [0.1, 0.2, 0.5]) == 0


@pytest.mark.slow
def test_recorded_run_comes_out_again():
    """One seed of the record, run anew, lies near what is stored."""
    stored = records.load("identity")["results"]["depth"]["residual"]["1"]["values"][0]
    config = identity.CONFIG
    anew = min(identity.find_identity("residual", 1, 0, lr=lr) for lr in config["lrs"])
    assert anew == pytest.approx(stored, abs=0.01)

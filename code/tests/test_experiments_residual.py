"""Chapter 2: blocks that do nothing, and the experiments about finding that."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from plusx import records
from plusx.data import digits
from plusx.experiments import identity, insertion, zero_init
from plusx.fitting import error_rate
from plusx.labs import views
from plusx.networks import BasicBlock, CifarNet, PreActivationBlock, zero_residual


def bare(channels: int) -> nn.Module:
    """No normalisation."""
    return nn.Identity()


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def with_gradients(block: nn.Module, x: torch.Tensor) -> dict[str, bool]:
    """Which parameters have a gradient that is exactly zero, after one backward."""
    block.zero_grad()
    (block(x) - signed(*x.shape, seed=8)).square().mean().backward()
    return {name: not p.grad.any().item() for name, p in block.named_parameters()}


def descend(block: nn.Module, lr: float = 0.5) -> None:
    """One step of gradient descent."""
    with torch.no_grad():
        for parameter in block.parameters():
            parameter -= lr * parameter.grad


# Blocks


def test_basic_block_is_the_four_line_module_around_its_branch():
    """relu(x + f(x)) with the same layers in a row gives the same numbers."""
    block = BasicBlock(4, 4)
    f = nn.Sequential(block.conv1, block.norm1, nn.ReLU(), block.conv2, block.norm2)
    x = signed(3, 4, 8, 8)
    assert torch.equal(block(x), torch.relu(x + f(x)))


def test_pre_activation_block_adds_and_does_nothing_after():
    """x + f(x) with norm and ReLU inside f gives the same numbers."""
    block = PreActivationBlock(4, 4)
    f = nn.Sequential(
        block.norm1, nn.ReLU(), block.conv1, block.norm2, nn.ReLU(), block.conv2
    )
    x = signed(3, 4, 8, 8)
    assert torch.equal(block(x), x + f(x))


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, bare])
def test_zero_residual_makes_post_activation_blocks_a_relu(norm):
    """A hundred of them equal one ReLU, exactly."""
    net = nn.Sequential(*[BasicBlock(4, 4, norm=norm) for _ in range(100)])
    zero_residual(net)
    x = signed(2, 4, 8, 8)
    assert torch.equal(net(x), x.clamp(min=0))
    assert not torch.equal(net(x), x)


@pytest.mark.parametrize("norm", [nn.BatchNorm2d, bare])
def test_zero_residual_makes_pre_activation_blocks_the_identity(norm):
    """A hundred of them return any input unchanged."""
    net = nn.Sequential(*[PreActivationBlock(4, 4, norm=norm) for _ in range(100)])
    zero_residual(net)
    x = signed(2, 4, 8, 8)
    assert torch.equal(net(x), x)


@pytest.mark.parametrize(
    ("block", "zeroed"),
    [
        (BasicBlock, {"norm2.weight", "norm2.bias"}),
        (PreActivationBlock, {"conv2.weight"}),
    ],
)
def test_zero_residual_changes_only_what_comes_last(block, zeroed):
    """Even where the shift is not 0 before, F is 0 after; the rest stays."""
    unit = block(4, 4)
    nn.init.constant_(unit.norm2.bias, 0.3)
    before = {name: p.detach().clone() for name, p in unit.named_parameters()}
    zero_residual(unit)
    changed = {n for n, p in unit.named_parameters() if not torch.equal(p, before[n])}
    assert changed == zeroed
    assert unit.branch(signed(2, 4, 8, 8)).abs().max() == 0


def test_zero_residual_refuses_a_plain_net():
    """A plain net would return nothing at all."""
    with pytest.raises(ValueError, match="residual blocks, got one without"):
        zero_residual(CifarNet(8, residual=False, width=4))


@pytest.mark.parametrize(
    ("block", "last"),
    [
        (BasicBlock, {"norm2.weight", "norm2.bias"}),
        (PreActivationBlock, {"conv2.weight"}),
    ],
)
def test_zero_residual_is_left_after_one_step(block, last):
    """In the first step only the last layer has a gradient, in the second all have."""
    torch.manual_seed(0)
    unit, x = block(8, 8), signed(16, 8, 8, 8).relu()
    zero_residual(unit)
    first = with_gradients(unit, x)
    assert {name for name, zero in first.items() if not zero} == last
    descend(unit)
    assert not any(with_gradients(unit, x).values())


def test_wrong_zero_stops_a_pre_activation_block_for_good():
    """With the second norm's weight at 0 no parameter ever gets a gradient."""
    torch.manual_seed(0)
    unit, x = PreActivationBlock(8, 8), signed(16, 8, 8, 8).relu()
    nn.init.zeros_(unit.norm2.weight)
    for _ in range(5):
        assert all(with_gradients(unit, x).values())
        descend(unit)


def test_states_are_sums_of_branches():
    """x_L = x_l + ΣF along the blocks of one stage, for pre-activation."""
    net = zero_init.make_net("pre", 62, seed=0).double()
    with torch.no_grad():
        x = total = net.stem(signed(4, 1, 8, 8).double())
        for block in net.blocks[:10]:
            total = total + block.branch(x)
            x = block(x)
    assert torch.allclose(x, total, atol=1e-12, rtol=0)


# Finding the identity


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
    for _ in range(30):
        for stack in (plain, residual):
            stack.zero_grad()
            (stack(x) - x.flip(1)).square().mean().backward()
            descend(stack, lr=0.1)
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


# Layers put into a classifier


def test_unlike_ignores_scale_and_shift():
    """A scaled, shifted copy is a copy; unrelated numbers are not."""
    x = signed(500, 4)
    assert insertion.unlike(lambda v: 3 * v - 1, x) == pytest.approx(0, abs=1e-5)
    assert insertion.unlike(lambda v: torch.flip(v, [0]), x) > 0.95


def test_insert_trains_the_stack_alone():
    """The classifier is left as it was; the identity starts from its error."""
    data = digits()
    base = insertion.train_base(0, epochs=2)
    before = [p.clone() for p in base.parameters()]
    result = insertion.insert(base, "plain_identity", 2, 0, steps=5)
    assert all(
        torch.equal(p, q) for p, q in zip(base.parameters(), before, strict=True)
    )
    error = error_rate(base, data.train_images, data.train_labels)
    assert result["start"] == pytest.approx(error, abs=1e-4)


def test_inserted_plain_layers_classify_without_copying():
    """Four layers reach a small error while their output is unlike their input."""
    result = insertion.insert(insertion.train_base(0), "plain", 4, 0, steps=200)
    assert result["start"] > 50
    assert result["error"] < 5
    assert result["unlike"] > 0.4


# Starts at zero


@pytest.mark.parametrize("variant", zero_init.VARIANTS)
def test_make_net_zeroes_the_branches_it_names(variant):
    """All branches of the `zero` variants return 0, those of the others do not."""
    net = zero_init.make_net(variant, 14, seed=0)
    x = signed(2, 4, 8, 8)
    assert (net.blocks[0].branch(x).abs().max().item() == 0) == ("zero" in variant)


def test_make_net_refuses_an_unknown_variant():
    """It names the ones there are."""
    with pytest.raises(ValueError, match="post_zero"):
        zero_init.make_net("late", 14, seed=0)


def test_train_variant_learns():
    """A small net falls far below chance in four epochs."""
    errors = zero_init.train_variant("pre", 14, 0, epochs=4)
    assert len(errors) == 4
    assert errors[-1] < 40


def test_branch_shrinks_in_proportion_to_its_last_part():
    """A thousandth of γ, or of the last convolution, is a thousandth of F."""
    for part in ("gamma", "last_convolution"):
        whole = zero_init.branch_share(part, 1)
        assert zero_init.branch_share(part, 1e-3) == pytest.approx(whole / 1000)
        assert zero_init.branch_share(part, 0) == 0


def test_branch_keeps_its_size_when_its_convolutions_shrink():
    """Batch normalisation undoes a factor of ten, but not the factor 0."""
    whole = zero_init.branch_share("convolutions", 1)
    assert zero_init.branch_share("convolutions", 0.1) == pytest.approx(whole, rel=0.01)
    assert zero_init.branch_share("convolutions", 0) == 0


def test_branch_share_refuses_an_unknown_part():
    """It names the parts there are."""
    with pytest.raises(ValueError, match="got 'bias'"):
        zero_init.branch_share("bias", 1)


def test_push_view_says_when_the_branch_is_exactly_zero():
    """A thousandth of the convolutions leaves a branch, the factor 0 leaves none."""
    small, none = (views.push_view("convolutions", factor) for factor in (1e-3, 0.0))
    assert "times 0.001: |F(x)| is 0.086 times |x|; F(x) = 0 exactly: no." in small
    assert "F(x) = 0 exactly: yes." in none


# Records


@pytest.mark.parametrize("experiment", [identity, insertion, zero_init])
def test_record_is_of_today_s_setting(experiment):
    """The stored runs were asked for what the module asks for now."""
    name = experiment.__name__.rsplit(".", 1)[-1]
    record = records.load(name)
    assert record["config"] == experiment.CONFIG
    assert record["provenance"]["seeds"] == experiment.SEEDS


def test_recorded_run_comes_out_again():
    """One seed of the record, run anew, lies near what is stored."""
    stored = records.load("identity")["results"]["depth"]["residual"]["1"]["values"][0]
    config = identity.CONFIG
    anew = min(identity.find_identity("residual", 1, 0, lr=lr) for lr in config["lrs"])
    assert anew == pytest.approx(stored, abs=0.01)

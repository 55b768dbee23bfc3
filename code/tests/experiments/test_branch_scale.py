"""λ is a scale of branches: the equation in float64, and what would break it."""

import pytest
import torch

from plusx.data import digits
from plusx.experiments import _digits, branch_scale, shortcuts

SIZE = {"depth": 14, "width": 4}
SMALL = {
    **branch_scale.CONFIG,
    **SIZE,
    "scales": [0.5, 1.1],
    "images": 32,
    "trained": {"rescaled": [1.1], "norm": [0.5]},
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0],
}


def images() -> torch.Tensor:
    """A few digits in float64."""
    return digits().train_images[:32].double()


@pytest.mark.parametrize("scale", [0.5, 0.9, 1.2])
def test_scaled_shortcuts_are_weighted_branches(scale):
    """λ^l times the clean net's states are the states, but for rounding."""
    net = branch_scale.exact(branch_scale.make_net(0, scale=scale, **SIZE))
    ours = _digits.states(net, images())
    theirs = branch_scale.clean_states(net, images(), scale)
    assert branch_scale.relative_error(theirs, ours) < 1e-12


def test_without_the_norm_in_the_branch_the_equation_fails():
    """Planted: a branch that sees the length of x is no longer weighted λ^−l."""
    net = branch_scale.exact(branch_scale.make_net(0, scale=0.5, **SIZE))
    for block in net.blocks:
        block.norm1 = torch.nn.Identity()
        block.norm2 = torch.nn.Identity()
    ours = _digits.states(net, images())
    theirs = branch_scale.clean_states(net, images(), 0.5)
    assert branch_scale.relative_error(theirs, ours) > 0.05


def test_half_of_both_is_half_of_the_shortcut_with_another_stem():
    """The net of `shortcuts` with both halved has these states."""
    net = branch_scale.exact(branch_scale.make_net(0, scale=0.5, **SIZE))
    ours = branch_scale.halved_states(net, images())
    book = shortcuts.make_net(14, 0, scale=0.5, branch_scale=0.5, width=4)
    theirs = _digits.states(branch_scale.exact(book), images())
    assert branch_scale.relative_error(ours, theirs) < 1e-12
    assert (
        branch_scale.relative_error(branch_scale.both_halves(net, images()), theirs)
        < 1e-12
    )


def test_bare_net_is_that_of_shortcut_scale():
    """Seed for seed the net is the one whose training `shortcut_scale` recorded."""
    x = digits().train_images[:8]
    ours = branch_scale.make_net(2, scale=1.1, **SIZE)
    theirs = shortcuts.make_net(14, 2, scale=1.1, width=4)
    assert torch.equal(ours(x), theirs(x))


def test_rescaled_head_reads_the_features_of_the_clean_net():
    """λ^−L takes the factor off: the logits are the head's on X(L)."""
    net = branch_scale.make_net(0, scale=1.2, end="rescaled", **SIZE)
    branch_scale.exact(net)
    last = branch_scale.clean_states(net, images(), 1.2)[-1] / 1.2 ** len(net.blocks)
    expected = net.head[1](last.mean(dim=(2, 3)))
    assert torch.allclose(net(images()), expected, atol=1e-9)


def test_norm_before_the_head_takes_any_factor_off():
    """The logits do not change when the last features are 100 times as long."""
    net = branch_scale.exact(branch_scale.make_net(0, scale=1.1, end="norm", **SIZE))
    net.head[0].eps = 1e-300
    features = torch.rand(16, 16, dtype=torch.float64)
    assert torch.allclose(net.head(features), net.head(100 * features))


def test_shares_are_measured_block_by_block():
    """‖F(x)‖ / ‖λx‖ by hand in the first block; a clean first block halves with λ 2."""
    net = branch_scale.make_net(0, scale=2.0, **SIZE).train()
    x = digits().train_images[:32]
    found, last = branch_scale.shares(net, x)
    with torch.no_grad():
        first = torch.relu(net.stem_norm(net.stem(x)))
        step = net.blocks[0].branch(first)
    assert found[0] == pytest.approx((step.norm() / (2 * first.norm())).item())
    clean, _ = branch_scale.shares(branch_scale.make_net(0, scale=1.0, **SIZE), x)
    assert found[0] == pytest.approx(clean[0] / 2)
    assert len(found) == 6
    assert last > 0


def test_make_net_rejects_another_end():
    """The message says which ends there are."""
    with pytest.raises(ValueError, match=r"'rescaled', 'norm'.*got 'scaled'"):
        branch_scale.make_net(0, scale=1, end="scaled", **SIZE)


@pytest.mark.slow
def test_branch_scale_has_all_parts():
    """A small run has every part; the number of images reaches the code."""
    found = branch_scale.run(**SMALL)
    assert max(found["identity"].values()) < 1e-12
    assert set(found["identity"]) == {"50", "110", "both halves"}
    assert set(found["trained"]["rescaled"]) == {"110"}
    again = branch_scale.run(**{**SMALL, "images": 16, "trained": {}})
    assert again["untrained"] != found["untrained"]

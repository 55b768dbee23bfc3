"""Nets that start from branches of zero, and how large a branch is."""

import pytest
import torch

from plusx.experiments import zero_init
from plusx.labs import views


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_states_are_sums_of_branches():
    """x_L = x_l + ΣF along the blocks of one stage, for pre-activation."""
    net = zero_init.make_net("pre", 62, seed=0).double()
    with torch.no_grad():
        x = total = net.stem(signed(4, 1, 8, 8).double())
        for block in net.blocks[:10]:
            total = total + block.branch(x)
            x = block(x)
    assert torch.allclose(x, total, atol=1e-12, rtol=0)


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


@pytest.mark.slow
def test_push_view_says_when_the_branch_is_exactly_zero():
    """A thousandth of the convolutions leaves a branch, the factor 0 leaves none."""
    small, none = (
        repr(views.push_view("convolutions", factor)) for factor in (1e-3, 0.0)
    )
    assert "times 0.001: |F(x)| is 0.086 times |x|; F(x) = 0 exactly: no." in small
    assert "F(x) = 0 exactly: yes." in none

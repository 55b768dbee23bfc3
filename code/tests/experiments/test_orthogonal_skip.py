"""Fixed rotations on the skips: the exchange of channels is the identity relabeled."""

import pytest
import torch

from plusx.data import digits
from plusx.experiments import _digits, orthogonal_skip
from plusx.networks import CifarNet

SMALL = {
    **orthogonal_skip.CONFIG,
    "depth": 14,
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0],
}


def make(skip: str, order: str = "post", depth: int = 14) -> CifarNet:
    """A small net in float64."""
    net = orthogonal_skip.make_net(1, depth=depth, width=4, order=order, skip=skip)
    return net.double()


def relabeled(net: CifarNet) -> CifarNet:
    """The net with the identity that the first stage of a net with exchanges is.

    After the skips Q1, Q2, … the stream is P = … Q2 Q1 times that of the other net, so
    the other net's weights are those of this one seen in the old order of channels.
    """
    other = make("identity")
    weights = {k: v for k, v in net.state_dict().items() if "matrix" not in k}
    other.load_state_dict(weights, strict=False)
    order = torch.eye(4, dtype=torch.float64)
    for mine, its in zip(net.blocks[:2], other.blocks[:2], strict=True):
        its.conv1.weight.data = torch.einsum("odij,dc->ocij", mine.conv1.weight, order)
        order = mine.shortcut.matrix @ order
        its.conv2.weight.data = torch.einsum("do,dcij->ocij", order, mine.conv2.weight)
    following = net.blocks[2]
    other.blocks[2].conv1.weight.data = torch.einsum(
        "odij,dc->ocij", following.conv1.weight, order
    )
    return other


def test_matrices_are_orthogonal_and_as_they_are_called():
    """QᵀQ is the identity; an exchange holds one 1 in each row and column."""
    generator = torch.Generator().manual_seed(0)
    for skip in orthogonal_skip.SKIPS:
        q = orthogonal_skip.draw(skip, 6, generator)
        assert torch.allclose(q.T @ q, torch.eye(6), atol=1e-5)
        if skip != "orthogonal":
            assert q.sum(0).tolist() == q.sum(1).tolist() == [1.0] * 6
            assert set(q.flatten().tolist()) == {0.0, 1.0}


def test_exchange_of_channels_is_a_relabeled_identity():
    """In float64 the states of both nets are the same numbers in another order."""
    with torch.no_grad():
        net = make("permutation").train()
        other = relabeled(net).train()
        images = digits().train_images[:32].double()
        first, second = (_digits.states(one, images)[2] for one in (net, other))
        order = net.blocks[1].shortcut.matrix @ net.blocks[0].shortcut.matrix
        assert not torch.allclose(first, second)
        expected = torch.einsum("dc,nchw->ndhw", order, second)
        assert torch.allclose(first, expected, atol=1e-10)


def test_rotation_is_no_relabeling_where_relu_cuts():
    """Planted: the same relabeling of a rotation, with relu in the stream, is wrong."""
    with torch.no_grad():
        net = make("orthogonal").train()
        other = relabeled(net).train()
        images = digits().train_images[:32].double()
        first, second = (_digits.states(one, images)[2] for one in (net, other))
        order = net.blocks[1].shortcut.matrix @ net.blocks[0].shortcut.matrix
        turned = torch.einsum("dc,nchw->ndhw", order, second)
        assert not torch.allclose(first, turned, atol=0.1)


def test_skips_alone_keep_all_unless_relu_cuts():
    """Without branches only rotations with a ReLU behind them change what is shared."""
    for order, skip in (("post", "identity"), ("post", "permutation")):
        assert orthogonal_skip.kept(make(skip, order).float()) == pytest.approx(1)
    rotated = make("orthogonal", "pre", 32).float()
    assert orthogonal_skip.kept(rotated) == pytest.approx(1, abs=1e-4)
    cut = make("orthogonal", "post", 32).float()
    assert abs(orthogonal_skip.kept(cut) - 1) > 0.01


def test_the_matrix_is_not_trained():
    """No parameter of the net holds it."""
    net = make("orthogonal")
    assert not any("matrix" in name for name, _ in net.named_parameters())


def test_draw_rejects_another_skip():
    """The message says which skips there are."""
    with pytest.raises(ValueError, match=r"'permutation', 'orthogonal'.*got 'zero'"):
        orthogonal_skip.draw("zero", 4, torch.Generator())


@pytest.mark.slow
def test_orthogonal_skip_has_every_cell():
    """A small run has all the cells; the width reaches the nets."""
    found = orthogonal_skip.run(**SMALL)
    assert set(found) == set(orthogonal_skip.CONFIG["cells"])
    assert orthogonal_skip.run(**{**SMALL, "width": 5}) != found

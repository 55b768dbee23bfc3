"""Gradients block by block: against a walk through the net, before any training."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from plusx.data import digits
from plusx.experiments import gradient_norms


@pytest.mark.parametrize("residual", [False, True])
def test_block_gradients_match_a_walk_through_the_blocks(residual):
    """`retain_grad` on each block's output gives the same norms."""
    data = digits()
    images, labels = data.train_images[:16], data.train_labels[:16]
    net = gradient_norms.make_net(14, residual, "tanh", width=4, seed=1)
    found = gradient_norms.block_gradients(net, images, labels)
    h, states = net.activation(net.stem_norm(net.stem(images))), []
    for block in net.blocks:
        h = block(h)
        h.retain_grad()
        states.append(h)
    F.cross_entropy(net.head(h.mean(dim=(2, 3))), labels).backward()
    expected = [state.grad.norm().item() for state in states]
    assert found[0].tolist() == pytest.approx(expected, rel=1e-4)
    first = [p.grad.flatten() for p in net.blocks[0].parameters()]
    assert found[1, 0].item() == pytest.approx(torch.cat(first).norm().item(), rel=1e-4)


def test_make_net_settings_differ_as_they_say():
    """`bn` normalizes, `none` does not, `circular` pads with the opposite edge."""
    nets = {
        s: gradient_norms.make_net(8, True, "relu", s)
        for s in ("bn", "none", "circular")
    }
    norms = {
        s: sum(isinstance(m, nn.BatchNorm2d) for m in net.modules())
        for s, net in nets.items()
    }
    assert norms == {"bn": 7, "none": 0, "circular": 0}
    column = torch.zeros(1, 1, 8, 8)
    column[..., 0] = 1.0
    reached = {s: nets[s].stem(column)[..., -1].abs().sum().item() > 0 for s in nets}
    assert reached == {"bn": False, "none": False, "circular": True}


def test_sigmoid_gradients_shrink_faster_than_tanh_gradients():
    """The one activation whose slope stays below 1/4 loses the gradient."""
    size = {"depth": 20, "width": 8, "images": 32, "seeds": [0, 1]}
    ratio = {
        activation: gradient_norms.summary(
            gradient_norms.at_initialization(activation, "circular", False, **size)
        )["ratio"]["mean"]
        for activation in ("sigmoid", "tanh")
    }
    assert ratio["sigmoid"] < -6
    assert abs(ratio["tanh"]) < 1

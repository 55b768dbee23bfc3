"""Lesions with a control: oracles in nets whose blocks do nothing or everything."""

import pytest
import torch
from torch import nn

from plusx.data import digits
from plusx.experiments import _digits, deletion, lesions
from plusx.fitting import error_rate

SMALL = {
    **lesions.CONFIG,
    "nets": {
        "residual-14": {"depth": 14, "residual": True},
        "near-identity-14": {"depth": 14, "residual": False, "noise": 0.2},
    },
    "pairs": {"near-identity-14": "residual-14"},
    "width": 4,
    "epochs": {"14": 1},
    "several": [2, 9],
    "draws": 2,
    "seeds": [0, 1],
}


def copying(depth: int = 14) -> nn.Module:
    """A plain net whose blocks hand on exactly what they get, with a trained head."""
    net = _digits.make_net(0, depth=depth, residual=False, width=4, noise=0, norm=False)
    for parameter in net.blocks.parameters():
        parameter.requires_grad_(False)
    recipe = {**_digits.RECIPE, "epochs": 8, "lr": 0.5, "weight_decay": 0}
    _digits.train(net, 0, **recipe)
    return net


@pytest.mark.slow
def test_blocks_that_copy_can_all_be_missed():
    """Every lesion costs nothing where each block is the identity."""
    net = copying()
    found = lesions.injure(net, 0, [2], 3, 3)
    intact = found["intact"]
    assert found["kept"] == [intact] * len(deletion.deletable(net))
    assert found["kept_2"] == pytest.approx(intact)
    assert max(lesions.changes(net)) < 1e-6


@pytest.mark.slow
def test_a_block_that_everything_hangs_on_is_found():
    """A block that alone undoes a sign costs the net all it knows, and no other does.

    Planted: block 1 of the copying net turns the channels round, and the first
    convolution of block 3, which changes the shape, turns them back.
    """
    net = copying()
    with torch.no_grad():
        net.blocks[1].conv1.weight.copy_(net.blocks[1].conv1.weight.flip(0))
        turned = net.blocks[2].conv1
        turned.weight.copy_(turned.weight[:, [3, 2, 1, 0]])
    found = lesions.injure(net, 0, [], 1, 3)
    costs = [error - found["intact"] for error in found["kept"]]
    blocks = deletion.deletable(net)
    assert costs[blocks.index(0)] == 0
    assert costs[blocks.index(1)] > 20
    assert found["kept_1_worst"] == max(found["kept"])


def test_errors_are_those_of_the_shorter_net():
    """A net built without the block, from the same weights, errs the same."""
    net = _digits.make_net(1, depth=14, residual=True, width=4)
    _digits.train(net, 1, **{**_digits.RECIPE, "epochs": 1})
    found = lesions.injure(net, 0, [], 1, 3)
    data = digits()
    for index, block in enumerate(deletion.deletable(net)):
        shorter = _digits.make_net(1, depth=14, residual=True, width=4)
        shorter.load_state_dict(net.state_dict())
        shorter.blocks = nn.Sequential(
            *(b for i, b in enumerate(shorter.blocks) if i != block)
        )
        expected = error_rate(shorter, data.test_images, data.test_labels)
        assert found["kept"][index] == expected


def test_changes_are_the_branches_where_nothing_is_cut_off():
    """Where relu cuts nothing, a residual block moves x by ‖F(x)‖ / ‖x‖."""
    net = _digits.make_net(0, depth=8, residual=True, width=4).eval()
    net.blocks[0].norm2.bias.data.fill_(50.0)
    x = _digits.states(net, digits().test_images)[0]
    step = net.blocks[0].branch(x).norm() / x.norm()
    assert lesions.changes(net)[0] == pytest.approx(step.item(), rel=1e-5)


def test_draws_are_sets_of_different_blocks():
    """No block comes twice, the same seed gives the same sets, another one others."""
    blocks = [0, 1, 2, 4, 5, 7, 8]
    sets = lesions.draw(blocks, 4, 6, 0)
    assert all(len(set(few)) == 4 and set(few) <= set(blocks) for few in sets)
    assert sets == lesions.draw(blocks, 4, 6, 0) != lesions.draw(blocks, 4, 6, 1)


@pytest.mark.slow
def test_lesions_has_nets_blocks_and_pairs():
    """A small run has all numbers, and pairs what was measured at the same seeds."""
    found = lesions.run(**SMALL)
    assert found["blocks"] == {"14": [0, 1, 3, 5]}
    near, plus = found["nets"]["near-identity-14"], found["nets"]["residual-14"]
    assert {"train", "intact", "kept", "anew_2", "change"} <= set(near)
    assert "kept_9" not in near
    pair = found["paired"]["near-identity-14 - residual-14"]["kept_1"]
    for at in range(2):
        difference = near["kept_1"]["values"][at] - plus["kept_1"]["values"][at]
        assert pair["values"][at] == pytest.approx(difference, abs=0.011)

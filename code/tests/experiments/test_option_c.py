"""Option C, two by two: each cell is what it is called."""

import pytest
import torch

from plusx.experiments import _digits, option_c, shortcuts

SMALL = {
    **option_c.CONFIG,
    "depth": 8,
    "width": 4,
    "recipe": {**_digits.RECIPE, "epochs": 1},
    "seeds": [0, 1],
}


def positive(*shape: int) -> torch.Tensor:
    """Numbers from 0 to 1 from a generator of their own."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(3))


def make(start: str, norm: bool) -> torch.nn.Module:
    """A small net of one cell."""
    return option_c.make_net(0, depth=8, width=4, start=start, norm=norm)


def test_random_with_norm_is_the_option_c_of_the_book():
    """The fourth cell, which `shortcuts` recorded, has the same net, bit by bit."""
    ours, theirs = make("random", True), shortcuts.make_net(8, 0, option="C", width=4)
    x = positive(3, 1, 8, 8)
    assert torch.equal(ours(x), theirs(x))


def test_identity_without_norm_copies():
    """Where the shape stays the shortcut is x itself; a stride keeps every second."""
    net = make("identity", False)
    x = positive(2, 4, 8, 8)
    assert torch.equal(net.blocks[0].shortcut(x), x)
    wider = net.blocks[1].shortcut(x)
    assert torch.equal(wider[:, :4], x[:, :, ::2, ::2])
    assert wider[:, 4:].abs().max() == 0


def test_random_without_norm_keeps_the_mean_length():
    """Over many channels the squared length stays what it was."""
    net = option_c.make_net(0, depth=8, width=256, start="random", norm=False)
    x = positive(8, 256, 2, 2) - 0.5
    ratio = net.blocks[0].shortcut(x).square().sum() / x.square().sum()
    assert ratio.item() == pytest.approx(1, abs=0.1)


def test_copy_with_norm_is_a_normalized_copy():
    """Each channel of the shortcut has mean 0 and variance 1 and is x otherwise."""
    net = make("copy", True)
    x = positive(64, 4, 8, 8)
    y = net.blocks[0].shortcut(x)
    flat = x.transpose(0, 1).flatten(1)
    expected = (flat - flat.mean(1, keepdim=True)) / flat.std(1, keepdim=True)
    assert torch.allclose(y.transpose(0, 1).flatten(1), expected, atol=1e-3)


def test_cells_of_one_seed_share_their_branches():
    """Only the shortcut differs between the cells with a convolution."""
    first, second = make("random", True), make("identity", False)
    for a, b in zip(first.blocks, second.blocks, strict=True):
        assert torch.equal(a.conv1.weight, b.conv1.weight)
        assert torch.equal(a.conv2.weight, b.conv2.weight)
    assert torch.equal(first.head.weight, second.head.weight)


def test_growth_of_a_stream_without_branches_is_that_of_its_shortcut():
    """Planted: a shortcut of 3 · x in one block lengthens the stream three times."""
    net = make("identity", False)
    for block in net.blocks:
        torch.nn.init.zeros_(block.norm2.weight)
    usual = option_c.growth(net)
    torch.nn.init.dirac_(net.blocks[0].shortcut.weight)
    with torch.no_grad():
        net.blocks[0].shortcut.weight.mul_(3)
    assert option_c.growth(net) == pytest.approx(3 * usual, rel=1e-4)


def test_make_net_rejects_another_start():
    """The message says which starts there are."""
    with pytest.raises(ValueError, match=r"'identity', 'copy'.*got 'zero'"):
        make("zero", True)


@pytest.mark.slow
def test_option_c_has_every_cell_and_pair():
    """A small run pairs what it measured; the width reaches the nets."""
    found = option_c.run(**SMALL)
    assert set(found["cells"]) == set(option_c.CONFIG["cells"])
    pair = found["paired"]["identity, norm - identity, no norm"]
    a, b = (found["cells"][n]["train"]["values"] for n in list(found["cells"])[1::-1])
    assert pair["values"][0] == pytest.approx(a[0] - b[0], abs=0.011)
    assert option_c.run(**{**SMALL, "width": 5})["cells"] != found["cells"]

"""The U-Net against a recursion over its weights."""

import pytest
import torch
import torch.nn.functional as F

from plusx.networks import count_parameters
from plusx.networks.unet import SKIPS, DoubleConv, UNet, join


def signed(*shape: int, seed: int = 7) -> torch.Tensor:
    """Normal numbers from a generator of their own."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def reference_double(weights, prefix, x):
    """Two convolutions from the state dict alone, norm by its running statistics."""
    for number in (1, 2):
        x = F.conv2d(
            x,
            weights[f"{prefix}.conv{number}.weight"],
            weights[f"{prefix}.conv{number}.bias"],
            padding=1,
        )
        mean, var, gamma, beta = (
            weights[f"{prefix}.norm{number}.{part}"].view(1, -1, 1, 1)
            for part in ("running_mean", "running_var", "weight", "bias")
        )
        x = gamma * (x - mean) / (var + 1e-5).sqrt() + beta
        x = torch.where(x > 0, x, 0.1 * x)
    return x


def reference(weights, skips, levels, x, level=0):
    """A U-Net as a recursion: a level is an encoder, a smaller U-Net and a decoder."""
    if level == levels:
        return reference_double(weights, "middle", x)
    here = reference_double(weights, f"encoder.{level}", x)
    n, c, h, w = here.shape
    small = here.view(n, c, h // 2, 2, w // 2, 2).amax(dim=(3, 5))
    below = reference(weights, skips, levels, small, level + 1)
    up = f"up.{levels - 1 - level}"
    # A transposed convolution of stride 2 and size 2 writes a 2 × 2 tile per pixel.
    tiles = torch.einsum("nchw,codf->nohdwf", below, weights[f"{up}.weight"])
    wide = tiles.reshape(n, c, h, w) + weights[f"{up}.bias"].view(1, -1, 1, 1)
    joined = {
        "none": lambda: wide,
        "add": lambda: wide + here,
        "concat": lambda: torch.cat([wide, here], dim=1),
    }[skips]()
    y = reference_double(weights, f"decoder.{levels - 1 - level}", joined)
    if level > 0:
        return y
    head = weights["head.weight"][:, :, 0, 0]
    bias = weights["head.bias"].view(1, -1, 1, 1)
    return torch.einsum("oc,nchw->nohw", head, y) + bias


@pytest.mark.parametrize("skips", SKIPS)
@pytest.mark.parametrize("levels", [1, 3])
def test_unet_agrees_with_a_recursion_over_its_state_dict(skips, levels):
    """The module computes what an independent recursive U-Net computes."""
    torch.manual_seed(0)
    net = UNet(skips, in_channels=2, width=4, levels=levels, bottleneck=3).double()
    x = signed(3, 2, 16, 24).double()
    net(x)  # gives the norms statistics other than 0 and 1
    net.eval()
    expected = reference(net.state_dict(), skips, levels, x)
    assert net(x).shape == (3, 1, 16, 24)
    assert torch.allclose(net(x), expected, atol=1e-10)


def doubles(pairs):
    """Parameters of double convolutions: weights, biases and two norms each."""
    return sum(9 * (i * o + o * o) + 6 * o for i, o in pairs)


@pytest.mark.parametrize(
    ("skips", "count"), [("none", 47_249), ("add", 47_249), ("concat", 59_345)]
)
def test_unet_has_the_parameters_of_its_table(skips, count):
    """The docstring's counts are those of the formula and of the module."""
    twice = 2 if skips == "concat" else 1
    pairs = [(1, 8), (8, 16), (16, 32), (32, 4)]
    pairs += [(twice * c, c) for c in (32, 16, 8)]
    ups = sum(4 * i * o + o for i, o in ((4, 32), (32, 16), (16, 8)))
    assert doubles(pairs) + ups + 9 == count
    assert count_parameters(UNet(skips)) == count


def test_short_skips_add_a_projection_of_the_input():
    """With both convolutions silenced a residual double convolution is its shortcut."""
    block = DoubleConv(3, 5, residual=True).eval()
    torch.nn.init.zeros_(block.norm2.weight)
    x = signed(2, 3, 8, 8)
    assert torch.equal(block(x), F.leaky_relu(block.shortcut(x), 0.1))


@pytest.mark.parametrize("shape", [(2, 1, 12, 16), (2, 3, 16, 16), (1, 16, 16)])
def test_unet_says_which_shape_it_expects(shape):
    """Sizes that do not halve, other channels and missing dimensions are named."""
    with pytest.raises(ValueError, match=r"\(N, 1, H, W\).* multiples of 8, got \("):
        UNet()(torch.zeros(shape))


def test_unet_refuses_unknown_skips_and_no_levels():
    """The arguments are checked where they come in."""
    with pytest.raises(ValueError, match=r"skips must be one of .* got 'sum'"):
        UNet("sum")
    with pytest.raises(ValueError, match="at least 1 level, got 0"):
        UNet(levels=0)


def test_join_names_both_shapes():
    """Tensors that do not fit are reported with both shapes."""
    up, skip = torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 6, 6)
    with pytest.raises(ValueError, match=r"\(1, 4, 8, 8\), got \(1, 4, 6, 6\)"):
        join("add", up, skip)
    with pytest.raises(ValueError, match="got 'sum'"):
        join("sum", up, up)

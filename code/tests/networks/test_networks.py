"""The networks against the paper's counts and references written on their own."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from plusx.networks import (
    BasicBlock,
    CifarNet,
    ImageNetResNet,
    PreActivationBlock,
    count_parameters,
    make_shortcut,
    zero_residual,
)

State = dict[str, Tensor]


def norm(state: State, name: str, x: Tensor) -> Tensor:
    """Batch normalisation in eval mode, from its definition."""
    shape = (1, -1, 1, 1)
    mean = state[f"{name}.running_mean"].view(shape)
    variance = state[f"{name}.running_var"].view(shape)
    weight, bias = (
        state[f"{name}.weight"].view(shape),
        state[f"{name}.bias"].view(shape),
    )
    return (x - mean) / (variance + 1e-5).sqrt() * weight + bias


def shortcut(state: State, name: str, x: Tensor, out: int, stride: int) -> Tensor:
    """A projection where the state has one, else pixels left out and zeros added."""
    if f"{name}.0.weight" in state:
        return norm(
            state, f"{name}.1", F.conv2d(x, state[f"{name}.0.weight"], None, stride)
        )
    kept = x[:, :, ::stride, ::stride]
    missing = (out - kept.shape[1]) // 2
    zeros = kept.new_zeros(len(kept), missing, *kept.shape[2:])
    return torch.cat([zeros, kept, zeros], dim=1)


def cifar_reference(
    state: State, x: Tensor, depth: int, residual: bool, order: str, width: int
) -> Tensor:
    """The CIFAR net written out over its state dict: no module of the package."""
    n = (depth - 2) // 6
    x = F.conv2d(x, state["stem.weight"], padding=1)
    if order == "post":
        x = norm(state, "stem_norm", x).relu()
    for index in range(3 * n):
        name, out = f"blocks.{index}", width * 2 ** (index // n)
        stride = 2 if index in (n, 2 * n) else 1
        first, second = state[f"{name}.conv1.weight"], state[f"{name}.conv2.weight"]
        if order == "post":
            y = norm(state, f"{name}.norm1", F.conv2d(x, first, None, stride, 1)).relu()
            y = norm(state, f"{name}.norm2", F.conv2d(y, second, None, 1, 1))
        else:
            y = F.conv2d(norm(state, f"{name}.norm1", x).relu(), first, None, stride, 1)
            y = F.conv2d(norm(state, f"{name}.norm2", y).relu(), second, None, 1, 1)
        if residual:
            y = y + shortcut(state, f"{name}.shortcut", x, out, stride)
        x = y.relu() if order == "post" else y
    if order == "pre":
        x = norm(state, "last_norm", x).relu()
    return x.mean((2, 3)) @ state["head.weight"].T + state["head.bias"]


def randomise(net: torch.nn.Module) -> None:
    """Give every norm a state that is not that of a new one."""
    torch.manual_seed(0)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.weight, module.running_var):
                torch.nn.init.uniform_(tensor, 0.5, 1.5)
            for tensor in (module.bias, module.running_mean):
                torch.nn.init.normal_(tensor, std=0.2)


@pytest.mark.parametrize(
    ("depth", "option", "expected"),
    [
        (20, "A", 269_722),
        (20, "B", 272_474),
        (20, "C", 283_962),
        (56, "A", 853_018),
        (56, "B", 855_770),
        (56, "C", 900_858),
        (110, "A", 1_727_962),
        (110, "B", 1_730_714),
        (110, "C", 1_826_202),
    ],
)
def test_cifar_net_parameter_count(depth, option, expected):
    """The table in the module's docstring, and 0.27M, 0.85M and 1.7M of the paper."""
    assert count_parameters(CifarNet(depth, option=option)) == expected


@pytest.mark.parametrize("depth", [20, 56])
def test_plain_net_has_the_parameters_of_option_a(depth):
    """Option A adds no parameter to the plain net."""
    plain = CifarNet(depth, residual=False).state_dict()
    residual = CifarNet(depth).state_dict()
    assert [*plain] == [*residual]


@pytest.mark.parametrize("depth", [8, 20, 56])
def test_cifar_net_depth_counts_its_weighted_layers(depth):
    """Depth counts convolutions and the linear layer, not projections."""
    weights = [w for name, w in CifarNet(depth).named_parameters() if w.dim() > 1]
    assert len(weights) == depth


@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize(
    ("residual", "option"), [(False, "A"), (True, "A"), (True, "B"), (True, "C")]
)
def test_cifar_net_equals_reference(order, residual, option):
    """Logits equal those of a reference over the same weights, in float64."""
    net = CifarNet(14, residual, width=4, option=option, order=order).double().eval()
    randomise(net)
    images = torch.randn(2, 3, 16, 16, dtype=torch.float64)
    expected = cifar_reference(net.state_dict(), images, 14, residual, order, 4)
    torch.testing.assert_close(net(images), expected, rtol=1e-12, atol=1e-12)


def test_pad_shortcut_keeps_pixels_and_adds_zero_channels():
    """Option A at stride 2: every second pixel, zeros before and after."""
    x = torch.arange(2 * 4 * 4, dtype=torch.float32).view(1, 2, 4, 4)
    y = make_shortcut("A", 2, 4, 2)(x)
    assert y.shape == (1, 4, 2, 2)
    assert y[0, 1].tolist() == [[0, 2], [8, 10]]
    assert not y[0, 0].any()
    assert not y[0, 3].any()


@pytest.mark.parametrize("block", [BasicBlock, PreActivationBlock])
def test_block_halves_the_image_at_stride_two(block):
    """(N, C, H, W) → (N, C_out, H/2, W/2), odd sizes rounded up on both paths."""
    assert block(4, 8, stride=2)(torch.randn(2, 4, 9, 9)).shape == (2, 8, 5, 5)


def torchvision_shapes(depth: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of torchvision's ResNet, written from its naming rule."""

    def norm_shapes(name, channels):
        fields = ("weight", "bias", "running_mean", "running_var")
        shapes = {f"{name}.{field}": (channels,) for field in fields}
        return {**shapes, f"{name}.num_batches_tracked": ()}

    blocks = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}[depth]
    shapes = {"conv1.weight": (64, 3, 7, 7), **norm_shapes("bn1", 64)}
    before = 64
    for stage, count in enumerate(blocks, start=1):
        inner = 32 * 2**stage
        for index in range(count):
            name = f"layer{stage}.{index}"
            kernels = [(inner, before, 1), (inner, inner, 3), (4 * inner, inner, 1)]
            for number, (out, into, size) in enumerate(kernels, start=1):
                shapes[f"{name}.conv{number}.weight"] = (out, into, size, size)
                shapes |= norm_shapes(f"{name}.bn{number}", out)
            if index == 0:
                shapes[f"{name}.downsample.0.weight"] = (4 * inner, before, 1, 1)
                shapes |= norm_shapes(f"{name}.downsample.1", 4 * inner)
            before = 4 * inner
    return {**shapes, "fc.weight": (1000, 2048), "fc.bias": (1000,)}


@pytest.mark.parametrize(
    ("depth", "expected"), [(50, 25_557_032), (101, 44_549_160), (152, 60_192_808)]
)
def test_imagenet_resnet_takes_torchvision_state(depth, expected):
    """Parameter count, names and shapes are torchvision's; a state dict loads."""
    with torch.device("meta"):
        net = ImageNetResNet(depth)
    shapes = torchvision_shapes(depth)
    assert {k: tuple(v.shape) for k, v in net.state_dict().items()} == shapes
    assert count_parameters(net) == expected
    state = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    assert net.load_state_dict(state, assign=True).missing_keys == []


def test_imagenet_resnet_equals_reference():
    """ResNet-50's logits equal those of a reference over its state dict."""
    torch.manual_seed(1)
    net = ImageNetResNet(50, classes=7).eval()
    state = net.state_dict()
    images = torch.randn(1, 3, 64, 64)
    x = norm(state, "bn1", F.conv2d(images, state["conv1.weight"], None, 2, 3)).relu()
    x = F.max_pool2d(x, 3, 2, 1)
    for stage, count in enumerate([3, 4, 6, 3], start=1):
        for index in range(count):
            name, stride = f"layer{stage}.{index}", 2 if stage > 1 > index else 1
            weight = [state[f"{name}.conv{number}.weight"] for number in (1, 2, 3)]
            y = norm(state, f"{name}.bn1", F.conv2d(x, weight[0])).relu()
            y = norm(
                state, f"{name}.bn2", F.conv2d(y, weight[1], None, stride, 1)
            ).relu()
            y = norm(state, f"{name}.bn3", F.conv2d(y, weight[2]))
            if index == 0:
                x = shortcut(state, f"{name}.downsample", x, len(weight[2]), stride)
            x = (x + y).relu()
    expected = x.mean((2, 3)) @ state["fc.weight"].T + state["fc.bias"]
    with torch.no_grad():
        torch.testing.assert_close(net(images), expected, rtol=1e-3, atol=1e-3)


def test_zero_residual_turns_every_block_into_its_shortcut():
    """After it, a post-activation block is relu(x) and a pre-activation block is x."""
    x = torch.randn(2, 4, 5, 5)
    for order, expected in (("post", x.relu()), ("pre", x)):
        net = CifarNet(8, width=4, order=order)
        zero_residual(net)
        assert torch.equal(net.blocks[0](x), expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CifarNet(21), "depth must be 6n"),
        (lambda: CifarNet(2), "depth must be 6n"),
        (lambda: CifarNet(8, option="D"), "option must be one of .* got 'D'"),
        (lambda: CifarNet(8, order="mid"), "order must be one of .* got 'mid'"),
        (lambda: ImageNetResNet(18), "depth must be one of .* got 18"),
        (lambda: zero_residual(CifarNet(8, residual=False)), "got one without"),
    ],
)
def test_networks_refuse_bad_arguments(make, message):
    """The message names what was expected and what came."""
    with pytest.raises(ValueError, match=message):
        make()

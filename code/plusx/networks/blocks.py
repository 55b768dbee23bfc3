"""What residual nets are made of: convolutions, shortcuts and three kinds of block.

Shapes: N images, C channels, H × W pixels.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

OPTIONS = ("A", "B", "C")


def conv3x3(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """A 3×3 convolution that keeps H × W at stride 1 and halves it at stride 2."""
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)


class PadShortcut(nn.Module):
    """Option A: keep every stride-th pixel and fill the new channels with zeros.

    It has no parameters (He et al. 2015, section 3.3).
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int):
        super().__init__()
        self.stride = stride
        extra = out_channels - in_channels
        self.pad = (0, 0, 0, 0, extra // 2, extra - extra // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        return F.pad(x[:, :, :: self.stride, :: self.stride], self.pad)


def make_shortcut(
    option: str, in_channels: int, out_channels: int, stride: int
) -> nn.Module:
    """The shortcut of one block.

    Args:
        option: "A" pads with zeros, "B" projects by a 1×1 convolution where the
            shape changes, "C" projects in every block (He et al. 2015, section 4.1).

    Raises:
        ValueError: for an unknown option.
    """
    if option not in OPTIONS:
        raise ValueError(f"option must be one of {OPTIONS}, got {option!r}")
    same_shape = stride == 1 and in_channels == out_channels
    if option == "C" or (option == "B" and not same_shape):
        return nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
            nn.BatchNorm2d(out_channels),
        )
    if same_shape:
        return nn.Identity()
    return PadShortcut(in_channels, out_channels, stride)


class BasicBlock(nn.Module):
    """Two 3×3 convolutions; the shortcut, if any, is added before the last ReLU.

    relu(shortcut(x) + F(x)): the post-activation block of He et al. 2015, Fig. 2.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        residual: bool = True,
        option: str = "A",
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
        activation: Callable[[Tensor], Tensor] = F.relu,
    ):
        super().__init__()
        self.conv1 = conv3x3(in_channels, out_channels, stride)
        self.norm1 = norm(out_channels)
        self.conv2 = conv3x3(out_channels, out_channels)
        self.norm2 = norm(out_channels)
        self.activation = activation
        self.shortcut = None
        if residual:
            self.shortcut = make_shortcut(option, in_channels, out_channels, stride)

    def branch(self, x: Tensor) -> Tensor:
        """F(x): (N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        x = self.activation(self.norm1(self.conv1(x)))
        return self.norm2(self.conv2(x))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        y = self.branch(x)
        if self.shortcut is not None:
            y = self.shortcut(x) + y
        return self.activation(y)


class PreActivationBlock(BasicBlock):
    """x + F(x) with norm and ReLU inside F: He et al. 2016, Fig. 1 (b).

    Every block is alike. In the paper (appendix) the first one activates before it
    splits, so that its shortcut too carries the activated output of the stem.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, **options):
        super().__init__(in_channels, out_channels, stride, **options)
        norm = options.get("norm", nn.BatchNorm2d)
        self.norm1 = norm(in_channels)

    def branch(self, x: Tensor) -> Tensor:
        """F(x): (N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        x = self.conv1(self.activation(self.norm1(x)))
        return self.conv2(self.activation(self.norm2(x)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H/stride, W/stride)."""
        y = self.branch(x)
        return y if self.shortcut is None else self.shortcut(x) + y


class BottleneckBlock(nn.Module):
    """A 1×1, a 3×3 and a 1×1 convolution, the last 4 times as wide.

    He et al. 2015, Fig. 5. The stride lies on the 3×3 convolution, as in torchvision,
    whose names the parts have; the paper's lies on the first 1×1.
    """

    def __init__(self, in_channels: int, channels: int, stride: int):
        super().__init__()
        out_channels = 4 * channels
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = conv3x3(channels, channels, stride)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample = make_shortcut("B", in_channels, out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, 4 · channels, H/stride, W/stride)."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        return F.relu(self.downsample(x) + self.bn3(self.conv3(y)))


def init_he(net: nn.Module) -> None:
    """He initialization, fan-out, for every convolution of the net, in place."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def zero_residual(net: nn.Module) -> None:
    """Make every residual branch of the net return 0, in place.

    A post-activation block gets γ = 0 (and β = 0) in its second norm (Goyal et al.
    2017, section 5.1). A pre-activation block, or one without norm, gets zeros in its
    second convolution, because there that is what comes last.

    Raises:
        ValueError: when the net has no basic block with a shortcut.
    """
    blocks = [
        module
        for module in net.modules()
        if isinstance(module, BasicBlock) and module.shortcut is not None
    ]
    if not blocks:
        raise ValueError("expected a net with residual blocks, got one without")
    for block in blocks:
        last = block.norm2
        if isinstance(block, PreActivationBlock) or not list(last.parameters()):
            last = block.conv2
        for parameter in last.parameters():
            nn.init.zeros_(parameter)


def without_counters(net: nn.Module) -> nn.Module:
    """Leave out the batch counter of every batch norm, in place; return the net.

    A norm reads it only when its momentum is None. Without it a training step has one
    launch less for each norm, and a file of weights one number less.
    """
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = None
    return net


def with_counters(net: nn.Module) -> nn.Module:
    """Begin the batch counter of every batch norm anew, in place; return the net."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.num_batches_tracked = torch.tensor(0, device=module.weight.device)
    return net


def count_parameters(net: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(p.numel() for p in net.parameters() if p.requires_grad)

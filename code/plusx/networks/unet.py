"""A small U-Net whose long skip connections can be left out, added or concatenated.

Shapes: N images, C channels, H × W pixels. An encoder of `levels` levels halves H and W
at each, a decoder doubles them again; a long skip connection hands what the encoder had
at a level to the decoder at the same level (Ronneberger et al. 2015, Fig. 1). Here
convolutions are padded, so that nothing is cropped, and batch-normalized.

| skips (width 8, 3 levels, bottleneck 4) | parameters |
|-----------------------------------------|------------|
| "none", "add"                           | 47,249     |
| "concat"                                | 59,345     |
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SKIPS = ("none", "add", "concat")


class DoubleConv(nn.Module):
    """Two 3×3 convolutions, each with batch norm and leaky ReLU (slope 0.1).

    With `residual`, a 1×1 convolution of the input is added before the last leaky
    ReLU: the short skip connection of a projection block.
    """

    def __init__(self, in_channels: int, out_channels: int, residual: bool = False):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Conv2d(in_channels, out_channels, 1) if residual else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H, W)."""
        y = F.leaky_relu(self.norm1(self.conv1(x)), 0.1)
        y = self.norm2(self.conv2(y))
        if self.shortcut is not None:
            y = self.shortcut(x) + y
        return F.leaky_relu(y, 0.1)


def join(skips: str, up: Tensor, skip: Tensor) -> Tensor:
    """What the decoder reads at one level.

    Args:
        skips: "none" leaves the skip out, "add" adds it, "concat" appends its channels.
        up: (N, C, H, W) from the level below; skip: (N, C, H, W) from the encoder.

    Raises:
        ValueError: for another kind, or when the two do not have one shape.
    """
    if skips not in SKIPS:
        raise ValueError(f"skips must be one of {SKIPS}, got {skips!r}")
    if up.shape != skip.shape:
        raise ValueError(
            f"expected a skip of shape {tuple(up.shape)}, got {tuple(skip.shape)}"
        )
    if skips == "add":
        return up + skip
    return up if skips == "none" else torch.cat([up, skip], dim=1)


class UNet(nn.Module):
    """Images in, one map of logits per output channel out, at the same resolution.

    Args:
        skips: the long skip connections: "none", "add" or "concat".
        width: channels of the first level; each further level has twice as many.
        bottleneck: channels at the lowest resolution, H / 2^levels × W / 2^levels.
        residual: give every double convolution a short skip connection.

    Raises:
        ValueError: for another kind of skips, or fewer than one level.
    """

    def __init__(
        self,
        skips: str = "concat",
        *,
        in_channels: int = 1,
        out_channels: int = 1,
        width: int = 8,
        levels: int = 3,
        bottleneck: int = 4,
        residual: bool = False,
    ):
        super().__init__()
        if skips not in SKIPS:
            raise ValueError(f"skips must be one of {SKIPS}, got {skips!r}")
        if levels < 1:
            raise ValueError(f"expected at least 1 level, got {levels}")
        widths = [width * 2**level for level in range(levels)]
        self.skips, self.in_channels, self.levels = skips, in_channels, levels
        self.encoder = nn.ModuleList()
        channels = in_channels
        for out in widths:
            self.encoder.append(DoubleConv(channels, out, residual))
            channels = out
        self.middle = DoubleConv(channels, bottleneck, residual)
        self.up, self.decoder = nn.ModuleList(), nn.ModuleList()
        channels = bottleneck
        for out in reversed(widths):
            self.up.append(nn.ConvTranspose2d(channels, out, 2, stride=2))
            joined = 2 * out if skips == "concat" else out
            self.decoder.append(DoubleConv(joined, out, residual))
            channels = out
        self.head = nn.Conv2d(channels, out_channels, 1)

    def check(self, images: Tensor) -> None:
        """Raise ValueError unless the images fit."""
        step = 2**self.levels
        fits = images.ndim == 4 and images.shape[1] == self.in_channels
        if not fits or images.shape[2] % step or images.shape[3] % step:
            raise ValueError(
                f"expected shape (N, {self.in_channels}, H, W) with H and W multiples "
                f"of {step}, got {tuple(images.shape)}"
            )

    def forward(self, images: Tensor) -> Tensor:
        """(N, C_in, H, W) → (N, C_out, H, W) logits; H, W multiples of 2^levels."""
        self.check(images)
        x, kept = images, []
        for block in self.encoder:
            x = block(x)
            kept.append(x)
            x = F.max_pool2d(x, 2)
        x = self.middle(x)
        for up, block, skip in zip(self.up, self.decoder, reversed(kept), strict=True):
            x = block(join(self.skips, up(x), skip))
        return self.head(x)

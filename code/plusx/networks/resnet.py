"""Plain and residual networks: the CIFAR family and the ImageNet bottleneck family.

Shapes: N images, C channels, H × W pixels. The CIFAR nets follow He et al. 2015
(section 4.2): a 3×3 stem, three stages of n blocks with 16, 32 and 64 channels, global
average pooling and one linear layer, so the depth is 6n + 2. `width` scales the 16.

| net (width 16, 10 classes) | option A, plain | option B | option C   |
|----------------------------|-----------------|----------|------------|
| depth 20                   | 269,722         | 272,474  | 283,962    |
| depth 56                   | 853,018         | 855,770  | 900,858    |
| depth 110                  | 1,727,962       | 1,730,714| 1,826,202  |
"""

import re
from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from plusx.networks.blocks import (
    BasicBlock,
    BottleneckBlock,
    PreActivationBlock,
    conv3x3,
    init_he,
)

ORDERS = ("post", "pre")
DEPTHS = (20, 32, 44, 56, 110)
IMAGENET_BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


class CifarNet(nn.Module):
    """A plain or residual net of depth 6n + 2 for small images.

    Args:
        depth: layers with weights, 6n + 2 (projection shortcuts not counted).
        residual: False leaves the shortcuts out and changes nothing else.
        width: channels of the first stage; 16 in the paper.
        option: "A", "B" or "C"; what a shortcut does where the shape changes.
        order: "post" for He et al. 2015, "pre" for He et al. 2016.
        norm: makes the normalization of C channels; `lambda channels: nn.Identity()`
            leaves it out.
    """

    def __init__(
        self,
        depth: int,
        residual: bool = True,
        *,
        width: int = 16,
        in_channels: int = 3,
        classes: int = 10,
        option: str = "A",
        order: str = "post",
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
        activation: Callable[[Tensor], Tensor] = F.relu,
    ):
        super().__init__()
        if depth < 8 or (depth - 2) % 6:
            raise ValueError(f"depth must be 6n + 2 with n ≥ 1, got {depth}")
        if order not in ORDERS:
            raise ValueError(f"order must be one of {ORDERS}, got {order!r}")
        block = BasicBlock if order == "post" else PreActivationBlock
        self.activation = activation
        self.stem = conv3x3(in_channels, width)
        self.stem_norm = norm(width) if order == "post" else nn.Identity()
        blocks, channels = [], width
        for stage in range(3):
            for index in range((depth - 2) // 6):
                stride = 2 if stage > 0 and index == 0 else 1
                out = width * 2**stage
                blocks.append(
                    block(
                        channels,
                        out,
                        stride,
                        residual=residual,
                        option=option,
                        norm=norm,
                        activation=activation,
                    )
                )
                channels = out
        self.blocks = nn.Sequential(*blocks)
        self.last_norm = norm(channels) if order == "pre" else nn.Identity()
        self.order = order
        self.head = nn.Linear(channels, classes)
        init_he(self)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) images → (N, classes) logits."""
        x = self.stem(images)
        if self.order == "post":
            x = self.activation(self.stem_norm(x))
        x = self.blocks(x)
        if self.order == "pre":
            x = self.activation(self.last_norm(x))
        return self.head(x.mean(dim=(2, 3)))


def named(
    name: str, *, option: str, order: str, in_channels: int, classes: int
) -> CifarNet:
    """The network of that name, "resnet56" or "plain20", in the paper's width.

    Raises:
        ValueError: for an unknown name.
    """
    match = re.fullmatch(r"(plain|resnet)(\d+)", name)
    if not match or int(match[2]) not in DEPTHS:
        depths = ", ".join(map(str, DEPTHS))
        raise ValueError(f"net must be plain or resnet and {depths}; got {name!r}")
    return CifarNet(
        int(match[2]),
        match[1] == "resnet",
        in_channels=in_channels,
        classes=classes,
        option=option,
        order=order,
    )


class ImageNetResNet(nn.Module):
    """ResNet-50, 101 or 152 for 224 × 224 images (He et al. 2015, Table 1).

    A state dict of torchvision's network of that depth fits. Parameters: 25,557,032;
    44,549,160; 60,192,808.

    Raises:
        ValueError: for another depth.
    """

    def __init__(self, depth: int, classes: int = 1000):
        super().__init__()
        if depth not in IMAGENET_BLOCKS:
            raise ValueError(
                f"depth must be one of {list(IMAGENET_BLOCKS)}, got {depth}"
            )
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        in_channels = 64
        for stage, count in enumerate(IMAGENET_BLOCKS[depth]):
            channels, blocks = 64 * 2**stage, []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                blocks.append(BottleneckBlock(in_channels, channels, stride))
                in_channels = 4 * channels
            self.add_module(f"layer{stage + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(in_channels, classes)
        init_he(self)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) images → (N, classes) logits."""
        x = self.maxpool(F.relu(self.bn1(self.conv1(images))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean(dim=(2, 3)))

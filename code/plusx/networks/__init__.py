"""Networks of the book: plain, residual, and their relatives.

The names below are what chapters and experiments import; the U-Net, the Transformer
and the relatives of the residual block have modules of their own.
"""

from plusx.networks.blocks import (
    OPTIONS,
    BasicBlock,
    BottleneckBlock,
    PadShortcut,
    PreActivationBlock,
    conv3x3,
    count_parameters,
    init_he,
    make_shortcut,
    with_counters,
    without_counters,
    zero_residual,
)
from plusx.networks.resnet import CifarNet, ImageNetResNet, named

__all__ = [
    "OPTIONS",
    "BasicBlock",
    "BottleneckBlock",
    "CifarNet",
    "ImageNetResNet",
    "PadShortcut",
    "PreActivationBlock",
    "conv3x3",
    "count_parameters",
    "init_he",
    "make_shortcut",
    "named",
    "with_counters",
    "without_counters",
    "zero_residual",
]

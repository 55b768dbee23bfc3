"""A short run of the trainer: ResNet-20 on digits, 14 steps on a processor."""

from plusx.train.config import Config
from plusx.train.recipes import Recipe

SHORT = Recipe(steps=14, lr=0.1, momentum=0.9, weight_decay=1e-3, rise=0.25)
CPU = Config(device="cpu", precision="fp32")

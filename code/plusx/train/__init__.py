"""The trainer: `python -m plusx.train --help`, or `train(Config(…))`."""

from plusx.train.config import Config
from plusx.train.result import Run
from plusx.train.trainer import train

__all__ = ["Config", "Run", "train"]

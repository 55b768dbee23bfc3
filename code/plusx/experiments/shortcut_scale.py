"""Chapter 5: a constant λ on every shortcut, relu(λ · x + F(x)), λ from 0 to 1.2.

λ = 1 is the residual net of chapter 1, λ = 0 its plain net: the same weights to start
from, the same batches.
"""

from plusx.experiments.shortcuts import errors

SEEDS = [0, 1, 2]
DATA = "scikit-learn load_digits, first 1,438 images for training, last 359 for test"
CONFIG = {
    "scales": [0, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2],
    "depths": [20, 56],
    "width": 8,
    "epochs": 10,
    "lr": 0.05,
    "batch_size": 128,
    "momentum": 0.9,
    "weight_decay": 0.0001,
}


def run(config: dict) -> dict:
    """Errors in percent by depth and 100 λ."""
    return {
        str(depth): {
            str(round(100 * scale)): errors(config, depth, len(SEEDS), scale=scale)
            for scale in config["scales"]
        }
        for depth in config["depths"]
    }

"""Data sets as tensors."""

from typing import NamedTuple

import torch
from torch import Tensor


class Split(NamedTuple):
    """Training and test data; images (N, C, H, W) float32, labels (N,) int64."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def digits() -> Split:
    """scikit-learn's handwritten digits, normalised: 1,438 train, 359 test, 1 × 8 × 8.

    They come with scikit-learn, so nothing is downloaded. The split follows the order
    of the file.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = torch.tensor(bunch.images, dtype=torch.float32)[:, None]
    labels = torch.tensor(bunch.target, dtype=torch.int64)
    count = 1438
    images = (images - images[:count].mean()) / images[:count].std()
    return Split(images[:count], labels[:count], images[count:], labels[count:])

"""Data sets as tensors. Shapes: N images, C channels, H × W pixels."""

from typing import NamedTuple

import torch
from torch import Tensor


class Split(NamedTuple):
    """Training and test data; images (N, C, H, W), labels (N,) int64.

    Images are uint8 as they were stored, or float32 where they are normalized.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


class DataSet(NamedTuple):
    """A split with what a run must know and a record must say about it.

    `origin` names the data for a record, with the hash of what was read. Training
    moves each image by up to `margin` pixels and mirrors it where `mirror` says that
    the mirror image still shows the same thing.
    """

    split: Split
    origin: str
    classes: tuple[str, ...]
    margin: int
    mirror: bool


def digits() -> Split:
    """scikit-learn's handwritten digits, normalized: 1,438 train, 359 test, 1 × 8 × 8.

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


def hold_out(split: Split, count: int) -> Split:
    """Train on all but `count` training images and test on those; the same each time.

    He et al. 2015 compare nets on 5,000 training images that they hold out; the test
    images then stay unseen.

    Raises:
        ValueError: when `count` leaves nothing to train on.
    """
    total = len(split.train_labels)
    if not 0 < count < total:
        raise ValueError(f"expected to hold out 1 to {total - 1} images, got {count}")
    # The files may be sorted by class, so the images are drawn.
    order = torch.randperm(total, generator=torch.Generator().manual_seed(0))
    kept, held = order[count:].sort().values, order[:count].sort().values
    images, labels = split.train_images, split.train_labels
    return Split(images[kept], labels[kept], images[held], labels[held])


def normalize(split: Split) -> Split:
    """Give each channel mean 0 and variance 1 over the training images, as float32.

    The type says whether that is done: uint8 images are as they were stored, float32
    images are normalized already and come back as they are.

    Raises:
        ValueError: when images have another type.
    """
    kinds = {split.train_images.dtype, split.test_images.dtype}
    if kinds == {torch.float32}:
        return split
    if kinds != {torch.uint8}:
        got = " and ".join(sorted(map(str, kinds)))
        raise ValueError(f"expected images in uint8 or all in float32, got {got}")
    levels = torch.arange(256, dtype=torch.float64)
    mean, std = [], []
    for channel in split.train_images.unbind(1):
        counts = torch.bincount(channel.flatten(), minlength=256)
        share = counts.double() / channel.numel()
        mean.append((share * levels).sum())
        std.append((share * (levels - mean[-1]) ** 2).sum().sqrt())
    shape = (1, -1, 1, 1)
    mean = torch.stack(mean).float().view(shape)
    std = torch.stack(std).clamp(min=1e-6).float().view(shape)

    def convert(images: Tensor) -> Tensor:
        return images.float().sub_(mean).div_(std)

    return split._replace(
        train_images=convert(split.train_images), test_images=convert(split.test_images)
    )

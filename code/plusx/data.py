"""Data sets as tensors, and the batch augmentation of the trainer.

Shapes: N images, B images a batch, C channels, H × W pixels, S steps.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Split(NamedTuple):
    """Training and test data; images (N, C, H, W), labels (N,) int64.

    Images are uint8 as they were stored, or float32 where they are normalised.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


class DataSet(NamedTuple):
    """A split with what a run must know and a record must say about it.

    `source` names the data for a record, with the hash of what was read. Training
    moves each image by up to `margin` pixels and mirrors it where `mirror` says that
    the mirror image still shows the same thing.
    """

    split: Split
    source: str
    classes: tuple[str, ...]
    margin: int
    mirror: bool


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


def load(name: str) -> DataSet:
    """The data set of that name: "digits", or "cifar10", which may be downloaded.

    Raises:
        ValueError: for an unknown name, or data that is not what it should be.
        OSError: when the data can be neither read nor downloaded.
    """
    if name == "digits":
        classes = tuple("0123456789")
        return DataSet(digits(), "scikit-learn digits", classes, 1, mirror=False)
    if name == "cifar10":
        from plusx.cifar10 import cifar10

        return cifar10()
    raise ValueError(f"data must be 'digits' or 'cifar10', got {name!r}")


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


def normalise(split: Split) -> Split:
    """Give each channel mean 0 and variance 1 over the training images, as float32.

    Images that are float already are returned as they are.
    """
    if split.train_images.dtype != torch.uint8:
        return split
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


def windows(images: Tensor, margin: int, mirror: bool) -> Tensor:
    """Every crop of every padded image and of its mirror image, as one view.

    (N, C, H, W) → (N, 1 or 2, 2·margin + 1, 2·margin + 1, H, W, C), where the second
    dimension chooses the image or its mirror image and the next two the shift. Padding
    is 0, the mean of normalised images. Only the padded images take memory.
    """
    count, channels, height, width = images.shape
    sides = [images, images.flip(3)] if mirror else [images]
    padded = images.new_zeros(
        count, len(sides), height + 2 * margin, width + 2 * margin, channels
    )
    for index, side in enumerate(sides):
        inside = padded[:, index, margin : margin + height, margin : margin + width]
        inside.copy_(side.permute(0, 2, 3, 1))
    crops = padded.unfold(2, height, 1).unfold(3, width, 1)
    return crops.permute(0, 1, 2, 3, 5, 6, 4)


def steps_per_epoch(views: Tensor, batch: int) -> int:
    """How many whole batches there are.

    Raises:
        ValueError: when there are fewer images than a batch takes.
    """
    if batch > len(views):
        raise ValueError(f"expected a batch of at most {len(views)}, got {batch}")
    return len(views) // batch


def draw(views: Tensor, batch: int, *, seed: int, epoch: int) -> Tensor:
    """What an epoch trains on: (S, 4, B) int64, which follows from seed and epoch.

    The four rows are the first four dimensions of `windows`: image, mirror, shift down
    and shift right. No image comes twice; N mod B images, others in each epoch, are
    left out, so that all batches have one shape.
    """
    count, *choices = views.shape[:4]
    steps = steps_per_epoch(views, batch)
    generator = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
    rows = [torch.randperm(count, generator=generator)[: steps * batch]]
    for choice in choices:
        rows.append(torch.randint(choice, (steps * batch,), generator=generator))
    return torch.stack(rows).view(4, steps, batch).transpose(0, 1).contiguous()


def augment(views: Tensor, draws: Tensor) -> Tensor:
    """Cut and mirror a whole batch in one gather: (4, B) → (B, C, H, W), channels last.

    Args:
        views: from `windows`.
        draws: one step of `draw`.
    """
    return views[tuple(draws)].permute(0, 3, 1, 2)

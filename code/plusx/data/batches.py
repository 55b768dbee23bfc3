"""The order of the images and their augmentation, a whole batch at a time.

Shapes: N images, B images a batch, C channels, H × W pixels, S steps.
"""

import torch
from torch import Tensor


def windows(images: Tensor, margin: int, mirror: bool) -> Tensor:
    """Every crop of every padded image and of its mirror image, as one view.

    (N, C, H, W) → (N, 1 or 2, 2·margin + 1, 2·margin + 1, H, W, C), where the second
    dimension chooses the image or its mirror image and the next two the shift. Padding
    is 0, the mean of normalized images. Only the padded images take memory.
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


def plan_epoch(views: Tensor, batch: int, *, seed: int, epoch: int) -> Tensor:
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
        draws: one step of `plan_epoch`.
    """
    return views[tuple(draws)].permute(0, 3, 1, 2)

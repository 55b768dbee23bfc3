"""Data sets as the trainer sees them: loaded, held out, normalised, augmented."""

import pytest
import torch

from plusx import data


def test_digits_are_normalised_and_complete():
    """1,438 and 359 images of 8 × 8; each digit is there; training mean 0, std 1."""
    split = data.digits()
    assert split.train_images.shape == (1438, 1, 8, 8)
    assert split.test_images.shape == (359, 1, 8, 8)
    assert split.train_labels.unique().tolist() == list(range(10))
    assert abs(split.train_images.mean()) < 1e-6
    assert abs(split.train_images.std() - 1) < 1e-6


def test_load_names_the_data_sets_it_knows():
    """An unknown name is answered with the known ones."""
    with pytest.raises(ValueError, match="'digits' or 'cifar10', got 'mnist'"):
        data.load("mnist")


def test_hold_out_splits_the_training_images():
    """Every image is on one side, the same each time; test images are not touched."""
    labels = torch.arange(50)
    images = labels.view(-1, 1, 1, 1).float()
    whole = data.Split(images, labels, images[:0], labels[:0])
    split = data.hold_out(whole, 5)
    together = [*split.train_labels.tolist(), *split.test_labels.tolist()]
    assert sorted(together) == labels.tolist()
    assert len(split.test_labels) == 5
    assert torch.equal(split.test_images.flatten(), split.test_labels.float())
    assert torch.equal(data.hold_out(whole, 5).test_labels, split.test_labels)
    with pytest.raises(ValueError, match="hold out 1 to 49 images, got 50"):
        data.hold_out(whole, 50)


def test_normalise_gives_training_images_mean_0_and_variance_1():
    """Each channel by the mean and deviation of its training pixels, in float64."""
    torch.manual_seed(0)
    train = torch.randint(0, 100, (20, 3, 6, 6), dtype=torch.uint8)
    test = torch.randint(0, 256, (4, 3, 6, 6), dtype=torch.uint8)
    split = data.Split(train, torch.zeros(20), test, torch.zeros(4))
    mean = train.double().mean((0, 2, 3), keepdim=True)
    std = train.double().std((0, 2, 3), keepdim=True, correction=0)
    for got, raw in zip(data.normalize(split)[::2], (train, test), strict=True):
        torch.testing.assert_close(got, ((raw - mean) / std).float())


def test_normalize_takes_the_type_for_the_state():
    """float32 images count as normalized and come back; other types are refused."""
    labels = torch.zeros(2, dtype=torch.int64)
    for kind in (torch.float32, torch.float64, torch.int64):
        images = torch.full((2, 1, 2, 2), 7, dtype=kind)
        split = data.Split(images, labels, images, labels)
        if kind == torch.float32:
            assert data.normalize(split) is split
            continue
        with pytest.raises(ValueError, match=f"uint8 or all in float32, got {kind}"):
            data.normalize(split)


def test_augment_equals_pad_crop_and_flip_image_by_image():
    """The gather gives what a loop over the images gives."""
    torch.manual_seed(0)
    images = torch.randn(7, 3, 6, 5)
    views = data.windows(images, 2, mirror=True)
    (draws,) = data.plan_epoch(views, 7, seed=0, epoch=0)
    got = data.augment(views, draws)
    assert got.is_contiguous(memory_format=torch.channels_last)
    for row, (number, mirror, down, right) in enumerate(draws.T.tolist()):
        image = images[number].flip(2) if mirror else images[number]
        padded = torch.zeros(3, 10, 9)
        padded[:, 2:8, 2:7] = image
        assert torch.equal(got[row], padded[:, down : down + 6, right : right + 5])


def test_windows_without_mirror_and_margin_are_the_images():
    """Margin 0 and no mirror leave one view of each image."""
    images = torch.randn(3, 2, 4, 4)
    views = data.windows(images, 0, mirror=False)
    assert views.shape == (3, 1, 1, 1, 4, 4, 2)
    assert torch.equal(views[:, 0, 0, 0].permute(0, 3, 1, 2), images)


def test_draw_takes_each_image_once_and_every_shift():
    """An epoch is a permutation without repeats; all shifts and both mirrors occur."""
    views = data.windows(torch.zeros(1001, 1, 3, 3), 4, mirror=True)
    plan = data.plan_epoch(views, 10, seed=3, epoch=5)
    assert plan.shape == (100, 4, 10)
    images, mirrors, down, right = plan.transpose(0, 1).flatten(1)
    assert len(images.unique()) == 1000
    assert mirrors.bincount().tolist() == pytest.approx([500, 500], abs=70)
    for shift in (down, right):
        assert shift.unique().tolist() == list(range(9))


def test_draw_follows_from_seed_and_epoch():
    """The same again, and another for another epoch or seed."""
    views = data.windows(torch.zeros(100, 1, 3, 3), 1, mirror=True)
    plan = data.plan_epoch(views, 10, seed=3, epoch=5)
    assert torch.equal(data.plan_epoch(views, 10, seed=3, epoch=5), plan)
    assert not torch.equal(data.plan_epoch(views, 10, seed=3, epoch=6), plan)
    assert not torch.equal(data.plan_epoch(views, 10, seed=4, epoch=5), plan)


def test_batch_larger_than_the_data_is_refused():
    """The message has both numbers."""
    views = data.windows(torch.zeros(8, 1, 3, 3), 1, mirror=True)
    with pytest.raises(ValueError, match="batch of at most 8, got 9"):
        data.plan_epoch(views, 9, seed=0, epoch=0)

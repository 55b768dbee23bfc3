"""CIFAR-10 as JPEG files in an .npz."""

import hashlib
import io
from pathlib import Path

import disks
import numpy as np
import pytest
import torch
from PIL import Image

from plusx.data import cifar10
from plusx.data import encoded as reader


def encode(quality: int, count: int) -> tuple[np.ndarray, np.ndarray, list[bytes]]:
    """JPEG files one after another, their offsets, and the files."""
    generator = np.random.default_rng(quality)
    files = []
    for _ in range(count):
        pixels = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        stream = io.BytesIO()
        Image.fromarray(pixels).resize((32, 32)).save(stream, "JPEG", quality=quality)
        files.append(stream.getvalue())
    offsets = np.cumsum([0, *map(len, files)])
    return np.frombuffer(b"".join(files), np.uint8), offsets, files


@pytest.fixture
def encoded(tmp_path) -> tuple[Path, dict[str, np.ndarray], list[bytes]]:
    """An .npz of five JPEG files, its arrays, and the files."""
    arrays, files = {"classes": np.array(cifar10.CLASSES)}, []
    for part, count in (("train", 3), ("test", 2)):
        stream, offsets, some = encode(75, count)
        labels = np.arange(count, dtype=np.uint8)
        names = (f"{part}_jpeg", f"{part}_offsets", f"{part}_labels")
        arrays |= dict(zip(names, (stream, offsets, labels), strict=True))
        files += some
    path = tmp_path / "there" / "small.npz"
    path.parent.mkdir()
    np.savez(path, **arrays)
    return path, arrays, files


def test_encoded_images_are_decoded_once(encoded, tmp_path, monkeypatch):
    """Pixels are Pillow's, the source names the quality, the second time is cached."""
    path, _, files = encoded
    found = cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    images = [*found.split.train_images, *found.split.test_images]
    for image, file in zip(images, files, strict=True):
        expected = np.asarray(Image.open(io.BytesIO(file)))
        assert np.array_equal(image.permute(1, 2, 0).numpy(), expected)
    assert found.split.test_labels.tolist() == [0, 1]
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.origin == f"CIFAR-10, JPEG q75, sha256 {sha256}"
    monkeypatch.delattr(reader, "_decode")
    again = cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    assert all(torch.equal(a, b) for a, b in zip(again.split, found.split, strict=True))


def test_encoded_images_are_read_where_they_cannot_be_kept(encoded, tmp_path, capsys):
    """Without room in the cache they are decoded each time, and a line says so."""
    path, _, files = encoded
    with disks.room_for(10_000):
        found = cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    assert len(found.split.train_labels) + len(found.split.test_labels) == len(files)
    assert "decoded images are not kept" in capsys.readouterr().err
    assert list((tmp_path / "cache").iterdir()) == []


def test_encoded_images_survive_a_damaged_cache(encoded, tmp_path):
    """What a killed process left in the cache is replaced."""
    path, _, _ = encoded
    first = cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(kept.read_bytes()[:50])
    again = cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    assert torch.equal(again.split.train_images, first.split.train_images)


def test_encoded_images_that_are_damaged_are_named(encoded, tmp_path):
    """Not a JPEG, or another size: which one is said."""
    path, arrays, _ = encoded
    offsets = arrays["train_offsets"]
    garbage = arrays["train_jpeg"].copy()
    garbage[offsets[1] : offsets[2]] = 0
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, "JPEG")
    small = np.frombuffer(stream.getvalue(), np.uint8)
    ends = np.array([0, len(small), 2 * len(small)])
    twice = np.concatenate([small, small])
    for changed, wrong in (
        ({"train_jpeg": garbage}, "train image 1: expected a JPEG"),
        ({"test_jpeg": twice, "test_offsets": ends}, "test image 0: .* got 16 × 16"),
    ):
        np.savez(path, **{**arrays, **changed})
        with pytest.raises(ValueError, match=f"small.npz: {wrong}"):
            cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")


SPOILT = {
    "minus one": ("train_labels", lambda a: a.astype(int) - 1, "got -1 to 1"),
    "ignored by the loss": (
        "train_labels",
        lambda a: a.astype(int) * 0 - 100,
        "got -100 to -100",
    ),
    "above nine": ("test_labels", lambda a: a + 9, "got 9 to 10"),
    "not a number": ("train_labels", lambda a: a * np.nan, "got float"),
    "fractions": ("train_labels", lambda a: a + 0.7, "got float"),
    "one-hot": ("train_labels", lambda a: np.eye(10, dtype=int)[a], r"\(3, 10\)"),
    "a column": ("train_labels", lambda a: a[:, None], r"shape \(3, 1\)"),
    "true or false": ("test_labels", lambda a: a > 0, "got bool"),
    "one too few": ("test_labels", lambda a: a[:-1], r"got uint8 of shape \(1,\)"),
    "no images": ("train_offsets", lambda a: a[:1], "two integers or more"),
    "offsets in fractions": ("train_offsets", lambda a: a + 0.5, "got uint8 .* float"),
    "offsets that fall": ("train_offsets", lambda a: a[::-1], "that rise from 0"),
    "offsets past the end": ("test_offsets", lambda a: a * 2, "that rise from 0"),
    "pixels, not files": ("train_jpeg", lambda a: a[None], "got uint8 of shape"),
    "other classes": ("classes", lambda a: a[::-1], "got truck, ship"),
    "no list of classes": ("classes", lambda a: a[0], "got airplane"),
    "an object": ("classes", lambda a: a.astype(object), "allow_pickle"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_arrays_that_are_not_what_they_should_be_are_refused(encoded, tmp_path, what):
    """The file is named, with what was expected and what came."""
    path, arrays, _ = encoded
    name, change, wrong = SPOILT[what]
    np.savez(path, **{**arrays, name: change(arrays[name])})
    with pytest.raises(ValueError, match=f"small.npz: expected .*{wrong}"):
        cifar10.cifar10(str(path), cache=tmp_path / "cache")


def test_file_that_is_no_npz_is_refused(encoded, tmp_path):
    """Other bytes, none at all, or an .npz without one of the arrays."""
    path, arrays, _ = encoded
    np.savez(path, **{name: arrays[name] for name in arrays if name != "test_labels"})
    for content in (path.read_bytes(), b"PK no zip file", b""):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="expected the arrays"):
            cifar10.cifar10(str(path), cache=tmp_path / "cache")

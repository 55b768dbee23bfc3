"""CIFAR-10 as JPEG files in an .npz: a smaller, lossy stand-in for the archive.

Arrays, for "train" and "test": `train_jpeg`, the files one after another, uint8;
`train_offsets`, where each begins and the last ends; `train_labels`; and `classes`, the
names in the order of the labels.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from plusx.data import cache as caches
from plusx.data.datasets import Split


def read(path: Path, sha256: str, classes: tuple[str, ...], cache: Path) -> Split:
    """Decode an .npz of JPEG files, once: the cache keeps the pixels.

    Raises:
        ValueError: when the file holds something else; names it.
    """
    kept = cache / f"cifar10-{sha256[:16]}.safetensors"
    split = _kept(kept)
    if split is None:
        with caches.alone(cache) as partial:
            split = _kept(kept)  # another process may have decoded it
            if split is None:
                split = _decode(path, classes)
                _keep(split, kept, partial)
    return split


def quality(path: Path, classes: tuple[str, ...]) -> int | None:
    """The JPEG quality that the first file's quantization tables show."""
    arrays = _arrays(path, classes)
    first = arrays["train_jpeg"][: arrays["train_offsets"][1]].tobytes()
    with Image.open(io.BytesIO(first), formats=["JPEG"]) as image:
        tables = image.quantization
    for number in range(1, 101):
        sample = io.BytesIO()
        Image.new("RGB", (8, 8)).save(sample, "JPEG", quality=number)
        with Image.open(sample) as image:
            if image.quantization == tables:
                return number
    return None


def _kept(path: Path) -> Split | None:
    """The decoded images; None where there are none, or where they are damaged."""
    try:
        tensors = load_file(path)
        return Split(*(tensors[name] for name in Split._fields))
    except (OSError, SafetensorError, KeyError):
        return None


def _keep(split: Split, path: Path, partial: Path) -> None:
    try:
        partial.mkdir()
        (partial / path.name).write_bytes(save(split._asdict()))
        caches.keep(partial / path.name, path)
    except OSError as error:
        where = f"decoded images are not kept in {path.parent}"
        print(f"plusx: {where}: {error}", file=sys.stderr)


def _arrays(path: Path, classes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The arrays of the file, each of the type and shape that it should have."""
    names = [
        f"{part}_{kind}"
        for part in ("train", "test")
        for kind in ("jpeg", "offsets", "labels")
    ]
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in (*names, "classes")}
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path}: expected the arrays {', '.join(names)} and classes, got {error}"
        ) from error
    found = tuple(map(str, np.ravel(arrays["classes"]).tolist()))
    if found != classes:
        raise ValueError(
            f"{path}: expected the classes {', '.join(classes)}, got {', '.join(found)}"
        )
    for part in ("train", "test"):
        _check(path, part, arrays, len(classes))
    return arrays


def _check(path: Path, part: str, arrays: dict[str, np.ndarray], classes: int) -> None:
    """See that files, offsets and labels of a part are what they should be."""
    stream, offsets, labels = (
        arrays[f"{part}_{kind}"] for kind in ("jpeg", "offsets", "labels")
    )
    count = len(offsets) - 1 if offsets.ndim == 1 else 0
    sound = stream.dtype == np.uint8 and stream.ndim == 1
    if not (sound and count > 0 and offsets.dtype.kind in "iu"):
        raise ValueError(
            f"{path}: expected {part}_jpeg as uint8 and {part}_offsets as two integers "
            f"or more, got {_said(stream)} and {_said(offsets)}"
        )
    steps = np.diff(offsets.astype(np.int64))
    if offsets[0] != 0 or (steps <= 0).any() or offsets[-1] > len(stream):
        raise ValueError(
            f"{path}: expected {part}_offsets that rise from 0 to {len(stream):,}, got "
            f"{offsets[0]:,} to {offsets[-1]:,}, least step {steps.min():,}"
        )
    if labels.dtype.kind not in "iu" or labels.shape != (count,):
        raise ValueError(
            f"{path}: expected {count} {part} labels, one integer an image, "
            f"got {_said(labels)}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"{path}: expected {part} labels of 0 to {classes - 1}, "
            f"got {labels.min()} to {labels.max()}"
        )


def _said(array: np.ndarray) -> str:
    """Shape and type of an array in words."""
    return f"{array.dtype} of shape {array.shape}"


def _decode(path: Path, classes: tuple[str, ...]) -> Split:
    """Every image of an .npz of JPEG files."""
    arrays = _arrays(path, classes)
    tensors = []
    for part in ("train", "test"):
        stream, offsets = arrays[f"{part}_jpeg"].tobytes(), arrays[f"{part}_offsets"]
        labels = torch.from_numpy(arrays[f"{part}_labels"].astype(np.int64))
        images = torch.empty(len(labels), 3, 32, 32, dtype=torch.uint8)
        for number in range(len(labels)):
            encoded = stream[offsets[number] : offsets[number + 1]]
            images[number] = _pixels(encoded, f"{path}: {part} image {number}")
        tensors += [images, labels]
    return Split(*tensors)


def _pixels(encoded: bytes, what: str) -> Tensor:
    try:
        with Image.open(io.BytesIO(encoded), formats=["JPEG"]) as image:
            if image.size == (32, 32):
                pixels = np.array(image.convert("RGB"))
                return torch.from_numpy(pixels).permute(2, 0, 1)
            got = f"{image.size[0]} × {image.size[1]} pixels"
    except OSError as error:
        got = str(error)
    raise ValueError(f"{what}: expected a JPEG file of 32 × 32 pixels, got {got}")

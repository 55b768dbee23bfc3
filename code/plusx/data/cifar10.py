"""CIFAR-10 (Krizhevsky 2009): found, downloaded, checked and read.

Without a setting, the official binary archive is downloaded once. The environment
variable PLUSX_DATA names other places: a folder with that archive, with its six .bin
files, or with an .npz of encoded images; or the address of a mirror.

Nothing is unpickled, and nothing in an archive decides where a file is written: the
six expected members are read into memory. A member holds records of 1 label byte and
3 × 32 × 32 pixel bytes.
"""

import hashlib
import io
import os
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from plusx.data.datasets import DataSet, Split

CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
PIXEL_BYTES = 3 * 32 * 32
MEMBERS = (*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin")


class Archive(NamedTuple):
    """Where the archive comes from and how to know it; 10,000 images a member."""

    url: str = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    sha256: str = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
    size_bytes: int = 170_052_171
    images_per_file: int = 10_000

    @property
    def name(self) -> str:
        """The file's name, the last part of its address."""
        return self.url.rsplit("/", 1)[-1]


OFFICIAL = Archive()


def cifar10(
    place: str | None = None, archive: Archive = OFFICIAL, cache: Path | None = None
) -> DataSet:
    """CIFAR-10: 50,000 training and 10,000 test images, uint8, 3 × 32 × 32.

    Args:
        place: a folder or the address of a mirror; PLUSX_DATA when not given.
        cache: where downloads and decoded images are kept.

    Raises:
        ValueError: when what lies there is not CIFAR-10; says what was expected.
        ConnectionError: when the download fails.
    """
    place = place or os.environ.get("PLUSX_DATA", "")
    cache = cache or Path(pooch.os_cache("plusx"))
    if place and "://" not in place:
        split, origin = _from_folder(Path(place), archive, cache)
    else:
        path = _download(place, archive, cache)
        split, origin = _read_archive(path, archive), _origin("", archive.sha256)
    return DataSet(split, origin, CLASSES, 4, mirror=True)


def _origin(form: str, sha256: str) -> str:
    return f"CIFAR-10{form}, sha256 {sha256}"


def _download(mirror: str, archive: Archive, cache: Path) -> Path:
    """The archive in the cache, downloaded where it is missing or damaged.

    A download goes to a temporary file, which gets its name when the hash is right; one
    that breaks off leaves nothing, and the next call begins anew.
    """
    url = mirror or archive.url
    if not url.endswith(".gz"):
        url = f"{url.rstrip('/')}/{archive.name}"
    hint = "Set PLUSX_DATA to a folder that holds it or to the address of a mirror."
    try:
        loader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=60)
        known = f"sha256:{archive.sha256}"
        return Path(pooch.retrieve(url, known, archive.name, cache, downloader=loader))
    except OSError as error:
        if error.errno:  # a full disk, a folder that may not be written
            raise
        raise ConnectionError(f"could not download {url}: {error}. {hint}") from error
    except ValueError as error:
        raise ValueError(
            f"{url}: expected {archive.size_bytes:,} bytes with sha256 "
            f"{archive.sha256}, got another file ({error}). {hint}"
        ) from error


def _from_folder(folder: Path, archive: Archive, cache: Path) -> tuple[Split, str]:
    """Read what a folder holds, and name it."""
    packed = folder / archive.name
    if packed.is_file():
        _check(packed, archive)
        return _read_archive(packed, archive), _origin("", archive.sha256)
    for inner in (folder, folder / "cifar-10-batches-bin"):
        if all((inner / name).is_file() for name in MEMBERS):
            contents = {name: (inner / name).read_bytes() for name in MEMBERS}
            sha256 = hashlib.sha256(b"".join(contents.values())).hexdigest()
            return _parse(contents, archive, inner), _origin(" (.bin files)", sha256)
    encoded = sorted(folder.glob("*.npz"))
    if len(encoded) == 1:
        return _from_encoded(encoded[0], cache)
    raise ValueError(
        f"PLUSX_DATA: expected {archive.name}, its six .bin files or one .npz of "
        f"encoded images in {folder}, got "
        + (f"{len(encoded)} .npz files" if encoded else "none of them")
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(path: Path, archive: Archive) -> None:
    sha256 = _sha256(path)
    if sha256 != archive.sha256:
        raise ValueError(
            f"{path}: expected {archive.size_bytes:,} bytes with sha256 "
            f"{archive.sha256}, got {path.stat().st_size:,} bytes with {sha256}"
        )


def _read_archive(path: Path, archive: Archive) -> Split:
    """The six members of an archive, by name; whatever else it holds is not read."""
    contents = {}
    size = archive.images_per_file * (1 + PIXEL_BYTES)
    with tarfile.open(path, "r:gz") as file:
        for member in file:
            folder, _, name = member.name.rpartition("/")
            expected = folder == "cifar-10-batches-bin" and name in MEMBERS
            if expected and member.isreg() and member.size == size:
                contents[name] = file.extractfile(member).read()
    return _parse(contents, archive, path)


def _parse(contents: Mapping[str, bytes], archive: Archive, path: Path) -> Split:
    """Labels and pixels of the six files' bytes."""
    size = archive.images_per_file * (1 + PIXEL_BYTES)
    for name in MEMBERS:
        if len(contents.get(name, b"")) != size:
            raise ValueError(
                f"{path}: expected {name} with {size:,} bytes, got "
                + (f"{len(contents[name]):,}" if name in contents else "no such file")
            )
    joined = b"".join(contents[name] for name in MEMBERS)
    records = np.frombuffer(joined, np.uint8).reshape(-1, 1 + PIXEL_BYTES)
    labels = torch.from_numpy(records[:, 0].astype(np.int64))
    if labels.max() >= len(CLASSES):
        raise ValueError(f"{path}: expected labels 0 to 9, got {labels.max().item()}")
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy())
    count = 5 * archive.images_per_file
    return Split(images[:count], labels[:count], images[count:], labels[count:])


def _from_encoded(path: Path, cache: Path) -> tuple[Split, str]:
    """Decode an .npz of JPEG files, once: the cache keeps the pixels."""
    sha256 = _sha256(path)
    kept = cache / f"cifar10-{sha256[:16]}.safetensors"
    try:
        tensors = load_file(kept)
        return Split(*(tensors[name] for name in Split._fields)), _jpeg(path, sha256)
    except (OSError, SafetensorError, KeyError):
        pass  # not decoded yet, or by a process that was stopped
    split = _decode(path)
    partial = kept.with_suffix(f".{os.getpid()}")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(save(split._asdict()))
        os.replace(partial, kept)
    except OSError as error:
        print(
            f"plusx: decoded images are not kept in {cache}: {error}", file=sys.stderr
        )
        partial.unlink(missing_ok=True)
    return split, _jpeg(path, sha256)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    names = [
        f"{part}_{kind}"
        for part in ("train", "test")
        for kind in ("jpeg", "offsets", "labels")
    ]
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in (*names, "classes")}
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path}: expected the arrays {', '.join(names)} and classes, got {error}"
        ) from error
    classes = tuple(map(str, arrays["classes"].tolist()))
    if classes != CLASSES:
        raise ValueError(
            f"{path}: expected the classes {', '.join(CLASSES)}, "
            f"got {', '.join(classes)}"
        )
    return arrays


def _decode(path: Path) -> Split:
    """Every image of an .npz of JPEG files."""
    arrays = _arrays(path)
    tensors = []
    for part in ("train", "test"):
        stream, offsets = arrays[f"{part}_jpeg"].tobytes(), arrays[f"{part}_offsets"]
        labels = torch.from_numpy(arrays[f"{part}_labels"].astype(np.int64))
        if len(offsets) != len(labels) + 1 or labels.max() >= len(CLASSES):
            raise ValueError(
                f"{path}: expected {len(offsets) - 1} {part} labels of 0 to 9, got "
                f"{len(labels)} up to {labels.max().item()}"
            )
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


def _jpeg(path: Path, sha256: str) -> str:
    """The origin of encoded images, with the quality that their first file shows."""
    arrays = _arrays(path)
    first = arrays["train_jpeg"][: arrays["train_offsets"][1]].tobytes()
    with Image.open(io.BytesIO(first), formats=["JPEG"]) as image:
        tables = image.quantization
    for quality in range(1, 101):
        sample = io.BytesIO()
        Image.new("RGB", (8, 8)).save(sample, "JPEG", quality=quality)
        with Image.open(sample) as image:
            if image.quantization == tables:
                return _origin(f", JPEG q{quality}", sha256)
    return _origin(", JPEG", sha256)

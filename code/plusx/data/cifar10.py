"""CIFAR-10 (Krizhevsky 2009): found, downloaded, checked and read.

Without a setting, the official binary archive is downloaded once. The environment
variable PLUSX_DATA names other places: the address of a mirror; or that archive, its
six .bin files, the python files that torchvision keeps, an .npz of encoded images, or
a folder that holds one of them.

Nothing in an archive decides where a file is written: the six expected members are read
into memory. A .bin file holds records of 1 label byte and 3 × 32 × 32 pixel bytes.
"""

import hashlib
import os
import sys
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch
import torch

from plusx.data import cache as caches
from plusx.data import encoded, pickled
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
BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")
MEMBERS = tuple(f"{name}.bin" for name in BATCHES)
FOLDER = "cifar-10-batches-bin"
HINT = "Set PLUSX_DATA to a folder that holds it or to the address of a mirror."


class Archive(NamedTuple):
    """Where the archive comes from and how to know it; 10,000 images a member.

    `python_md5` is how to know the python files and their archive.
    """

    url: str = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
    sha256: str = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
    size_bytes: int = 170_052_171
    images_per_file: int = 10_000
    python_md5: Mapping[str, str] = pickled.MD5

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
        place: a folder, a file or the address of a mirror; PLUSX_DATA when not given.
        cache: where downloads and decoded images are kept.

    Raises:
        ValueError: when what lies there is not CIFAR-10; says what was expected.
        ConnectionError: when the download fails.
        KeyboardInterrupt: after a signal, when nothing half-written is left.
    """
    place = place or os.environ.get("PLUSX_DATA", "")
    cache = cache or Path(pooch.os_cache("plusx"))
    if place and "://" not in place:
        split, origin = _from_place(Path(place).expanduser(), archive, cache)
    else:
        path = _download(place, archive, cache)
        split, origin = _read_archive(path, archive), _origin("", archive.sha256)
    return DataSet(split, origin, CLASSES, 4, mirror=True)


def _origin(form: str, sha256: str) -> str:
    return f"CIFAR-10{form}, sha256 {sha256}"


def _download(mirror: str, archive: Archive, cache: Path) -> Path:
    """The archive in the cache, downloaded where it is missing or damaged.

    Of several processes, one downloads it. It gets its name when the hash is right; a
    download that breaks off leaves nothing, and the next call begins anew.
    """
    path = cache / archive.name
    if _is_whole(path, archive):
        return path
    url = mirror or archive.url
    if not url.endswith(".gz"):
        url = f"{url.rstrip('/')}/{archive.name}"
    with caches.alone(cache) as partial:
        if _is_whole(path, archive):  # another process may have downloaded it
            return path
        try:
            loader = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=60)
            known = f"sha256:{archive.sha256}"
            got = pooch.retrieve(url, known, archive.name, partial, downloader=loader)
        except OSError as error:
            if error.errno:  # a full disk, a folder that may not be written
                raise
            raise ConnectionError(
                f"could not download {url}: {error}. {HINT}"
            ) from error
        except ValueError as error:
            raise ValueError(
                f"{url}: expected {archive.size_bytes:,} bytes with sha256 "
                f"{archive.sha256}, got another file ({error}). {HINT}"
            ) from error
        return caches.keep(Path(got), path)


def _is_whole(path: Path, archive: Archive) -> bool:
    return path.is_file() and _digest(path) == archive.sha256


def _digest(path: Path, kind: str = "sha256") -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _from_place(place: Path, archive: Archive, cache: Path) -> tuple[Split, str]:
    """Read what a file is or a folder holds, and name it.

    The first form of which anything is there must be there as a whole.
    """
    if place.is_file():
        return _from_file(place, archive, cache)
    if not place.is_dir():
        raise ValueError(
            f"PLUSX_DATA: expected a folder, a file or an address with ://, got {place}"
            ": there is no such file or folder"
        )
    for name in (archive.name, pickled.PACKED):
        if (place / name).is_file():
            return _from_file(place / name, archive, cache)
    for names, inner in ((MEMBERS, FOLDER), (BATCHES, pickled.FOLDER)):
        for folder in (place, place / inner):
            begun = any((folder / name).exists() for name in names)
            if begun or (folder.is_dir() and folder.name == inner):
                return _from_six(folder, names, archive)
    packed = sorted(place.glob("*.npz"))
    if len(packed) == 1:
        return _from_file(packed[0], archive, cache)
    raise ValueError(
        f"PLUSX_DATA: expected {archive.name}, its six .bin files, {pickled.PACKED}, "
        f"its six files or one .npz of encoded images in {place}, "
        f"got {_holds(path.name for path in packed or place.iterdir())}"
    )


def _holds(names: Iterable[str]) -> str:
    """What is there, in a few names."""
    names = sorted(names)
    return ", ".join(names[:6]) + " …" * (len(names) > 6) if names else "nothing"


def _from_file(path: Path, archive: Archive, cache: Path) -> tuple[Split, str]:
    """Read an archive or an .npz, and name it."""
    sha256 = _digest(path)
    if path.suffix == ".npz":
        split = encoded.read(path, sha256, CLASSES, cache)
        quality = encoded.quality(path, CLASSES)
        return split, _origin(f", JPEG q{quality}" if quality else ", JPEG", sha256)
    if path.name == pickled.PACKED:
        md5 = archive.python_md5[path.name]
        _expect(path, f"md5 {md5}", f"md5 {_digest(path, 'md5')}")
        contents = _members(path, pickled.FOLDER, BATCHES)
        return _from_python(contents, path, archive)
    if path.suffix != ".gz":
        raise ValueError(
            f"PLUSX_DATA: expected {archive.name}, {pickled.PACKED}, an .npz or the "
            f"folder of the other files, got {path}"
        )
    _expect(
        path,
        f"{archive.size_bytes:,} bytes with sha256 {archive.sha256}",
        f"{path.stat().st_size:,} bytes with sha256 {sha256}",
    )
    return _read_archive(path, archive), _origin("", sha256)


def _expect(path: Path, official: str, got: str) -> None:
    """See that a file is the official one by what is known of both."""
    if got != official:
        raise ValueError(f"{path}: expected the official file of {official}, got {got}")


def _from_six(
    folder: Path, names: tuple[str, ...], archive: Archive
) -> tuple[Split, str]:
    """Read six files that lie in a folder, and name them."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"{folder}: expected {', '.join(names)}, missing {', '.join(missing)}"
        )
    contents = {name: (folder / name).read_bytes() for name in names}
    if names == BATCHES:
        return _from_python(contents, folder, archive)
    # What the official hashes of these six are is not published.
    sha256 = hashlib.sha256(b"".join(contents.values())).hexdigest()
    split = _parse(contents, archive, folder)
    return split, _origin(" (.bin files, unchecked)", sha256)


def _from_python(
    contents: Mapping[str, bytes], path: Path, archive: Archive
) -> tuple[Split, str]:
    """Read the six python files, each when its hash is right, and name them."""
    for name, content in contents.items():
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        _expect(path / name, f"md5 {archive.python_md5[name]}", f"md5 {md5}")
    files = pickled.as_binary(contents, str(path))
    sha256 = hashlib.sha256(b"".join(contents[name] for name in BATCHES)).hexdigest()
    return _parse(files, archive, path), _origin(" (python files)", sha256)


def _read_archive(path: Path, archive: Archive) -> Split:
    return _parse(_members(path, FOLDER, MEMBERS), archive, path)


def _members(path: Path, folder: str, names: tuple[str, ...]) -> dict[str, bytes]:
    """Members of an archive, by name; whatever else it holds is not read."""
    contents = {}
    with tarfile.open(path, "r:gz") as file:
        for member in file:
            inner, _, name = member.name.rpartition("/")
            if inner == folder and name in names and member.isreg():
                contents[name] = file.extractfile(member).read()
    return contents


def _parse(contents: Mapping[str, bytes], archive: Archive, path: Path) -> Split:
    """Labels and pixels of the six files' bytes."""
    size = archive.images_per_file * (1 + PIXEL_BYTES)
    for name in MEMBERS:
        if len(contents.get(name, b"")) != size:
            raise ValueError(
                f"{path}: expected {name} with {size:,} bytes, got "
                + (f"{len(contents[name]):,}" if name in contents else "no such file")
            )
    seen = {}
    for name in MEMBERS:
        twin = seen.setdefault(contents[name], name)
        if twin != name:
            raise ValueError(f"{path}: expected six files, got {name} equal to {twin}")
    joined = b"".join(contents[name] for name in MEMBERS)
    records = np.frombuffer(joined, np.uint8).reshape(-1, 1 + PIXEL_BYTES)
    labels = torch.from_numpy(records[:, 0].astype(np.int64))
    if labels.max() >= len(CLASSES):
        raise ValueError(f"{path}: expected labels 0 to 9, got {labels.max().item()}")
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy())
    count = 5 * archive.images_per_file
    return Split(images[:count], labels[:count], images[count:], labels[count:])

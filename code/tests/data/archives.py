"""Small archives of three records a file, and what they must read as."""

import hashlib
import io
import tarfile
from pathlib import Path

from plusx import data
from plusx.data import cifar10

COUNT = 3
RECORD = 3073


def pack(path: Path, files: dict[str, bytes], *extra: tarfile.TarInfo) -> Path:
    """Write an archive of files in CIFAR-10's folder, and members without content."""
    with tarfile.open(path, "w:gz") as archive:
        for member in extra:
            archive.addfile(member)
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def described(path: Path) -> cifar10.Archive:
    """The description of a small archive."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    url = f"http://localhost/{path.name}"
    return cifar10.Archive(url, sha256, path.stat().st_size, COUNT)


def lay(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder, which is made."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def check(split: data.Split, members: dict[str, bytes]) -> None:
    """Every label and pixel is the byte that was packed."""
    train = b"".join(content for name, content in members.items() if "data" in name)
    for images, labels, content in (
        (split.train_images, split.train_labels, train),
        (split.test_images, split.test_labels, members["test_batch.bin"]),
    ):
        assert labels.tolist() == [content[at] for at in range(0, len(content), RECORD)]
        for number, image in enumerate(images):
            start = number * RECORD + 1
            assert image.numpy().tobytes() == content[start : start + RECORD - 1]

"""CIFAR-10 from a small archive, bin files, downloads and encoded images."""

import contextlib
import hashlib
import http.server
import io
import tarfile
import threading
from pathlib import Path

import disks
import numpy as np
import pytest
import torch
from PIL import Image

from plusx import data
from plusx.data import cifar10

COUNT = 3
RECORD = 3073


@pytest.fixture
def members() -> dict[str, bytes]:
    """Six files of three records each."""
    generator = np.random.default_rng(0)
    files = {}
    for name in (*(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"):
        records = generator.integers(0, 256, (COUNT, RECORD), dtype=np.uint8)
        records[:, 0] %= 10
        files[name] = records.tobytes()
    return files


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


@pytest.fixture
def packed(tmp_path, members) -> Path:
    """An archive in a folder of its own."""
    (tmp_path / "there").mkdir()
    return pack(tmp_path / "there" / "cifar-10-binary.tar.gz", members)


@contextlib.contextmanager
def served(folder: Path, cut: int = 0):
    """Serve a folder on localhost; a cut leaves out the last bytes of an answer."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            pass

        def copyfile(self, source, output):
            content = source.read()
            output.write(content[: len(content) - cut])

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


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


def test_archive_in_a_folder_is_read_byte_for_byte(packed, members):
    """Labels and pixels come back, and the source has the archive's hash."""
    found = cifar10.cifar10(str(packed.parent), described(packed))
    check(found.split, members)
    assert found.origin == f"CIFAR-10, sha256 {described(packed).sha256}"
    assert found.classes[3] == "cat"


def test_archive_members_elsewhere_are_left_alone(tmp_path, members):
    """A path that leads out is not made; a link with an expected name is not read."""
    evil = tarfile.TarInfo("../escaped")
    link = tarfile.TarInfo("cifar-10-batches-bin/data_batch_1.bin")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    path = pack(tmp_path / "cifar-10-binary.tar.gz", members, evil, link)
    found = cifar10.cifar10(str(tmp_path), described(path))
    check(found.split, members)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", ["truncated", "changed", "other"])
def test_archive_with_another_hash_is_refused(packed, damage):
    """The message has both sizes and both hashes."""
    archive, content = described(packed), packed.read_bytes()
    damaged = {
        "truncated": content[:-10],
        "changed": content[:-1] + bytes([content[-1] ^ 1]),
        "other": b"<html>not here</html>",
    }[damage]
    packed.write_bytes(damaged)
    with pytest.raises(ValueError, match="bytes with sha256") as error:
        cifar10.cifar10(str(packed.parent), archive)
    assert f"expected {len(content):,} bytes" in str(error.value)
    assert archive.sha256 in str(error.value)
    assert hashlib.sha256(damaged).hexdigest() in str(error.value)


def test_archive_without_a_member_is_refused(tmp_path, members):
    """The missing file is named."""
    del members["data_batch_4.bin"]
    path = pack(tmp_path / "cifar-10-binary.tar.gz", members)
    with pytest.raises(ValueError, match=r"expected data_batch_4.bin .* no such file"):
        cifar10.cifar10(str(tmp_path), described(path))


@pytest.mark.parametrize("inner", ["", "cifar-10-batches-bin"])
def test_bin_files_in_a_folder_are_read(tmp_path, members, inner):
    """The extracted files serve too, alone or in their folder."""
    (tmp_path / inner).mkdir(exist_ok=True)
    for name, content in members.items():
        (tmp_path / inner / name).write_bytes(content)
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    found = cifar10.cifar10(str(tmp_path), archive)
    check(found.split, members)
    sha256 = hashlib.sha256(b"".join(members.values())).hexdigest()
    assert found.origin == f"CIFAR-10 (.bin files), sha256 {sha256}"


def test_bin_file_of_another_size_or_label_is_refused(tmp_path, members):
    """A short file and a label above 9 are named."""
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    for name, content in members.items():
        (tmp_path / name).write_bytes(content)
    short = tmp_path / "test_batch.bin"
    short.write_bytes(members["test_batch.bin"][:-5])
    with pytest.raises(
        ValueError, match=r"expected test_batch.bin with 9,219 .* 9,214"
    ):
        cifar10.cifar10(str(tmp_path), archive)
    short.write_bytes(b"\x0b" + members["test_batch.bin"][1:])
    with pytest.raises(ValueError, match="expected labels 0 to 9, got 11"):
        cifar10.cifar10(str(tmp_path), archive)


def test_folder_without_data_is_refused(tmp_path):
    """The message says what may lie there."""
    with pytest.raises(ValueError, match=r"cifar-10-binary.tar.gz.* got none of them"):
        cifar10.cifar10(str(tmp_path))


def test_environment_variable_names_the_folder(packed, members, monkeypatch):
    """PLUSX_DATA stands in for the argument."""
    monkeypatch.setenv("PLUSX_DATA", str(packed.parent))
    check(cifar10.cifar10(archive=described(packed)).split, members)


def test_download_is_checked_and_kept(packed, members, tmp_path):
    """From a mirror's folder, once: the second time no server is there."""
    archive, cache = described(packed), tmp_path / "cache"
    with served(packed.parent) as address:
        check(cifar10.cifar10(address, archive, cache).split, members)
    check(cifar10.cifar10(address, archive, cache).split, members)


def test_download_that_breaks_off_leaves_nothing_and_begins_anew(
    packed, members, tmp_path
):
    """Half an answer is an error with advice; a whole one then works."""
    archive, cache = described(packed), tmp_path / "cache"
    url = packed.name
    with (
        served(packed.parent, cut=100) as address,
        pytest.raises((ValueError, ConnectionError), match="PLUSX_DATA"),
    ):
        cifar10.cifar10(address + url, archive, cache)
    assert list(cache.iterdir()) == []
    with served(packed.parent) as address:
        check(cifar10.cifar10(address + url, archive, cache).split, members)


def test_download_of_another_file_is_refused(packed, tmp_path):
    """The hash decides; the file is not kept."""
    archive, cache = described(packed), tmp_path / "cache"
    packed.write_bytes(b"another file")
    with (
        served(packed.parent) as address,
        pytest.raises(ValueError, match=rf"sha256 {archive.sha256}, got another"),
    ):
        cifar10.cifar10(address, archive, cache)
    assert list(cache.iterdir()) == []


def test_download_without_a_server_says_what_to_do(packed, tmp_path):
    """No network, or no such page: the address and PLUSX_DATA are named."""
    with (
        served(tmp_path) as address,
        pytest.raises(ConnectionError, match=r"missing/.* Set PLUSX_DATA"),
    ):
        cifar10.cifar10(f"{address}missing/", described(packed), tmp_path)
    with pytest.raises(ConnectionError, match=r"could not download http"):
        cifar10.cifar10(address, described(packed), tmp_path)


def test_download_to_a_full_disk_leaves_nothing(packed, tmp_path):
    """The system's own error comes through, and no part of the file stays."""
    cache = tmp_path / "cache"
    with (
        served(packed.parent) as address,
        disks.room_for(10_000),
        pytest.raises(OSError, match="File too large"),
    ):
        cifar10.cifar10(address, described(packed), cache)
    assert list(cache.iterdir()) == []


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
    monkeypatch.delattr(cifar10, "_decode")
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
    """Not a JPEG, another size, wrong labels, missing or pickled arrays."""
    path, arrays, _ = encoded
    offsets = arrays["train_offsets"]
    garbage = arrays["train_jpeg"].copy()
    garbage[offsets[1] : offsets[2]] = 0
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, "JPEG")
    small = np.frombuffer(stream.getvalue(), np.uint8)
    for changed, message in (
        ({"train_jpeg": garbage}, "train image 1: expected a JPEG"),
        (
            {"test_jpeg": small, "test_offsets": np.array([0, len(small), len(small)])},
            "test image 0: expected .* got 16 × 16",
        ),
        ({"test_labels": np.array([0], np.uint8)}, "expected 2 test labels .* got 1"),
        ({"classes": np.array(["dog", "cat"])}, "expected the classes .* got dog, cat"),
        (
            {"classes": np.array([{}], dtype=object)},
            "expected the arrays .* allow_pickle",
        ),
    ):
        np.savez(path, **{**arrays, **changed})
        with pytest.raises(ValueError, match=message):
            cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")
    path.write_bytes(b"PK no zip file")
    with pytest.raises(ValueError, match="expected the arrays"):
        cifar10.cifar10(str(path.parent), cache=tmp_path / "cache")

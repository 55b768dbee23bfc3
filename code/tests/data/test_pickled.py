"""CIFAR-10's python files: read when they are the known ones, and never obeyed."""

import functools
import hashlib
import io
import os
import pickle
import struct
import tarfile
from pathlib import Path

import numpy as np
import pytest
from archives import COUNT, RECORD, check, lay

from plusx import data
from plusx.data import cifar10, pickled


class OldPickler(pickle._Pickler):
    """Writes bytes as the strings of Python 2, which made the official files."""

    def save_string(self, content: bytes) -> None:
        """Opcode BINSTRING."""
        self.write(b"T" + struct.pack("<i", len(content)) + content)

    dispatch = pickle._Pickler.dispatch | {bytes: save_string}


def batch(content: bytes, old: bool = True, **changed: object) -> bytes:
    """A binary file's records as a pickle like those of the official archive."""
    rows = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    entries = {"labels": rows[:, 0].tolist(), "data": rows[:, 1:].copy()} | changed
    whole = {b"batch_label": b"one of six", b"filenames": [b"a.png"] * len(rows)}
    whole |= {name.encode(): value for name, value in entries.items()}
    file = io.BytesIO()
    (OldPickler if old else pickle.Pickler)(file, 3).dump(whole)
    return file.getvalue()


def known(files: dict[str, bytes]) -> cifar10.Archive:
    """Files of three images, which count as the official ones."""
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    return archive._replace(python_md5=md5)


@pytest.fixture
def files(members) -> dict[str, bytes]:
    """The six python files."""
    return {name.removesuffix(".bin"): batch(row) for name, row in members.items()}


def loaded(place: Path, files: dict[str, bytes]) -> data.DataSet:
    """Read a place whose files are the official ones."""
    return cifar10.cifar10(str(place), known(files))


def test_python_files_give_what_the_binary_ones_give(tmp_path, files, members):
    """In a folder of torchvision, or named themselves; the origin has their hash."""
    inner = tmp_path / "cifar-10-batches-py"
    lay(inner, files | {"batches.meta": b"never read"})
    for place in (tmp_path, inner):
        found = loaded(place, files)
        check(found.split, members)
        sha256 = hashlib.sha256(b"".join(files.values())).hexdigest()
        assert found.origin == f"CIFAR-10 (python files), sha256 {sha256}"


def test_python_archive_is_read_where_it_lies(tmp_path, files, members):
    """Not extracted either; another archive of that name is refused."""
    path = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    whole = files | {path.name: path.read_bytes()}
    check(loaded(path, whole).split, members)
    check(loaded(tmp_path, whole).split, members)
    path.write_bytes(b"x")
    with pytest.raises(ValueError, match=r"python.tar.gz: expected the official file"):
        loaded(tmp_path, whole)


def test_python_file_with_another_hash_is_not_opened(tmp_path, files, monkeypatch):
    """It is named with both hashes before anything of it is unpickled."""
    lay(tmp_path, files | {"data_batch_2": b"other"})
    monkeypatch.delattr(pickled, "records")
    with pytest.raises(ValueError, match=r"data_batch_2: expected .* got md5"):
        loaded(tmp_path, files)


def test_pickles_of_newer_python_are_read(members):
    """Bytes and NumPy's new module names: Keras and others write them anew."""
    content = members["test_batch.bin"]
    assert pickled.records(batch(content, old=False), "x").tobytes() == content


class Obeyed:
    """A pickle of it has `os.mkdir` called."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> tuple:
        """What a pickle may ask for: a call of any function."""
        return os.mkdir, (str(self.path),)


def test_pickle_that_names_a_function_is_refused(tmp_path, members):
    """The name is told, and nothing is called."""
    content = members["test_batch.bin"]
    make = functools.partial(batch, content, old=False)
    assert pickle.loads(make(x=Obeyed(tmp_path / "caught")))  # the pickle does work
    assert (tmp_path / "caught").is_dir()
    for extra in (Obeyed(tmp_path / "called"), os.system, np.random.default_rng):
        with pytest.raises(ValueError, match=r"x: expected a pickle .* the name \w"):
            pickled.records(make(extra=extra), "x")
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"data": np.zeros((COUNT, RECORD - 1))},
        {"data": np.zeros((COUNT + 1, RECORD - 1), np.uint8)},
        {"data": np.zeros((RECORD - 1, COUNT), np.uint8).T},
        {"data": np.array([{}], object)},
        {"data": [1, 2, 3]},
        {"labels": [0, 1, 3.7]},
        {"labels": [0, 1, -1]},
        {"labels": [0, 1, 300]},
        {"labels": []},
        {"labels": None},
    ],
    ids=str,
)
def test_pickle_of_another_content_is_refused(members, changed):
    """Other types, shapes and labels; the file is named."""
    spoilt = batch(members["test_batch.bin"], old=False, **changed)
    with pytest.raises(ValueError, match="x: expected a pickle of labels"):
        pickled.records(spoilt, "x")


def test_file_that_is_no_pickle_is_refused(members):
    """Cut off, other bytes, or a pickle of something else."""
    whole = batch(members["test_batch.bin"])
    for content in (whole[:-20], b"", b"<html>", pickle.dumps([1, 2])):
        with pytest.raises(ValueError, match="x: expected a pickle of labels"):
            pickled.records(content, "x")

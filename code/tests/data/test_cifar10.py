"""CIFAR-10 from archives and folders: what is read, what is refused and how."""

import hashlib
import tarfile
from pathlib import Path

import pytest
from archives import COUNT, check, described, lay, pack

from plusx.data import cifar10


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
    assert f"file of {len(content):,} bytes" in str(error.value)
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
    lay(tmp_path / inner, members)
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    found = cifar10.cifar10(str(tmp_path), archive)
    check(found.split, members)
    sha256 = hashlib.sha256(b"".join(members.values())).hexdigest()
    assert found.origin == f"CIFAR-10 (.bin files, unchecked), sha256 {sha256}"


def test_bin_file_of_another_size_or_label_is_refused(tmp_path, members):
    """A short file and a label above 9 are named."""
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    lay(tmp_path, members)
    short = tmp_path / "test_batch.bin"
    short.write_bytes(members["test_batch.bin"][:-5])
    with pytest.raises(
        ValueError, match=r"expected test_batch.bin with 9,219 .* 9,214"
    ):
        cifar10.cifar10(str(tmp_path), archive)
    short.write_bytes(b"\x0b" + members["test_batch.bin"][1:])
    with pytest.raises(ValueError, match="expected labels 0 to 9, got 11"):
        cifar10.cifar10(str(tmp_path), archive)


def test_environment_variable_names_the_folder(packed, members, monkeypatch):
    """PLUSX_DATA stands in for the argument."""
    monkeypatch.setenv("PLUSX_DATA", str(packed.parent))
    check(cifar10.cifar10(archive=described(packed)).split, members)


def message(place: object) -> str:
    """What is said of a place that is refused; official hashes, three images a file."""
    archive = cifar10.OFFICIAL._replace(images_per_file=COUNT)
    with pytest.raises(ValueError) as error:
        cifar10.cifar10(str(place), archive, Path(place).parent / "cache")
    return str(error.value)


def test_equal_files_are_not_taken_for_six(tmp_path, members):
    """Test images that are training images would make any net look good."""
    lay(tmp_path, members | {"test_batch.bin": members["data_batch_2.bin"]})
    assert "got test_batch.bin equal to data_batch_2.bin" in message(tmp_path)


@pytest.mark.parametrize("suffix", [".bin", ""])
def test_missing_files_are_named_even_beside_an_npz(tmp_path, members, suffix):
    """A form that is begun must be whole: no other one silently takes its place."""
    files = {name.removesuffix(".bin") + suffix: b"" for name in members}
    for name in ("data_batch_3", "test_batch"):
        del files[name + suffix]
    lay(tmp_path, files | {"images.npz": b""})
    assert f"missing data_batch_3{suffix}, test_batch{suffix}" in message(tmp_path)


def test_folder_of_a_form_that_is_empty_is_named(tmp_path):
    """An extraction that went wrong is told by its folder."""
    (tmp_path / "cifar-10-batches-py").mkdir()
    assert "cifar-10-batches-py: expected data_batch_1, " in message(tmp_path)


def test_folder_without_data_says_what_it_holds(tmp_path):
    """The message has what may lie there, and what does."""
    assert "cifar-10-binary.tar.gz" in message(tmp_path)
    assert message(tmp_path).endswith("got nothing")
    lay(tmp_path, {f"train_{number}.png": b"" for number in range(9)})
    assert message(tmp_path).endswith(
        "got train_0.png, train_1.png, train_2.png, "
        "train_3.png, train_4.png, train_5.png …"
    )
    lay(tmp_path, {"a.npz": b"", "b.npz": b""})
    assert message(tmp_path).endswith("got a.npz, b.npz")


def test_place_that_is_not_there_or_another_file_is_refused(tmp_path):
    """A folder that was never made, an address without its scheme, a picture."""
    assert "there is no such file or folder" in message(tmp_path / "nowhere")
    assert "an address with ://, got example.org" in message("example.org")
    lay(tmp_path, {"cat.png": b""})
    assert "the folder of the other files, got" in message(tmp_path / "cat.png")


def test_archive_itself_and_a_home_folder_may_be_named(packed, members, monkeypatch):
    """The file's own path, also with ~, which no shell opened up."""
    check(cifar10.cifar10(str(packed), described(packed)).split, members)
    monkeypatch.setenv("HOME", str(packed.parents[1]))
    found = cifar10.cifar10(f"~/{packed.parent.name}", described(packed))
    check(found.split, members)

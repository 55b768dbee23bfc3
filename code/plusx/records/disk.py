"""Files that are written whole or not at all, and errors that name them."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

PARTIAL = ".partial"  # what a file is called until it is whole


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error of the system name the path: of a full disk it does not.

    Raises:
        OSError: the same one, with a file name.
    """
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def check_folder(folder: Path, room_bytes: int = 1) -> None:
    """See that files can be written into a folder, before work is done for them.

    Args:
        room_bytes: how much must have room there.

    Raises:
        OSError: when they cannot; names the folder.
    """
    with naming(folder), tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(room_bytes))
        file.flush()


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, so that a killed process leaves the old one.

    Raises:
        OSError: when there is no right or no room to write; names the file, of which
            nothing is left then.
    """
    partial = path.with_suffix(PARTIAL)
    # Another job may have made the folder and, when it stopped, taken it away again.
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with naming(path), partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)

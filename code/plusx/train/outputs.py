"""Where a run writes: seen to before its first step, and held by one job at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from plusx.records.disk import PARTIAL, check_folder, naming
from plusx.train import checkpoints
from plusx.train.progress import say

LOCK = ".lock"
ROOM_BYTES = 2**24  # the checkpoint of the largest net here takes less


@contextlib.contextmanager
def ready(folder: Path) -> Iterator[None]:
    """See that a folder can be written; one made for it goes again if it stays empty.

    Raises:
        OSError: when there is no right or no room to write; names the folder.
    """
    made = not folder.exists()
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        check_folder(folder, ROOM_BYTES)
        yield
    finally:
        with contextlib.suppress(OSError):  # it holds something
            if made:
                folder.rmdir()


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder of a run, so that no other job writes into it.

    The system lets go of it when the process ends, however it ends.

    Raises:
        ValueError: when another job holds it.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ValueError(
            f"expected a folder that no other job trains in, got {folder}: wait for "
            "that job, or choose another folder"
        ) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open
            (folder / LOCK).unlink()
        lock.release()


def begun(folder: Path, resume: bool) -> bool:
    """Whether the folder holds a run to go on with; see that one may begin otherwise.

    A checkpoint whose writing was cut off is no checkpoint, and is removed.

    Raises:
        ValueError: when a run would overwrite another, or there is none to resume.
    """
    cut_off = (folder / checkpoints.NAME).with_suffix(PARTIAL)
    others = {path.name for path in folder.iterdir()} - {LOCK, cut_off.name}
    only_begun = cut_off.exists() and not others
    cut_off.unlink(missing_ok=True)
    if resume and (folder / checkpoints.NAME).is_file():
        return True
    if only_begun:
        say(f"{cut_off} was not finished when its job ended: the run begins anew")
    elif resume:
        raise ValueError(f"expected a checkpoint to resume in {folder}, got none")
    if others:
        raise ValueError(
            f"expected a new or empty folder for the run, got {folder}, which holds "
            "something: choose another, or continue the run there with --resume"
        )
    return False

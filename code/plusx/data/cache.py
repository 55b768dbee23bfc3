"""The folder of downloads and decoded images: whole files alone, one process at a time.

What is being written lies in a folder of its own until it is whole, so that whatever a
stopped process left there can be thrown away.
"""

import contextlib
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PARTIAL = "partial"
PATIENCE_S = 5
SIGNALS = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]


@contextlib.contextmanager
def alone(cache: Path) -> Iterator[Path]:
    """Wait until no other process writes into the cache; give a folder for parts.

    The folder is empty, and gone afterwards, also where a signal ends the process.
    """
    partial = cache / PARTIAL
    with _locked(cache), _signals_raise():
        shutil.rmtree(partial, ignore_errors=True)
        try:
            yield partial
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def keep(whole: Path, path: Path) -> Path:
    """Give a whole file its name; what stood there before is replaced."""
    os.replace(whole, path)
    return path


@contextlib.contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Hold the cache's lock; where nothing can be written, there is nothing to lock."""
    lock = FileLock(cache / ".lock")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _acquire(lock)
    except OSError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # Windows keeps a file that is open
            os.unlink(lock.lock_file)
        lock.release()


def _acquire(lock: FileLock) -> None:
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout:
        waits = f"waiting for another process, which holds {lock.lock_file}"
        print(f"plusx: {waits}", file=sys.stderr)
        lock.acquire()


@contextlib.contextmanager
def _signals_raise() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, so that it can tidy up."""

    def stop(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(number, "while CIFAR-10 was fetched or decoded")

    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in filter(None, SIGNALS):
            if signal.getsignal(number) == signal.SIG_DFL:
                handlers[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

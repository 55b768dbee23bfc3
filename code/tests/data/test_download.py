"""Downloads of CIFAR-10: checked, kept whole, by one process, through signals."""

import contextlib
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import disks
import pytest
from archives import check, described

from plusx.data import cache as caches
from plusx.data import cifar10


@contextlib.contextmanager
def served(folder: Path, cut: int = 0, asked: list | None = None, begun=None):
    """Serve a folder on localhost.

    Args:
        cut: so many bytes of each answer are left out at its end.
        asked: gets each path that is asked for.
        begun: called after the first half of an answer; the rest comes when it returns.
    """

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=folder)

        def log_message(self, *arguments):
            if asked is not None:
                asked.append(self.path)

        def copyfile(self, source, output):
            content = source.read()
            output.write(content[: len(content) // 2])
            if begun:
                output.flush()
                begun()
            with contextlib.suppress(ConnectionError):
                output.write(content[len(content) // 2 : len(content) - cut])

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


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


FETCH = """
import sys
from pathlib import Path
from plusx.data import cifar10
archive = cifar10.Archive(sys.argv[2], sys.argv[3], 0, 3)
try:
    found = cifar10.cifar10(sys.argv[1], archive, Path(sys.argv[4]))
except KeyboardInterrupt as stopped:
    sys.exit(100 + stopped.args[0])
print(found.split.train_labels.tolist())
"""


def fetch(address: str, packed: Path, cache: Path) -> subprocess.Popen:
    """Another process that loads the data."""
    archive = described(packed)
    command = [sys.executable, "-c", FETCH, address, archive.url, archive.sha256, cache]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signal_during_a_download_leaves_nothing(packed, tmp_path, number):
    """The process ends by an exception, and its part of the file is gone."""
    cache, half, done = tmp_path / "cache", threading.Event(), threading.Event()

    def begun():
        half.set()
        done.wait()

    with served(packed.parent, begun=begun) as address:
        process = fetch(address, packed, cache)
        assert half.wait(60)
        while not any(path.is_file() for path in cache.glob("partial/*")):
            time.sleep(0.01)
        process.send_signal(number)
        output = process.communicate(timeout=60)
        done.set()
    assert process.returncode == 100 + number, output
    assert list(cache.iterdir()) == []


@pytest.mark.slow
def test_several_processes_download_once(packed, members, tmp_path):
    """Three begin together; the mirror is asked once, and all have the same."""
    asked, cache = [], tmp_path / "cache"
    with served(packed.parent, asked=asked, begun=lambda: time.sleep(1)) as address:
        processes = [fetch(address, packed, cache) for _ in range(3)]
        answers = {process.communicate(timeout=60)[0] for process in processes}
    assert len(asked) == 1
    assert len(answers) == 1 and answers != {b""}
    assert [path.name for path in cache.iterdir()] == [packed.name]


def test_download_clears_what_a_killed_process_left(packed, members, tmp_path):
    """SIGKILL lets nothing tidy up; the next download does."""
    cache = tmp_path / "cache"
    (cache / "partial").mkdir(parents=True)
    (cache / "partial" / "tmpabc").write_bytes(b"half of it")
    with served(packed.parent) as address:
        check(cifar10.cifar10(address, described(packed), cache).split, members)
    assert [path.name for path in cache.iterdir()] == [packed.name]


def test_damaged_file_in_the_cache_is_downloaded_anew(packed, members, tmp_path):
    """A disk error or another version: the hash decides."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / packed.name).write_bytes(packed.read_bytes()[:-1])
    with served(packed.parent) as address:
        check(cifar10.cifar10(address, described(packed), cache).split, members)


def test_waiting_for_another_process_is_said(tmp_path, monkeypatch, capsys):
    """Who waits for a lock longer than a moment says so, and goes on afterwards."""
    monkeypatch.setattr(caches, "PATIENCE_S", 0.05)
    held, waited = threading.Event(), threading.Event()

    def hold():
        with caches.alone(tmp_path):
            held.set()
            waited.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    threading.Timer(0.3, waited.set).start()
    with caches.alone(tmp_path):
        thread.join()
    assert "waiting for another process" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_cache_that_cannot_be_written_is_read(packed, members, tmp_path):
    """A read-only folder with the whole archive serves."""
    packed.parent.chmod(0o500)
    found = cifar10.cifar10("http://localhost:1/", described(packed), packed.parent)
    check(found.split, members)
    packed.parent.chmod(0o700)

"""Where a run writes: seen to before its first step, whatever the machine is like."""

import errno
import os
import subprocess
import sys

import disks
import pytest
from short_run import CPU

from plusx import data, train
from plusx.records.disk import naming
from plusx.train import checkpoints, outputs, trainer
from plusx.train.__main__ import main
from plusx.train.config import Config
from plusx.train.session import Session

pytestmark = pytest.mark.usefixtures("one_thread")
COMMON = ["--device", "cpu", "--precision", "fp32", "--out"]


@pytest.fixture
def no_data(monkeypatch):
    """Fails as soon as something is loaded: what is refused is refused before."""

    def load(name):
        raise AssertionError("data are loaded")

    monkeypatch.setattr(data, "load", load)


@pytest.mark.slow
def test_folders_that_do_not_exist_yet_are_made(short, tmp_path, monkeypatch):
    """A record, weights and a run in new folders, "~" being the user's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = ["--record", "~/new/records", "--weights", str(tmp_path / "weights")]
    assert main([*COMMON, "~/runs/a", *kept]) == 0
    name = "resnet20-smoke-digits"
    assert (tmp_path / "new" / "records" / f"{name}.json").is_file()
    assert (tmp_path / "weights" / f"{name}.safetensors").is_file()
    assert (tmp_path / "runs" / "a" / "run.json").is_file()
    assert Config(out="~/runs/a").folder == tmp_path / "runs" / "a"


@pytest.mark.parametrize("what", ["--out", "--record", "--weights"])
def test_output_that_cannot_be_written_is_refused_before_loading(
    what, no_data, tmp_path, capsys
):
    """A file in the place of a folder; the message names it, and nothing is left."""
    (tmp_path / "file").write_text("mine")
    arguments = ["--out", str(tmp_path / "run"), what, str(tmp_path / "file" / "x")]
    assert main(arguments) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("what", ["--out", "--record"])
def test_disk_without_room_is_noticed_before_loading(what, no_data, tmp_path, capsys):
    """The message names the folder, which is not left behind."""
    folder = tmp_path / "full"
    with disks.room_for(1_000_000):
        assert main(["--out", str(tmp_path / "run"), what, str(folder)]) == 1
    assert f"File too large: '{folder}'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_error_of_a_full_disk_names_the_file(tmp_path):
    """The system names it where a file is opened, not where it is written."""
    with (
        pytest.raises(OSError, match=r"No space left.*/here'"),
        naming(tmp_path / "here"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    with (
        pytest.raises(ConnectionError, match=r"^no address$"),
        naming(tmp_path),
    ):
        raise ConnectionError("no address")


def test_second_job_in_a_folder_is_refused(no_data, tmp_path, capsys):
    """It ends in a sentence; when the first job is over, the folder is free."""
    with outputs.ready(tmp_path / "run"):
        with outputs.held(tmp_path / "run"):
            assert main(["--out", str(tmp_path / "run")]) == 2
            assert "that no other job trains in" in capsys.readouterr().err
        with outputs.held(tmp_path / "run"):
            pass


@pytest.mark.slow
def test_killed_job_lets_go_of_its_folder(tmp_path):
    """The lock ends with the process, whatever ends it; its file goes with the next."""
    script = (
        "import os, pathlib, signal, sys\n"
        "from plusx.train import outputs\n"
        "with outputs.held(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path])
    with outputs.held(tmp_path):
        assert not outputs.begun(tmp_path, resume=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_run_killed_in_its_first_save_begins_anew(more, short, tmp_path, capsys):
    """Only the beginning of a checkpoint is there: with or without --resume."""
    partial = tmp_path / "run" / "checkpoint.partial"
    partial.parent.mkdir()
    partial.write_bytes(b"cut off")
    assert main([*COMMON, str(tmp_path / "run"), *more]) == 0
    assert f"{partial} was not finished" in capsys.readouterr().err
    names = {path.name for path in partial.parent.iterdir()}
    assert names == {checkpoints.NAME, "run.json"}


def test_half_a_checkpoint_beside_other_files_is_refused(no_data, tmp_path, capsys):
    """What is not from here stays, and --resume finds nothing."""
    for name in ("checkpoint.partial", "notes.txt"):
        (tmp_path / name).write_text("mine")
    assert main(["--out", str(tmp_path)]) == 2
    assert main(["--out", str(tmp_path), "--resume"]) == 2
    assert "expected a checkpoint to resume" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.slow
def test_full_disk_on_the_way_ends_no_run(short, tmp_path, monkeypatch, capsys):
    """A checkpoint that finds no room is told, and the run goes on to its record."""
    monkeypatch.setattr(trainer, "CHECKPOINT_S", 0)
    save = Session.save

    def full_at_first(session, path):
        if session.step < session.total:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        save(session, path)

    monkeypatch.setattr(Session, "save", full_at_first)
    assert main([*COMMON, str(tmp_path / "run")]) == 0
    told = capsys.readouterr().err
    assert "no checkpoint after step 11: [Errno 28] No space left" in told
    assert "no checkpoint was written before" in told
    assert (tmp_path / "run" / "run.json").is_file()


def test_resume_without_a_folder_is_refused():
    """There is nothing that a run in memory could go on from."""
    with pytest.raises(ValueError, match="a folder to resume from in `out`, got None"):
        train.train(CPU, resume=True)


@pytest.mark.slow
@pytest.mark.parametrize("closing", ["2>&-", "2>&- >&-", "2> >(true)"])
def test_progress_that_nobody_reads_ends_no_run(closing, tmp_path):
    """stderr closed, with stdout, or a pipe whose reader has gone."""
    command = f'"{sys.executable}" -m plusx.train --device cpu --out run {closing}'
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment)
    assert ended.returncode == 0
    assert (tmp_path / "run" / "run.json").is_file()

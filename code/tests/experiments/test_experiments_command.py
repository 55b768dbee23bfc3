"""The command that runs experiments: its help, its records, what it refuses."""

import errno
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest

from plusx import records
from plusx.experiments import __main__ as command
from plusx.experiments import spectra

SMALL = {"width": 4, "depths": [1, 2], "variants": ["plain"], "seeds": [0, 1]}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """`spectra` in a moment, and a folder for its record."""
    monkeypatch.setattr(spectra, "CONFIG", SMALL)
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def refused(capsys):
    """A function that returns what a refused command line says."""

    def say(*arguments):
        with pytest.raises(SystemExit) as end:
            command.main(arguments)
        assert end.value.code == 2
        return capsys.readouterr().err

    return say


def test_help_lists_the_experiments(capsys):
    """`--help` names each of them and ends well."""
    with pytest.raises(SystemExit) as end:
        command.main(["--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in command.known())
    assert "_digits" not in shown


def test_wrong_names_are_answered_with_what_there_is(refused):
    """An unknown name, a private one, and none at all."""
    assert "no experiment named 'spectrum'; there are " in refused("spectrum")
    assert "no experiment named '_digits'" in refused("spectra", "_digits")
    assert "required: NAME" in refused()


def test_record_of_a_run_holds_its_provenance(small, capsys):
    """What is written is of the module's settings, with the hash of its code."""
    assert command.main(["spectra"]) == 0
    record = records.load("spectra")
    assert record["config"] == SMALL
    assert record["provenance"]["seeds"] == spectra.SEEDS
    assert record["provenance"]["command"] == "python -m plusx.experiments spectra"
    assert len(record["provenance"]["code"]) == 64
    assert str(small / "spectra.json") in capsys.readouterr().out


def test_folder_is_checked_before_the_work(small, monkeypatch, capsys):
    """A folder that cannot be written is named before anything has run."""

    def refuse(dir):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(spectra, "run", lambda **config: pytest.fail("it has run"))
    assert command.main(["spectra"]) == 1
    assert f"Read-only file system: '{small}'" in capsys.readouterr().err


def test_several_names_run_in_processes_of_their_own(monkeypatch):
    """Each has its own hash; the first that fails ends the row."""
    called = []

    def run(words):
        called.append(words)
        return SimpleNamespace(returncode=int(words[-1] == "rescue"))

    monkeypatch.setattr(subprocess, "run", run)
    assert command.main(["spectra", "rescue", "turning"]) == 1
    start = [sys.executable, "-m", "plusx.experiments"]
    assert called == [[*start, "spectra"], [*start, "rescue"]]

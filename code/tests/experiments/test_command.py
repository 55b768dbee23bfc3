"""The command that runs experiments: its help, its records, its comparisons."""

import errno
import json
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import pytest

from plusx import records
from plusx.experiments import __main__ as command
from plusx.experiments import _compare, spectra

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
    """An unknown name, none at all, and one without a record to compare with."""
    assert "no experiment named 'spectrum'; there are " in refused("spectrum")
    assert "expected a NAME of baselines, " in refused()
    assert "no experiment named '_digits'" in refused("--compare", "_digits")


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


@pytest.mark.parametrize(
    ("change", "verdict", "status"),
    [(0, "identical", 0), (0.01, "within rounding", 0), (0.5, "differs", 1)],
)
def test_comparison_says_whether_a_record_comes_out_again(
    small, capsys, change, verdict, status
):
    """One number of the record is moved by nothing, by its last place, by much."""
    command.main(["spectra"])
    path = small / "spectra.json"
    record = json.loads(path.read_text("utf8"))
    measured = record["results"]["plain"]["2"]["spectrum"][0]
    recorded = round(measured + change, 2)
    record["results"]["plain"]["2"]["spectrum"][0] = recorded
    path.write_text(json.dumps(record), "utf8")
    written = path.read_bytes()
    capsys.readouterr()
    assert command.main(["--compare"]) == status
    _, line, last = capsys.readouterr().out.splitlines()
    assert line.split()[0] == "spectra" and verdict in line
    if change:
        place = "results.plain.2.spectrum.0"
        assert f"{place}: recorded {recorded}, measured {measured}, diff" in line
    assert f"1 {verdict}" in last
    assert path.read_bytes() == written


def test_what_cannot_run_here_does_not_end_a_comparison(small, monkeypatch, capsys):
    """An experiment on files that are not there is told, and the next one runs."""
    command.main(["spectra"])

    def run(**_):
        raise ValueError("expected PLUSX_WEIGHTS to name a folder")

    monkeypatch.setattr(spectra, "run", run)
    assert command.main(["--compare", "spectra"]) == 0
    shown = capsys.readouterr().out
    assert "not run" in shown and "PLUSX_WEIGHTS" in shown


def test_comparison_counts_values_and_finds_the_farthest():
    """Two of five differ; the third decimal place of 0.125 is the unit."""
    old = {"a": [1, 2.5], "b": {"c": 0.125, "d": None}, "e": "text"}
    new = {"a": [1, 2.6], "b": {"c": 0.135, "d": None}, "e": "text"}
    found = _compare.compare(old, new)
    assert (found.count, found.differing) == (5, 2)
    assert found.farthest.place == "results.b.c"
    assert found.farthest.units == pytest.approx(10)
    assert found.farthest.size == "+0.01"
    assert found.verdict == "differs"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ({"a": 3}, {"a": 4}, "differs"),
        ({"a": 1.0}, {"a": 1.1}, "within rounding"),
        ({"a": 1.0}, {"a": 1.25}, "differs"),
        ({"a": "x"}, {"a": "y"}, "differs"),
        ({"a": 1.5}, {"a": None}, "differs"),
        ({"a": 1.5}, {"a": 1.5, "b": 2}, "differs"),
        ({"a": 1.5, "b": 2}, {"a": 1.5}, "differs"),
        ({"a": 1}, {"a": 1.0}, "identical"),
    ],
)
def test_only_a_unit_of_the_last_place_may_be_rounding(old, new, verdict):
    """Counts, words, gaps and missing values are no matter of rounding."""
    assert _compare.compare(old, new).verdict == verdict

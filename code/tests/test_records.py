"""Recorded runs: their form, their reading and their writing."""

import importlib
import json
import re
import subprocess

import pytest

from plusx import records


@pytest.mark.parametrize("name", records.names())
def test_record_is_valid(name):
    """Each record of the package loads; code that nobody can look up made none."""
    record = records.load(name)
    assert record["name"] == name
    assert not record["provenance"]["commit"].endswith("-dirty")


@pytest.mark.parametrize("name", records.names())
def test_record_agrees_with_the_code_that_makes_it(name):
    """A record of an experiment was made with its present settings and seeds."""
    record = records.load(name)
    if not record["provenance"]["command"].startswith("python -m plusx.experiments"):
        pytest.skip("not the record of an experiment on the digits")
    experiment = importlib.import_module(f"plusx.experiments.{name}")
    assert record["config"] == json.loads(json.dumps(experiment.CONFIG))
    assert record["provenance"]["seeds"] == experiment.SEEDS


def test_spread_is_mean_and_sample_deviation():
    """1, 2 and 6 have mean 3 and sample variance 7."""
    assert records.spread([1, 2, 6]) == {"mean": 3, "std": 2.65, "values": [1, 2, 6]}


def test_spread_of_one_value_has_no_deviation():
    """A single run has nothing to deviate from."""
    assert records.spread([4.0])["std"] == 0.0


def test_lookup_walks_names_and_positions():
    """A dotted path goes through dictionaries and lists."""
    record = {"results": {"plain": {"56": {"values": [1.5, 2.5]}}}}
    assert records.lookup(record, "results.plain.56.values.1") == 2.5


@pytest.mark.parametrize(
    "path", ["results.plane", "results.plain.7", "results.plain.x"]
)
def test_lookup_names_the_missing_step(path):
    """A wrong path says which step is missing and what there is."""
    with pytest.raises(ValueError, match=r"no step '\w+' of .*there are: "):
        records.lookup({"results": {"plain": [1, 2]}}, path)


def test_write_then_load_keeps_everything(tmp_path, monkeypatch):
    """What is written comes back, with the provenance of this machine."""
    path = records.write(
        "trial",
        config={"depth": 8},
        results={"error": [1, 2]},
        command="python -m plusx.experiments trial",
        seeds=[0],
        data="none",
        time_s=1.26,
        folder=tmp_path,
    )
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    record = records.load("trial")
    assert record["config"] == {"depth": 8}
    assert record["results"] == {"error": [1, 2]}
    assert record["provenance"]["time_s"] == 1.3
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_write_refuses_nan_and_leaves_no_file(tmp_path):
    """NaN is no JSON: nothing half-written stays behind."""
    with pytest.raises(ValueError, match=r"nan|JSON"):
        records.write(
            "trial",
            config={},
            results={"error": float("nan")},
            command="",
            seeds=[],
            data="",
            time_s=0.0,
            folder=tmp_path,
        )
    assert not list(tmp_path.iterdir())


def git(folder, *words):
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """A repository with a package of one module and one record."""
    package = tmp_path / "code" / "package"
    (package / "records").mkdir(parents=True)
    (package / "module.py").write_text("one = 1\n")
    (package / "records" / "old.json").write_text("{}\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return package


def test_commit_is_that_of_the_checkout(checkout):
    """Seven digits of the hash, though the record before was just written."""
    (checkout / "records" / "old.json").write_text("[]\n")
    (checkout / "records" / "new.json").write_text("[]\n")
    assert re.fullmatch("[0-9a-f]{7}", records.commit(checkout))


@pytest.mark.parametrize("place", ["code/package/module.py", "Makefile"])
def test_commit_says_when_the_code_was_changed(checkout, place):
    """A tracked file that differs makes it dirty, inside the package or beside it."""
    path = checkout.parents[1] / place
    if not path.exists():
        path.write_text("first\n")
        git(checkout, "add", str(path))
        git(checkout, "commit", "--quiet", "--message=second")
    path.write_text("changed\n")
    assert re.fullmatch("[0-9a-f]{7}-dirty", records.commit(checkout))


def test_commit_outside_a_checkout_is_unknown(tmp_path):
    """An installed package lies in no repository."""
    assert records.commit(tmp_path) == "unknown"


def test_load_names_what_there_is():
    """An unknown record is answered with the list of records."""
    with pytest.raises(ValueError, match="no record named 'nothing'; there are "):
        records.load("nothing")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"results": None}, "expected the fields"),
        ({"name": "other"}, "its name field says 'other'"),
        ({"provenance": {}}, "provenance.command must be"),
    ],
)
def test_validate_names_the_fault(change, message):
    """A faulty record is refused with the field that is wrong."""
    record = records.load("degradation") | change
    if change == {"results": None}:
        del record["results"]
    with pytest.raises(ValueError, match=message):
        records.validate(record, "degradation")

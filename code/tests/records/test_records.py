"""Recorded runs: their form, their reading and their writing."""

import importlib
import json

import pytest
from disks import room_for

from plusx import records
from plusx.records import provenance


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
    assert record["provenance"]["data"] == experiment.DATA


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
    ("path", "means"),
    [
        ("results.places", [1, 2]),
        ("results.by_depth", [1, 2]),
        ("results.blocks", [1, None, 2]),
        ("results.curves", [2, 4]),
        ("results.nets.*.error", [1, None]),
        ("results.runs.*.error", [2, 4]),
        ("results.blocks.*", [1, None, 2]),
    ],
)
def test_series_reads_every_form_of_a_spread_along_an_axis(path, means):
    """Lists, names, gaps, curves by seed, and one entry of each of several."""
    one, two = {"mean": 1, "std": 0.1}, {"mean": 2, "std": 0.2, "values": [2]}
    record = {
        "results": {
            "places": {"mean": [1, 2], "std": [0.1, 0.2], "values": [[1, 2]]},
            "by_depth": {"8": one, "20": two},
            "blocks": [one, None, two],
            "curves": [[1, 2], [3, 6]],
            "nets": {"plain": {"error": one}, "residual": {"error": None}},
            "runs": [{"error": [1, 2]}, {"error": [3, 6]}],
        }
    }
    found = records.series(record, path)
    assert [point["mean"] for point in found] == means
    assert all(point["std"] is None or point["std"] > 0 for point in found)


def test_series_of_curves_deviates_as_a_spread_does():
    """Two seeds, 2 and 6 at the second place: mean 4, sample deviation √8."""
    found = records.series({"results": [[1, 2], [1, 6]]}, "results")
    assert (found[1]["mean"], found[1]["std"]) == (4, 2.83)


@pytest.mark.parametrize("path", ["results.count", "results.names", "results.mixed"])
def test_series_refuses_what_is_none(path):
    """A number, names and a mixture are no series; the path is named."""
    results = {"count": 3, "names": ["a"], "mixed": [{"mean": 1, "std": 0}, [1, 2]]}
    with pytest.raises(ValueError, match=f"for each seed at '{path}'"):
        records.series({"results": results}, path)


def test_spreads_are_those_of_each_place():
    """Rows by seed, columns by place; `series` reads them back."""
    found = records.spreads([[1, 5], [3, 5]])
    assert found == {"mean": [2, 5], "std": [1.41, 0]}
    assert records.series({"r": found}, "r")[0] == {"mean": 2, "std": 1.41}


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
    assert record["provenance"]["code"] == provenance.code_hash()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_write_refuses_nan_and_leaves_no_file(tmp_path):
    """NaN is no JSON: nothing half-written stays behind."""
    with pytest.raises(ValueError, match=r"nan|JSON"):
        write_trial(tmp_path, {"error": float("nan")})
    assert not list(tmp_path.iterdir())


def write_trial(folder, results):
    """Write a record of these results."""
    return records.write(
        "trial",
        config={},
        results=results,
        command="",
        seeds=[],
        data="",
        time_s=0.0,
        folder=folder,
    )


def test_write_on_a_full_disk_names_the_file_and_keeps_the_old_one(tmp_path):
    """The system's own message names no path; the record before stays whole."""
    path = write_trial(tmp_path, {"error": 1})
    before = path.read_bytes()
    with room_for(1_000), pytest.raises(OSError, match=r"trial\.json"):
        write_trial(tmp_path, {"error": [0.5] * 1_000})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_write_makes_its_folder_again(tmp_path):
    """Another job that shares the folder may have taken it away, empty, at its end."""
    path = write_trial(tmp_path / "records", {"error": 1})
    path.unlink()
    path.parent.rmdir()
    assert write_trial(path.parent, {"error": 1}).exists()


def test_check_folder_names_what_cannot_be_written(tmp_path):
    """A folder that is not there, or is a file, is named; a good one stays empty."""
    records.check_folder(tmp_path)
    assert not list(tmp_path.iterdir())
    file = tmp_path / "file"
    file.touch()
    for folder in (tmp_path / "nowhere", file):
        with pytest.raises(OSError, match=folder.name):
            records.check_folder(folder)


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
        ({"code": 7}, "provenance.code must be <class 'str'>, got 7"),
    ],
)
def test_validate_names_the_fault(change, message):
    """A faulty record is refused with the field that is wrong."""
    record = records.load("degradation")
    if "code" in change:
        record["provenance"] |= change
    else:
        record |= change
    if change == {"results": None}:
        del record["results"]
    with pytest.raises(ValueError, match=message):
        records.validate(record, "degradation")


def test_stated_has_a_deviation_where_there_are_several_runs():
    """One run has a number and no spread, not a spread of zero."""
    assert records.stated(records.spread([1.25, 2.25])) == "1.8 ± 0.7"
    assert records.stated(records.spread([15.33]), 2) == "15.33"

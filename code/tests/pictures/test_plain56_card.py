"""The card of plain-56 holds every training error that the book gives for that net."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from plusx.pictures import plain56

RECORDS = Path(plain56.__file__).parents[1] / "records"
#: A mean with its spread for plain-56 and nothing else done to the net.
GIVEN = re.compile(
    r"results\.(?:[\w.]*\bplain\.(?:train\.)?56(?:\.last)?|plain-56(?:\.train)?)$"
)


def given() -> set[tuple[str, str]]:
    """The training errors of plain-56 in the ledgers, as record and path."""
    found = set()
    for path in (RECORDS / "claims").glob("*.toml"):
        for source, place, *_ in tomllib.loads(path.read_text("utf8"))["results"]:
            if GIVEN.match(place) or source.startswith("plain56-"):
                found.add((source, place.removeprefix("results.")))
    return {(source, place) for source, place in found if "test" not in place}


def test_card_holds_what_the_ledgers_give():
    """A chapter that gives another figure of plain-56 has to put it on the card."""
    on_card = {(run.record, run.error) for run in plain56.RUNS}
    assert len(given()) >= 5
    assert given() <= on_card


def test_card_without_a_figure_is_found(monkeypatch):
    """The row of chapter 1 taken out, its figure is missed."""
    monkeypatch.setattr(plain56, "RUNS", plain56.RUNS[1:])
    with pytest.raises(AssertionError):
        test_card_holds_what_the_ledgers_give()


def test_card_tells_how_each_net_was_trained():
    """Mean, runs and epochs are those of the record, width and rate of its config."""
    for run, row in zip(plain56.RUNS, plain56.card(), strict=True):
        record = json.loads((RECORDS / f"{run.record}.json").read_text("utf8"))
        text = json.dumps(record["config"])
        *_, width, epochs, recipe, runs, error = row
        if isinstance(epochs, tuple):
            steps = record["config"]["recipe"]["steps"]
            assert epochs == (f"{steps:,} steps", f"{steps:,} 步")
        else:
            assert re.search(rf'"epochs": (\[.*, )?{epochs}\b', text)
        assert width == (16 if "net" in record["config"] else 8)
        assert f'"width": {width}' in text or width == 16
        rate = recipe[0].removeprefix("rate ").partition(",")[0]
        assert f'"lr": {rate}' in text
        values = plain56.at(record["results"], run.error)["values"]
        assert runs == len(values)
        assert ("±" in error) == (runs > 1)
        assert float(error.split(" ±")[0]) == pytest.approx(
            sum(values) / runs, abs=0.051
        )


@pytest.mark.parametrize(("path", "value"), [("a.1.b", 3), ("a.0", 1)])
def test_card_reads_mappings_and_lists(path, value):
    """A number in a path is a place of a list."""
    assert plain56.at({"a": [1, {"b": 3}]}, path) == value

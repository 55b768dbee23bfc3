"""Records run again: what is called identical, within noise, or different."""

import re
import sys
import types

import pytest

from plusx import records, reproduce

RECORDED = {
    "nets": {"plain": {"mean": 50.0, "std": 4.0, "values": [46.0, 50.0, 54.0]}},
    "blocks": {"mean": [1.0, 2.0], "std": [0.1, 0.1], "values": [[1, 2], [1, 2]]},
    "entropy": 3.39,
    "name": "text",
}


def changed(**changes) -> dict:
    """The recorded results with other entries."""
    return {**RECORDED, **changes}


def plain(mean: float, std: float = 4.0) -> dict:
    """The spread of the plain net with another mean."""
    return {"plain": {"mean": mean, "std": std, "values": [mean] * 3}}


def many(moved: int) -> dict:
    """A hundred spreads, of which some have moved by 20 standard errors."""
    return {
        str(k): {"mean": 90.0 if k < moved else 50.0, "std": 4.0, "values": [0] * 5}
        for k in range(100)
    }


def test_equal_results_are_identical():
    """Nothing moved, so there is no row to show."""
    assert reproduce.verdict(RECORDED, changed(), 3) == ("identical", None)


@pytest.mark.parametrize(
    ("changes", "said", "path"),
    [
        ({"nets": plain(78.0)}, "within noise", "nets.plain"),
        ({"nets": plain(80.0)}, "differs", "nets.plain"),
        ({"nets": plain(80.0, std=8.0)}, "within noise", "nets.plain"),
        ({"entropy": 3.40}, "within noise", "entropy"),
        ({"entropy": 3.60}, "differs", "entropy"),
        (
            {"blocks": {"mean": [1.0, 9.0], "std": [0, 0], "values": []}},
            "differs",
            "blocks.1",
        ),
        ({"blocks": {"mean": [1.0], "std": [0.1]}}, "differs", "blocks.1"),
        ({"nets": {}}, "differs", "nets.plain"),
    ],
)
def test_verdict_names_what_moved_most(changes, said, path):
    """t₄(99.9 %) = 8.61; 8.61 · 4 · √(2/3) + 0.51 = 28.6; what lacks, differs."""
    found, worst = reproduce.verdict(RECORDED, changed(**changes), 3)
    assert (found, worst.path) == (said, path)


@pytest.mark.parametrize(("moved", "said"), [(1, "within noise"), (2, "differs")])
def test_chance_moves_some_of_many(moved, said):
    """Beyond 99.9 % chance moves one of a hundred (P = 0.095), hardly two (0.005)."""
    found, worst = reproduce.verdict(many(0), many(moved), 3)
    assert (found, worst.measured) == (said, 90.0)


def test_numbers_that_stand_alone_are_moved_by_no_chance():
    """One of them beside a hundred spreads is enough."""
    recorded, measured = {**many(0), "exact": 4.0}, {**many(0), "exact": 5.0}
    found, worst = reproduce.verdict(recorded, measured, 3)
    assert (found, worst.path) == ("differs", "exact")


CURVES = [[90.0, 50.0, None], [92.0, 54.0, 20.0], [91.0, 58.0, None]]


@pytest.mark.parametrize(
    ("curves", "said", "path"),
    [
        (CURVES[::-1], "within noise", "runs.*.0"),
        ([[91.0, 60.0, None], [91.0, 50.0, None], [91.0, 54.0, 19.9]], "within", ""),
        ([[91.0, 96.0, None], [91.0, 95.0, None], [91.0, 97.0, 20.0]], "differs", "1"),
        ([[91.0, 54.0, 20.0], [91.0, 54.0, 20.0], [91.0, 54.0, None]], "differs", "2"),
        (CURVES[:2], "differs", "runs.*.0"),
        ([curve[:2] for curve in CURVES], "differs", "runs.*.2"),
        (None, "differs", "runs.*.0"),
    ],
)
def test_curves_are_compared_by_their_mean(curves, said, path):
    """A curve for each seed moves with its runs; as many must be finite."""
    found, worst = reproduce.verdict({"runs": CURVES}, {"runs": curves}, 3)
    assert found.startswith(said) and worst.path.endswith(path)


def test_results_without_numbers_prove_nothing():
    """An empty record is no reproduction."""
    with pytest.raises(ValueError, match="expected numbers"):
        reproduce.verdict({"name": "text"}, {"name": "text"}, 3)


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """A record of an experiment that gives what it was recorded with."""
    module = types.ModuleType("plusx.experiments.trial")
    module.CONFIG, module.SEEDS, module.DATA = {"factor": 2}, [], "none"
    module.run = lambda *, factor: {"twice": factor * 2.0}
    monkeypatch.setitem(sys.modules, module.__name__, module)
    records.write(
        "trial",
        config=module.CONFIG,
        results=module.run(**module.CONFIG),
        command="python -m plusx.experiments trial",
        seeds=module.SEEDS,
        data=module.DATA,
        time_s=60.0,
        folder=tmp_path,
    )
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["reproduce"])
    return module


def test_main_prints_the_time_and_a_line_each(trial, capsys):
    """The time it took then, the verdict, the time it took now; nothing failed."""
    assert reproduce.main() == 0
    first, line, last = capsys.readouterr().out.splitlines()
    assert first == "1 experiments; 1 minutes when recorded"
    told = r"trial: identical; every number as recorded; \d+ s \(recorded 60 s\)"
    assert re.fullmatch(told, line)
    assert re.fullmatch(r"0 of 1 failed; \d+ s", last)


def test_main_fails_where_a_number_moved(trial, capsys):
    """Planted: the code computes something else now."""
    trial.run = lambda *, factor: {"twice": factor * 3.0}
    assert reproduce.main() == 1
    assert "trial: differs; twice: recorded 4, measured 6" in capsys.readouterr().out


def test_main_fails_where_the_settings_moved(trial, capsys):
    """With another configuration nothing is run."""
    trial.CONFIG = {"factor": 3}
    assert reproduce.main() == 1
    assert "trial: not run; trial: expected the settings" in capsys.readouterr().out


def test_what_was_measured_is_kept_for_the_same_commit(trial, tmp_path, monkeypatch):
    """It is compared again and not run again; after another commit it is run anew."""
    keep, runs = tmp_path / "new" / "kept", []
    trial.run = lambda *, factor: runs.append(factor) or {"twice": factor * 3.0}
    for commit in ("1234567", "1234567", "89abcde", "89abcde-dirty", "89abcde-dirty"):
        for module in (records, records.provenance):
            monkeypatch.setattr(module, "commit", lambda commit=commit: commit)
        assert "twice: recorded 4, measured 6" in reproduce.reproduce("trial", keep)
    assert len(runs) == 4


def test_folder_that_cannot_be_written_is_named_before_anything_runs(trial, tmp_path):
    """A file in its place; the experiment does not begin."""
    trial.run = pytest.fail
    (tmp_path / "taken").touch()
    with pytest.raises(OSError, match="taken"):
        reproduce.reproduce("trial", tmp_path / "taken")

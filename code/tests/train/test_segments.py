"""What a record says of a run that was stopped, moved or finished before."""

import json
import os
import signal
from dataclasses import asdict, replace

import pytest
import torch
from short_run import CPU, SHORT

from plusx import data, train
from plusx.train import checkpoints, devices, recipes, segments
from plusx.train.__main__ import main
from plusx.train.recipes import Recipe
from plusx.train.session import Session

pytestmark = pytest.mark.usefixtures("one_thread")
COMMON = ["--device", "cpu", "--precision", "fp32", "--out"]


def stop_at(monkeypatch, step):
    """Ask the process to stop in that step, the first being step 0."""
    learning_rate = Recipe.learning_rate

    def interrupt(recipe, now, total):
        if now == step:
            os.kill(os.getpid(), signal.SIGTERM)
        return learning_rate(recipe, now, total)

    monkeypatch.setattr(Recipe, "learning_rate", interrupt)


def read(path):
    """A record."""
    return json.loads(path.read_text("utf8"))


@pytest.mark.slow
def test_interrupted_run_has_the_record_of_a_whole_one(short, tmp_path, monkeypatch):
    """Stopped in step 6 and resumed: the same curves, and both segments are told."""
    folder = tmp_path / "parts"
    assert main([*COMMON, str(tmp_path / "whole")]) == 0
    with monkeypatch.context() as patch:
        stop_at(patch, 5)
        assert main([*COMMON, str(folder)]) == 128 + signal.SIGTERM
    monkeypatch.setattr(devices, "describe", lambda device: "another machine")
    assert main([*COMMON, str(folder), "--resume"]) == 0
    whole, parts = read(tmp_path / "whole" / "run.json"), read(folder / "run.json")
    assert parts["results"]["runs"] == whole["results"]["runs"]
    assert parts["config"] == whole["config"]
    provenance, taken = parts["provenance"], parts["provenance"]["segments"]
    assert [(s["first_step"], s["last_step"]) for s in taken] == [(1, 6), (7, 14)]
    assert taken[1]["device"] == "another machine"
    assert provenance["device"] == f"{taken[0]['device']}, then another machine"
    assert all(segment["time_s"] >= 0 for segment in taken)
    for field in (
        "commit",
        "code",
        "torch",
        "python",
        "driver",
        "machine",
        "date",
        "threads",
    ):
        assert taken[0][field] == provenance[field]
    assert "--resume" not in provenance["command"]


@pytest.mark.slow
def test_finished_run_resumed_elsewhere_keeps_its_record(
    short, tmp_path, monkeypatch, capsys
):
    """Nothing is trained, so nothing is told of the machine that looked."""
    kept = ["--record", str(tmp_path / "records")]
    assert main([*COMMON, str(tmp_path / "run"), *kept]) == 0
    paths = [tmp_path / "run" / "run.json", *(tmp_path / "records").iterdir()]
    before = [path.read_bytes() for path in paths]
    monkeypatch.setattr(devices, "describe", lambda device: "another machine")
    again = [*COMMON, str(tmp_path / "run"), "--resume", "--threads", "1", *kept]
    assert main(again) == 0
    assert "holds a finished run" in capsys.readouterr().err
    assert [path.read_bytes() for path in paths] == before
    for path in paths:  # gone, it is written again, with what the checkpoint knows
        path.unlink()
    assert main([*COMMON, str(tmp_path / "run"), "--resume", *kept]) == 0
    for path, text in zip(paths, before, strict=True):
        assert "another machine" not in path.read_text("utf8")
        assert read(path)["results"] == json.loads(text)["results"]


@pytest.mark.slow
def test_run_goes_on_with_the_threads_that_began_it(short, tmp_path, monkeypatch):
    """They change last bits; only --threads says otherwise, and the record tells it."""
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_at(patch, 5)
        main([*COMMON, str(folder), "--threads", "2"])
    assert checkpoints.threads(folder) == 2
    torch.set_num_threads(1)  # as another process would begin
    with monkeypatch.context() as patch:
        stop_at(patch, 9)
        main([*COMMON, str(folder), "--resume"])
    main([*COMMON, str(folder), "--resume", "--threads", "1"])
    taken = read(folder / "run.json")["provenance"]["segments"]
    assert [segment["threads"] for segment in taken] == [2, 2, 1]


@pytest.mark.parametrize(
    ("idle", "load", "expected"),
    [(2, 0.1, 2), (2, 8.0, 1), (8, 0.2, 8), (8, 3.0, 5), (8, 30.0, 4), (1, 9.0, 1)],
)
def test_threads_are_those_that_are_idle(idle, load, expected, monkeypatch):
    """One for each idle core, at least half of them; OMP_NUM_THREADS overrules it."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: idle)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0))
    assert devices.spare_threads() == expected
    monkeypatch.setenv("OMP_NUM_THREADS", str(idle))
    assert devices.spare_threads() == idle


def checkpoint_at(path, step):
    """A session on digits, saved as if it had taken so many steps."""
    session = Session(CPU, SHORT, data.load("digits"))
    session.begin_segment()
    session.step = step
    session.note_segment()
    session.save(path)
    return session


@pytest.mark.slow
@pytest.mark.parametrize(("step", "refused"), [(6, True), (11, False), (14, False)])
def test_processes_may_change_between_epochs_only(step, refused, tmp_path):
    """Sums of half an epoch belong to one process; 11 steps are a whole epoch."""
    path = tmp_path / checkpoints.NAME
    session = checkpoint_at(path, step)
    session.world = 2
    if refused:
        with pytest.raises(ValueError, match="number of processes to go on, 1, got 2"):
            session.restore(path)
    else:
        session.restore(path)


@pytest.mark.slow
def test_recipe_with_other_numbers_is_another_run(tmp_path, short, monkeypatch, capsys):
    """The name is the same; the number that differs is told, and nothing is changed."""
    out = tmp_path / "run"
    train.train(replace(CPU, out=str(out)))
    before = (out / checkpoints.NAME).read_bytes()
    for change, message in (
        ({"lr": 0.2}, "expected lr of the recipe 0.2, got 0.1"),
        ({"drops": (5,)}, r"expected drops of the recipe [5], got []"),
        ({"batch": 64}, "expected steps per epoch 22, got 11"),
    ):
        monkeypatch.setitem(recipes.RECIPES, "smoke", replace(SHORT, **change))
        assert main([*COMMON, str(out), "--resume"]) == 2
        assert message in capsys.readouterr().err
    assert (out / checkpoints.NAME).read_bytes() == before


@pytest.mark.slow
def test_record_holds_the_recipe_and_the_steps_per_epoch(short, tmp_path):
    """1,438 images make 11 batches of 128."""
    assert main([*COMMON, str(tmp_path / "run")]) == 0
    config = read(tmp_path / "run" / "run.json")["config"]
    values = json.loads(json.dumps(asdict(SHORT)))
    assert config["recipe"] == {"name": "smoke", **values}
    assert config["steps_per_epoch"] == 11


def test_what_differs_between_segments_is_told_in_order():
    """Texts once each, in the order in which they came; numbers of the last."""
    here = segments.begin(0, torch.device("cpu"), 1, graph=True, compile=False)
    there = replace(here, device="A", threads=7, date="2030-01-01")
    told = segments.provenance([here, there, here, there])
    assert told["device"] == f"{here.device}, then A"
    assert told["commit"] == here.commit
    assert (told["threads"], told["date"]) == (7, "2030-01-01")

"""`make gpu`: what it does in which order, within its time, and where it goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import gpu
import pytest

from plusx.train import command, recipes

TOOL = Path(gpu.__file__)


def test_plan_begins_with_what_the_book_misses_most(tmp_path):
    """Tests, bench, the paper's four nets, their seeds, fast, 110 layers, option C."""
    jobs = list(gpu.plan(tmp_path, trial=False))
    assert [job.name for job in jobs[:3]] == [
        "tests",
        "bench",
        "resnet56-paper, seed 0",
    ]
    runs = [(job.result.stem, job.seeds) for job in jobs[2:]]
    nets = ["resnet56", "plain56", "resnet20", "plain20"]
    assert runs[:4] == [(f"{net}-paper", 1) for net in nets]
    assert runs[4:8] == [(f"{net}-paper", 3) for net in nets]
    assert runs[8:12] == [(f"{net}-fast", 3) for net in nets]
    assert runs[12:] == [
        ("resnet110-paper", 1), ("plain110-paper", 1), ("resnet56-c-paper", 3)
    ]  # fmt: skip


@pytest.mark.parametrize("trial", [False, True])
def test_every_command_is_one_that_the_trainer_knows(trial, tmp_path):
    """It asks for as many seeds as the job counts, and writes the record it waits for.

    A first seed lies where the further ones look for it.
    """
    for job in list(gpu.plan(tmp_path, trial))[2:]:
        assert job.command[1:3] == ("-m", "plusx.train")
        options = command.parse(job.command[3:])
        assert len(options.configs) == job.seeds
        first = options.configs[0]
        assert options.record / f"{first.name}.json" == job.result
        assert first.folder == tmp_path / "runs" / first.name / "seed-0"
        recipes.find(first.recipe, first.net)
        assert (first.device, first.data) == (
            ("cpu", "digits") if trial else ("cuda", "cifar10")
        )


def made(folder, name, text="", seeds=0, script=None):
    """A job that writes a file, or runs another script that may."""
    result = folder / name
    script = script or f"open({str(result)!r}, 'w').write({text!r})"
    out = folder / "runs" if seeds else None
    return gpu.Job(name, (sys.executable, "-c", script), result, seeds, out)


def record(*seeds):
    """What counts of a record."""
    return json.dumps({"provenance": {"seeds": seeds}})


def test_job_is_done_when_its_record_has_all_seeds(tmp_path):
    """One of one seed is not one of three; tests are done when none failed."""
    job = made(tmp_path, "a.json", record(0), seeds=3)
    assert not job.is_done()
    job.result.write_text(record(0))
    assert not job.is_done()
    job.result.write_text(record(0, 1, 2))
    assert job.is_done()
    tests = made(tmp_path, "tests.xml")
    for text, expected in (
        ('<testsuite errors="0" failures="1" tests="9">', False),
        ('<testsuite errors="0" failures="0" tests="9">', True),
    ):
        tests.result.write_text(text)
        assert tests.is_done() == expected


@pytest.mark.slow
def test_time_that_is_over_ends_a_job_kindly(tmp_path, capsys):
    """It may save what it has; the jobs after it are named, and none is begun."""
    script = (
        "import pathlib, signal, sys, time\n"
        f"path = pathlib.Path({str(tmp_path / 'saved')!r})\n"
        "def save(*arguments):\n"
        "    path.write_text('all')\n"
        "    sys.exit(143)\n"
        "signal.signal(signal.SIGTERM, save)\n"
        "pathlib.Path(path.parent, 'ready').touch()\n"
        "time.sleep(60)\n"
    )
    jobs = [made(tmp_path, "long", script=script), made(tmp_path, "after")]
    assert gpu.run_all(jobs, minutes=3 / 60) == 0
    assert (tmp_path / "ready").exists() == (tmp_path / "saved").exists()
    assert not jobs[1].result.exists()
    assert "the next call goes on with: long, after" in capsys.readouterr().out


def test_what_is_done_is_not_done_again(tmp_path, capsys):
    """A second call finds nothing to do."""
    jobs = [made(tmp_path, name, record(0), seeds=1) for name in ("a.json", "b.json")]
    assert gpu.run_all(jobs, minutes=1) == 0
    assert "1 of 2" in capsys.readouterr().out
    assert gpu.run_all(jobs, minutes=1) == 0
    assert capsys.readouterr().out == f"gpu: all is done, in {tmp_path}\n"


def test_failed_job_stops_no_other(tmp_path, capsys):
    """It is named at the end; after failed tests the trainer launches step by step."""
    written = "{'provenance': {'seeds': sys.argv[1:]}}"
    place = str(tmp_path / "b.json")
    script = f"import json, sys; json.dump({written}, open({place!r}, 'w'))"
    jobs = [
        made(tmp_path, "tests", script="raise SystemExit(1)"),
        made(tmp_path, "b.json", script=script, seeds=1),
    ]
    assert gpu.run_all(jobs, minutes=1) == 1
    assert "failed: tests (exit code 1)" in capsys.readouterr().out
    assert jobs[1].result.read_text() == record("--no-graph")


@pytest.mark.slow
def test_trial_goes_from_nothing_to_records_and_weights(tmp_path):
    """On a processor with tiny settings; stopped once, it goes on where it was."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def call(*more):
        words = [sys.executable, TOOL, "--trial", *more]
        return subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True
        )

    first = call("--minutes", "0.02")
    assert "the next call goes on with" in first.stdout
    ended = call()
    assert ended.returncode == 0, ended.stderr
    assert "gpu: all is done, in runs/gpu" in ended.stdout
    left = {path.name for path in (tmp_path / "runs" / "gpu").iterdir()}
    assert left == {
        "runs",
        "tests.xml",
        "bench-resnet20-cpu.json",
        "resnet20-smoke-digits.json",
        "resnet20-smoke-digits.safetensors",
    }
    text = (tmp_path / "runs" / "gpu" / "resnet20-smoke-digits.json").read_text("utf8")
    assert json.loads(text)["provenance"]["seeds"] == [0, 1]
    assert str(tmp_path) not in text

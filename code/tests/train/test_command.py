"""The trainer's command line: what it shows, what it refuses, what it records."""

import json
import math
import re
from dataclasses import replace

import pytest
import torch
from short_run import CPU, SHORT

from plusx import data, fitting, records, train
from plusx.train import checkpoints, recipes, result
from plusx.train.__main__ import main
from plusx.train.config import Config

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.slow
def test_progress_bar_names_run_rate_and_error(short, capsys):
    """The bar reaches the last step and shows the test error."""
    run = train.train(CPU, progress=True)
    shown = capsys.readouterr().err
    assert "resnet20-smoke-digits, seed 0" in shown
    assert "14/14" in shown
    assert f"test_error={run.test_error[-1]:.2f} %" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--net vgg16", "net must be plain or resnet .* got 'vgg16'"),
        ("--recipe slow", "recipe must be one of .* got 'slow'"),
        ("--data mnist", "data must be .* got 'mnist'"),
        ("--option D", "option must be one of .* got 'D'"),
        ("--order mid", "order must be one of .* got 'mid'"),
        ("--device tpu", "device must be auto.* got 'tpu'"),
        ("--device cpu --precision fp16", "fp32 or bf16 on this cpu; got 'fp16'"),
        ("--device cpu --resume", "expected a checkpoint to resume in .* got none"),
    ],
)
def test_command_refuses_what_does_not_exist(arguments, message, tmp_path, capsys):
    """One line with what was expected and what came, exit code 2, no folder made."""
    out = tmp_path / "run"
    assert main([*arguments.split(), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("plusx.train: ")
    assert error.count("\n") == 1
    assert re.search(message, error)
    assert not out.exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_command_refuses_a_gpu_that_is_not_there(tmp_path, capsys):
    """The message says that torch finds no GPU."""
    assert main(["--device", "cuda", "--out", str(tmp_path / "run")]) == 2
    assert "torch finds no GPU); got 'cuda'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "seeds",
    ["", "4-0", "x", "0,0", "1-2-3", "20261125120000", "0-4000000000", "0-1000"],
)
def test_command_refuses_seeds_that_are_none(seeds, capsys):
    """The parser says which forms there are."""
    with pytest.raises(SystemExit) as stopped:
        main(["--seeds", seeds])
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "expected up to 1000 seeds of 0 to 4,294,967,295, such as 0, 0-4" in told
    assert f"got '{seeds}'" in told


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_config_refuses_seeds_that_are_too_large(seed):
    """Epochs are drawn from a million times the seed; that must fit into 64 bits."""
    with pytest.raises(ValueError, match=f"seed must be 0 to .* got {seed:,}"):
        Config(seed=seed)


@pytest.mark.slow
def test_largest_seed_trains(short):
    """What follows from it does fit."""
    assert len(train.train(replace(CPU, seed=2**32 - 1)).test_error) == 2


@pytest.mark.parametrize("threads", ["0", "x", "-1"])
def test_command_refuses_threads_that_are_none(threads, capsys):
    """The parser says what it expects."""
    with pytest.raises(SystemExit):
        main(["--threads", threads])
    assert "expected a number of threads" in capsys.readouterr().err


def test_help_says_what_a_run_needs(capsys):
    """Memory, disk, and what happens to several processes when they are stopped."""
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for word in ("GB of memory", "MB of disk", "--shutdown-timeout"):
        assert word in told


def test_run_folder_is_not_overwritten(short, tmp_path, capsys):
    """A folder that holds something is left as it is."""
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["--out", str(tmp_path)]) == 2
    assert "new or empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_batch_larger_than_the_data_is_refused(tmp_path, monkeypatch, capsys):
    """The message has both numbers."""
    monkeypatch.setitem(recipes.RECIPES, "smoke", replace(SHORT, batch=2000))
    assert main(["--device", "cpu", "--out", str(tmp_path / "run")]) == 2
    assert "batch of at most 1438, got 2000" in capsys.readouterr().err


@pytest.mark.slow
def test_command_records_all_seeds_and_keeps_the_first_net(short, tmp_path, capsys):
    """One command: two runs, their record with provenance, and weights that load."""
    common = ["--device", "cpu", "--precision", "fp32", "--out", str(tmp_path / "runs")]
    kept = ["--record", str(tmp_path), "--weights", str(tmp_path)]
    assert main([*common, "--seeds", "0-1", *kept]) == 0
    name = "resnet20-smoke-digits"
    text = (tmp_path / f"{name}.json").read_text("utf8")
    record = json.loads(text)
    records.validate(record, name)
    assert len(text) < 30_000
    provenance, results = record["provenance"], record["results"]
    assert provenance["seeds"] == [0, 1]
    assert provenance["command"].startswith("python -m plusx.train --device cpu")
    assert provenance["data"] == "scikit-learn digits"
    for field in ("driver", "precision", "recipe", "commit", "torch", "device", "date"):
        assert provenance[field]
    assert record["config"]["recipe"]["steps"] == 14
    assert results["test_images"] == 359
    last = [run["test_error"][-1] for run in results["runs"]]
    assert results["test_error"]["values"] == pytest.approx(last)
    assert results["test_error"]["mean"] == pytest.approx(sum(last) / 2, abs=0.01)
    assert last[0] != last[1]
    single = json.loads((tmp_path / "runs" / "seed-1" / "run.json").read_text("utf8"))
    assert single["results"]["runs"] == results["runs"][1:]
    net, about = checkpoints.load_weights(name, tmp_path)
    split = data.digits()
    error = fitting.error_rate(net, split.test_images, split.test_labels)
    assert error == pytest.approx(about["test_error"], abs=0.6)
    assert error == pytest.approx(last[0], abs=0.6)
    assert f"{name}.json\n" in capsys.readouterr().out


def test_record_of_runs_that_do_not_belong_together_is_refused(tmp_path):
    """Another net, or a loss that is not finite, makes no record."""
    one = result.Run(CPU, "digits", "fp32", 359)
    one.add_epoch(**dict.fromkeys(one.curves(), 1.0))
    other = replace(one, config=replace(CPU, net="plain20"))
    with pytest.raises(ValueError, match="differ by their seed alone, got 2 settings"):
        result.write_record("both", [one, other], "", tmp_path)
    broken = replace(one, train_loss=[math.nan])
    with pytest.raises(ValueError, match="expected finite losses"):
        result.write_record("broken", [broken], "", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_config_names_its_record():
    """What differs from the paper's ResNet is in the name."""
    config = Config(net="resnet56", recipe="paper", data="cifar10")
    assert config.name == "resnet56-paper"
    assert replace(config, option="C").name == "resnet56-c-paper"
    assert replace(config, order="pre", recipe="fast").name == "resnet56-pre-fast"


@pytest.mark.parametrize(
    ("recipe", "each", "expected"),
    [("quarter", 390, 2.0), ("quarter", 400, 9.0), ("laptop", 781, 9.0)],
)
def test_training_error_is_that_of_a_whole_epoch(recipe, each, expected):
    """16,000 steps of 390 an epoch leave ten, which are no epoch."""
    config = Config(net="plain20", recipe=recipe, data="cifar10")
    run = result.Run(config, "made up", "fp32", 10, each, train_error=[4.0, 2.0, 9.0])
    assert run.last_train_error() == expected

"""What a trainer keeps that is stopped, killed or out of room, and how it goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import disks
import pytest
import torch
from short_run import CPU, SHORT

from plusx import data, train
from plusx.train import checkpoints, recipes, result, trainer
from plusx.train.__main__ import main
from plusx.train.recipes import Recipe
from plusx.train.session import Session

pytestmark = pytest.mark.usefixtures("one_thread")


def weights(run: result.Run) -> dict[str, torch.Tensor]:
    """Parameters and running statistics."""
    return run.net.state_dict()


def assert_same(run: result.Run, expected: result.Run) -> None:
    """Curves and weights agree to the last bit."""
    for name in result.CURVES:
        assert getattr(run, name) == getattr(expected, name)
    for name, tensor in weights(expected).items():
        assert torch.equal(weights(run)[name], tensor), name


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> result.Run:
    """The short run, never stopped."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(recipes.RECIPES, "smoke", SHORT)
        return train.train(CPU)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "number"), [(5, signal.SIGTERM), (10, signal.SIGINT), (12, signal.SIGTERM)]
)
def test_signal_saves_and_resume_is_bit_identical(
    at, number, whole, short, tmp_path, monkeypatch, capsys
):
    """A signal in an epoch's middle, in its last step, or in the next epoch."""
    arguments = [
        "--device",
        "cpu",
        "--precision",
        "fp32",
        "--out",
        str(tmp_path / "run"),
    ]
    learning_rate = Recipe.learning_rate

    def interrupt(recipe, step, total):
        if step == at:
            os.kill(os.getpid(), number)
        return learning_rate(recipe, step, total)

    with monkeypatch.context() as patch:
        patch.setattr(Recipe, "learning_rate", interrupt)
        assert main(arguments) == 128 + number
    error = capsys.readouterr().err
    assert f"stopped by {number.name} after step {at + 1}, all is in" in error
    assert not (tmp_path / "run" / "run.json").exists()
    config = replace(CPU, out=str(tmp_path / "run"))
    assert_same(train.train(config, resume=True), whole)


def test_interrupt_while_loading_ends_the_command(monkeypatch, tmp_path, capsys):
    """Ctrl-C before the first step leaves no folder and no traceback."""

    def interrupted(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(data, "load", interrupted)
    assert main(["--out", str(tmp_path / "run")]) == 130
    assert "stopped by SIGINT before the first step" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


KILLED = """
import os, signal, sys, torch
from plusx.train import __main__ as command, recipes, trainer
torch.set_num_threads(1)
recipes.RECIPES["smoke"] = recipes.{recipe}
trainer.CHECKPOINT_S = 0

def kill(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

evaluate, calls = trainer.evaluate, []
def evaluate_twice(session):
    calls.append(1)
    if len(calls) == 2:
        {kill}
    return evaluate(session)
trainer.evaluate = evaluate_twice
command.main(["--device", "cpu", "--precision", "fp32", "--out", sys.argv[1]])
"""


@pytest.mark.slow
@pytest.mark.parametrize("kill", ["kill()", "os.replace = kill"])
def test_kill_9_loses_nothing_that_was_saved(kill, whole, short, tmp_path):
    """Killed in its second epoch or while it writes, a run goes on bit-identically."""
    script = KILLED.format(kill=kill, recipe=SHORT)
    ended = subprocess.run([sys.executable, "-c", script, tmp_path / "run"])
    assert ended.returncode == -signal.SIGKILL
    config = replace(CPU, out=str(tmp_path / "run"))
    _, state = checkpoints.read(tmp_path / "run" / checkpoints.NAME)
    assert state["step"] == 11
    assert_same(train.train(config, resume=True), whole)
    assert [path.name for path in (tmp_path / "run").iterdir()] == [checkpoints.NAME]


def diverge(monkeypatch, first):
    """Let the learning rate be far too high from that step on."""
    learning_rate = Recipe.learning_rate

    def rate(recipe, step, total):
        return 1e20 if step >= first else learning_rate(recipe, step, total)

    monkeypatch.setattr(Recipe, "learning_rate", rate)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "kept"),
    [(0, "no checkpoint was written before"), (11, "after step 11 is kept")],
)
def test_run_that_diverges_says_what_is_kept(
    first, kept, short, tmp_path, monkeypatch, capsys
):
    """In the first epoch nothing is; in the second, the checkpoint of the first."""
    monkeypatch.setattr(trainer, "CHECKPOINT_S", 0)
    diverge(monkeypatch, first)
    out = tmp_path / "run"
    assert main(["--device", "cpu", "--precision", "fp32", "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert "expected a finite training loss, got nan" in told
    assert kept in told
    assert out.exists() == (first > 0)
    if first:
        assert_sound(out / checkpoints.NAME, 11)


def assert_sound(path, step):
    """The checkpoint is of that step, and every number in it is one."""
    tensors, state = checkpoints.read(path)
    assert state["step"] == step
    assert all(tensor.isfinite().all() for tensor in tensors.values())


@pytest.mark.slow
def test_interrupt_keeps_no_numbers_that_are_none(short, tmp_path, monkeypatch, capsys):
    """Ctrl-C in an epoch that diverged leaves the checkpoint before it as it was."""
    monkeypatch.setattr(trainer, "CHECKPOINT_S", 0)
    diverge(monkeypatch, 11)
    take = Session.take

    def interrupted(session, draws, rate):
        take(session, draws, rate)
        if session.step == 13:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Session, "take", interrupted)
    out = tmp_path / "run"
    arguments = ["--device", "cpu", "--precision", "fp32", "--out", str(out)]
    assert main(arguments) == 128 + signal.SIGINT
    told = capsys.readouterr().err
    assert "after step 13, which was not saved; the checkpoint after step 11" in told
    assert_sound(out / checkpoints.NAME, 11)


@pytest.mark.slow
def test_last_step_that_diverges_makes_no_result(short, tmp_path, monkeypatch, capsys):
    """The training loss was counted before that step; the test loss shows it."""
    diverge(monkeypatch, 13)
    out = tmp_path / "run"
    assert main(["--device", "cpu", "--precision", "fp32", "--out", str(out)]) == 1
    assert "expected a finite test loss" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.slow
def test_finished_run_is_returned_not_repeated(short, tmp_path):
    """Resuming it trains no step and gives the same curves."""
    config = replace(CPU, out=str(tmp_path / "run"))
    run = train.train(config)
    again = train.train(config, resume=True)
    assert_same(again, run)
    assert again.train_s == run.train_s


@pytest.mark.slow
def test_checkpoint_of_another_run_is_refused(short, tmp_path, capsys):
    """Another net or seed is named; the checkpoint stays as it was."""
    out = str(tmp_path / "run")
    train.train(replace(CPU, out=out))
    before = (tmp_path / "run" / checkpoints.NAME).read_bytes()
    common = ["--device", "cpu", "--precision", "fp32", "--out", out, "--resume"]
    for change, message in (
        (["--net", "plain20"], "expected net 'plain20', got 'resnet20'"),
        (["--seed", "7"], "expected seed 7, got 0"),
    ):
        assert main([*common, *change]) == 2
        assert message in capsys.readouterr().err
    assert (tmp_path / "run" / checkpoints.NAME).read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"garbage" * 9, "half", "foreign"])
def test_damaged_checkpoint_is_refused(content, short, tmp_path, capsys):
    """Empty, garbage, cut in half, or a safetensors file of someone else."""
    from safetensors.torch import save

    out = tmp_path / "run"
    train.train(replace(CPU, out=str(out)))
    path = out / checkpoints.NAME
    whole_file = path.read_bytes()
    path.write_bytes(
        {"half": whole_file[: len(whole_file) // 2], "foreign": save({})}.get(
            content, content
        )
    )
    common = ["--device", "cpu", "--precision", "fp32", "--out", str(out), "--resume"]
    assert main(common) == 2
    assert "expected a whole safetensors file of plusx" in capsys.readouterr().err


def test_checkpoint_with_other_shapes_is_refused(tmp_path):
    """The first tensor that differs is named with both shapes."""
    target, source = {"a": torch.zeros(2)}, {"a": torch.zeros(3)}
    with pytest.raises(ValueError, match=r"expected a of shape \(2,\), got \(3,\)"):
        checkpoints.copy_into(target, source, tmp_path)


def test_full_disk_keeps_the_checkpoint_before(tmp_path):
    """A failed write leaves the older file whole."""
    path = tmp_path / checkpoints.NAME
    checkpoints.write(path, {"a": torch.ones(3)}, {"step": 1})
    with disks.room_for(100_000), pytest.raises(OSError, match="File too large"):
        checkpoints.write(path, {"a": torch.ones(99_999)}, {"step": 2})
    tensors, state = checkpoints.read(path)
    assert tensors["a"].tolist() == [1, 1, 1]
    assert state == {"step": 1}
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_weights_that_are_not_there_are_refused(tmp_path):
    """The name and the folder are in the message."""
    with pytest.raises(ValueError, match="no weights named 'resnet9'"):
        checkpoints.load_weights("resnet9", tmp_path)

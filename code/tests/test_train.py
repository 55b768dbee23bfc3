"""The trainer: against a plain loop, through stops and kills, and with bad input."""

import json
import math
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace

import disks
import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from plusx import checkpoints, data, fitting, recipes, records, runs, train
from plusx.recipes import Recipe
from plusx.runs import Config
from plusx.session import Session
from plusx.train import main

SHORT = Recipe(steps=14, lr=0.1, momentum=0.9, weight_decay=1e-3, rise=0.25)
CPU = Config(device="cpu", precision="fp32")
gpu = pytest.mark.gpu
needs_gpu = pytest.mark.skipif(
    not torch.cuda.is_available(), reason="needs a CUDA GPU, and torch finds none"
)


@pytest.fixture(autouse=True)
def one_thread():
    """The number of threads changes the last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def short(monkeypatch):
    """Makes "smoke" 14 steps: an epoch of 11 on digits, and 3 more."""
    monkeypatch.setitem(recipes.RECIPES, "smoke", SHORT)


def new_session(config: Config = CPU, recipe: Recipe = SHORT) -> Session:
    """A session on digits."""
    return Session(config, recipe, data.load("digits"))


def run_steps(session: Session, count: int, rate: float) -> None:
    """The first steps of the first epoch at one learning rate."""
    plan = data.draw(session.views, session.recipe.batch, seed=0, epoch=0)
    step = train.make_step(session)
    session.lr.fill_(rate)
    for draws in plan[:count]:
        session.draws.copy_(draws)
        step()


def weights(run: runs.Run) -> dict[str, torch.Tensor]:
    """Parameters and running statistics."""
    return run.net.state_dict()


def assert_same(run: runs.Run, expected: runs.Run) -> None:
    """Curves and weights agree to the last bit."""
    for name in runs.CURVES:
        assert getattr(run, name) == getattr(expected, name)
    for name, tensor in weights(expected).items():
        assert torch.equal(weights(run)[name], tensor), name


@pytest.mark.slow
def test_smoke_learns_digits_and_counts_every_test_image():
    """Four epochs bring the error far below chance; the last is an honest count."""
    run = train.train(CPU)
    assert [len(curve) for curve in run.curves().values()] == [4] * 6
    assert run.train_error[-1] < 60
    assert run.train_loss[-1] < run.train_loss[0]
    assert run.test_images == 359
    split = data.digits()
    expected = fitting.error_rate(run.net, split.test_images, split.test_labels)
    assert run.test_error[-1] == pytest.approx(expected, abs=0.3)
    assert all(value > 0 for value in run.train_s + run.evaluate_s)


def test_steps_equal_a_plain_loop():
    """Three steps in float64 give the weights of a loop without the techniques."""
    session = new_session()
    session.net.double()
    session.views = session.views.double()
    for parameter in session.net.parameters():
        momentum = torch.zeros_like(parameter)
        session.optimizer.state[parameter]["momentum_buffer"] = momentum
    run_steps(session, 3, rate=0.125)
    torch.manual_seed(0)
    net = recipes.make_net(
        "resnet20", option="A", order="post", in_channels=1, classes=10
    ).double()
    optimizer = torch.optim.SGD(
        net.parameters(), 0.125, momentum=0.9, weight_decay=1e-3, foreach=False
    )
    split, losses, wrong = data.digits(), 0.0, 0
    plan = data.draw(session.views, 128, seed=0, epoch=0)
    for draws in plan[:3]:
        batch = []
        for number, _, down, right in draws.T.tolist():
            padded = F.pad(split.train_images[number], (1, 1, 1, 1))
            batch.append(padded[:, down : down + 8, right : right + 8])
        labels = split.train_labels[draws[0]]
        logits = net(torch.stack(batch).double())
        loss = F.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses += loss.item()
        wrong += (logits.argmax(1) != labels).sum().item()
    for name, tensor in net.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            got = session.net.state_dict()[name]
            torch.testing.assert_close(got, tensor, rtol=1e-9, atol=1e-9, msg=name)
    assert session.sums.tolist() == pytest.approx([losses, wrong], rel=1e-9)


class Operations(TorchDispatchMode):
    """Collects the names of the operations that run."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        """Note the name and go on."""
        self.names.append(function._schema.name.removeprefix("aten::"))
        return function(*args, **(kwargs or {}))


# They hand a number, or a shape that depends on numbers, to the processor.
WAITS = {"_local_scalar_dense", "nonzero", "masked_select", "_unique2", "item", "equal"}


@pytest.mark.parametrize("scaled", [False, True])
def test_step_asks_the_device_for_no_number(scaled):
    """A step does nothing that a graph cannot hold, with and without scaling."""
    session = new_session()
    if scaled:
        session.scaler = torch.amp.GradScaler("cpu")
    run_steps(session, 1, rate=0.1)
    step = train.make_step(session)
    with Operations() as operations:
        step()
    assert "convolution_backward" in operations.names
    assert "_fused_sgd_" in operations.names
    assert not WAITS & set(operations.names)


def test_scaled_loss_gives_the_same_step_and_skips_overflow():
    """The scale drops out again; infinite gradients change no weight."""
    plain, scaled = new_session(), new_session()
    scaled.scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    run_steps(plain, 2, rate=0.1)
    run_steps(scaled, 2, rate=0.1)
    for name, tensor in plain.tensors().items():
        torch.testing.assert_close(scaled.tensors()[name], tensor, rtol=1e-3, atol=1e-4)
    overflown = new_session()
    overflown.scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    before = {name: p.detach().clone() for name, p in overflown.net.named_parameters()}
    overflown.views = overflown.views.clone().fill_(math.inf)
    run_steps(overflown, 1, rate=0.1)
    for name, parameter in overflown.net.named_parameters():
        assert torch.equal(parameter, before[name])
    assert overflown.scaler.get_scale() == 512


class PretendGraph:
    """Stands in for a CUDA graph and its streams where there is no GPU."""

    def __init__(self, *arguments, **options):
        self.replayed = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def wait_stream(self, other):
        """Streams of one processor need not wait."""

    def replay(self):
        """Count instead of launching."""
        self.replayed += 1


def test_capture_leaves_no_trace(monkeypatch):
    """The runs before a capture change neither weights nor momenta nor sums."""
    for name in ("Stream", "stream", "current_stream", "CUDAGraph", "graph"):
        monkeypatch.setattr(torch.cuda, name, PretendGraph)
    session = new_session()
    run_steps(session, 1, rate=0.1)
    before = {name: tensor.clone() for name, tensor in session.tensors().items()}
    places = {name: tensor.data_ptr() for name, tensor in session.tensors().items()}
    session.stream = torch.cuda.Stream()
    replay = train.make_step(session)
    for name, tensor in session.tensors().items():
        assert torch.equal(tensor, before[name]), name
        assert tensor.data_ptr() == places[name], name
    replay()
    assert replay.__self__.replayed == 1


def test_bf16_runs_on_a_processor(short):
    """Autocast trains without overflow; weights stay in fp32."""
    run = train.train(replace(CPU, precision="bf16"))
    assert all(map(math.isfinite, run.train_loss + run.test_loss))
    assert run.precision == "bf16"
    assert run.net.head.weight.dtype == torch.float32


def test_validation_tests_on_held_out_training_images(short):
    """A tenth of the 1,438 training images; the name of the record says so."""
    config = replace(CPU, validation=True)
    assert train.train(config).test_images == 143
    assert config.name == "resnet20-smoke-digits-validation"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> runs.Run:
    """The short run, never stopped."""
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(recipes.RECIPES, "smoke", SHORT)
        return train.train(CPU)


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
from plusx import checkpoints, recipes, train
torch.set_num_threads(1)
recipes.RECIPES["smoke"] = recipes.{recipe}
train.CHECKPOINT_S = 0

def kill(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

evaluate, calls = train.evaluate, []
def evaluate_twice(session):
    calls.append(1)
    if len(calls) == 2:
        {kill}
    return evaluate(session)
train.evaluate = evaluate_twice
train.main(["--device", "cpu", "--precision", "fp32", "--out", sys.argv[1]])
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


def test_finished_run_is_returned_not_repeated(short, tmp_path):
    """Resuming it trains no step and gives the same curves."""
    config = replace(CPU, out=str(tmp_path / "run"))
    run = train.train(config)
    again = train.train(config, resume=True)
    assert_same(again, run)
    assert again.train_s == run.train_s


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


@pytest.mark.parametrize("seeds", ["", "4-0", "x", "0,0", "1-2-3"])
def test_command_refuses_seeds_that_are_none(seeds, capsys):
    """The parser says which forms there are."""
    with pytest.raises(SystemExit) as stopped:
        main(["--seeds", seeds])
    assert stopped.value.code == 2
    assert (
        f"expected seeds such as 0, 0-4 or 0,2,4; got '{seeds}'"
        in capsys.readouterr().err
    )


def test_run_folder_is_not_overwritten(short, tmp_path, capsys):
    """A folder that holds something is left as it is."""
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["--out", str(tmp_path)]) == 2
    assert "new or empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


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


def test_full_disk_ends_the_run_and_leaves_no_half_file(short, tmp_path, capsys):
    """Exit code 1, one line, and nothing that looks like a checkpoint."""
    out = tmp_path / "run"
    with disks.room_for(100_000):
        assert main(["--device", "cpu", "--out", str(out)]) == 1
    assert "File too large" in capsys.readouterr().err
    assert list(out.iterdir()) == []


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


def test_loss_that_is_not_finite_ends_the_run(tmp_path, monkeypatch, capsys):
    """Exit code 1, the step is named, no record and no checkpoint is written."""
    monkeypatch.setitem(recipes.RECIPES, "smoke", replace(SHORT, lr=1e30))
    out = tmp_path / "run"
    assert main(["--device", "cpu", "--precision", "fp32", "--out", str(out)]) == 1
    assert "expected a finite training loss, got nan" in capsys.readouterr().err
    assert not out.exists()


def test_batch_larger_than_the_data_is_refused(tmp_path, monkeypatch, capsys):
    """The message has both numbers."""
    monkeypatch.setitem(recipes.RECIPES, "smoke", replace(SHORT, batch=2000))
    assert main(["--device", "cpu", "--out", str(tmp_path / "run")]) == 2
    assert "batch of at most 1438, got 2000" in capsys.readouterr().err


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
    assert f"{name}.json written" in capsys.readouterr().out


def test_weights_that_are_not_there_are_refused(tmp_path):
    """The name and the folder are in the message."""
    with pytest.raises(ValueError, match="no weights named 'resnet9'"):
        checkpoints.load_weights("resnet9", tmp_path)


def test_record_of_runs_that_do_not_belong_together_is_refused(tmp_path):
    """Another net, or a loss that is not finite, makes no record."""
    one = runs.Run(CPU, "digits", "cpu", "fp32", 359)
    one.add_epoch(**dict.fromkeys(one.curves(), 1.0))
    other = replace(one, config=replace(CPU, net="plain20"))
    with pytest.raises(ValueError, match="differ by their seed alone, got 2 settings"):
        runs.write_record("both", [one, other], "", tmp_path)
    broken = replace(one, train_loss=[math.nan])
    with pytest.raises(ValueError, match="expected finite losses"):
        runs.write_record("broken", [broken], "", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_config_names_its_record():
    """What differs from the paper's ResNet is in the name."""
    config = Config(net="resnet56", recipe="paper", data="cifar10")
    assert config.name == "resnet56-paper"
    assert replace(config, option="C").name == "resnet56-c-paper"
    assert replace(config, order="pre", recipe="fast").name == "resnet56-pre-fast"


@gpu
@needs_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_graph_equals_eager_steps(precision):
    """On a GPU, replayed and launched steps give the same weights up to rounding."""
    config = Config(device="cuda", precision=precision)
    ends = []
    for graph in (True, False):
        session = new_session(replace(config, graph=graph))
        run_steps(session, 3, rate=0.01)
        ends.append(session.net.state_dict())
    for name, tensor in ends[0].items():
        torch.testing.assert_close(
            tensor, ends[1][name], rtol=5e-2, atol=5e-2, msg=name
        )


@gpu
@needs_gpu
def test_graph_reads_the_learning_rate_of_each_step():
    """At rate 0 a replay changes no weight; at another it does."""
    session = new_session(Config(device="cuda"))
    step, weight = train.make_step(session), session.net.stem.weight
    before = weight.clone()
    step()
    assert torch.equal(weight, before)
    session.lr.fill_(0.1)
    step()
    assert not torch.equal(weight, before)


@gpu
@needs_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_smoke_learns_digits_on_a_gpu(precision):
    """The whole run on the device, in each precision."""
    run = train.train(Config(device="cuda", precision=precision))
    assert run.train_error[-1] < 60
    assert run.test_images == 359

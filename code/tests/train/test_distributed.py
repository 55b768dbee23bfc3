"""Several processes: two gloo ranks on the processor, started by torchrun."""

import json
import os
import subprocess
import sys

import pytest
import torch
import torch.distributed as dist
from safetensors.torch import load_file
from short_run import CPU
from torch import nn

from plusx import data, fitting, networks
from plusx.networks import CifarNet
from plusx.train import checkpoints, processes
from plusx.train.recipes import Recipe
from plusx.train.session import Session

SHORT = Recipe(steps=14, lr=0.02)
WARNINGS = "error::FutureWarning"  # one of the trainer's own would end it
slow = pytest.mark.slow

# Runs as rank 0 and rank 1; arguments: what to do, a folder.
SCRIPT = f"""
import os, pathlib, signal, sys, torch
from safetensors.torch import save_file
from torch import nn
from plusx import networks
from plusx.networks import CifarNet
from plusx.train import __main__ as command, recipes
from plusx.train.session import Session

torch.set_num_threads(1)
recipes.RECIPES["smoke"] = recipes.{SHORT}
task, folder = sys.argv[1], pathlib.Path(sys.argv[2])
rank = int(os.environ["RANK"])

def net_without_norm(name, **options):
    return CifarNet(8, width=4, in_channels=1, norm=lambda channels: nn.Identity())

def watched(session, draws, rate):
    take(session, draws, rate)
    if session.step == 1:
        gradients = {{n: p.grad for n, p in session.net.named_parameters()}}
        gradients = {{n: g.contiguous() for n, g in gradients.items()}}
        save_file(gradients | {{"draws": session.draws}}, folder / f"{{rank}}.step")
    if task == "kill" and rank == 1 and session.step == 12:
        os.kill(os.getpid(), signal.SIGKILL)

if task == "train":
    networks.named = net_without_norm
take, Session.take = Session.take, watched
arguments = ["--device", "cpu", "--precision", "fp32", "--out", str(folder / "run")]
sys.exit(command.main([*arguments, "--record", str(folder)]))
"""


def torchrun(task, folder) -> subprocess.CompletedProcess:
    """Run the script as two ranks."""
    script = folder / "script.py"
    script.write_text(SCRIPT)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    return subprocess.run(
        [sys.executable, *launch, script, task, folder],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": WARNINGS},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """A folder with what two ranks left."""
    folder = tmp_path_factory.mktemp("together")
    ended = torchrun("train", folder)
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture(scope="module")
def alone():
    """The gradients of the first step, the draws and the curves of one process."""
    with pytest.MonkeyPatch.context() as patch:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            net = CifarNet(8, width=4, in_channels=1, norm=lambda _: nn.Identity())
        patch.setattr(networks, "named", lambda name, **options: net)
        session = Session(CPU, SHORT, data.load("digits"))
        draws = data.plan_epoch(session.views, 128, seed=0, epoch=0)[0]
        session.take(draws, 0.0)
        gradients = {name: p.grad.clone() for name, p in net.named_parameters()}
    return gradients, draws


@slow
def test_gradients_of_two_ranks_equal_those_of_one(together, alone):
    """Both ranks hold the mean gradient of the whole batch."""
    expected, _ = alone
    for rank in (0, 1):
        got = load_file(together / f"{rank}.step")
        for name, gradient in expected.items():
            torch.testing.assert_close(got[name], gradient, rtol=1e-4, atol=1e-6)


@slow
def test_ranks_share_each_batch_without_overlap(together, alone):
    """Their draws, one after the other, are those of one process."""
    _, expected = alone
    parts = [load_file(together / f"{rank}.step")["draws"] for rank in (0, 1)]
    assert [part.shape[1] for part in parts] == [64, 64]
    assert torch.equal(torch.cat(parts, dim=1), expected)


@slow
def test_evaluation_counts_every_image_over_the_ranks(together):
    """The error of the record is that of the kept net over all 359 images."""
    record = json.loads((together / "run" / "run.json").read_text("utf8"))
    assert record["results"]["test_images"] == 359
    assert record["provenance"]["device"].startswith("2 × ")
    assert record["provenance"]["command"].startswith("torchrun --nproc-per-node=2 -m")
    tensors, _ = checkpoints.read(together / "run" / checkpoints.NAME)
    net = CifarNet(8, width=4, in_channels=1, norm=lambda channels: nn.Identity())
    checkpoints.copy_into(
        {f"net.{name}": value for name, value in net.state_dict().items()},
        {name: value for name, value in tensors.items() if name.startswith("net.")},
        together,
    )
    split = data.digits()
    expected = fitting.error_rate(net, split.test_images, split.test_labels)
    got = record["results"]["runs"][0]["test_error"][-1]
    assert got == pytest.approx(expected, abs=0.01)


@slow
def test_only_the_first_rank_writes(together):
    """One checkpoint, one record of the run, one of all seeds; no partial file."""
    names = {path.name for path in (together / "run").iterdir()}
    assert names == {checkpoints.NAME, "run.json"}
    assert [path.name for path in together.glob("*.json")] == [
        "resnet20-smoke-digits.json"
    ]


@slow
def test_killed_rank_ends_the_job(tmp_path):
    """The other rank says so and stops; no record, nothing half-written."""
    ended = torchrun("kill", tmp_path)
    assert ended.returncode != 0
    assert "plusx.train: lost the other processes" in ended.stderr
    assert list(tmp_path.glob("*.json")) == []
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("world", "batch"), [(2, 128), (4, 64)])
def test_shards_cover_test_images_once(world, batch, monkeypatch):
    """Over all ranks every test image is there once, and none is filled in."""
    monkeypatch.setattr(dist, "is_initialized", lambda: True)
    monkeypatch.setattr(dist, "get_world_size", lambda: world)
    monkeypatch.setattr(processes, "parallel", lambda net, stream: net)
    data_set, images = data.load("digits"), []
    for rank in range(world):
        monkeypatch.setattr(dist, "get_rank", lambda rank=rank: rank)
        session = Session(CPU, Recipe(steps=1, batch=batch), data_set)
        assert session.draws.shape == (4, batch // world)
        images += session.test_images.flatten(1).tolist()
    assert sorted(images) == sorted(data_set.split.test_images.flatten(1).tolist())


def test_batch_that_cannot_be_shared_is_refused(monkeypatch):
    """Three processes do not divide 128 images; the message has both numbers."""
    monkeypatch.setattr(dist, "is_initialized", lambda: True)
    monkeypatch.setattr(dist, "get_world_size", lambda: 3)
    monkeypatch.setattr(dist, "get_rank", lambda: 0)
    with pytest.raises(ValueError, match="divides the batch of 128, got 3"):
        Session(CPU, SHORT, data.load("digits"))


@pytest.mark.parametrize("name", ["broadcast_buffers", "forward_sync_buffers"])
def test_statistics_stay_apart_in_old_and_new_pytorch(name, monkeypatch):
    """PyTorch 2.13 has another name for it, and warns of the one that 2.6 has."""
    asked = []
    scope = {"asked": asked}
    exec(f"def wrap(module, {name}=None): asked.append({name})", scope)
    monkeypatch.setattr(nn.parallel, "DistributedDataParallel", scope["wrap"])
    processes.parallel(nn.Linear(1, 1), None)
    assert asked == [False]


@pytest.mark.parametrize(
    ("error", "world", "expected"),
    [
        (dist.DistNetworkError("connection reset"), "2", True),
        (RuntimeError("[gloo/transport/tcp/pair.cc:537] Connection closed"), "2", True),
        (RuntimeError("InvalidCxxCompiler: No working C++ compiler found"), "2", False),
        (
            RuntimeError("[gloo/transport/tcp/pair.cc:537] Connection closed"),
            "1",
            False,
        ),
    ],
)
def test_only_lost_processes_are_called_lost(error, world, expected, monkeypatch):
    """A missing compiler is another fault, and keeps its traceback."""
    monkeypatch.setenv("WORLD_SIZE", world)
    assert processes.was_lost(error) == expected


def test_capture_overrules_what_torchrun_says_to_nccl(monkeypatch):
    """torchrun sets the variable to 1, with which no step with NCCL is captured."""
    seen = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("LOCAL_RANK", "0")
    monkeypatch.setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "1")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda index: None)
    monkeypatch.setattr(dist, "destroy_process_group", lambda: None)

    def init(backend):
        seen.append((backend, os.environ["TORCH_NCCL_ASYNC_ERROR_HANDLING"]))

    monkeypatch.setattr(dist, "init_process_group", init)
    with processes.distributed("cuda"):
        assert seen == [("nccl", "0")]

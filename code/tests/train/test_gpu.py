"""What the trainer takes for granted on a GPU: the list of code/README.md."""

import subprocess
import sys
from dataclasses import replace

import pytest
import torch
import torch.distributed as dist
from short_run import new_session, run_steps

from plusx import data, train
from plusx.train import processes, step
from plusx.train.config import Config

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not torch.cuda.is_available(), reason="needs a CUDA GPU, and torch finds none"
    ),
]
PRECISIONS = ["fp32", "bf16", "fp16"]
GPU = Config(device="cuda", precision="fp32")


@pytest.fixture(autouse=True)
def able(request):
    """Skips a precision that this GPU has no units for."""
    precision = getattr(request.node, "callspec", None)
    precision = precision and precision.params.get("precision")
    if precision == "bf16" and torch.cuda.get_device_capability() < (8, 0):
        pytest.skip("needs compute capability 8.0 for bf16")


def assert_close(session, other):
    """The weights of two sessions agree up to the rounding of 16 bits."""
    for name, tensor in session.net.state_dict().items():
        expected = other.net.state_dict()[name]
        torch.testing.assert_close(tensor, expected, rtol=5e-2, atol=5e-2, msg=name)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_graph_equals_eager_steps(precision):
    """Replayed and launched steps give the same weights, so nothing is missing."""
    config = replace(GPU, precision=precision)
    graph, eager = new_session(config), new_session(replace(config, graph=False))
    run_steps(graph, 3, rate=0.01)
    run_steps(eager, 3, rate=0.01)
    assert_close(graph, eager)
    assert graph.sums.tolist() == pytest.approx(eager.sums.tolist(), rel=0.05)


def test_graph_reads_the_learning_rate_and_the_draws_of_each_step():
    """A replay at rate 0 changes no weight; other images give another loss."""
    session = new_session(GPU)
    first, second = data.plan_epoch(session.views, 128, seed=0, epoch=0)[:2]
    weight = session.net.stem.weight
    before, losses = weight.clone(), []
    for draws in (first, second, first):
        session.take(draws, 0.0)
        losses.append(session.sums[0].item())
        session.sums.zero_()
    assert losses[0] == pytest.approx(losses[2], rel=1e-5)
    assert losses[0] != pytest.approx(losses[1], rel=1e-5)
    assert torch.equal(weight, before)
    session.take(first, 0.1)
    assert not torch.equal(weight, before)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_capture_leaves_no_trace(precision):
    """Weights, momenta, sums and the scale are as before, in the same places."""
    session = new_session(replace(GPU, precision=precision))
    before = {name: tensor.clone() for name, tensor in session.tensors().items()}
    places = {name: tensor.data_ptr() for name, tensor in session.tensors().items()}
    step.make_step(session)
    for name, tensor in session.tensors().items():
        assert torch.equal(tensor, before[name]), name
        assert tensor.data_ptr() == places[name], name
    if precision == "fp16":
        assert session.scaler.get_scale() == 2**16


def test_scale_of_the_loss_is_kept_up_by_the_graph():
    """An overflow within a replay changes no weight and halves the scale."""
    session = new_session(replace(GPU, precision="fp16"))
    run_steps(session, 1, rate=0.1)
    before, scale = session.net.stem.weight.clone(), session.scaler.get_scale()
    draws = session.draws.clone()
    session.views._base.fill_(float("inf"))  # all crops lie in these images
    session.take(draws, 0.1)
    assert torch.equal(session.net.stem.weight, before)
    assert session.scaler.get_scale() == scale / 2


@pytest.mark.parametrize("precision", PRECISIONS)
def test_step_never_waits_for_the_device(precision):
    """PyTorch itself reports a step that does."""
    session = new_session(replace(GPU, precision=precision, graph=False))
    run_steps(session, 2, rate=0.1)
    draws = session.draws.clone()
    torch.cuda.set_sync_debug_mode("error")
    try:
        session.take(draws, 0.1)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_capture_that_fails_ends_in_a_sentence():
    """Nothing can be read while a graph is captured; in a process of its own."""
    script = (
        "import torch\n"
        "from plusx.train import step\n"
        "number = torch.ones((), device='cuda')\n"
        "try:\n"
        "    step.as_graph(number.item, torch.cuda.Stream())\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "--no-graph trains without one" in ended.stdout


@pytest.mark.parametrize("graph", [False, True])
def test_compiled_net_trains_in_a_graph(graph):
    """Inductor's kernels give the same weights, launched or replayed."""
    compiled = new_session(replace(GPU, compile=True, graph=graph))
    eager = new_session(replace(GPU, graph=False))
    run_steps(compiled, 3, rate=0.01)
    run_steps(eager, 3, rate=0.01)
    assert_close(compiled, eager)


@pytest.mark.skipif(not dist.is_nccl_available(), reason="needs NCCL")
@pytest.mark.parametrize("compiled", [False, True])
def test_mean_over_processes_is_taken_in_the_graph(compiled, monkeypatch, tmp_path):
    """DistributedDataParallel over NCCL, here of one process, is captured, too."""
    monkeypatch.setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0")
    store = f"file://{tmp_path}/store"
    dist.init_process_group("nccl", init_method=store, rank=0, world_size=1)
    try:
        session = new_session(GPU)
        session.model = processes.parallel(session.net, session.stream)
        session.model = torch.compile(session.model) if compiled else session.model
        session.world = 2  # as many runs before the capture as several processes take
        run_steps(session, 3, rate=0.01)
        eager = new_session(replace(GPU, graph=False))
        run_steps(eager, 3, rate=0.01)
        assert_close(session, eager)
        del session
    finally:
        dist.destroy_process_group()


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="needs two GPUs")
def test_two_gpus_train_one_run(tmp_path):
    """torchrun starts two processes, each with its own GPU; the record says so."""
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    arguments = [
        "-m",
        "plusx.train",
        "--device",
        "cuda",
        "--out",
        str(tmp_path / "run"),
    ]
    subprocess.run([sys.executable, *launch, *arguments], check=True, timeout=300)
    assert "2 × " in (tmp_path / "run" / "run.json").read_text("utf8")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_smoke_learns_digits(precision):
    """The whole run on the device, in each precision."""
    run = train.train(Config(device="cuda", precision=precision))
    assert run.train_error[-1] < 60
    assert run.test_images == 359

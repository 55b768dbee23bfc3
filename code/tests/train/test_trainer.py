"""The trainer: its step against a plain loop, and what a run counts."""

import gc
import math
import weakref
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from short_run import CPU, SHORT, new_session, run_steps
from torch.utils._python_dispatch import TorchDispatchMode

from plusx import data, fitting, networks, train
from plusx.train.session import Session
from plusx.train.step import make_step

pytestmark = pytest.mark.usefixtures("one_thread")


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


@pytest.mark.slow
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
    net = networks.named(
        "resnet20", option="A", order="post", in_channels=1, classes=10
    ).double()
    optimizer = torch.optim.SGD(
        net.parameters(), 0.125, momentum=0.9, weight_decay=1e-3, foreach=False
    )
    split, losses, wrong = data.digits(), 0.0, 0
    plan = data.plan_epoch(session.views, 128, seed=0, epoch=0)
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
    step = make_step(session)
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


@pytest.mark.slow
def test_bf16_runs_on_a_processor(short):
    """Autocast trains without overflow; weights stay in fp32."""
    run = train.train(replace(CPU, precision="bf16"))
    assert all(map(math.isfinite, run.train_loss + run.test_loss))
    assert run.precision == "bf16"
    assert run.net.head.weight.dtype == torch.float32


@pytest.mark.slow
def test_validation_tests_on_held_out_training_images(short):
    """A tenth of the 1,438 training images; the name of the record says so."""
    config = replace(CPU, validation=True)
    assert train.train(config).test_images == 143
    assert config.name == "resnet20-smoke-digits-validation"


def test_session_is_freed_with_its_last_name():
    """Its images do not wait in memory until Python looks for circles."""
    gc.disable()
    try:
        session = new_session()
        run_steps(session, 1, rate=0.1)
        gone = weakref.ref(session)
        del session
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("part", ["train_labels", "test_labels"])
@pytest.mark.parametrize("label", [-100, -1, 10])
def test_labels_that_are_no_class_are_refused(part, label):
    """Before they reach a GPU, where they end the process; both ends are told."""
    data_set = data.load("digits")
    labels = getattr(data_set.split, part).clone()
    labels[7] = label
    data_set = data_set._replace(split=data_set.split._replace(**{part: labels}))
    with pytest.raises(ValueError, match=f"labels 0 to 9, got .*{label}"):
        Session(CPU, SHORT, data_set)

"""Train a plain or residual net for small images, fast, and say what came of it.

Read `plusx.train.session` first, which sets up data, net and optimizer; then this from
top to bottom: step, epoch, evaluation, run. Where something makes training faster, a
comment says what it buys. Shapes: B images a batch, C channels, H × W pixels.
"""

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor
from tqdm.auto import tqdm

from plusx import data
from plusx.train import checkpoints, devices, recipes
from plusx.train.config import Config
from plusx.train.result import Run
from plusx.train.session import Session

EVALUATION_BATCH = 2000
CHECKPOINT_S = 60  # a run that is killed loses at most this and an epoch


def make_step(session: Session) -> Callable[[], None]:
    """One training step on the images that `session.draws` names."""

    def step() -> None:
        # One gather cuts and mirrors the whole batch, instead of image by image.
        images = data.augment(session.views, session.draws)  # (B, C, H, W)
        labels = session.labels[session.draws[0]]
        session.optimizer.zero_grad(set_to_none=True)
        with session.autocast():
            logits = session.model(images)
            smoothing = session.recipe.label_smoothing
            loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
        session.scaler.scale(loss).backward()
        session.scaler.step(session.optimizer)
        session.scaler.update()
        session.sums[0].add_(loss.detach())
        session.sums[1].add_((logits.argmax(1) != labels).sum())

    return step if session.stream is None else capture(session, step)


def capture(session: Session, step: Callable[[], None]) -> Callable[[], None]:
    """The step as one CUDA graph: one launch from Python instead of about 600.

    It has to run before, on the stream of the capture, and no trace of that may stay.
    With DistributedDataParallel it runs 11 times (PyTorch's notes on CUDA graphs).
    """
    tensors = list(session.tensors().values())
    before, scale = [t.clone() for t in tensors], session.scaler.state_dict()
    session.stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(session.stream):
        for _ in range(3 if session.world == 1 else 11):
            step()
    torch.cuda.current_stream().wait_stream(session.stream)
    session.optimizer.zero_grad(set_to_none=True)  # the graph makes its own gradients
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=session.stream):
        step()
    for tensor, value in zip(tensors, before, strict=True):
        tensor.copy_(value)
    session.scaler.load_state_dict(scale)
    return graph.replay


def train_epoch(
    session: Session, step: Callable[[], None], stop: devices.Stop, bar: tqdm
) -> bool:
    """Train to the end of the epoch, or until asked to stop; tell whether it ended."""
    batch, seed = session.recipe.batch, session.config.seed
    epoch, first = divmod(session.step, session.epoch_steps)
    plan = data.plan_epoch(session.views, batch, seed=seed, epoch=epoch)
    # All ranks draw the same, and each takes its own part of every batch.
    mine = slice(session.rank * session.share, (session.rank + 1) * session.share)
    plan = plan[:, :, mine].to(session.device)
    end = min(session.epoch_steps, first + session.total - session.step)
    for index in range(first, end):
        session.draws.copy_(plan[index])
        session.lr.fill_(session.recipe.learning_rate(session.step, session.total))
        step()
        session.step += 1
        bar.update()
        if stop.signal and session.world == 1:  # several ranks stop after an epoch
            break
    return index + 1 == end


def add_up(session: Session, values: Tensor) -> list[float]:
    """The sums over all ranks; here the processor waits for the device."""
    if session.world > 1:
        dist.all_reduce(values)
    return values.tolist()


@torch.no_grad()
def evaluate(session: Session) -> tuple[float, float]:
    """Mean loss and error in percent over all test images, each counted once."""
    net = session.net
    if session.world > 1:  # each rank normalizes by its own images: take the mean
        for buffer in net.buffers():
            dist.all_reduce(buffer)
            buffer /= session.world
    net.eval()
    sums = torch.zeros(3, dtype=torch.float64, device=session.device)
    for images, labels in zip(
        session.test_images.split(EVALUATION_BATCH),
        session.test_labels.split(EVALUATION_BATCH),
        strict=True,
    ):
        with session.autocast():
            logits = net(images.contiguous(memory_format=torch.channels_last))
            sums[0].add_(F.cross_entropy(logits, labels, reduction="sum"))
        sums[1].add_((logits.argmax(1) != labels).sum())
        sums[2].add_(len(labels))
    net.train()
    loss, wrong, count = add_up(session, sums)
    if count != session.test_count:
        raise RuntimeError(f"expected {session.test_count} test images, got {count}")
    return loss / count, 100 * wrong / count


def close_epoch(session: Session, start_s: float) -> None:
    """Read the sums, evaluate, and add the epoch to the curves.

    Raises:
        ArithmeticError: when the training loss is not finite.
    """
    steps = (session.step - 1) % session.epoch_steps + 1
    loss, wrong = add_up(session, session.sums)
    session.sums.zero_()
    loss /= steps * session.world
    if not math.isfinite(loss):
        raise ArithmeticError(
            f"expected a finite training loss, got {loss} in the epoch that ends with "
            f"step {session.step:,}; the checkpoint before it is kept"
        )
    trained_s = time.perf_counter()
    test_loss, test_error = evaluate(session)
    session.run.add_epoch(
        train_loss=loss,
        train_error=100 * wrong / (steps * session.recipe.batch),
        test_loss=test_loss,
        test_error=test_error,
        train_s=session.spent_s + trained_s - start_s,
        evaluate_s=time.perf_counter() - trained_s,
    )


def train(config: Config, *, resume: bool = False, progress: bool = False) -> Run:
    """Train as asked; return the curves and the net.

    Args:
        resume: go on from the checkpoint in `config.out`. On a processor, every bit
            then comes out as in a run that was never stopped.
        progress: show a bar with the rate of steps and the time that remains.

    Raises:
        ValueError: when something asked for does not exist or does not fit.
        ArithmeticError: when the training loss is not finite.
        KeyboardInterrupt: after Ctrl-C or SIGTERM, when everything is saved.
    """
    recipe = recipes.find(config.recipe, config.net)
    path = Path(config.out) / checkpoints.NAME if config.out else None
    writes = path is not None and devices.is_first()
    if writes:
        checkpoints.check_folder(path.parent, resume)
    source = data.load(config.data)
    if config.validation:
        split = data.hold_out(source.split, len(source.split.train_labels) // 10)
        source = source._replace(split=split)
    session = Session(config, recipe, source)
    if resume:
        session.restore(path)
    step = make_step(session)
    bar = tqdm(
        desc=f"{config.name}, seed {config.seed}",
        total=session.total,
        initial=session.step,
        unit=" steps",
        disable=not progress or session.rank > 0,
        mininterval=0.5 if sys.stderr.isatty() else 30,
    )
    saved_s = time.monotonic()
    with devices.Stop() as stop, bar:
        while session.step < session.total and not stop.signal:
            start_s = time.perf_counter()
            if train_epoch(session, step, stop, bar):
                close_epoch(session, start_s)
                session.spent_s = 0.0
                stop.agree(session.device)
                error = f"{session.run.test_error[-1]:.2f} %"
                bar.set_postfix(test_error=error, refresh=False)
            else:
                session.spent_s += time.perf_counter() - start_s
            due = time.monotonic() - saved_s >= CHECKPOINT_S
            if writes and (due or stop.signal or session.step == session.total):
                session.save(path)
                saved_s = time.monotonic()
    if session.step < session.total:
        saved = f", all is in {path}; --resume goes on" if path else ""
        raise KeyboardInterrupt(stop.signal, f"after step {session.step:,}{saved}")
    return session.run

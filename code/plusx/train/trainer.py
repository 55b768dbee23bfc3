"""Train a plain or residual net for small images, fast, and say what came of it.

Read `plusx.train.session` first, which sets up data, net and optimizer, and
`plusx.train.step`; then this from top to bottom: epoch, evaluation, run. Where
something makes training faster, a comment says what it buys.
"""

import contextlib
import math
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from plusx import data
from plusx.train import checkpoints, outputs, processes, recipes
from plusx.train.config import Config
from plusx.train.progress import bar, say
from plusx.train.result import Run
from plusx.train.session import Session
from plusx.train.step import make_step

__all__ = ["make_step", "train"]  # chapter 5 shows the step

EVALUATION_BATCH = 2000
CHECKPOINT_S = 60  # a run that is killed loses at most this and an epoch


def train_epoch(session: Session, stop: processes.Stop, shown: tqdm) -> bool:
    """Train to the end of the epoch, or until asked to stop; tell whether it ended."""
    batch, seed = session.recipe.batch, session.config.seed
    epoch, first = divmod(session.step, session.epoch_steps)
    plan = data.plan_epoch(session.views, batch, seed=seed, epoch=epoch)
    # All ranks draw the same, and each takes its own part of every batch.
    mine = slice(session.rank * session.share, (session.rank + 1) * session.share)
    plan = plan[:, :, mine].to(session.device)
    end = min(session.epoch_steps, first + session.total - session.step)
    for index in range(first, end):
        rate = session.recipe.learning_rate(session.step, session.total)
        session.take(plan[index], rate)
        shown.update()
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
        ArithmeticError: when a loss is not finite.
    """
    steps = (session.step - 1) % session.epoch_steps + 1
    loss, wrong = add_up(session, session.sums)
    session.sums.zero_()
    loss /= steps * session.world
    check_loss(session, "training", loss)
    trained_s = time.perf_counter()
    test_loss, test_error = evaluate(session)
    check_loss(session, "test", test_loss)
    session.run.add_epoch(
        train_loss=loss,
        train_error=100 * wrong / (steps * session.recipe.batch),
        test_loss=test_loss,
        test_error=test_error,
        train_s=session.spent_s + trained_s - start_s,
        evaluate_s=time.perf_counter() - trained_s,
    )
    session.spent_s = 0.0


def check_loss(session: Session, kind: str, loss: float) -> None:
    """See that a loss is a number."""
    if not math.isfinite(loss):
        raise ArithmeticError(
            f"expected a finite {kind} loss, got {loss} in the epoch that ends with "
            f"step {session.step:,}; {kept(session)}"
        )


def kept(session: Session) -> str:
    """What there is to go back to."""
    if session.saved_step is None:
        return "no checkpoint was written before"
    return f"the checkpoint after step {session.saved_step:,} is kept"


def save(session: Session, path: Path) -> None:
    """Write a checkpoint, but none of numbers that are not finite.

    A disk without room ends no run that has steps left: there may be room later.

    Raises:
        OSError: when the last checkpoint cannot be written; names the file.
    """
    if not session.is_finite():
        return
    try:
        session.save(path)
    except OSError as error:
        if session.step == session.total:
            raise
        say(f"no checkpoint after step {session.step:,}: {error}; {kept(session)}")


def train(config: Config, *, resume: bool = False, progress: bool = False) -> Run:
    """Train as asked; return the curves and the net.

    Args:
        resume: go on from the checkpoint in `config.out`. On a processor, with the same
            number of threads, every bit then comes out as in a run that was never
            stopped. A run that is finished is returned as it is.
        progress: show a bar with the rate of steps and the time that remains.

    Raises:
        ValueError: when something asked for does not exist or does not fit.
        OSError: when `config.out` cannot be written.
        ArithmeticError: when a loss is not finite.
        KeyboardInterrupt: after Ctrl-C or SIGTERM, when everything is saved.
    """
    recipe, folder = recipes.find(config.recipe, config.net), config.folder
    path = folder / checkpoints.NAME if folder else None
    if resume and not path:
        raise ValueError("expected a folder to resume from in `out`, got None")
    with contextlib.ExitStack() as stack:
        if path and processes.is_first():
            stack.enter_context(outputs.ready(folder))
            stack.enter_context(outputs.held(folder))
            resume = outputs.begun(folder, resume)
        data_set = data.load(config.data)
        if config.validation:
            tenth = len(data_set.split.train_labels) // 10
            data_set = data_set._replace(split=data.hold_out(data_set.split, tenth))
        session = Session(config, recipe, data_set)
        if resume and path.is_file():
            session.restore(path)
        progress = progress and session.rank == 0
        if session.step < session.total:
            take_all(session, path, progress)
        elif progress:
            say(f"{folder} holds a finished run: no step is left to take")
    return session.run


def take_all(session: Session, path: Path | None, progress: bool) -> None:
    """Take the steps that are left, and save the run now and then.

    Raises:
        KeyboardInterrupt: when asked to stop; says what is saved.
    """
    total, due_s = session.total, time.monotonic() + CHECKPOINT_S
    shown = bar(session.config, taken=session.step, total=total, shown=progress)
    session.begin_segment()
    with processes.Stop() as stop, shown:
        while session.step < total and not stop.signal:
            start_s = time.perf_counter()
            if train_epoch(session, stop, shown):
                close_epoch(session, start_s)
                stop.agree(session.device)
                error = f"{session.run.test_error[-1]:.2f} %"
                shown.set_postfix(test_error=error, refresh=False)
            else:
                session.spent_s += time.perf_counter() - start_s
            session.note_segment()
            due = time.monotonic() >= due_s or stop.signal or session.step == total
            if due and path and session.rank == 0:
                save(session, path)
                due_s = time.monotonic() + CHECKPOINT_S
    if session.step < total:
        raise KeyboardInterrupt(stop.signal, stopped(session, path))


def stopped(session: Session, path: Path | None) -> str:
    """When a run was stopped, and what it leaves."""
    when = f"after step {session.step:,}"
    if not path or session.rank:
        return when
    if session.saved_step == session.step:
        return f"{when}, all is in {path}; --resume goes on"
    return f"{when}, which was not saved; {kept(session)}"

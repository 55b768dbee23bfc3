"""One training step: launched operation by operation, or captured as a CUDA graph.

Where something here makes training faster, a comment says what it buys. What this takes
for granted of PyTorch stands in `code/README.md`, and `tests/train/test_gpu.py` tries
it on a GPU. Shapes: B images a batch, C channels, H × W pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from plusx import data

if TYPE_CHECKING:
    from plusx.train.session import Session


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

    Raises:
        ValueError: when the step cannot be captured; says how to do without.
    """
    tensors = list(session.tensors().values())
    before, scale = [t.clone() for t in tensors], session.scaler.state_dict()
    session.stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(session.stream):
        for _ in range(3 if session.world == 1 else 11):
            step()
    torch.cuda.current_stream().wait_stream(session.stream)
    session.optimizer.zero_grad(set_to_none=True)  # the graph makes its own gradients
    replay = as_graph(step, session.stream)
    for tensor, value in zip(tensors, before, strict=True):
        tensor.copy_(value)
    session.scaler.load_state_dict(scale)
    return replay


def as_graph(step: Callable[[], None], stream: torch.cuda.Stream) -> Callable[[], None]:
    """Capture the step on that stream; what comes back replays it."""
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph, stream=stream):
            step()
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        # Ending a capture that broke fails, too: the first error says what broke it.
        first = error.__context__ or error
        raise ValueError(
            f"expected a step that a CUDA graph can hold, got: {first}; "
            "--no-graph trains without one, more slowly"
        ) from error
    return graph.replay

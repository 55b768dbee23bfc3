"""The step as a CUDA graph, with a pretended one where there is no GPU."""

import pytest
import torch
from short_run import new_session, run_steps

from plusx.train import step

pytestmark = pytest.mark.usefixtures("one_thread")


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
    replay = step.make_step(session)
    for name, tensor in session.tensors().items():
        assert torch.equal(tensor, before[name]), name
        assert tensor.data_ptr() == places[name], name
    replay()
    assert replay.__self__.replayed == 1


class BrokenGraph(PretendGraph):
    """Ends a capture as CUDA does once something broke it."""

    def __exit__(self, *error):
        raise torch.AcceleratorError("operation failed due to a previous error")


def test_capture_that_fails_says_how_to_do_without(monkeypatch):
    """The first error is told, not the one that follows from it, and --no-graph."""
    monkeypatch.setattr(torch.cuda, "CUDAGraph", PretendGraph)
    monkeypatch.setattr(torch.cuda, "graph", BrokenGraph)

    def broken():
        raise RuntimeError("operation not permitted when stream is capturing")

    with pytest.raises(ValueError, match=r"not permitted .* --no-graph trains without"):
        step.as_graph(broken, torch.cuda.Stream)


def test_capture_without_memory_stays_what_it_is(monkeypatch):
    """A full GPU is told as such: without a graph it would be full, too."""
    monkeypatch.setattr(torch.cuda, "CUDAGraph", PretendGraph)
    monkeypatch.setattr(torch.cuda, "graph", PretendGraph)

    def full():
        raise torch.OutOfMemoryError("CUDA out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        step.as_graph(full, torch.cuda.Stream)

"""The processes of a run: those that torchrun started, and what asks one to stop."""

import contextlib
import inspect
import os
import signal
import threading
from collections.abc import Iterator

import torch
import torch.distributed as dist
from torch import nn

from plusx.train import devices


def several() -> bool:
    """Whether torchrun started this process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def is_first() -> bool:
    """Whether this process is the one that writes and prints."""
    return not dist.is_initialized() or dist.get_rank() == 0


@contextlib.contextmanager
def distributed(device: str) -> Iterator[None]:
    """Join the other processes, where torchrun started several.

    Raises:
        ValueError: when there are more processes than GPUs.
    """
    if not several():
        yield
        return
    backend = "gloo"
    if devices.choose_device(device).type == "cuda":
        backend, local = "nccl", int(os.environ["LOCAL_RANK"])
        if local >= torch.cuda.device_count():
            raise ValueError(
                f"expected at most {torch.cuda.device_count()} processes, one a GPU; "
                f"got a process {local + 1}"
            )
        torch.cuda.set_device(local)
        # Asked for by PyTorch's notes on capturing DistributedDataParallel in a graph;
        # torchrun has set it to 1. What hangs then, torchrun ends.
        os.environ["TORCH_NCCL_ASYNC_ERROR_HANDLING"] = "0"
    dist.init_process_group(backend)
    try:
        yield
    finally:
        dist.destroy_process_group()


def was_lost(error: RuntimeError) -> bool:
    """Whether an error says that another process is gone.

    gloo, unlike NCCL, has no class of errors of its own: its messages name its files.
    """
    return several() and (isinstance(error, dist.DistError) or "gloo" in str(error))


def parallel(net: nn.Module, stream: torch.cuda.Stream | None) -> nn.Module:
    """The net with gradients that are the mean over all processes.

    Running statistics are not exchanged in each step: `evaluate` takes their mean.

    Args:
        stream: the stream on which the step will be captured, if it will be; there the
            gradients must be summed, too (PyTorch's notes on CUDA graphs).
    """
    wrap = nn.parallel.DistributedDataParallel
    # PyTorch 2.13 has a new name for the old one, of which it warns.
    names = inspect.signature(wrap).parameters
    new, old = "forward_sync_buffers", "broadcast_buffers"
    options = {new if new in names else old: False}
    if stream is None:
        return wrap(net, **options)
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        model = wrap(net, **options)
    torch.cuda.current_stream().wait_stream(stream)
    return model


class Stop:
    """Turns Ctrl-C and SIGTERM into a request, which the training loop looks at.

    `signal` is 0 until one comes. The handlers act between `with Stop() as stop:` and
    the end of the block, in the main thread alone, where Python allows them.
    """

    def __init__(self) -> None:
        self.signal = 0
        self.handlers = {}

    def __enter__(self) -> "Stop":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self.handlers[number] = signal.signal(number, self._ask)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def agree(self, device: torch.device) -> None:
        """Let all processes stop where one was asked to."""
        if dist.is_initialized():
            asked = torch.tensor(self.signal, device=device)
            dist.all_reduce(asked, dist.ReduceOp.MAX)
            self.signal = int(asked)

    def _ask(self, number: int, _frame: object) -> None:
        self.signal = number

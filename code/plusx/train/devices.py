"""What a run computes on, with which precision, and with which other processes."""

import contextlib
import os
import platform
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def choose_device(name: str) -> torch.device:
    """The device of that name; "auto" is the GPU where there is one.

    Raises:
        ValueError: for an unknown name, or "cuda" without a GPU.
    """
    found = torch.cuda.is_available()
    if name == "auto":
        name = "cuda" if found else "cpu"
    if name not in ("cpu", "cuda") or (name == "cuda" and not found):
        there = "auto, cpu or cuda" if found else "auto or cpu (torch finds no GPU)"
        raise ValueError(f"device must be {there}; got {name!r}")
    return torch.device(name)


def choose_precision(name: str, device: torch.device) -> str:
    """The precision of that name; "auto" is the fastest that the device has units for.

    A GPU has them for fp16 from compute capability 7.0 on and for bf16 from 8.0 on. A
    processor computes in bf16 without such units too, but slowly.

    Raises:
        ValueError: when the device cannot compute in it.
    """
    if device.type == "cuda":
        major = torch.cuda.get_device_capability()[0]
        able = ["fp32"] + ["fp16"] * (major >= 7) + ["bf16"] * (major >= 8)
        fastest = able[-1]
    else:
        able = ["fp32", "bf16"]
        fastest = "bf16" if processor_has_bf16() else "fp32"
    if name == "auto":
        return fastest
    if name not in able:
        raise ValueError(
            f"precision must be auto, {' or '.join(able)} on this {device.type}; "
            f"got {name!r}"
        )
    return name


def processor_has_bf16() -> bool:
    """Whether the processor multiplies bf16 numbers itself (AVX-512 or AMX)."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf8").split()
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def describe(device: torch.device) -> str:
    """The device's name for a record."""
    if device.type == "cuda":
        return torch.cuda.get_device_name()
    return f"{platform.machine()} processor"


def driver() -> str:
    """The version of the NVIDIA driver, or "none"."""
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
            capture_output=True,
            text=True,
        )
    except OSError:
        return "none"
    return answer.stdout.partition("\n")[0].strip() or "none"


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
    if choose_device(device).type == "cuda":
        backend, local = "nccl", int(os.environ["LOCAL_RANK"])
        if local >= torch.cuda.device_count():
            raise ValueError(
                f"expected at most {torch.cuda.device_count()} processes, one a GPU; "
                f"got a process {local + 1}"
            )
        torch.cuda.set_device(local)
        # Asked for by PyTorch's notes on capturing DistributedDataParallel in a graph.
        os.environ.setdefault("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0")
    dist.init_process_group(backend)
    try:
        yield
    finally:
        dist.destroy_process_group()


def parallel(net: nn.Module, stream: torch.cuda.Stream | None) -> nn.Module:
    """The net with gradients that are the mean over all processes.

    Running statistics are not exchanged in each step: `evaluate` takes their mean.

    Args:
        stream: the stream on which the step will be captured, if it will be; there the
            gradients must be summed, too (PyTorch's notes on CUDA graphs).
    """
    wrap = nn.parallel.DistributedDataParallel
    if stream is None:
        return wrap(net, broadcast_buffers=False)
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        model = wrap(net, broadcast_buffers=False)
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

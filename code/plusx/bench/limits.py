"""What a training step would take at least, from rates that are measured.

A floor is the time of a step if one thing alone counted: the arithmetic at the rate of
a matrix product, the bytes that unfused operations read and write at the rate of a
copy, or the launches of the operations, one after the other.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter
from torch.utils.flop_counter import FlopCounterMode

from plusx.train import devices
from plusx.train.config import Config


class Count(TorchDispatchMode):
    """Counts the operations that compute, and the bytes that they read and write."""

    def __init__(self) -> None:
        super().__init__()
        self.launches, self.size_bytes = 0, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        """Run the operation and count it, unless it only looks at memory anew."""
        result = function(*args, **(kwargs or {}))
        if not function.is_view and "empty" not in function._schema.name:
            self.launches += 1
            # A gather reads as much as it writes, not all that it could read.
            gather = function is torch.ops.aten.index.Tensor
            touched = (result, result) if gather else (args, kwargs, result)
            for value in tree_iter(touched):
                if isinstance(value, Tensor):
                    self.size_bytes += value.numel() * value.element_size()
        return result


def lower_bounds(
    step: Callable[[int], object], precision: str, config: Config
) -> dict[str, float]:
    """Seconds a step by arithmetic, by memory traffic and by launches alone.

    Args:
        step: takes so many eager training steps.
        precision: of the matrix product; that of the step.
        config: says on which device, and whether launches come from a graph.
    """
    device = devices.choose_device(config.device)
    step(1)
    with Count() as count:
        step(1)
    with FlopCounterMode(display=False) as flops:
        step(1)
    size = 8192 if device.type == "cuda" else 1024
    matrix = torch.randn(size, size, device=device).to(devices.PRECISIONS[precision])
    product_s = fastest_of(lambda: matrix @ matrix, device)
    block = torch.zeros(2**27 if device.type == "cuda" else 2**24, device=device)
    other = block.clone()
    copy_s = fastest_of(lambda: other.copy_(block), device)
    return {
        "arithmetic": flops.get_total_flops() / (2 * size**3 / product_s),
        "traffic": count.size_bytes / (2 * block.numel() * 4 / copy_s),
        "launches": count.launches * launch_s(config.graph, device),
    }


def launch_s(graph: bool, device: torch.device) -> float:
    """Seconds for one of many tiny operations, on a GPU in a graph if asked for."""
    number = torch.zeros(1, device=device)

    def many() -> None:
        for _ in range(500):
            number.add_(1)

    if device.type == "cuda" and graph:
        many()
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            many()
        many = captured.replay
    return fastest_of(many, device) / 500


def fastest_of(call: Callable[[], object], device: torch.device) -> float:
    """The shortest of several times, in seconds: a floor has no bad luck in it."""
    times = []
    for _ in range(8):
        start_s = finish(device)
        call()
        times.append(finish(device) - start_s)
    return min(times)


def finish(device: torch.device) -> float:
    """The time when all work that was launched is done."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()

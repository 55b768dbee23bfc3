"""What a training run holds: data, net and optimizer on the device, and its progress.

`plusx.train.step` says what a step does, `plusx.train.trainer` what a run does. Where
something here makes training faster, a comment says what it buys.
"""

import json
import time
import weakref
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

from plusx import data, networks
from plusx.train import checkpoints, devices, processes, recipes, segments
from plusx.train.config import Config
from plusx.train.result import Run
from plusx.train.step import make_step


class Images(NamedTuple):
    """Normalized images on a device, the training images as `data.windows`."""

    views: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def load(data_set: data.DataSet, device: torch.device, dtype: torch.dtype) -> Images:
    """Put all data on the device, once: no worker loads and copies images.

    Raises:
        ValueError: when a label is none of a class, which a GPU would not survive.
    """
    classes = len(data_set.classes)
    for labels in (data_set.split.train_labels, data_set.split.test_labels):
        if labels.min() < 0 or labels.max() >= classes:
            raise ValueError(
                f"expected labels 0 to {classes - 1}, got {labels.min().item()} to "
                f"{labels.max().item()}"
            )
    split = data.normalize(data_set.split)
    images = split.train_images.to(device, dtype)
    return Images(
        data.windows(images, data_set.margin, data_set.mirror),
        split.train_labels.to(device),
        split.test_images.to(device, dtype),
        split.test_labels.to(device),
    )


class Session:
    """One run on its device.

    Args:
        images: those of `load`, for sessions that share them.

    Raises:
        ValueError: when something asked for does not exist or does not fit.
    """

    def __init__(
        self,
        config: Config,
        recipe: recipes.Recipe,
        data_set: data.DataSet,
        images: Images | None = None,
    ):
        self.config, self.recipe = config, recipe
        self.rank = dist.get_rank() if dist.is_initialized() else 0
        self.world = dist.get_world_size() if dist.is_initialized() else 1
        self.device = devices.choose_device(config.device)
        self.precision = devices.choose_precision(config.precision, self.device)
        self.dtype = devices.PRECISIONS[self.precision]
        self.step, self.spent_s = 0, 0.0
        self.saved_step: int | None = None
        self._share(images or load(data_set, self.device, self.dtype))
        self._make_net(data_set)
        self._make_optimizer()
        self._wrap()
        self.run = Run(config, data_set.origin, self.precision, self.test_count)
        self.run.steps_per_epoch, self.run.net = self.epoch_steps, self.net

    def _share(self, images: Images) -> None:
        """What this process takes of each batch and of the test images."""
        self.views, self.labels = images.views, images.labels
        # Over all ranks, each test image is counted once and none is filled in.
        mine = slice(self.rank, None, self.world)
        self.test_images = images.test_images[mine]
        self.test_labels = images.test_labels[mine]
        self.test_count = len(images.test_labels)
        self.share, rest = divmod(self.recipe.batch, self.world)
        if rest:
            raise ValueError(
                "expected a number of processes that divides the batch of "
                f"{self.recipe.batch}, got {self.world}"
            )
        self.epoch_steps = data.steps_per_epoch(self.views, self.recipe.batch)
        self.total = self.recipe.total_steps(self.epoch_steps)
        self.draws = torch.zeros(4, self.share, dtype=torch.int64, device=self.device)

    def _make_net(self, data_set: data.DataSet) -> None:
        """The network with the weights of the seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            self.net = networks.named(
                self.config.net,
                option=self.config.option,
                order=self.config.order,
                in_channels=data_set.split.train_images.shape[1],
                classes=len(data_set.classes),
            )
        # Channels last is how fast convolutions want it: they transpose nothing.
        self.net.to(self.device, memory_format=torch.channels_last)
        networks.without_counters(self.net)  # one launch less for each norm

    def _make_optimizer(self) -> None:
        """SGD, the scale of the loss, and the sums that a step adds to."""
        # A tensor, because a captured graph goes on reading it when it changes.
        self.lr = torch.zeros((), device=self.device)
        self.optimizer = torch.optim.SGD(
            self.net.parameters(),
            self.lr,
            self.recipe.momentum,
            weight_decay=self.recipe.weight_decay,
            nesterov=self.recipe.nesterov,
            fused=True,  # a few launches update all weights
        )
        for parameter in self.net.parameters():
            # SGD would make them in its first step, which must be like the others.
            momentum = torch.zeros_like(parameter, requires_grad=False)
            self.optimizer.state[parameter]["momentum_buffer"] = momentum
        # fp16 loses small gradients, so the loss is scaled, all on the device.
        self.scaler = torch.amp.GradScaler(enabled=self.precision == "fp16")
        # Loss and errors add up here and are read once an epoch: no step waits.
        self.sums = torch.zeros(2, dtype=torch.float64, device=self.device)

    def _wrap(self) -> None:
        """The net as a step calls it, and the stream of a graph, None without one."""
        self.stream = None
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True  # shapes stay: find the fastest once
            self.stream = torch.cuda.Stream() if self.config.graph else None
        self.model = self.net
        if self.world > 1:
            self.model = processes.parallel(self.net, self.stream)
        if self.config.compile:
            self.model = torch.compile(self.model)

    def take(self, draws: Tensor, rate: float) -> None:
        """Take one training step.

        Args:
            draws: the images, one step of `data.plan_epoch`.
            rate: the learning rate.
        """
        self.draws.copy_(draws)
        self.lr.fill_(rate)
        self._launch()
        self.step += 1

    @cached_property
    def _launch(self) -> Callable[[], None]:
        """The step; on a GPU, its graph is captured when the first one is taken.

        It knows this session weakly: each holding the other would keep the images in
        memory after the run, until Python looks for circles.
        """
        return make_step(weakref.proxy(self))

    def autocast(self) -> torch.autocast:
        """16-bit convolutions: half the memory traffic, and faster units for them."""
        used = self.precision != "fp32"
        return torch.autocast(self.device.type, self.dtype, used, cache_enabled=False)

    def tensors(self) -> dict[str, Tensor]:
        """All that a step changes, by name. A graph knows them by their place."""
        state = self.optimizer.state
        named = {f"net.{key}": value for key, value in self.net.state_dict().items()}
        for name, parameter in self.net.named_parameters():
            named[f"momentum.{name}"] = state[parameter]["momentum_buffer"]
        return {**named, "sums": self.sums}

    def is_finite(self) -> bool:
        """Whether every number that a step changes is one; the device is waited for."""
        return all(bool(tensor.isfinite().all()) for tensor in self.tensors().values())

    def begin_segment(self) -> None:
        """From here on, this job takes the steps."""
        asked = self.config
        here = segments.begin(
            self.step, self.device, self.world, graph=asked.graph, compile=asked.compile
        )
        self.run.segments.append(here)
        self.began_s = time.perf_counter()

    def note_segment(self) -> None:
        """Keep how far this job has come."""
        here = self.run.segments[-1]
        here.last_step = self.step
        here.time_s = round(time.perf_counter() - self.began_s, 1)

    def _identity(self) -> dict[str, Any]:
        """What a checkpoint must share with the run that goes on from it."""
        asked = asdict(self.config)
        for free in ("out", "device", "graph", "compile"):
            del asked[free]
        asked |= {"data": self.run.origin, "precision": self.precision}
        asked |= {"steps per epoch": self.epoch_steps}
        values = asdict(self.recipe).items()
        asked |= {f"{name} of the recipe": value for name, value in values}
        return json.loads(json.dumps(asked))  # as a checkpoint gives it back

    def save(self, path: Path) -> None:
        """Write a checkpoint. The order of the images follows from seed and step."""
        state = {
            "run": self._identity(),
            "step": self.step,
            "spent_s": self.spent_s,
            "scaler": self.scaler.state_dict(),
            "curves": self.run.curves(),
            "segments": [asdict(segment) for segment in self.run.segments],
        }
        checkpoints.write(path, self.tensors(), state)
        self.saved_step = self.step

    def restore(self, path: Path) -> None:
        """Go back to a checkpoint.

        Raises:
            ValueError: when it is damaged or of another run; names the difference.
        """
        tensors, state = checkpoints.read(path)
        for field, expected in self._identity().items():
            got = state["run"].get(field)
            if got != expected:
                raise ValueError(
                    f"{path} is of another run: expected {field} {expected!r}, "
                    f"got {got!r}"
                )
        self._check_processes(path, state)
        checkpoints.copy_into(self.tensors(), tensors, path)
        self.step, self.spent_s = state["step"], state["spent_s"]
        self.saved_step = self.step
        self.scaler.load_state_dict(state["scaler"])
        for name, values in state["curves"].items():
            getattr(self.run, name).extend(values)
        self.run.segments = [segments.Segment(**one) for one in state["segments"]]

    def _check_processes(self, path: Path, state: dict[str, Any]) -> None:
        """Within an epoch, the sums so far belong to one number of processes."""
        before = state["segments"][-1]["processes"]
        within = state["step"] < self.total and state["step"] % self.epoch_steps
        if within and before != self.world:
            raise ValueError(
                f"{path} was written within an epoch: expected the same number of "
                f"processes to go on, {before}, got {self.world}"
            )

"""What a training run holds: data, net and optimizer on the device, and its progress.

`plusx.train.trainer` says what happens with it. Where something here makes training
faster, a comment says what it buys.
"""

from dataclasses import asdict
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn

from plusx import data, networks
from plusx.train import checkpoints, devices, recipes
from plusx.train.config import Config
from plusx.train.result import Run


class Session:
    """One run on its device."""

    def __init__(self, config: Config, recipe: recipes.Recipe, source: data.DataSet):
        self.config, self.recipe = config, recipe
        self.rank = dist.get_rank() if dist.is_initialized() else 0
        self.world = dist.get_world_size() if dist.is_initialized() else 1
        self.device = devices.choose_device(config.device)
        self.precision = devices.choose_precision(config.precision, self.device)
        self.dtype = devices.PRECISIONS[self.precision]
        self.step, self.spent_s = 0, 0.0
        self._load(source)
        self._make_net(source)
        self._make_optimizer()
        self._wrap()
        name = f"{self.world} × " * (self.world > 1) + devices.describe(self.device)
        self.run = Run(config, source.origin, name, self.precision, self.test_count)
        self.run.net = self.net

    def _load(self, source: data.DataSet) -> None:
        """Put all data on the device, once: no worker loads and copies images."""
        split = data.normalize(source.split)
        images = split.train_images.to(self.device, self.dtype)
        self.views = data.windows(images, source.margin, source.mirror)
        self.labels = split.train_labels.to(self.device)
        # Over all ranks, each test image is counted once and none is filled in.
        mine = slice(self.rank, None, self.world)
        self.test_images = split.test_images[mine].to(self.device, self.dtype)
        self.test_labels = split.test_labels[mine].to(self.device)
        self.test_count = len(split.test_labels)
        self.share, rest = divmod(self.recipe.batch, self.world)
        if rest:
            raise ValueError(
                "expected a number of processes that divides the batch of "
                f"{self.recipe.batch}, got {self.world}"
            )
        self.epoch_steps = data.steps_per_epoch(self.views, self.recipe.batch)
        self.total = self.recipe.total_steps(self.epoch_steps)
        self.draws = torch.zeros(4, self.share, dtype=torch.int64, device=self.device)

    def _make_net(self, source: data.DataSet) -> None:
        """The network with the weights of the seed."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            self.net = networks.named(
                self.config.net,
                option=self.config.option,
                order=self.config.order,
                in_channels=source.split.train_images.shape[1],
                classes=len(source.classes),
            )
        # Channels last is how fast convolutions want it: they transpose nothing.
        self.net.to(self.device, memory_format=torch.channels_last)
        for module in self.net.modules():
            if isinstance(module, nn.BatchNorm2d):
                # A counter that nothing reads: one launch less for each norm.
                module.num_batches_tracked = None

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
            self.model = devices.parallel(self.net, self.stream)
        if self.config.compile:
            self.model = torch.compile(self.model)

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

    def _identity(self) -> dict[str, object]:
        """What a checkpoint must share with the run that goes on from it."""
        asked = asdict(self.config)
        for free in ("out", "device", "graph", "compile"):
            del asked[free]
        return {**asked, "data": self.run.source, "precision": self.precision}

    def save(self, path: Path) -> None:
        """Write a checkpoint. The order of the images follows from seed and step."""
        state = {
            "run": self._identity(),
            "step": self.step,
            "spent_s": self.spent_s,
            "scaler": self.scaler.state_dict(),
            "curves": self.run.curves(),
        }
        checkpoints.write(path, self.tensors(), state)

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
        checkpoints.copy_into(self.tensors(), tensors, path)
        self.step, self.spent_s = state["step"], state["spent_s"]
        self.scaler.load_state_dict(state["scaler"])
        for name, values in state["curves"].items():
            getattr(self.run, name).extend(values)

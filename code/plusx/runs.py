"""What a training run is asked for, what it returns, and its record."""

import argparse
import dataclasses
import math
import os
import shlex
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from plusx import checkpoints, devices, recipes, records

CURVES = ("train_loss", "train_error", "test_loss", "test_error")
TIMES = ("train_s", "evaluate_s")


@dataclass(frozen=True)
class Config:
    """What a run is asked for; the defaults take seconds and download nothing.

    Args:
        net: "plain" or "resnet" and 20, 32, 44, 56 or 110, such as "resnet56".
        recipe: "paper", "quarter", "fast", "laptop", "short" or "smoke".
        data: "digits" or "cifar10".
        seed: of the weights, of the order of the images and of the augmentation.
        option: "A", "B" or "C", what a shortcut does where the shape changes.
        order: "post" or "pre", the order of norm, activation and addition in a block.
        validation: hold out a tenth of the training images and test on those.
        device: "cpu", "cuda" or "auto".
        precision: "fp32", "bf16", "fp16" or "auto", the fastest that the device has.
        graph: capture the step as a CUDA graph; without a GPU it changes nothing.
        compile: compile the network first, which needs Triton or a C++ compiler.
        out: the folder for checkpoints and the record; None keeps the run in memory.
    """

    net: str = "resnet20"
    recipe: str = "smoke"
    data: str = "digits"
    seed: int = 0
    option: str = "A"
    order: str = "post"
    validation: bool = False
    device: str = "auto"
    precision: str = "auto"
    graph: bool = True
    compile: bool = False
    out: str | None = None

    @property
    def name(self) -> str:
        """The name of a record of such runs, such as "resnet56-paper"."""
        parts = [self.net]
        parts += [self.option.lower()] if self.option != "A" else []
        parts += [self.order] if self.order != "post" else []
        parts += [self.recipe]
        parts += [self.data] if self.data != "cifar10" else []
        return "-".join(parts + ["validation"] * self.validation)


@dataclass
class Run:
    """A run's curves, one value an epoch, and where they come from.

    Errors are in percent. A training error is the running one: each batch is counted
    before its own step. `train_s` is an epoch's time without its evaluation. `net` is
    the trained network; the last epoch counts, and no epoch is chosen.
    """

    config: Config
    source: str
    device: str
    precision: str
    test_images: int
    net: nn.Module | None = field(default=None, repr=False)
    train_loss: list[float] = field(default_factory=list)
    train_error: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_error: list[float] = field(default_factory=list)
    train_s: list[float] = field(default_factory=list)
    evaluate_s: list[float] = field(default_factory=list)

    def curves(self) -> dict[str, list[float]]:
        """The lists, as they go into a checkpoint."""
        return {name: getattr(self, name) for name in CURVES + TIMES}

    def add_epoch(self, **values: float) -> None:
        """Add one value to each of the lists."""
        for name, curve in self.curves().items():
            curve.append(values[name])

    def summary(self) -> str:
        """What came out, in a line."""
        return (
            f"{self.config.name}, seed {self.config.seed}, {self.source}: test error "
            f"{self.test_error[-1]:.2f} % of {self.test_images:,} images, training "
            f"error {self.train_error[-1]:.2f} %, after the last epoch, "
            f"{len(self.test_error)}; {self.precision} on {self.device}, an "
            f"epoch {statistics.median(self.train_s):.2f} s and its evaluation "
            f"{statistics.median(self.evaluate_s):.2f} s"
        )


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line of `plusx.train`.

    Besides what was given, the answer has `configs`, one a seed, and `command`.
    """
    parser = argparse.ArgumentParser(
        prog="python -m plusx.train",
        description="Train a plain or residual net for small images.",
    )
    add, default = parser.add_argument, Config()
    add("--net", default=default.net, help="plain or resnet and 20, 32, 44, 56 or 110")
    add(
        "--recipe",
        default=default.recipe,
        help="paper, quarter, fast, laptop, short or smoke",
    )
    add("--data", default=default.data, help="digits, or cifar10 (see PLUSX_DATA)")
    add("--seed", "--seeds", default="0", dest="seeds", type=_seeds, help="0 or 0-4")
    add("--option", default=default.option, help="of the shortcuts: A, B or C")
    add("--order", default=default.order, help="of a block: post or pre")
    add("--validation", action="store_true", help="test on a tenth of the training set")
    add("--device", default=default.device, help="auto, cpu or cuda")
    add("--precision", default=default.precision, help="auto, fp32, bf16 or fp16")
    add("--no-graph", action="store_false", dest="graph", help="launch step by step")
    add("--compile", action="store_true", help="compile the net first")
    add("--out", help="folder of the run, runs/NAME when not given")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    package = {"nargs": "?", "type": Path, "metavar": "FOLDER"}
    add(
        "--record",
        const=records.FOLDER,
        **package,
        help="write a record of all seeds",
    )
    add("--weights", const=checkpoints.WEIGHTS, **package, help="keep the first net")
    options = parser.parse_args(arguments)
    names = {f.name for f in dataclasses.fields(Config)} & set(vars(options))
    config = Config(**{name: getattr(options, name) for name in names})
    out = Path(options.out or f"runs/{config.name}")
    several = len(options.seeds) > 1
    options.configs = [
        dataclasses.replace(
            config, seed=seed, out=str(out / f"seed-{seed}" if several else out)
        )
        for seed in options.seeds
    ]
    start = "python"
    if devices.several():
        start = f"torchrun --nproc-per-node={os.environ['WORLD_SIZE']}"
    options.command = f"{start} -m plusx.train {shlex.join(arguments)}".strip()
    return options


def _seeds(text: str) -> list[int]:
    """The numbers in "3", "0-4" or "0,2,4"."""
    try:
        seeds = []
        for part in text.split(","):
            first, _, last = part.partition("-")
            seeds += range(int(first), int(last or first) + 1)
    except ValueError:
        seeds = []
    if not seeds or len(set(seeds)) < len(seeds):
        raise argparse.ArgumentTypeError(
            f"expected seeds such as 0, 0-4 or 0,2,4; got {text!r}"
        )
    return seeds


def keep(runs: Sequence[Run], options: argparse.Namespace) -> None:
    """Write the record of all seeds and the weights of the first, where asked for."""
    name, run = runs[0].config.name, runs[0]
    if options.record:
        path = write_record(name, runs, options.command, options.record)
        print(f"{path} written")
    if options.weights:
        about = {
            field: getattr(run.config, field) for field in ("net", "option", "order")
        }
        about |= {
            "in_channels": run.net.stem.in_channels,
            "classes": run.net.head.out_features,
            "recipe": run.config.recipe,
            "seed": run.config.seed,
            "data": run.source,
            "test_images": run.test_images,
            "test_error": round(run.test_error[-1], 2),
        }
        path = Path(options.weights) / f"{name}.safetensors"
        checkpoints.save_weights(path, run.net, about)
        print(f"{path} written")


def write_record(name: str, runs: Sequence[Run], command: str, folder: Path) -> Path:
    """Write the record of runs that differ by their seed alone; return its path.

    Raises:
        ValueError: when a loss is not finite, or the runs do not belong together.
    """
    configs = {dataclasses.replace(run.config, seed=0, out=None) for run in runs}
    kinds = {(run.source, run.device, run.precision, run.test_images) for run in runs}
    if len(configs) != 1 or len(kinds) != 1:
        raise ValueError(
            f"record {name}: expected runs that differ by their seed alone, got "
            f"{len(configs)} settings on {len(kinds)} kinds of data and device"
        )
    for run in runs:
        if not all(map(math.isfinite, run.train_loss + run.test_loss)):
            raise ValueError(
                f"record {name}: expected finite losses, got others with seed "
                f"{run.config.seed}"
            )
    config, first = configs.pop(), runs[0]
    recipe = dataclasses.asdict(recipes.find(config.recipe, config.net))
    asked = dataclasses.asdict(config) | {"recipe": {"name": config.recipe, **recipe}}
    for other in ("seed", "out", "device", "precision"):
        del asked[other]
    return records.write(
        name,
        config=asked,
        results=_results(runs),
        command=command,
        seeds=[run.config.seed for run in runs],
        data=first.source,
        time_s=sum(sum(run.train_s + run.evaluate_s) for run in runs),
        device=first.device,
        extra={
            "driver": devices.driver(),
            "precision": first.precision,
            "recipe": config.recipe,
        },
        folder=folder,
    )


def _results(runs: Sequence[Run]) -> dict[str, Any]:
    """The spread over the seeds, in percent and seconds, and each run's curves."""

    def curve(run: Run, name: str) -> list[float]:
        digits = 2 if name.endswith("error") else 4
        return [round(value, digits) for value in getattr(run, name)]

    def spread(value: Any, digits: int = 2) -> dict[str, Any]:
        return records.spread([value(run) for run in runs], digits)

    return {
        "test_error": spread(lambda run: run.test_error[-1]),
        "train_error": spread(lambda run: run.train_error[-1]),
        "test_images": runs[0].test_images,
        "epochs": len(runs[0].test_error),
        "time_s": {
            "whole": spread(lambda run: sum(run.train_s + run.evaluate_s), 1),
            "epoch": spread(lambda run: statistics.median(run.train_s), 3),
            "evaluation": spread(lambda run: statistics.median(run.evaluate_s), 3),
        },
        "runs": [
            {"seed": run.config.seed} | {name: curve(run, name) for name in CURVES}
            for run in runs
        ],
    }

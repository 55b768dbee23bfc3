"""What a training run returns, and its record."""

import dataclasses
import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from plusx import records
from plusx.train import recipes
from plusx.train.config import Config
from plusx.train.segments import Segment, joined, provenance

CURVES = ("train_loss", "train_error", "test_loss", "test_error")
TIMES = ("train_s", "evaluate_s")


@dataclass
class Run:
    """A run's curves, one value an epoch, and where they come from.

    Errors are in percent. A training error is the running one: each batch is counted
    before its own step. `train_s` is an epoch's time without its evaluation. `origin`
    names the data, and `segments` say where which steps were taken. `net` is the
    trained network; the last epoch counts, and no epoch is chosen.
    """

    config: Config
    origin: str
    precision: str
    test_images: int
    steps_per_epoch: int = 0
    segments: list[Segment] = field(default_factory=list)
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

    def last_train_error(self) -> float:
        """The training error over the last whole epoch, in percent.

        A recipe that counts steps may end within an epoch, and what is left of that
        epoch is few images.
        """
        recipe = recipes.find(self.config.recipe, self.config.net)
        each = self.steps_per_epoch
        broken = bool(each) and recipe.total_steps(each) % each > 0
        return self.train_error[-2 if broken and len(self.train_error) > 1 else -1]

    def summary(self) -> str:
        """What came out, in a line."""
        device = joined(segment.device for segment in self.segments)
        return (
            f"{self.config.name}, seed {self.config.seed}, {self.origin}: test error "
            f"{self.test_error[-1]:.2f} % of {self.test_images:,} images, training "
            f"error {self.last_train_error():.2f} %, after the last epoch, "
            f"{len(self.test_error)}; {self.precision} on {device}, an "
            f"epoch {statistics.median(self.train_s):.2f} s and its evaluation "
            f"{statistics.median(self.evaluate_s):.2f} s"
        )


def write_record(name: str, runs: Sequence[Run], command: str, folder: Path) -> Path:
    """Write the record of runs that differ by their seed alone; return its path.

    Where a record of the same runs lies there already, it stays as it is.

    Raises:
        ValueError: when a loss is not finite, or the runs do not belong together.
        OSError: when it cannot be written; names the file.
    """
    check_runs(name, runs)
    first, path = runs[0], folder / f"{name}.json"
    asked, results = _asked(first), _results(runs)
    if _is_recorded(path, asked, results):
        return path
    return records.write(
        name,
        config=asked,
        results=results,
        command=command,
        seeds=[run.config.seed for run in runs],
        data=first.origin,
        time_s=sum(sum(run.train_s + run.evaluate_s) for run in runs),
        extra={
            "precision": first.precision,
            "recipe": first.config.recipe,
            **provenance([part for run in runs for part in run.segments]),
            "segments": [
                {"seed": run.config.seed} | dataclasses.asdict(part)
                for run in runs
                for part in run.segments
            ],
        },
        folder=folder,
    )


def check_runs(name: str, runs: Sequence[Run]) -> None:
    """See that a record of these runs would be sound."""
    configs = {dataclasses.replace(run.config, seed=0, out=None) for run in runs}
    kinds = {(run.origin, run.precision, run.test_images) for run in runs}
    if len(configs) != 1 or len(kinds) != 1:
        raise ValueError(
            f"record {name}: expected runs that differ by their seed alone, got "
            f"{len(configs)} settings on {len(kinds)} kinds of data and precision"
        )
    for run in runs:
        if not all(map(math.isfinite, run.train_loss + run.test_loss)):
            raise ValueError(
                f"record {name}: expected finite losses, got others with seed "
                f"{run.config.seed}"
            )


def _asked(run: Run) -> dict[str, Any]:
    """What the runs were asked for; seeds, device and precision are provenance."""
    config = run.config
    recipe = dataclasses.asdict(recipes.find(config.recipe, config.net))
    asked = dataclasses.asdict(config) | {
        "recipe": {"name": config.recipe, **recipe},
        "steps_per_epoch": run.steps_per_epoch,
    }
    for other in ("seed", "out", "device", "precision"):
        del asked[other]
    return asked


def _is_recorded(path: Path, asked: dict[str, Any], results: dict[str, Any]) -> bool:
    """Whether the file holds just this: then its provenance is the true one."""
    try:
        record = json.loads(path.read_text("utf8"))
        ours = json.loads(json.dumps([asked, results]))
        return [record["config"], record["results"]] == ours
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _results(runs: Sequence[Run]) -> dict[str, Any]:
    """The spread over the seeds, in percent and seconds, and each run's curves."""

    def curve(run: Run, name: str) -> list[float]:
        digits = 2 if name.endswith("error") else 4
        return [round(value, digits) for value in getattr(run, name)]

    def spread(value: Any, digits: int = 2) -> dict[str, Any]:
        return records.spread([value(run) for run in runs], digits)

    return {
        "test_error": spread(lambda run: run.test_error[-1]),
        "train_error": spread(lambda run: run.last_train_error()),
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

"""Train plain or residual nets from the command line.

python -m plusx.train                                     seconds, on digits
python -m plusx.train --net resnet56 --recipe paper --data cifar10 --out runs/r56
python -m plusx.train … --out runs/r56 --resume           go on after a stop
python -m plusx.train … --seeds 0-4 --record              five runs, one record
torchrun --nproc-per-node=4 -m plusx.train …              several devices
"""

import argparse
import dataclasses
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from plusx import records
from plusx.train import checkpoints, devices
from plusx.train.config import Config
from plusx.train.result import Run, write_record
from plusx.train.trainer import train


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: train with each seed, write the records, return the exit code.

    0 is for success, 2 for a request that cannot be met, 1 for a run that failed, and
    128 + the signal's number for one that was stopped.
    """
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with devices.distributed(options.device):
            trained = []
            for config in options.configs:
                folder = Path(config.out)
                begun = (folder / checkpoints.NAME).is_file()
                resume = options.resume and (begun or len(options.configs) == 1)
                trained.append(train(config, resume=resume, progress=True))
                if devices.is_first():
                    write_record("run", trained[-1:], options.command, folder)
                    print(trained[-1].summary())
            if devices.is_first():
                keep(trained, options)
    except KeyboardInterrupt as stopped:
        number, when = stopped.args or (signal.SIGINT, "before the first step")
        return fail(f"stopped by {signal.Signals(number).name} {when}", 128 + number)
    except ValueError as error:
        return fail(error, 2)
    except (OSError, ArithmeticError, torch.OutOfMemoryError) as error:
        return fail(error, 1)
    except RuntimeError as error:
        if not devices.several():
            raise
        return fail(f"lost the other processes: {error}", 1)
    return 0


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


def fail(reason: object, code: int) -> int:
    """Say in one line why the command ends, and return its exit code."""
    print(f"plusx.train: {' '.join(str(reason).split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())

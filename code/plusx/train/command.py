"""The trainer's command line, as what is asked for."""

import argparse
import contextlib
import dataclasses
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from plusx import records
from plusx.train import checkpoints, processes
from plusx.train.config import MOST_SEED, Config

MOST_SEEDS = 1000
NEEDS = """\
A run on CIFAR-10 takes up to 3.8 GB of memory in fp32 and 2.7 GB in bf16, for each
process; on digits 0.5 GB. Its checkpoint takes up to 16 MB of disk.
Ctrl-C saves and stops within a step. Several processes stop after an epoch: where that
takes longer than 30 s, give torchrun a --shutdown-timeout, or it ends them before.
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line of `plusx.train`.

    Besides what was given, the answer has `configs`, one a seed, and `command`, which
    begins the same again.
    """
    options = _parser().parse_args(arguments)
    names = {f.name for f in dataclasses.fields(Config)} & set(vars(options))
    config = Config(**{name: getattr(options, name) for name in names})
    out = options.out or Path("runs") / config.name
    several = len(options.seeds) > 1
    options.configs = [
        dataclasses.replace(
            config, seed=seed, out=str(out / f"seed-{seed}" if several else out)
        )
        for seed in options.seeds
    ]
    again = shlex.join(word for word in arguments if word != "--resume")
    options.command = f"{_start()} -m plusx.train {again}".strip()
    return options


def _start() -> str:
    """What started this process."""
    if not processes.several():
        return "python"
    return f"torchrun --nproc-per-node={os.environ['WORLD_SIZE']}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m plusx.train",
        description="Train a plain or residual net for small images.",
        epilog=NEEDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_run(parser.add_argument_group("what is trained"))
    _add_machine(parser.add_argument_group("what it is computed with"))
    _add_outputs(parser.add_argument_group("what is kept"))
    return parser


def _add_run(group: argparse._ArgumentGroup) -> None:
    """What the result depends on."""
    add, default = group.add_argument, Config()
    names = "paper, quarter, fast, laptop, short or smoke"
    add("--net", default=default.net, help="plain or resnet and 20, 32, 44, 56 or 110")
    add("--recipe", default=default.recipe, help=names)
    add("--data", default=default.data, help="digits, or cifar10 (see PLUSX_DATA)")
    add("--seed", "--seeds", default="0", dest="seeds", type=_seeds, help="0 or 0-4")
    add("--option", default=default.option, help="of the shortcuts: A, B or C")
    add("--order", default=default.order, help="of a block: post or pre")
    add("--validation", action="store_true", help="test on a tenth of the training set")


def _add_machine(group: argparse._ArgumentGroup) -> None:
    """What the result depends on in its last bits, and the time."""
    add, default = group.add_argument, Config()
    add("--device", default=default.device, help="auto, cpu or cuda")
    add("--precision", default=default.precision, help="auto, fp32, bf16 or fp16")
    add("--threads", type=_threads, help="of the processor; as many as are idle")
    add("--no-graph", action="store_false", dest="graph", help="launch step by step")
    add("--compile", action="store_true", help="compile the net first")


def _add_outputs(group: argparse._ArgumentGroup) -> None:
    """Where files are written."""
    add, folder = group.add_argument, {"type": _folder, "metavar": "FOLDER"}
    add("--out", **folder, help="of the run; runs/NAME when not given")
    add("--resume", action="store_true", help="go on from the checkpoint in --out")
    folder["nargs"] = "?"
    own, weights = Path(str(records.FOLDER)), Path(str(checkpoints.WEIGHTS))
    add("--record", const=own, **folder, help="write a record of all seeds")
    add("--weights", const=weights, **folder, help="keep the first net")


def _folder(text: str) -> Path:
    """A folder, "~" being the user's own where no shell has put it in."""
    return Path(text).expanduser()


def _threads(text: str) -> int:
    """A number of threads."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of threads, got {text!r}")
    return int(text)


def _seeds(text: str) -> list[int]:
    """The numbers in "3", "0-4" or "0,2,4"."""
    ranges = []
    with contextlib.suppress(ValueError):
        for part in text.split(","):
            first, _, last = part.partition("-")
            ranges.append(range(int(first), int(last or first) + 1))
        if all(ranges) and sum(map(len, ranges)) <= MOST_SEEDS:
            seeds = [seed for numbers in ranges for seed in numbers]
            if len(set(seeds)) == len(seeds) and max(seeds) <= MOST_SEED:
                return seeds
    raise argparse.ArgumentTypeError(
        f"expected up to {MOST_SEEDS} seeds of 0 to {MOST_SEED:,}, such as 0, 0-4 or "
        f"0,2,4; got {text!r}"
    )

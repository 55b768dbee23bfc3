"""Run experiments and write their records: `python -m plusx.experiments NAME …`.

Each record is written by a process of its own: the hash of its code covers the modules
that this one experiment imports.
"""

import argparse
import importlib
import pkgutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from plusx import experiments, records

COMMAND = "python -m plusx.experiments"


def known() -> list[str]:
    """The names of all experiments, sorted."""
    modules = pkgutil.iter_modules(experiments.__path__)
    return sorted(one.name for one in modules if not one.name.startswith("_"))


def parse(arguments: Sequence[str] | None) -> list[str]:
    """The names that are asked for; a wrong one ends the program."""
    there = ", ".join(known())
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", help=there)
    names = parser.parse_args(arguments).names
    for name in names:
        if name not in known():
            parser.error(f"no experiment named {name!r}; there are {there}")
    return names


def record(name: str, command: str, folder: Path | None = None) -> Path:
    """Run one experiment and write its record; return the path.

    Args:
        command: what the record says a reader types to run it again.
        folder: where to write, the package's own records when not given.

    Raises:
        ValueError: when a number is not finite.
        OSError: when the folder cannot be written, before anything runs.
    """
    experiment = importlib.import_module(f"plusx.experiments.{name}")
    records.check_folder(folder)
    start = time.perf_counter()
    results = experiment.run(**experiment.CONFIG)
    return records.write(
        name,
        config=experiment.CONFIG,
        results=results,
        command=command,
        seeds=experiment.SEEDS,
        data=experiment.DATA,
        time_s=time.perf_counter() - start,
        folder=folder,
    )


def write(name: str) -> int:
    """Run one experiment and write its record; return the exit status."""
    try:
        path = record(name, f"{COMMAND} {name}")
    except (OSError, ValueError) as fault:
        print(f"{COMMAND} {name}: {fault}", file=sys.stderr)
        return 1
    print(f"{path} written")
    return 0


def write_each(names: Sequence[str]) -> int:
    """Write one record after the other, each by a process of its own."""
    for name in names:
        status = subprocess.run([sys.executable, *COMMAND.split()[1:], name]).returncode
        if status:
            return status
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the records that the command line names; return the exit status."""
    names = parse(arguments)
    torch.set_num_threads(1)
    return write(*names) if len(names) == 1 else write_each(names)


if __name__ == "__main__":
    sys.exit(main())

"""Run experiments and write or compare records: `python -m plusx.experiments NAME …`.

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
from typing import Any

import torch

from plusx import experiments, records
from plusx.experiments import _compare

COMMAND = "python -m plusx.experiments"


def known() -> list[str]:
    """The names of all experiments, sorted."""
    modules = pkgutil.iter_modules(experiments.__path__)
    return sorted(one.name for one in modules if not one.name.startswith("_"))


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The names and what to do with them; a wrong name ends the program."""
    there = known()
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(there))
    parser.add_argument(
        "--compare",
        action="store_true",
        help="run again what is recorded (all of it without a NAME) and print a line "
        "for each: recorded, measured, difference, verdict; nothing is written",
    )
    chosen = parser.parse_args(arguments)
    recorded = [name for name in there if name in records.names()]
    fit = recorded if chosen.compare else there
    for name in chosen.names:
        if name not in fit:
            parser.error(f"no experiment named {name!r}; there are {', '.join(fit)}")
    if not chosen.names and not chosen.compare:
        parser.error(f"expected a NAME of {', '.join(fit)}")
    chosen.names = chosen.names or recorded
    return chosen


def measure(name: str) -> tuple[Any, dict[str, Any], float]:
    """Run one experiment; return its module, its results and the seconds it took."""
    experiment = importlib.import_module(f"plusx.experiments.{name}")
    start = time.perf_counter()
    results = experiment.run(**experiment.CONFIG)
    return experiment, results, time.perf_counter() - start


def write(name: str) -> int:
    """Run one experiment and write its record; return the exit status."""
    try:
        records.check_folder()
        experiment, results, time_s = measure(name)
        path = records.write(
            name,
            config=experiment.CONFIG,
            results=results,
            command=f"{COMMAND} {name}",
            seeds=experiment.SEEDS,
            data=experiment.DATA,
            time_s=time_s,
        )
    except OSError as fault:
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


def compare(names: Sequence[str]) -> int:
    """Run recorded experiments again; 1 when one differs by more than rounding."""
    old = {name: records.load(name) for name in names}
    usual = sum(record["provenance"]["time_s"] for record in old.values())
    print(
        f"{len(names)} records; where they were made they took {usual:.0f} s",
        flush=True,
    )
    start, verdicts = time.perf_counter(), []
    for name, record in old.items():
        try:
            _, results, time_s = measure(name)
        except (ValueError, OSError) as fault:  # it wants files that are not here
            print(f"{name:<17} not run: {fault}", flush=True)
            continue
        found = _compare.compare(record["results"], results)
        verdicts.append(found.verdict)
        print(_compare.describe(name, found, time_s), flush=True)
    counts = [f"{verdicts.count(one)} {one}" for one in _compare.VERDICTS]
    print(f"{', '.join(counts)}; {time.perf_counter() - start:.0f} s in all")
    return int(_compare.VERDICTS[-1] in verdicts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; return the exit status."""
    chosen = parse(arguments)
    torch.set_num_threads(1)
    if chosen.compare:
        return compare(chosen.names)
    return write(*chosen.names) if len(chosen.names) == 1 else write_each(chosen.names)


if __name__ == "__main__":
    sys.exit(main())

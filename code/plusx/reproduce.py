"""Run recorded experiments again and compare: `python -m plusx.reproduce [NAME …]`.

Without names, all experiments that have a record are run, one after the other, on one
thread; how long they took when they were recorded is printed first. A line for each
says which number moved most, what was recorded and measured, and one of

- "identical": every number is the recorded one, as it is on the machine, with the
  versions and on the number of threads that the record names;
- "within noise": training is chaotic, and other processors round otherwise. A mean may
  move as far as Student's t of both spreads allows at 99.9 %, and rounding; of many
  means one or another is further away by chance, but no more than 99 of 100 such
  repetitions would show;
- "differs": more than that is further away, or something is missing.

A curve for each seed is compared place by place, by its mean over the seeds. Numbers
that stand alone, without a spread, may move by 2 %.
"""

import argparse
import importlib
import json
import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from plusx import records

KEEP = "keep what is measured, and go on where a call of the same commit was stopped"
UNKNOWN = "unknown"
COMMAND = "python -m plusx.experiments "
#: How often a mean that has not changed is further away than allowed.
LEVEL = 0.001
#: How sure a line is that more of them are than chance explains.
SURE = 0.99
ALONE = 0.02


class Row(NamedTuple):
    """One number, recorded and measured, and how far it may move.

    `random` is true of means over seeds, of which chance moves some further.
    """

    path: str
    recorded: float
    measured: float
    tolerance: float
    random: bool = False

    @property
    def excess(self) -> float:
        """The difference in units of the tolerance; infinite where one is missing."""
        difference = abs(self.recorded - self.measured)
        if math.isnan(difference):
            return math.inf
        return difference / self.tolerance if difference else 0.0


def names() -> list[str]:
    """The experiments that have a record."""
    return [
        name
        for name in records.names()
        if records.load(name)["provenance"]["command"].startswith(COMMAND)
    ]


class Spread(NamedTuple):
    """A mean over seeds, their standard deviation and their number."""

    mean: float
    std: float
    count: int


def _spreads(value: Any, runs: int) -> list[Spread]:
    """The spread, or that of each place of a series; empty for other values.

    Of `runs` runs, where their single values are not kept.
    """
    if not isinstance(value, Mapping) or not {"mean", "std"} <= set(value):
        return []
    mean, std = value["mean"], value["std"]
    if mean is None:
        return []
    count = len(value.get("values") or range(runs))
    places = zip(mean, std, strict=True) if isinstance(mean, list) else [(mean, std)]
    return [Spread(place, deviation, count) for place, deviation in places]


def compare(recorded: Any, measured: Any, runs: int, path: str = "") -> Iterator[Row]:
    """Every spread and every number that stands alone, from two results."""
    if isinstance(recorded, Mapping):
        measured = measured if isinstance(measured, Mapping) else {}
        if found := _spreads(recorded, runs):
            pairs = zip_longest(found, _spreads(measured, runs)[: len(found)])
            for index, (own, other) in enumerate(pairs):
                where = path if len(found) == 1 else f"{path}.{index}"
                yield _row(where, own, other)
            return
        for key, value in recorded.items():
            where = f"{path}.{key}" if path else str(key)
            yield from compare(value, measured.get(key), runs, where)
    elif _is_curves(recorded):
        yield from _along(recorded, measured if _is_curves(measured) else [], path)
    elif isinstance(recorded, list):
        measured = measured if isinstance(measured, list) else []
        for index, value in enumerate(recorded):
            other = measured[index] if index < len(measured) else None
            yield from compare(value, other, runs, f"{path}.{index}")
    elif isinstance(recorded, int | float) and not isinstance(recorded, bool):
        tolerance = ALONE * abs(recorded) + 1e-9
        yield Row(path, recorded, _number(measured), tolerance)


def _row(path: str, recorded: Spread, measured: Spread | None) -> Row:
    """Two spreads of one number; what is missing is infinitely far away."""
    if measured is None:
        return Row(path, recorded.mean, math.nan, 0.0)
    allowed = 0.01 + 0.01 * abs(recorded.mean)
    if freedom := recorded.count + measured.count - 2:
        squares = sum((run.count - 1) * run.std**2 for run in (recorded, measured))
        runs = 1 / recorded.count + 1 / measured.count
        allowed += _student(freedom) * math.sqrt(squares / freedom * runs)
    return Row(path, recorded.mean, measured.mean, allowed, random=True)


@cache
def _student(freedom: int) -> float:
    """The quantile of Student's t that chance passes with probability `LEVEL`."""
    from scipy.stats import t

    return float(t.ppf(1 - LEVEL / 2, freedom))


def _is_curves(value: Any) -> bool:
    """Whether a value is a curve for each of several seeds, all of one length."""
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(isinstance(curve, list) for curve in value)
        and len({len(curve) for curve in value}) == 1
    )


def _along(
    recorded: list[list[Any]], measured: list[list[Any]], path: str
) -> Iterator[Row]:
    """A row for each place of the curves; as many runs must be finite there."""
    for index, column in enumerate(zip(*recorded, strict=True)):
        finite = [value for value in column if value is not None]
        theirs = [curve[index] for curve in measured if index < len(curve)]
        also = [value for value in theirs if value is not None]
        where = f"{path}.*.{index}"
        if len(theirs) != len(column) or len(also) != len(finite):
            yield Row(where, len(finite), math.nan, 0.0)
        elif finite:
            spreads = [_spreads(records.spread(some), 1) for some in (finite, also)]
            yield _row(where, spreads[0][0], spreads[1][0])


def _number(value: Any) -> float:
    """The value, or NaN where there is none."""
    return value if isinstance(value, int | float) else math.nan


def verdict(recorded: Any, measured: Any, runs: int) -> tuple[str, Row | None]:
    """What `reproduce` says of two results, and the row that moved most.

    Args:
        runs: the number of seeds, for means whose single values are not kept.

    Raises:
        ValueError: when the record holds no numbers.
    """
    from scipy.stats import binom

    rows = list(compare(recorded, measured, runs))
    if not rows:
        raise ValueError("expected numbers in the recorded results, got none")
    if recorded == measured:
        return "identical", None
    far = [row for row in rows if row.excess > 1]
    worst = max(far or rows, key=lambda row: (not row.random and bool(far), row.excess))
    by_chance = binom.ppf(SURE, sum(row.random for row in rows), LEVEL)
    noise = all(row.random for row in far) and len(far) <= by_chance
    return ("within noise" if noise else "differs"), worst


def reproduce(name: str, keep: Path | None = None) -> str:
    """Run one experiment and compare it with its record; the line to print.

    Args:
        keep: a folder for what is measured; what the same clean commit has left there
            is compared and not run again.

    Raises:
        ValueError: when the record was made with other settings than today's.
        OSError: when the folder cannot be written.
    """
    record = records.load(name)
    experiment = importlib.import_module(f"plusx.experiments.{name}")
    if json.loads(json.dumps(experiment.CONFIG)) != record["config"]:
        raise ValueError(f"{name}: expected the settings of the record, got others")
    measured = _kept(name, record["config"], keep)
    if measured is None:
        measured = _run(name, keep)
    runs = max(1, len(record["provenance"]["seeds"]))
    said, worst = verdict(record["results"], measured["results"], runs)
    moved = "every number as recorded"
    if worst is not None:
        moved = (
            f"{worst.path}: recorded {worst.recorded:g}, measured {worst.measured:g}, "
            f"difference {worst.measured - worst.recorded:+.3g}, "
            f"allowed ±{worst.tolerance:.3g}"
        )
    then, now = (found["provenance"]["time_s"] for found in (record, measured))
    return f"{name}: {said}; {moved}; {now:.0f} s (recorded {then:.0f} s)"


def _run(name: str, keep: Path | None) -> dict[str, Any]:
    """What the experiment gives now, in the form of a record, which is kept."""
    from plusx.experiments.__main__ import record

    with tempfile.TemporaryDirectory() as nowhere:
        folder = keep or Path(nowhere)
        folder.mkdir(parents=True, exist_ok=True)
        path = record(name, f"python -m plusx.reproduce {name}", folder)
        return json.loads(path.read_text("utf8"))


def _kept(name: str, config: Any, keep: Path | None) -> dict[str, Any] | None:
    """What an earlier call of this clean commit has measured with these settings."""
    commit = records.commit()
    path = keep / f"{name}.json" if keep else None
    if path is None or not path.is_file() or not commit.isalnum() or commit == UNKNOWN:
        return None
    found = json.loads(path.read_text("utf8"))
    records.validate(found, name)
    same = (found["config"], found["provenance"]["commit"]) == (config, commit)
    return found if same else None


def main() -> int:
    """Reproduce what is named; 1 when something differs or could not be run."""
    import torch

    known = names()
    parser = argparse.ArgumentParser(prog="python -m plusx.reproduce")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help=KEEP)
    asked = parser.parse_args()
    chosen = asked.names or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        parser.error(f"expected names among {', '.join(known)}, got {unknown}")
    torch.set_num_threads(1)
    times = [records.load(name)["provenance"]["time_s"] for name in chosen]
    print(f"{len(chosen)} experiments; {sum(times) / 60:.0f} minutes when recorded")
    start, failed = time.perf_counter(), 0
    for name in chosen:
        try:
            line = reproduce(name, asked.keep)
        except (OSError, ValueError) as error:
            line = f"{name}: not run; {error}"
        failed += ": identical;" not in line and ": within noise;" not in line
        print(line, flush=True)
    print(f"{failed} of {len(chosen)} failed; {time.perf_counter() - start:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())

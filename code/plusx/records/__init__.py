"""Recorded runs: small JSON files with the figures and where they came from.

A record is a dictionary

    {"name": ..., "provenance": {...}, "config": {...}, "results": {...}}

`config` holds what was asked for, `results` what came out, and `provenance` the
machine, the versions, the commit, the hash of the code, the command, the seeds and the
time it took.
"""

import json
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from plusx.records import disk, provenance
from plusx.records.provenance import commit

__all__ = [
    "FOLDER",
    "check_folder",
    "commit",
    "load",
    "lookup",
    "names",
    "series",
    "spread",
    "spreads",
    "stated",
    "validate",
    "write",
]

FOLDER = files("plusx") / "records"


def names() -> list[str]:
    """The names of all recorded runs, sorted."""
    return sorted(
        path.name.removesuffix(".json")
        for path in FOLDER.iterdir()
        if path.name.endswith(".json")
    )


def load(name: str) -> dict[str, Any]:
    """Read and validate one recorded run.

    Raises:
        ValueError: when there is no such record, or it is not a valid one.
    """
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        raise ValueError(f"no record named {name!r}; there are {', '.join(names())}")
    record = json.loads(path.read_text("utf8"))
    validate(record, name)
    return record


def validate(record: Mapping[str, Any], name: str) -> None:
    """Check the form of a record.

    Raises:
        ValueError: names the field, what was expected and what came.
    """
    expected = {"name", "provenance", "config", "results"}
    if set(record) != expected:
        raise ValueError(
            f"record {name}: expected the fields {sorted(expected)}, "
            f"got {sorted(record)}"
        )
    if record["name"] != name:
        raise ValueError(f"record {name}: its name field says {record['name']!r}")
    provenance.validate(record["provenance"], f"record {name}")


def lookup(record: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, such as `results.plain.56.mean`.

    Raises:
        ValueError: names the step that is missing and the steps there are.
    """
    value: Any = record
    for step in path.split("."):
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = dict(enumerate(value))
            key: Any = int(step) if step.isdigit() else step
        else:
            key = step
        if not isinstance(value, Mapping) or key not in value:
            there = ", ".join(map(str, value)) if isinstance(value, Mapping) else value
            raise ValueError(f"no step {step!r} of {path!r}; there are: {there}")
        value = value[key]
    return value


def spread(values: Sequence[float], digits: int = 2) -> dict[str, Any]:
    """Mean, sample standard deviation and the values themselves, rounded.

    Raises:
        ValueError: when there are none, or one is not finite.
    """
    if not values or not all(map(math.isfinite, values)):
        raise ValueError(f"expected finite numbers, got {list(values)}")
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        "mean": round(statistics.fmean(values), digits),
        "std": round(deviation, digits),
        "values": [round(value, digits) for value in values],
    }


def stated(spread: Mapping[str, Any], digits: int = 1) -> str:
    """A mean with its deviation, as a table states it; one run has none."""
    mean = f"{statistics.fmean(spread['values']):.{digits}f}"
    if len(spread["values"]) == 1:
        return mean
    return f"{mean} ± {spread['std']:.{digits}f}"


def spreads(rows: Sequence[Sequence[float]], digits: int = 2) -> dict[str, list[float]]:
    """Means and deviations place by place, from one row for each seed."""
    columns = [spread(column, digits) for column in zip(*rows, strict=True)]
    return {key: [column[key] for column in columns] for key in ("mean", "std")}


def series(record: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """Mean and standard deviation along an axis, as `figures.band` takes them.

    At the path may stand what `spreads` returns; spreads by name, as `{"8": …, "20":
    …}`, or one after the other, null where there is none; or a curve for each seed. A
    step `*` takes all entries: `results.plain.*.train`, `results.runs.*.test_error`.

    Raises:
        ValueError: when the path leads nowhere, or to something else.
    """
    head, star, rest = path.partition(".*")
    found = _entries(lookup(record, head))
    if star and rest:
        found = [lookup(entry, rest.removeprefix(".")) for entry in found]
    if found and all(isinstance(entry, list) for entry in found):
        return [spread(column) for column in zip(*found, strict=True)]
    gap = {"mean": None, "std": None}
    points = [gap if entry is None else entry for entry in found]
    if not points or not all(_is_spread(point) for point in points):
        raise ValueError(f"expected spreads or a curve for each seed at {path!r}")
    return points


def _entries(value: Any) -> list[Any]:
    """What a value holds along an axis, one after the other."""
    if not isinstance(value, Mapping):
        return list(value) if isinstance(value, Sequence) else []
    if _is_spread(value) and isinstance(value["mean"], list):
        pairs = zip(value["mean"], value["std"], strict=True)
        return [{"mean": mean, "std": std} for mean, std in pairs]
    return list(value.values())


def _is_spread(value: Any) -> bool:
    return isinstance(value, Mapping) and {"mean", "std"} <= value.keys()


def check_folder(folder: Path | None = None) -> None:
    """See that records can be written, before the work is done.

    Args:
        folder: the package's own records when not given.

    Raises:
        OSError: when they cannot; names the folder.
    """
    disk.check_folder(Path(str(folder or FOLDER)))


def write(
    name: str,
    *,
    config: Mapping[str, Any],
    results: Mapping[str, Any],
    command: str,
    seeds: Sequence[int],
    data: str,
    time_s: float,
    device: str | None = None,
    extra: Mapping[str, Any] | None = None,
    folder: Path | None = None,
) -> Path:
    """Write a record with the provenance of this machine; return its path.

    Args:
        command: what a reader types to run it again.
        data: the data set, with its hash where it was downloaded.
        device: the name of the accelerator; the processor's kind when not given.
        extra: further fields of the provenance (driver, precision, ...).
        folder: where to write, the package's own records when not given.

    Raises:
        ValueError: when a number is not finite, or the form is not that of a record.
        OSError: when the file cannot be written; names it, and leaves none behind.
    """
    record = {
        "name": name,
        "provenance": provenance.collect(
            command=command,
            data=data,
            seeds=seeds,
            time_s=time_s,
            device=device,
            extra=extra or {},
        ),
        "config": dict(config),
        "results": dict(results),
    }
    validate(record, name)
    path = Path(str(folder or FOLDER)) / f"{name}.json"
    disk.write(path, _as_text(record).encode())
    return path


def _as_text(record: Mapping[str, Any]) -> str:
    """A record as JSON, each list of numbers on one line."""
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    numbers = re.compile(r"\[[-+\d.enul,\s]+\]")
    return numbers.sub(lambda found: " ".join(found[0].split()), text) + "\n"

"""Recorded runs: small JSON files with the figures and where they came from.

A record is a dictionary

    {"name": ..., "provenance": {...}, "config": {...}, "results": {...}}

`config` holds what was asked for, `results` what came out, and `provenance` the
machine, the versions, the commit, the command, the seeds and the time it took.
"""

import datetime
import json
import os
import platform
import re
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

FOLDER = files("plusx") / "records"
UNREAD = ("*.json", "claims/*")  # files of that folder that no code here runs
PROVENANCE = {
    "command": str,
    "commit": str,
    "data": str,
    "date": str,
    "device": str,
    "python": str,
    "seeds": list,
    "threads": int,
    "time_s": (int, float),
    "torch": str,
}


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
    for field, kind in PROVENANCE.items():
        value = record["provenance"].get(field)
        if not isinstance(value, kind):
            raise ValueError(
                f"record {name}: provenance.{field} must be {kind}, got {value!r}"
            )


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
    """Mean, sample standard deviation and the values themselves, rounded."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {
        "mean": round(statistics.fmean(values), digits),
        "std": round(deviation, digits),
        "values": [round(value, digits) for value in values],
    }


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
    """
    import torch

    record = {
        "name": name,
        "provenance": {
            "command": command,
            "commit": commit(),
            "data": data,
            "date": datetime.date.today().isoformat(),
            "device": device or f"{platform.machine()} processor",
            "python": platform.python_version(),
            "seeds": list(seeds),
            "threads": torch.get_num_threads(),
            "time_s": round(time_s, 1),
            "torch": torch.__version__,
            **(extra or {}),
        },
        "config": dict(config),
        "results": dict(results),
    }
    validate(record, name)
    path = Path(str(folder or FOLDER)) / f"{name}.json"
    partial = path.with_suffix(".partial")
    text = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
    numbers = re.compile(r"\[[-+\d.enul,\s]+\]")
    one_line = numbers.sub(lambda found: " ".join(found[0].split()), text)
    partial.write_text(one_line + "\n", "utf8")
    os.replace(partial, path)
    return path


def commit(package: Path = Path(__file__).parents[1]) -> str:
    """The short commit of the checkout that the package lies in, or "unknown".

    "-dirty" stands behind it where another file than a record differs from the commit:
    what ran is then not what the commit holds.
    """

    def git(*words: str) -> str:
        answer = subprocess.run(
            ["git", *words], cwd=package, capture_output=True, text=True
        )
        return answer.stdout.strip()

    others = [":/", *(f":(exclude){FOLDER.name}/{files}" for files in UNREAD)]
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *others)
    name = git("rev-parse", "--short=7", "HEAD") or "unknown"
    return name + ("-dirty" if changed else "")

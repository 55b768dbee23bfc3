"""Where a record comes from: the machine, the versions, the commit, the code."""

import datetime
import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[1]
UNREAD = ("records/*.json", "records/claims/*")  # files that no code here runs
FIELDS = {
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
LATER = {"code": str}  # that records written before it came do not have


def collect(
    *,
    command: str,
    data: str,
    seeds: Sequence[int],
    time_s: float,
    device: str | None,
    extra: Mapping[str, Any],
) -> dict[str, Any]:
    """The provenance of what this process has just run."""
    import torch

    return {
        "code": code_hash(),
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
        **extra,
    }


def validate(provenance: Mapping[str, Any], what: str) -> None:
    """Check the fields of a provenance.

    Raises:
        ValueError: names the field, what was expected and what came.
    """
    for field, kind in (FIELDS | LATER).items():
        value = provenance.get(field)
        missing = field in LATER and field not in provenance
        if not missing and not isinstance(value, kind):
            raise ValueError(
                f"{what}: provenance.{field} must be {kind}, got {value!r}"
            )


def sources() -> list[Path]:
    """The files of the package that this process has imported, sorted by name."""
    ours = {PACKAGE.name, "__main__"}  # a few among thousands
    loaded = [
        getattr(module, "__file__", None)
        for name, module in [*sys.modules.items()]
        if name.partition(".")[0] in ours
    ]
    paths = {Path(name).resolve() for name in loaded if name}
    return sorted(path for path in paths if path.is_relative_to(PACKAGE.resolve()))


def code_hash(paths: Iterable[Path] | None = None) -> str:
    """The SHA-256 of source files of the package: their names and what they hold.

    A line ends in the same way on every system, so the hash of one text is one.

    Args:
        paths: those that this process has imported when not given.
    """
    digest = hashlib.sha256()
    for path in sources() if paths is None else paths:
        name = path.relative_to(PACKAGE.resolve()).as_posix()
        text = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\n{len(text)}\n".encode() + text)
    return digest.hexdigest()


def commit(package: Path = PACKAGE) -> str:
    """The short commit of the checkout that the package lies in, or "unknown".

    "-dirty" stands behind it where another file than a record differs from the commit,
    or a module of the package is in no commit: what ran is then not what it holds. A
    repository that does not hold the package, as one around an environment, says
    nothing of it.
    """
    if not git(package, "ls-files", "--", "."):
        return "unknown"
    others = [":/", *(f":(exclude){name}" for name in UNREAD)]
    changed = git(
        package, "status", "--porcelain", "--untracked-files=no", "--", *others
    )
    unknown = git(package, "ls-files", "--others", "--exclude-standard", "--", "*.py")
    name = git(package, "rev-parse", "--short=7", "HEAD") or "unknown"
    return name + ("-dirty" if changed or unknown else "")


def git(folder: Path, *words: str) -> str:
    """What git answers in a folder; nothing where it fails or is not installed.

    A hook's variables, which name another repository, are kept from it.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        answer = subprocess.run(
            ["git", *words], cwd=folder, env=kept, capture_output=True, text=True
        )
    except OSError:
        return ""
    return answer.stdout.strip()

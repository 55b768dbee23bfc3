"""Write code/tools/constraints.txt: what came along with requirements.txt.

Usage: .venv/bin/python code/tools/lock.py

requirements.txt pins what the book names itself. What these packages need in turn is
held to the versions that were tested together: pip takes the file as upper and lower
limits, so a line for a package that a system does not need does no harm. Nothing is
written where a package refuses the first release of the oldest Python that is promised.
"""

import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from environment import OLDEST, dotted
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
HEADER = "# Written by `make lock`: what came along with requirements.txt.\n"


def named(text: str) -> list[Requirement]:
    """The requirements that a requirements file names, without folders."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def came_along(roots: list[Requirement]) -> dict[str, str]:
    """Name and version of all that the roots need, directly or not, without them."""
    own = {canonicalize_name(root.name) for root in roots}
    seen, ahead = set(), list(roots)
    found = {}
    while ahead:
        requirement = ahead.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # for another system
            continue
        ahead += needed(requirement)
    return {name: found[name] for name in sorted(found) if name not in own}


def needed(requirement: Requirement) -> list[Requirement]:
    """What an installed package asks for here, with the extras that are wanted."""
    extras = requirement.extras or {""}
    listed = [Requirement(line) for line in requires(requirement.name) or ()]
    return [
        entry
        for entry in listed
        if not entry.marker
        or any(entry.marker.evaluate({"extra": extra}) for extra in {"", *extras})
    ]


def refusing(names: Iterable[str]) -> list[str]:
    """The installed packages among `names` that Python 3.11.0 is too old for."""
    first = f"{dotted(OLDEST)}.0"
    found = []
    for name in names:
        try:
            needed_python = metadata(name).get("Requires-Python")
        except PackageNotFoundError:  # for another system
            continue
        if needed_python and first not in SpecifierSet(needed_python):
            found.append(f"{name} {version(name)} needs Python {needed_python}")
    return found


if __name__ == "__main__":
    pinned = named((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    limits = came_along(pinned)
    if refused := refusing([*(pin.name for pin in pinned), *limits]):
        sys.exit(
            f"lock: {'; '.join(refused)}; the book promises Python {dotted(OLDEST)}:"
            " name an older version in requirements.txt."
        )
    lines = [f"{name}=={number}\n" for name, number in limits.items()]
    path = ROOT / "code/tools/constraints.txt"
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines)} packages")

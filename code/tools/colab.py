"""Execute chapters as Colab would: its versions, an installed wheel, an empty folder.

Usage: python code/tools/colab.py chapters/NAME.ipynb …

`.venv-colab` gets what code/tests/colab.txt pins. The first notebook's set-up cell
installs plusx from this repository's last commit and must leave every pin as it is;
then a wheel of the working tree takes its place, and each notebook runs alone.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import environment
import nbformat
import repository
import setup_cell

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-colab"
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
if sys.argv[2] == "first":
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = code[:1]
NotebookClient(notebook, timeout=600).execute()
nbformat.write(notebook, sys.argv[1])
"""
FIGURE = re.compile(r'<figure class="plusx-figure"[^>]*id="([^"]+)"')
EXPLORER = re.compile(r"<(plusx-[a-z-]+)[ >]")
LAB = re.compile(r"\blabs\.\w+\(")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
WIDGET = "application/vnd.jupyter.widget-view+json"


class Broken(Exception):
    """What does not hold in Colab, in one sentence."""


def main() -> int:
    """Run the whole contract; return 0, or 1 after saying what does not hold."""
    notebooks = [Path(name).resolve() for name in sys.argv[1:]]
    if not notebooks:
        print("usage: make colab CHAPTERS=chapters/NAME.ipynb", file=sys.stderr)
        return 2
    try:
        make_venv()
        with tempfile.TemporaryDirectory() as folder:
            try_setup_cell(notebooks[0], Path(folder))
            install_wheel(Path(folder))
        with ThreadPoolExecutor(2) as pool:
            problems = [
                found for wrong in pool.map(check, notebooks) for found in wrong
            ]
    except (Broken, environment.Problem) as problem:
        problems = [str(problem)]
    for problem in problems:
        print(f"make colab: {problem}", file=sys.stderr)
    return 1 if problems else 0


def make_venv() -> None:
    """Bring .venv-colab to hold the pins, anew when they or the folder changed."""
    pins = ROOT / "code/tests/colab.txt"
    mark = hashlib.sha256(f"{ROOT}\0{sys.version}\0{pins.read_text()}".encode())
    stamp = VENV / "pins.sha256"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return
    print("Making .venv-colab with Colab's versions (1 to 3 minutes)", flush=True)
    call([sys.executable, "-m", "venv", "--clear", str(VENV)], "venv")
    pip("install", "-r", str(pins))
    stamp.write_text(mark.hexdigest())


def try_setup_cell(notebook: Path, folder: Path) -> None:
    """Let a notebook's set-up cell install plusx from the last commit.

    Raises:
        Broken: if it fails, installs nothing, or changes what was installed.
    """
    if not (ROOT / ".git").exists():
        print("No git history here: the set-up cell's installation is not tried.")
        return
    pip("uninstall", "-y", "plusx")
    before = installed()
    address = repository.current(ROOT)
    content = nbformat.read(notebook, as_version=4)
    cell = next(cell for cell in content.cells if cell.cell_type == "code")
    if cell.source != setup_cell.bilingual(address):
        raise Broken(f"{notebook.name} has no set-up cell that installs from {address}")
    # A folder that has the address of a repository, and its zip as GitHub packs it.
    mirror = folder / "github.com/one-plus-x"
    (mirror / "archive").mkdir(parents=True)
    pack = ["git", "archive", "--prefix=one-plus-x-HEAD/", "HEAD", "-o"]
    call([*pack, str(mirror / "archive/HEAD.zip")], "git", cwd=ROOT)
    cell.source = setup_cell.bilingual(f"file://localhost{mirror}")
    copy = folder / notebook.name
    nbformat.write(content, copy)
    execute(copy, cells="first")
    after = installed()
    if "plusx" not in after:
        raise Broken("the set-up cell did not install plusx")
    changed = [name for name in before if after.get(name) != before[name]]
    if changed:
        raise Broken(f"the set-up cell replaced {', '.join(changed)}")
    print(f"set-up cell: installs {', '.join(sorted(set(after) - set(before)))}")


def install_wheel(folder: Path) -> None:
    """Build plusx from the working tree's `code` and install the wheel."""
    skipped = shutil.ignore_patterns("*.egg-info", "build", "tests", "__pycache__")
    shutil.copytree(ROOT / "code", folder / "code", ignore=skipped)
    pip("wheel", "--no-deps", "-w", str(folder), str(folder / "code"))
    wheel = next(folder.glob("plusx-*.whl"))
    pip("install", str(wheel))
    pip("install", "--force-reinstall", "--no-deps", str(wheel))
    pip("check")


def check(notebook: Path) -> list[str]:
    """Execute a copy of the notebook in an empty folder; what is wrong with it."""
    stored = json.loads(notebook.read_text(encoding="utf-8"))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(notebook, folder))
        try:
            execute(copy)
        except Broken as problem:
            return [str(problem)]
        fresh = json.loads(copy.read_text(encoding="utf-8"))
    print(f"{notebook.name}: {time.perf_counter() - start:.0f} s", flush=True)
    return [f"{notebook.name}: {found}" for found in differences(stored, fresh)]


def differences(stored: dict, fresh: dict) -> list[str]:
    """What a fresh run lacks that the stored notebook has, or has too much."""
    wrong = []
    for number, (old, new) in enumerate(
        zip(stored["cells"], fresh["cells"], strict=True), 1
    ):
        if new["cell_type"] != "code":
            continue
        before, after = html(old), html(new)
        is_lab = LAB.search("".join(new["source"]))
        for what, pattern in (("figures", FIGURE), ("explorers", EXPLORER)):
            had, has = sorted(pattern.findall(before)), sorted(pattern.findall(after))
            if had != has and not is_lab:  # a lab's figure lies in its widget
                wrong.append(f"cell {number} shows the {what} {has}, expected {had}")
        for language in ("lang-en", "lang-zh"):
            if FIGURE.search(after) and f'class="{language}"' not in after:
                wrong.append(f"cell {number} has a figure without {language}")
        widgets = [WIDGET in output.get("data", {}) for output in new["outputs"]]
        if is_lab and not any(widgets):
            wrong.append(f"cell {number} is a live lab and shows no widget")
        if str(ROOT) in json.dumps(new["outputs"], ensure_ascii=False):
            wrong.append(f"cell {number} names a path of the checkout")
    return wrong


def html(cell: dict) -> str:
    """All HTML that a code cell put out."""
    shown = [output.get("data", {}).get("text/html", "") for output in cell["outputs"]]
    return "\n".join("".join(part) for part in shown)


def execute(notebook: Path, cells: str = "all") -> None:
    """Execute a notebook in its folder and in place, with nothing of ours around.

    Raises:
        Broken: with the end of the traceback.
    """
    kept = {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
    clean = {
        **kept,
        "HOME": str(notebook.parent),
        "PATH": f"{VENV / 'bin'}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
    }
    command = [str(VENV / "bin/python"), "-c", EXECUTE, notebook.name, cells]
    call(command, notebook.name, cwd=notebook.parent, env=clean)


def installed() -> dict[str, str]:
    """Names and versions of what .venv-colab holds."""
    listed = json.loads(pip("list", "--format", "json"))
    return {package["name"]: package["version"] for package in listed}


def pip(*arguments: str) -> str:
    """Call .venv-colab's pip; what it wrote."""
    quiet = ["--disable-pip-version-check", "--no-input"]
    return call([str(VENV / "bin/python"), "-m", "pip", *arguments, *quiet], "pip")


def call(command: list[str], name: str, **options) -> str:
    """Run a command; its standard output.

    Raises:
        Broken: with what it said last.
    """
    finished = subprocess.run(command, capture_output=True, text=True, **options)
    if finished.returncode:
        said = ANSI.sub("", finished.stdout + finished.stderr)
        raise Broken(environment.explain(said, name))
    return finished.stdout


if __name__ == "__main__":
    sys.exit(main())

"""The commands: what the Makefile and the CI script do and say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Call make in the repository as a reader would."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
    )


def test_make_alone_lists_every_documented_command():
    """`make` prints each target that has a description, and changes nothing."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    documented = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    listed = re.findall(r"^  make (\w+) ", make().stdout, re.MULTILINE)
    assert listed == documented
    assert {"book", "serve", "check", "test", "refresh", "colab"} <= set(listed)


def test_make_test_runs_cheap_steps_first():
    """Lint comes before unit tests, these before the site, notebooks and browser."""
    steps = make("-n", "test").stdout
    cheap = ["ruff", "workflows.py", "not browser"]
    marks = [*cheap, "jupyter_book", "--nbval", "-m browser"]
    places = [steps.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "--nbval-lax" not in steps


@pytest.mark.parametrize("target", ["notebooks", "refresh"])
def test_notebooks_run_with_still_labs_on_one_thread(target):
    """Stored outputs are compared in the state they were made in."""
    lines = make("-n", target).stdout.replace("\\\n", " ").splitlines()
    (line,) = [line for line in lines if "--nbval" in line or "refresh.py" in line]
    assert line.startswith("PLUSX_STATIC=1 OMP_NUM_THREADS=1")


@pytest.mark.parametrize("target", ["check", "unit", "browser"])
def test_tests_side_by_side_have_one_thread_each(target):
    """With more threads than cores they take three times as long."""
    (line,) = [
        line
        for line in make("-n", target).stdout.splitlines()
        if " -m " in line and "pytest" in line
    ]
    assert "OMP_NUM_THREADS=1 MKL_NUM_THREADS=1" in line


@pytest.mark.slow
def test_notebook_tests_know_their_notebook():
    """Each cell's test bears its notebook's name, or workers would mix them up."""
    line = make("-n", "notebooks").stdout.replace("\\\n", " ").splitlines()[-1]
    command = re.sub(r"-n \d+ --dist loadfile", "--collect-only", line)
    listed = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True
    ).stdout
    names = {name.split("::")[0] for name in listed.splitlines() if "::" in name}
    assert names == {f"chapters/{p.name}" for p in (ROOT / "chapters").glob("*.ipynb")}


def test_missing_python_is_said():
    """A name that is no program ends in a sentence."""
    finished = make("book", "PYTHON=no-such-python")
    assert finished.returncode != 0
    assert "there is no no-such-python here; install Python 3.11" in finished.stderr


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A path with few programs: those that log their call, and no Chromium."""
    programs = tmp_path / "bin"
    programs.mkdir()
    log = tmp_path / "log"
    (programs / "python3").symlink_to(sys.executable)
    for name in ("apt-get", "make", "sudo"):
        path = programs / name
        path.write_text(f'#!/bin/sh\necho "{name} $* CI=$CI" >> {log}\n')
        path.chmod(0o755)
    for name in ("dirname", "env", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    (programs / "id").write_text("#!/bin/sh\necho 0\n")
    (programs / "id").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return programs, log


def test_ci_installs_chromium_and_calls_make_test(bare_path):
    """Without Chromium, Debian's package is installed; then make test, with CI set."""
    _, log = bare_path
    subprocess.run([str(ROOT / ".ci/run")], check=True)
    update, install, test = log.read_text().splitlines()
    assert update.startswith("apt-get update")
    assert re.match(r"apt-get install .*chromium-headless-shell CI=true$", install)
    assert test == "make test CI=true"


def test_ci_installs_venv_where_python_lacks_it(bare_path):
    """Debian's python3 comes without; both packages are fetched in one go."""
    programs, log = bare_path
    (programs / "python3").unlink()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    subprocess.run([str(ROOT / ".ci/run")], check=True)
    _, install, test = log.read_text().splitlines()
    assert install.endswith(" chromium-headless-shell python3-venv CI=true")
    assert test == "make test CI=true"


def test_ci_leaves_a_chromium_that_is_there(bare_path):
    """Where Chromium and venv are, nothing is installed."""
    programs, log = bare_path
    (programs / "chromium").write_text("#!/bin/sh\n")
    (programs / "chromium").chmod(0o755)
    subprocess.run([str(ROOT / ".ci/run")], check=True)
    assert log.read_text() == "make test CI=true\n"


def test_ci_without_chromium_and_apt_says_so(bare_path):
    """Without either the script stops with a sentence and runs no test."""
    programs, log = bare_path
    (programs / "apt-get").unlink()
    finished = subprocess.run(
        [str(ROOT / ".ci/run")], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 1
    assert "no apt-get: chromium-headless-shell; install that first" in finished.stderr
    assert not log.exists()


def test_serve_shows_the_site_on_this_machine_alone():
    """Python's own server for the built site, on a port that can be chosen."""
    line = make("-n", "serve", "PORT=8123").stdout.replace("\\\n", " ")
    assert "-u -m http.server --bind 127.0.0.1 --directory _build/html 8123" in line
    assert "Name another: make serve PORT=8001" in line


def test_links_are_asked_on_every_page_and_in_the_documents():
    """Sphinx's link check reads the book, and the READMEs that are no part of it."""
    lines = make("-n", "links").stdout
    assert "build . -q -n --builder linkcheck" in lines
    assert "-D include_patterns=*.md" in lines

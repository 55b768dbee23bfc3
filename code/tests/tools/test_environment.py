"""The environment that make makes, and what is said when something is in its way."""

import ast
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import environment
import pytest
from wheels import wheel

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository whose two parts are an empty module each; there is no network."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    site, rest = (wheel(tmp_path, name) for name in ("plusxsite", "plusxrest"))
    for name in environment.DECIDING["all"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "requirements.txt").write_text(
        f"# Tested together.\n\n# Building the site\nplusxsite @ {site.as_uri()}\n\n"
        f"# Testing\nplusxrest @ {rest.as_uri()}\n"
    )
    return tmp_path


def imports(root: Path, module: str) -> bool:
    """Whether the environment of `root` can import a module."""
    command = [str(root / ".venv/bin/python"), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True).returncode == 0


def refuse(*arguments, **options):
    """Stand for a step that must not run."""
    raise AssertionError("this must not run again")


@pytest.mark.slow
def test_environment_recovers_grows_and_is_left_alone(root, monkeypatch):
    """What was interrupted is done again; `all` adds to `book`; a repeat is free."""

    def interrupt(*arguments):
        raise KeyboardInterrupt

    npm_calls = []
    monkeypatch.setattr(environment, "install_by_npm", npm_calls.append)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure(root, "book")
    environment.ensure(root, "book")
    assert imports(root, "plusxsite") and not imports(root, "plusxrest")
    assert npm_calls == []
    environment.ensure(root, "all")
    assert imports(root, "plusxrest")
    assert npm_calls == [root]
    for step in ("install", "install_by_npm", "make_venv"):
        monkeypatch.setattr(environment, step, refuse)
    environment.ensure(root, "book")
    environment.ensure(root, "all", switch=True)
    (root / "code/tools/constraints.txt").write_text("# others\n")
    with pytest.raises(AssertionError, match="must not run again"):
        environment.ensure(root, "book")


def test_second_make_waits_for_the_first(root, capsys):
    """Two at once would disturb each other's environment: the second comes after."""
    order = []

    def later():
        with environment.alone(root):
            order.append("second")

    with environment.alone(root):
        second = threading.Thread(target=later)
        second.start()
        second.join(0.5)
        order.append("first")
    second.join(60)
    assert order == ["first", "second"]
    assert "Waiting until another make" in capsys.readouterr().out


def test_first_part_of_the_requirements_has_no_torch():
    """Building the site installs Jupyter Book, and neither torch nor the package."""
    first = environment.requirements(ROOT, "book")
    assert "jupyter-book==" in first
    assert "torch" not in first
    assert "./code" not in first
    assert "torch==" in environment.requirements(ROOT, "all")


def test_newest_lifts_every_pin(monkeypatch):
    """But Jupyter Book stays below 2, which is another program."""
    pinned = environment.requirements(ROOT, "all")
    monkeypatch.setattr(environment, "NEWEST", True)
    newest = environment.requirements(ROOT, "all")
    assert "==" in pinned and "==" not in newest
    assert "\njupyter-book<2,>=1" in newest and "\ntorch>=" in newest
    assert len(newest.splitlines()) == len(pinned.splitlines())


def test_foreign_environment_is_not_removed(root):
    """A .venv that make did not make and that does not work is left alone."""
    mine = root / ".venv" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep me")
    with pytest.raises(environment.Problem, match=r"not made by make.*remove it"):
        environment.ensure(root, "book")
    assert mine.read_text() == "keep me"


@pytest.mark.parametrize("running", ["3.6", "3.10", "3.14"])
def test_wrong_python_is_named_with_what_to_do(root, monkeypatch, running):
    """A Python outside the range ends in a sentence, and nothing is written."""
    monkeypatch.setattr(environment, "RUNNING", running)
    expected = rf"3\.11 to 3\.13 is needed and this is {running}; .* PYTHON=python3\.12"
    with pytest.raises(environment.Problem, match=expected):
        environment.ensure(root, "book")
    assert not (root / ".venv").exists()


def test_environment_of_another_python_is_made_anew(root, monkeypatch):
    """With `switch`, and only with it, where another version was named."""
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 3.12\n")
    python.chmod(0o755)
    environment.note(root, ["book"])
    monkeypatch.setattr(environment, "call", refuse)
    for running, made in (("3.12", False), ("3.13", True)):
        monkeypatch.setattr(environment, "RUNNING", running)
        environment.ensure(root, "book")
        if made:
            with pytest.raises(AssertionError, match="must not run again"):
                environment.ensure(root, "book", switch=True)
        else:
            environment.ensure(root, "book", switch=True)


def test_environment_script_parses_in_old_pythons():
    """The script has no syntax that Python 3.6 does not know."""
    source = Path(environment.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("if (n := 1): pass", feature_version=(3, 6))


@pytest.mark.slow
def test_unreachable_index_is_said(root, monkeypatch):
    """What pip says when no index answers becomes a sentence about the network."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "no-such-thing"]
    with pytest.raises(environment.Problem, match=r"^pip cannot .* PIP_INDEX_URL"):
        environment.call(command, "pip")


@pytest.mark.slow
def test_unreachable_registry_is_said(root, monkeypatch):
    """What npm says when no registry answers, too; it writes into .venv/npm alone."""
    for name in environment.NPM:
        shutil.copy(ROOT / name, root / name)
    (root / ".venv").mkdir()
    (root / ".venv/bin").symlink_to(Path(sys.prefix, "bin"))
    monkeypatch.setenv("HOME", str(root / "home"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_noproxy", "127.0.0.1")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    before = set(root.rglob("*"))
    with pytest.raises(environment.Problem, match=r"^npm cannot .* npm_config_regis"):
        environment.install_by_npm(root)
    npm = root / ".venv/npm"
    new = {*root.rglob("*")} - before
    assert {path for path in new if npm not in path.parents} == {npm}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error nospc ENOSPC: no space left on device", "the disk is full"),
        ("... because ensurepip is not\navailable.", "apt-get install python3-venv"),
        ("error: something else", "pip failed; what it said last:\n  error: something"),
    ],
)
def test_what_pip_says_becomes_what_to_do(said, answer):
    """Each known failure has its sentence; an unknown one is shown."""
    assert answer in environment.explain(said, "pip")


def test_problem_is_one_line_and_status_1(root):
    """The command prints the sentence, no traceback."""
    (root / ".venv").mkdir()
    script = root / "code/tools/environment.py"
    shutil.copy(environment.__file__, script)
    command = [sys.executable, str(script), "book"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 1
    assert finished.stderr.startswith("make: ") and finished.stderr.count("\n") == 1

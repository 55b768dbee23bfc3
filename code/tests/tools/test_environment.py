"""The environment that make makes, and what is said when something is in its way."""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import environment
import pytest

ROOT = Path(__file__).resolve().parents[3]
THIS = environment.dotted(sys.version_info[:2])


def wheel(folder: Path, name: str) -> Path:
    """Write a wheel of one empty module, by hand."""
    files = {
        f"{name}.py": "",
        f"{name}-1.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\n"
        "Version: 1\n",
        f"{name}-1.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{name}-1.dist-info/RECORD"
    lines = [f"{record},,"]
    for path, text in files.items():
        digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
        hashed = digest.rstrip(b"=").decode()
        lines.append(f"{path},sha256={hashed},{len(text)}")
    path = folder / f"{name}-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in [*files.items(), (record, "\n".join(lines) + "\n")]:
            archive.writestr(inner, text)
    return path


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository whose two parts are an empty module each; there is no network."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    site, rest = (wheel(tmp_path, name) for name in ("plusxsite", "plusxrest"))
    (tmp_path / "code/tools").mkdir(parents=True)
    (tmp_path / "code/tools/constraints.txt").write_text("")
    (tmp_path / "code/pyproject.toml").write_text("[project]\n")
    for name in environment.DECIDING["npm"]:
        (tmp_path / name).write_text("")
    (tmp_path / "requirements.txt").write_text(
        f"# Tested together.\n\n# Building the site\nplusxsite @ {site.as_uri()}\n\n"
        f"# Testing\nplusxrest @ {rest.as_uri()}\n"
    )
    return tmp_path


def imports(root: Path, module: str) -> bool:
    """Whether the environment of `root` can import a module."""
    command = [str(environment.venv_python(root)), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True).returncode == 0


def refuse(*arguments, **options):
    """Stand for a step that must not run."""
    raise AssertionError("this must not run again")


@pytest.mark.slow
def test_environment_recovers_grows_and_is_left_alone(root, monkeypatch):
    """An interrupted one is made anew; `all` adds to `book`; a repeat does nothing."""

    def interrupt(root, part):
        raise KeyboardInterrupt

    npm_calls = []
    monkeypatch.setattr(environment, "install_by_npm", npm_calls.append)
    with monkeypatch.context() as patch:
        patch.setattr(environment, "install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            environment.ensure(root, "book")
    litter = root / ".venv" / "litter"
    litter.write_text("half a package")
    environment.ensure(root, "book")
    assert not litter.exists()
    assert imports(root, "plusxsite")
    assert not imports(root, "plusxrest")
    assert npm_calls == []
    environment.ensure(root, "all")
    assert imports(root, "plusxrest")
    assert npm_calls == [root]
    for step in ("install", "install_by_npm", "make_venv"):
        monkeypatch.setattr(environment, step, refuse)
    environment.ensure(root, "book")
    environment.ensure(root, "all", switch=True)


# Stands for npm: what package-lock.json says is what it says, and a fault.
NPM = """#!/bin/sh
case "$*" in "ci "*--ignore-scripts*) ;; *) exit 9 ;; esac
mkdir -p node_modules
said=$(cat package-lock.json)
[ -z "$said" ] || { echo "$said" >&2; exit 1; }
"""


def test_npm_that_fails_leaves_what_pip_did(root, monkeypatch):
    """The next call repeats npm alone, as does a new lock file; `book` needs none."""
    pip_calls = []
    monkeypatch.setattr(environment, "make_venv", lambda *arguments: None)
    monkeypatch.setattr(environment, "install", lambda *call: pip_calls.append(call))
    programs = root / ".venv/bin"
    programs.mkdir(parents=True)
    for name, text in (("npm", NPM), ("python", "#!/bin/sh\necho 3 11\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    lock_file = root / "code/tools/package-lock.json"
    for said, answer in [
        ("npm error code EINTEGRITY", r"npm failed; .*\n.* EINTEGRITY"),
        ("npm error nospc ENOSPC: no space left on device", "the disk is full"),
    ]:
        lock_file.write_text(said)
        with pytest.raises(environment.Problem, match=answer):
            environment.ensure(root, "all")
    lock_file.write_text("")
    environment.ensure(root, "all")
    (programs / "npm").unlink()
    environment.ensure(root, "all")
    lock_file.write_text(" ")
    environment.ensure(root, "book")
    with pytest.raises(FileNotFoundError):
        environment.ensure(root, "all")
    assert pip_calls == [(root, "all")]


def test_second_make_waits_for_the_first(root, monkeypatch, capsys):
    """Two at once would clear each other's environment: the second comes after."""
    order = []
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "ensure", lambda *_, **__: order.append("second"))
    with environment.alone(root):
        second = threading.Thread(target=environment.main, args=(["book"],))
        second.start()
        second.join(0.5)
        order.append("first")
    second.join(60)
    assert order == ["first", "second"]
    assert "Waiting until another make" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "part", "changed"),
    [
        ("requirements.txt", "book", True),
        ("code/tools/constraints.txt", "book", True),
        ("code/pyproject.toml", "book", False),
        ("code/pyproject.toml", "all", True),
        ("code/tools/package-lock.json", "all", False),
        ("code/tools/package-lock.json", "npm", True),
        ("code/tools/package.json", "npm", True),
        ("requirements.txt", "npm", False),
    ],
)
def test_fingerprint_follows_what_is_installed(root, name, part, changed):
    """A file that decides what is installed changes the fingerprint, another not."""
    before = environment.fingerprint(root, part)
    path = root / name
    path.write_text(path.read_text().replace("# Testing", "# More") + "# end\n")
    if name == "requirements.txt":
        path.write_text(path.read_text().replace("# Building the site\n", "{}tqdm\n"))
        path.write_text(path.read_text().replace("{}", "# Building the site\n"))
    assert (environment.fingerprint(root, part) != before) == changed


def test_first_part_of_the_requirements_has_no_torch():
    """Building the site installs Jupyter Book, and neither torch nor the package."""
    first = environment.requirements(ROOT, "book")
    assert "jupyter-book==" in first
    assert "torch" not in first
    assert "./code" not in first
    assert "torch==" in environment.requirements(ROOT, "all")


def test_foreign_environment_is_not_removed(root):
    """A .venv that make did not make and that does not work is left alone."""
    mine = root / ".venv" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep me")
    with pytest.raises(environment.Problem, match=r"not made by make.*remove it"):
        environment.ensure(root, "book")
    assert mine.read_text() == "keep me"


@pytest.mark.parametrize(
    ("running", "word"), [((3, 6), "old"), ((3, 10), "old"), ((3, 14), "new")]
)
def test_wrong_python_is_named_with_what_to_do(monkeypatch, running, word):
    """A Python outside the range, and none other on the path, is a sentence."""
    monkeypatch.setenv("PATH", "")
    version = environment.dotted(running)
    expected = rf"3\.11 to 3\.13 is needed.* {version}, which is too {word}; install"
    with pytest.raises(environment.Problem, match=expected):
        environment.find_python(running)


def test_another_python_on_the_path_is_found(tmp_path, monkeypatch):
    """Where the running Python is too old, a python3.12 on the path is taken."""
    broken, good = tmp_path / "python3.13", tmp_path / "python3.12"
    broken.write_text("#!/bin/sh\nexit 127\n")
    good.write_text("#!/bin/sh\nexit 0\n")
    for path in (broken, good):
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environment.find_python((3, 9)) == str(good)


def test_environment_script_parses_in_old_pythons():
    """The script has no syntax that Python 3.6 does not know."""
    source = Path(environment.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("if (n := 1): pass", feature_version=(3, 6))


@pytest.mark.parametrize(("part", "needed"), [("book", r"0\.6"), ("all", r"2\.8")])
def test_full_disk_is_said_before_anything_is_written(root, monkeypatch, part, needed):
    """Too little space stops the command with both numbers."""
    usage = shutil.disk_usage(root)._replace(free=300_000_000)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(environment.Problem, match=rf"0\.3 GB are free and {needed} GB"):
        environment.ensure(root, part)
    assert not (root / ".venv").exists()


def test_full_disk_is_said_before_npm(root, monkeypatch):
    """Where pip took the last of the disk, npm is not called to say it badly."""
    usage = shutil.disk_usage(root)._replace(free=20_000_000)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(environment, "holds", lambda root, part: part == "all")
    monkeypatch.setattr(environment, "install_by_npm", refuse)
    with pytest.raises(environment.Problem, match=r"0\.0 GB are free and 0\.1 GB"):
        environment.ensure(root, "all")


def test_unreachable_index_is_said(monkeypatch):
    """What pip says when no index answers becomes a sentence about the network."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"]
    finished = environment.run([*pip, "no-such-thing"])
    assert finished.returncode == 1
    assert "check the network" in environment.explain(finished.stdout, "pip")


def test_unreachable_registry_is_said(root, monkeypatch):
    """What npm says when no registry answers, too; it writes into .venv/npm alone."""
    for name in environment.DECIDING["npm"]:
        shutil.copy(ROOT / name, root / name)
    (root / ".venv").mkdir()
    (root / ".venv/bin").symlink_to(Path(sys.prefix, "bin"))
    monkeypatch.setenv("HOME", str(root / "home"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_noproxy", "127.0.0.1")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    before = set(root.rglob("*"))
    with pytest.raises(environment.Problem, match=r"^npm's registry .* check the net"):
        environment.install_by_npm(root)
    npm = root / ".venv/npm"
    new = {*root.rglob("*")} - before
    assert {path for path in new if npm not in path.parents} == {npm}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("... because ensurepip is not\navailable.", "apt-get install python3-venv"),
        ("ERROR: No matching distribution found for x", "no build for this system"),
        ("error: something else", "pip failed; what it said last"),
    ],
)
def test_what_pip_says_becomes_what_to_do(said, answer):
    """Each known failure has its sentence; an unknown one is shown."""
    assert answer in environment.explain(said, "pip")


def test_problem_is_one_line_and_status_1(root, monkeypatch, capsys):
    """The command prints the sentence, no traceback."""
    (root / ".venv").mkdir()
    (root / ".venv/other").write_text("")
    monkeypatch.setattr(environment, "ROOT", root)
    assert environment.main(["book"]) == 1
    assert re.fullmatch(r"make: .*\n", capsys.readouterr().err)
    assert environment.main(["everything"]) == 2


def test_state_of_another_python_is_not_enough(root, monkeypatch):
    """With `switch`, an environment of another Python version is made anew."""
    python = environment.venv_python(root)
    python.parent.mkdir(parents=True)
    python.write_text("")
    fingerprint = environment.fingerprint(root, "book")
    environment.write_state(root, {"book": fingerprint, "python": "3.2"})
    monkeypatch.setattr(environment, "make_venv", refuse)
    environment.ensure(root, "book")
    with pytest.raises(AssertionError, match="must not run again"):
        environment.ensure(root, "book", switch=True)
    environment.write_state(root, {"book": fingerprint, "python": THIS})
    environment.ensure(root, "book", switch=True)

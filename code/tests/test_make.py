"""The commands: the environment they make, what they say when something is wrong."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
import zipfile
from base64 import urlsafe_b64encode
from pathlib import Path

import environment
import lock
import pytest
import serve
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
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
NPM = f"""#!{sys.executable}
import pathlib, sys
assert sys.argv[1] == "ci" and "--ignore-scripts" in sys.argv
pathlib.Path("node_modules").mkdir(exist_ok=True)
sys.exit(pathlib.Path("package-lock.json").read_text().strip() or 0)
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
    assert re.match(r"apt-get install .*chromium CI=true$", install)
    assert test == "make test CI=true"


def test_ci_leaves_a_chromium_that_is_there(bare_path):
    """Where Chromium is, nothing is installed."""
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
    assert "install Chromium first" in finished.stderr
    assert not log.exists()


def test_serve_shows_the_site_on_a_free_port(tmp_path):
    """The site is served, not cached, and a port that is taken is no problem."""
    (tmp_path / "index.html").write_text("the book")
    first = serve.server(tmp_path, 0)
    second = serve.server(tmp_path, first.server_port)
    with first, second:
        assert second.server_port != first.server_port
        thread = threading.Thread(target=second.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{second.server_port}/"
        with urllib.request.urlopen(address) as page:
            assert page.read() == b"the book"
            assert page.headers["Cache-Control"] == "no-cache"
        second.shutdown()
        thread.join()


def test_serve_without_a_site_says_what_to_do(tmp_path):
    """An empty folder is named with the command that fills it."""
    with pytest.raises(ValueError, match=r"expected a built site.*run make book"):
        serve.server(tmp_path)


def test_constraints_hold_what_came_along():
    """Each line is exact, none repeats requirements.txt, and nothing is left open."""
    pinned = {
        r.name.lower() for r in lock.named((ROOT / "requirements.txt").read_text())
    }
    lines = (ROOT / "code/tools/constraints.txt").read_text().splitlines()[1:]
    limits = dict(line.split("==") for line in lines)
    assert not pinned & set(limits)
    assert set(lock.came_along([Requirement("jupyter-book")])) - pinned <= set(limits)
    assert {"jinja2", "pygments", "sphinx-external-toc"} <= set(limits)


def test_colab_pins_are_exact():
    """Colab's versions are pinned one by one, the famous old ones among them."""
    lines = (ROOT / "code/tests/colab.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and line[0] != "#")
    assert pins["ipywidgets"] == "7.7.1"
    assert pins["ipython"] == "7.34.0"


def test_colab_notices_what_is_missing():
    """A figure, an explorer or a widget that a fresh run lacks is named by its cell."""
    import colab

    figure = '<figure class="plusx-figure" id="fig-a"><g class="lang-en"/>{}</figure>'
    whole = figure.format('<g class="lang-zh"/>')

    def notebook(source, html):
        data = {"data": {"text/html": [html]}} if html else {}
        cell = {"cell_type": "code", "source": source, "outputs": [data]}
        return {"cells": [{"cell_type": "markdown"}, cell]}

    def found(source, stored, fresh):
        return colab.differences(notebook(source, stored), notebook(source, fresh))

    assert found("f()", whole, whole) == []
    assert found("f()", whole, "")[0].startswith("cell 2 shows the figures []")
    assert "without lang-zh" in found("f()", whole, figure)[0]
    assert "explorers" in found("f()", "<plusx-product>", "")[0]
    assert "live lab" in found("labs.product()", "", "")[0]
    assert "path of the checkout" in found("f()", whole, whole + str(ROOT))[0]
    assert json.dumps(notebook("f()", whole)).count("lang-zh") == 1

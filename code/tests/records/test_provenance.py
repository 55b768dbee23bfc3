"""What made a record: the commit of its checkout and the hash of its code."""

import re
import subprocess
import sys

import pytest

from plusx.records import provenance


def git(folder, *words):
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    """A repository with a package of one module and one record."""
    package = tmp_path / "code" / "package"
    (package / "records").mkdir(parents=True)
    (package / "module.py").write_text("one = 1\n")
    (package / "records" / "old.json").write_text("{}\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return package


def test_commit_is_that_of_the_checkout(checkout):
    """Seven digits of the hash, though the record before was just written."""
    (checkout / "records" / "old.json").write_text("[]\n")
    (checkout / "records" / "new.json").write_text("[]\n")
    assert re.fullmatch("[0-9a-f]{7}", provenance.commit(checkout))


@pytest.mark.parametrize("place", ["code/package/module.py", "Makefile"])
def test_commit_says_when_the_code_was_changed(checkout, place):
    """A tracked file that differs makes it dirty, inside the package or beside it."""
    path = checkout.parents[1] / place
    if not path.exists():
        path.write_text("first\n")
        git(checkout, "add", str(path))
        git(checkout, "commit", "--quiet", "--message=second")
    path.write_text("changed\n")
    assert re.fullmatch("[0-9a-f]{7}-dirty", provenance.commit(checkout))


def test_commit_outside_a_checkout_is_unknown(tmp_path):
    """An installed package lies in no repository."""
    assert provenance.commit(tmp_path) == "unknown"


def test_commit_of_a_module_that_nobody_added_is_dirty(checkout):
    """A new module is in no commit, which is then not what ran; a note is not code."""
    (checkout / "note.txt").write_text("later\n")
    assert re.fullmatch("[0-9a-f]{7}", provenance.commit(checkout))
    (checkout / "new.py").write_text("two = 2\n")
    assert re.fullmatch("[0-9a-f]{7}-dirty", provenance.commit(checkout))


def test_commit_of_a_repository_around_an_environment_is_unknown(checkout):
    """A package installed inside somebody's own repository is not in its commits."""
    root = checkout.parents[1]
    (root / ".gitignore").write_text(".venv\n")
    package = root / ".venv" / "package"
    package.mkdir(parents=True)
    (package / "module.py").write_text("one = 1\n")
    assert provenance.commit(package) == "unknown"


def test_commit_is_not_that_of_a_hook(checkout, tmp_path_factory, monkeypatch):
    """Inside a hook GIT_DIR names the repository that the hook belongs to."""
    other = tmp_path_factory.mktemp("other")
    (other / "a.py").touch()
    git(other, "init", "--quiet")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "--message=other")
    usual = provenance.commit(checkout)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert provenance.commit(checkout) == usual


def test_commit_without_git_is_unknown(checkout, monkeypatch):
    """A slim container has no git: that must cost nobody a record."""
    monkeypatch.setenv("PATH", "")
    assert provenance.commit(checkout) == "unknown"


def test_hash_changes_with_a_name_and_a_text_and_with_nothing_else(
    tmp_path, monkeypatch
):
    """Line ends of another system count as the same; a moved line does not."""
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    one, two = tmp_path / "one.py", tmp_path / "two.py"
    one.write_bytes(b"a = 1\nb = 2\n")
    two.write_bytes(b"a = 1\nb = 2\n")
    first = provenance.code_hash([one])
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert provenance.code_hash([two]) != first
    assert provenance.code_hash([one, two]) != provenance.code_hash([two, one])
    one.write_bytes(b"a = 1\r\nb = 2\r\n")
    assert provenance.code_hash([one]) == first
    one.write_bytes(b"b = 2\na = 1\n")
    assert provenance.code_hash([one]) != first


@pytest.mark.slow
def test_sources_are_what_a_process_has_imported():
    """An experiment's hash covers its own module and what that one imports alone."""
    script = (
        "from plusx.experiments import spectra\n"
        "from plusx.records import provenance\n"
        "print(*[p.relative_to(provenance.PACKAGE) for p in provenance.sources()])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == [
        "__init__.py",
        "experiments/__init__.py",
        "experiments/spectra.py",
        "gradients.py",
        "records/__init__.py",
        "records/disk.py",
        "records/provenance.py",
    ]

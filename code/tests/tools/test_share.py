"""The branch of the copies, pushed into a repository on this machine."""

import subprocess

import pytest
import repository
import share


@pytest.fixture
def remote(tmp_path):
    """An empty repository to push to."""
    path = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    return path


@pytest.fixture
def students(tmp_path):
    """A folder with one copy."""
    path = tmp_path / "students/en/work/01_a.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text("{}", "utf8")
    return tmp_path / "students"


def branch(remote, *arguments):
    """What git says of the branch in the repository."""
    command = ["git", "--git-dir", str(remote), *arguments, repository.STUDENTS]
    return subprocess.check_output(command, text=True).split()


def test_branch_holds_the_copies_of_the_last_push_alone(remote, students):
    """A second push replaces the first, whose files are gone."""
    share.push(students, str(remote), "")
    assert branch(remote, "ls-tree", "-r", "--name-only") == ["en/work/01_a.ipynb"]
    (students / "en/work/01_a.ipynb").rename(students / "en/work/02_b.ipynb")
    share.push(students, str(remote), "")
    assert branch(remote, "ls-tree", "-r", "--name-only") == ["en/work/02_b.ipynb"]
    assert branch(remote, "rev-list", "--count") == ["1"]


def test_nothing_is_pushed_without_copies_or_address(remote, students):
    """Each fault is a sentence that says what to run."""
    with pytest.raises(ValueError, match="run make repository"):
        share.push(students, repository.PLACEHOLDER, "")
    (students / "en/work/01_a.ipynb").unlink()
    with pytest.raises(ValueError, match="run make students"):
        share.push(students, str(remote), "")


def test_refused_push_is_one_line(monkeypatch, capfd, students, tmp_path):
    """Where there is no repository, the status is 1."""
    (tmp_path / "_build").mkdir()
    students.rename(tmp_path / "_build/students")
    monkeypatch.setattr(share, "ROOT", tmp_path)
    monkeypatch.setattr(repository, "current", lambda root: str(tmp_path / "nowhere"))
    assert share.main() == 1
    assert "make share: git could not push" in capfd.readouterr().err


def test_token_is_no_argument(students, monkeypatch):
    """git reads it from its environment, and only for this repository."""
    calls = []
    monkeypatch.setattr(
        share.subprocess, "run", lambda command, **more: calls.append((command, more))
    )
    share.push(students, "https://github.com/a/b", "ghs_1")
    (key,) = {more["env"]["GIT_CONFIG_KEY_0"] for _, more in calls}
    assert key == "http.https://github.com/a/b.extraheader"
    assert not any("ghs_1" in part for command, _ in calls for part in command)

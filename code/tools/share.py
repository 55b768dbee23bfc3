"""Put the copies of `make students` on the branch `students` of the repository.

Usage, in GitHub's workflow that publishes: python3 code/tools/share.py

Colab and Kaggle open files of GitHub alone. The branch holds one commit, which each
push replaces. The right to push is read from the variable GITHUB_TOKEN.
"""

import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import repository

ROOT = Path(__file__).resolve().parents[2]
AUTHOR = ("-c", "user.name=make share", "-c", "user.email=noreply@github.com")


def push(folder: Path, url: str, token: str) -> None:
    """Make the content of `folder` the one commit of the branch.

    Raises:
        ValueError: if there is nothing to push, or nowhere.
        subprocess.CalledProcessError: if git refuses.
    """
    if url == repository.PLACEHOLDER:
        raise ValueError("expected the address of a repository, run make repository")
    if not any(folder.glob("*/*/*.ipynb")):
        raise ValueError(f"expected notebooks in {folder}, run make students")
    with tempfile.TemporaryDirectory() as place:

        def git(*arguments: str) -> None:
            where = (f"--git-dir={place}", f"--work-tree={folder}")
            command = ["git", *where, *AUTHOR, *arguments]
            subprocess.run(command, check=True, env=os.environ | secret(url, token))

        git("init", "--quiet")
        git("add", "--all", "--force")
        git("commit", "--quiet", "-m", "students: copies of the chapters")
        git("push", "--force", url, f"HEAD:refs/heads/{repository.STUDENTS}")


def secret(url: str, token: str) -> dict[str, str]:
    """The token as git reads it: not in an argument, which other programs see."""
    if not token:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = f"AUTHORIZATION: basic {basic}"
    key = f"http.{url}.extraheader"
    counted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key}
    return counted | {"GIT_CONFIG_VALUE_0": header}


def main() -> int:
    """Push; return 0, or 1 after saying what is wrong."""
    try:
        url, token = repository.current(ROOT), os.environ.get("GITHUB_TOKEN", "")
        push(ROOT / "_build/students", url, token)
    except ValueError as problem:
        print(f"make share: {problem}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError:
        print("make share: git could not push, see above", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

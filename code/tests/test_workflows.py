"""GitHub's workflows: commands that work here, least permissions, pinned actions."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import workflows
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github/workflows"
FILES = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def load(name: str) -> dict:
    """A workflow as YAML (whose key `on` reads as True)."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def jobs() -> list[tuple[str, str, dict]]:
    """Every job: file, name, content."""
    return [
        (path.name, name, job)
        for path in FILES
        for name, job in load(path.name)["jobs"].items()
    ]


def test_there_are_three_workflows():
    """Check, links and publish, and no other."""
    assert [path.stem for path in FILES] == ["check", "links", "publish"]


def test_every_step_is_a_make_target_or_the_ci_script():
    """What runs on GitHub is what a reader can run."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    runs = [
        step["run"] for _, _, job in jobs() for step in job.get("steps", ())
        if "run" in step
    ]  # fmt: skip
    assert runs
    for line in runs:
        if line != ".ci/run":
            assert re.fullmatch(r"make [a-z]+", line), line
            assert re.search(rf"^{line[5:]}:", makefile, re.MULTILINE), line


def test_actions_are_pinned_by_commit():
    """An action is a full commit with its version beside it, always the same one."""
    pins = {}
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "./" not in line:
                assert PINNED.search(line), f"{path.name}: {line.strip()}"
                action, _, pin = line.split("uses: ")[1].partition("@")
                assert pins.setdefault(action, pin) == pin


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_workflow_reads_alone_and_has_concurrency(path):
    """By default a workflow may read the contents, no more."""
    workflow = load(path.name)
    assert workflow["permissions"] == {"contents": "read"}
    assert "group" in workflow["concurrency"]
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert "pull_request_target" not in path.read_text(encoding="utf-8")


def test_jobs_have_a_time_limit_and_keep_no_credentials():
    """Each job ends by itself; a checkout leaves no token behind."""
    for name, job_name, job in jobs():
        if "uses" in job:
            continue
        assert job["timeout-minutes"] <= 30, (name, job_name)
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_only_deploying_may_write():
    """One job has rights beyond reading: the one that deploys, from main, last."""
    rights = {
        (name, job_name): job["permissions"]
        for name, job_name, job in jobs()
        if job.get("permissions", {"contents": "read"}) != {"contents": "read"}
    }
    assert rights == {
        ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"}
    }


def test_publishing_comes_from_main_after_the_check():
    """The site is built after the check passed and deployed after it was built."""
    publish = load("publish.yml")
    assert publish[True]["push"] == {"branches": ["main"]}
    assert publish["jobs"]["check"]["uses"] == "./.github/workflows/check.yml"
    for job, before in (("build", "check"), ("deploy", "build")):
        assert publish["jobs"][job]["needs"] == before
        assert publish["jobs"][job]["if"] == "github.ref == 'refs/heads/main'"


def test_check_covers_the_oldest_and_the_newest_python():
    """The check runs on the ends of the supported range, and on macOS."""
    check = load("check.yml")["jobs"]
    assert check["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert check["macos"]["runs-on"].startswith("macos")


def test_linters_find_nothing_here():
    """GitHub's schema and zizmor have no complaint."""
    for command in workflows.installed(ROOT):
        finished = subprocess.run(command, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("timeout-minutes: 30", "timeout-minutse: 30"),
        ("@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "@main"),
        ("run: make links", "run: echo ${{ github.head_ref }}"),
    ],
)
def test_linters_find_a_planted_fault(tmp_path, old, new):
    """A wrong key, an unpinned action, an injection: a linter complains, else none."""
    for path in (ROOT / ".github").rglob("*.yml"):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    command = [sys.executable, workflows.__file__, str(tmp_path)]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert (finished.returncode > 0) == bool(old)


def test_actionlint_runs_where_it_can_be_had(monkeypatch):
    """It is called where it is installed, and in CI with Go; else it is left out."""
    monkeypatch.setattr(workflows.shutil, "which", {"go": "/go"}.get)
    assert workflows.actionlint(ROOT, ci=False) == []
    assert workflows.actionlint(ROOT, ci=True)[:2] == ["go", "run"]
    monkeypatch.setattr(workflows.shutil, "which", {"actionlint": "/a"}.get)
    assert workflows.actionlint(ROOT, ci=False)[0] == "actionlint"

"""GitHub's workflows: commands that work here, least permissions, pinned actions."""

import json
import re
from pathlib import Path

import pytest
import workflows
import yaml

ROOT = Path(__file__).resolve().parents[3]
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


def test_every_step_is_a_make_target_or_the_ci_script():
    """What runs on GitHub is what a reader can run."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    runs = [
        step["run"] for _, _, job in jobs() for step in job.get("steps", ())
        if "run" in step
    ]  # fmt: skip
    assert runs
    for line in runs:
        named = re.fullmatch(r"(?:make|\.ci/run) ([a-z]+)|\.ci/run", line)
        assert named, line
        assert re.search(rf"(?m)^{named[1] or 'test'}:", makefile), line


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


def test_only_publishing_may_write():
    """Two jobs have rights beyond reading: they deploy pages, and push the copies."""
    rights = {
        (name, job_name): job["permissions"]
        for name, job_name, job in jobs()
        if job.get("permissions", {"contents": "read"}) != {"contents": "read"}
    }
    assert rights == {
        ("publish.yml", "deploy"): {"pages": "write", "id-token": "write"},
        ("publish.yml", "students"): {"contents": "write"},
    }


def test_only_the_step_that_pushes_has_a_token():
    """What pip installs, and what the copies are made of, never sees it."""
    for name, job_name, job in jobs():
        assert "env" not in job or "TOKEN" not in str(job["env"]), (name, job_name)
        for step in job.get("steps", ()):
            has_token = "TOKEN" in str(step.get("env", ""))
            assert has_token == (step.get("run") == "make share"), (name, job_name)


def test_publishing_comes_from_main_after_the_check():
    """The site is built after the check passed and deployed after it was built."""
    publish = load("publish.yml")
    assert publish[True]["push"] == {"branches": ["main"]}
    assert publish["jobs"]["check"]["uses"] == "./.github/workflows/check.yml"
    needs = {"build": "check", "students": "check", "deploy": ["build", "students"]}
    for job, before in needs.items():
        assert publish["jobs"][job]["needs"] == before
        assert publish["jobs"][job]["if"] == "github.ref == 'refs/heads/main'"
    for job, made in (("build", ["make book"]), ("students", ["make students"])):
        runs = [step.get("run") for step in publish["jobs"][job]["steps"]]
        assert [*runs[runs.index("make repository") :]][1:2] == made


def test_check_covers_the_oldest_and_the_newest_python():
    """The check runs on the ends of the supported range, and on macOS."""
    check = load("check.yml")["jobs"]
    assert check["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert check["macos"]["runs-on"].startswith("macos")


def test_newest_runs_everything_without_the_pins():
    """Once a week all tests run with what a newcomer's pip would bring."""
    newest = load("newest.yml")
    assert "schedule" in newest[True]
    (job,) = newest["jobs"].values()
    python, *runs = job["steps"][1:]
    assert python["with"] == {"python-version": "3.13"}  # no cache of the pinned ones
    assert [step["run"] for step in runs] == [".ci/run", "make jupyter"]
    assert job["env"]["NEWEST"] == "1"


def test_lint_fails_with_what_a_linter_says(monkeypatch, capsys):
    """The number of linters that complain is the status, what they say is shown."""
    commands = {"good": ["true"], "bad": ["sh", "-c", "echo a fault; exit 1"]}
    monkeypatch.setattr(workflows, "linters", lambda root: commands)
    assert workflows.main() == 1
    assert capsys.readouterr().out == "bad:\na fault\n\n"


def test_linters_read_every_workflow():
    """The schema is given each file by name, zizmor and actionlint find them."""
    named = workflows.linters(ROOT)
    assert named["schema"][-len(FILES) :] == [str(path) for path in FILES]
    assert {"dependabot", "zizmor", "actionlint"} <= set(named)


def test_npm_lock_has_hashes_and_no_host():
    """Each package is pinned by its hash and comes from the registry npm knows."""
    folder = ROOT / "code/tools"
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    own, *packages = json.loads(
        (folder / "package-lock.json").read_text()
    )["packages"].values()  # fmt: skip
    assert own["dependencies"] == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert len(packages) >= len(wanted)
    for package in packages:
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package
        assert "hasInstallScript" not in package

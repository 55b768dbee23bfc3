"""Do all that needs a GPU, in the order of what the book misses most: `make gpu`.

The tests that need one come first, then the measurement of the trainer, then runs on
CIFAR-10. A time may be given: when it is over, the run in progress is saved and stops,
and the next call goes on there. Records and weights lie in one folder, from where they
are copied into `code/plusx/records` and `code/plusx/train/weights`.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CODE = Path(__file__).parents[1]
NETS = ("resnet56", "plain56", "resnet20", "plain20")
GRACE_S = 120  # to end a step and write a checkpoint


@dataclass(frozen=True)
class Job:
    """One command, and the file that is there when it is done.

    `seeds` says of how many seeds a record must be, `out` where checkpoints lie; where
    nothing is trained, they are 0 and None.
    """

    name: str
    command: tuple[str, ...]
    result: Path
    seeds: int = 0
    out: Path | None = None

    def is_done(self) -> bool:
        """Whether the result is there: no test failed, or a record of all seeds."""
        if not self.result.is_file():
            return False
        text = self.result.read_text("utf8")
        if self.result.suffix == ".xml":
            return 'errors="0" failures="0"' in text
        return len(json.loads(text)["provenance"]["seeds"]) >= self.seeds


def plan(folder: Path, trial: bool) -> Iterator[Job]:
    """What is to be done, in order; a trial shows on a processor that all works."""
    python, log = sys.executable, folder / "tests.xml"
    tests = (python, "-m", "pytest", "-q", "-m", "gpu", f"--junitxml={log}")
    rooms = [str(CODE / "tests" / room) for room in ("train", "bench")]
    yield Job("tests", (*tests, *rooms), log)
    device, measured = ("cpu", "resnet20") if trial else ("cuda", "resnet56")
    bench = (python, "-m", "plusx.bench", "--net", measured, "--device", device)
    bench += ("--batch", "8", "--rounds", "1", "--steps", "1") if trial else ()
    result = folder / f"bench-{measured}-{device}.json"
    yield Job("bench", (*bench, "--out", str(folder)), result)
    for net, recipe, option, seeds in trainings(trial):
        yield training(folder, net, recipe, option, seeds, trial)


def trainings(trial: bool) -> Iterator[tuple[str, str, str, int]]:
    """Net, recipe, option and number of seeds of each run, in order."""
    nets, paper, deep = NETS, "paper", ("resnet110", "plain110")
    if trial:
        nets, paper, deep = ("resnet20",), "smoke", ()
    for seeds in (1, 2 if trial else 3):
        yield from ((net, paper, "A", seeds) for net in nets)
    yield from ((net, "fast", "A", 3) for net in nets if not trial)
    yield from ((net, paper, "A", 1) for net in deep)
    if not trial:
        yield nets[0], paper, "C", 3


def training(
    folder: Path, net: str, recipe: str, option: str, seeds: int, trial: bool
) -> Job:
    """Train with the first seeds, going on with what is there."""
    device, data = ("cpu", "digits") if trial else ("cuda", "cifar10")
    letter = f"-{option.lower()}" * (option != "A")
    name = f"{net}{letter}-{recipe}" + "-digits" * trial
    out = folder / "runs" / name / ("" if seeds > 1 else "seed-0")
    command = (sys.executable, "-m", "plusx.train", "--net", net, "--recipe", recipe)
    command += ("--option", option) * (option != "A")
    command += ("--data", data, "--device", device)
    command += ("--seeds", f"0-{seeds - 1}", "--record", str(folder))
    command += ("--out", str(out))
    # The weights that the book may keep are those of the usual nets, by the paper.
    if option == "A" and recipe != "fast" and seeds == 1:
        command += ("--weights", str(folder))
    told = f"seeds 0 to {seeds - 1}" if seeds > 1 else "seed 0"
    return Job(f"{name}, {told}", command, folder / f"{name}.json", seeds, out)


def begun(job: Job) -> bool:
    """Whether there is something to go on with."""
    return bool(job.out) and any(job.out.rglob("checkpoint.safetensors"))


def run(job: Job, more: Sequence[str], deadline_s: float) -> int | None:
    """Run one job; return its exit code, or None when the time ended it."""
    words = [*job.command, *more, *["--resume"] * begun(job)]
    paths = [str(CODE), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    process = subprocess.Popen(words, env=environment)
    try:
        return process.wait(max(0.0, deadline_s - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
    finally:  # also after Ctrl-C: a run saves and stops
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
        process.kill()  # nothing, where it has ended


def run_all(jobs: Sequence[Job], minutes: float) -> int:
    """Do what is not done yet, within the time; return the exit code."""
    deadline_s, failed, more = time.monotonic() + 60 * minutes, [], []
    for number, job in enumerate(jobs, 1):
        left_s = deadline_s - time.monotonic()
        if job.is_done():
            continue
        if left_s <= 0:
            left = ", ".join(job.name for job in jobs if not job.is_done())
            print(f"gpu: the time is over; the next call goes on with: {left}")
            break
        print(
            f"gpu: {number} of {len(jobs)}, {job.name}; {left_s / 60:.0f} min left",
            flush=True,
        )
        code = run(job, more if job.out else [], deadline_s)
        if code:
            failed.append(f"{job.name} (exit code {code})")
            # A GPU on which the tests fail may still train, step by step.
            more = ["--no-graph"] if job.name == "tests" else more
    if all(job.is_done() for job in jobs):
        print(f"gpu: all is done, in {jobs[0].result.parent}")
    if failed:
        print(f"gpu: failed: {', '.join(failed)}; the next call tries again")
    return 1 if failed else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="gpu.py", description=__doc__)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--folder", type=Path, default=Path("runs/gpu"))
    parser.add_argument("--trial", action="store_true", help="on a processor, tiny")
    options = parser.parse_args(arguments)
    folder = options.folder.expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        return run_all(list(plan(folder, options.trial)), options.minutes)
    except KeyboardInterrupt:
        print("gpu: stopped; the next call goes on from there")
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())

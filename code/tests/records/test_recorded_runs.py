"""What recorded training runs must hold before the book may use them."""

import math
import os
import statistics

import pytest
import torch

from plusx import data, fitting, records
from plusx.train import checkpoints

TRAINED = [name for name in records.names() if "-paper" in name or "-fast" in name]
KEPT = [path.stem for path in checkpoints.weight_files()]


def problems(record: dict) -> list[str]:
    """What is wrong with one record of training runs on CIFAR-10."""
    results, found = record["results"], []
    if results["test_images"] != 10_000:
        found.append(f"{results['test_images']} test images")
    for run in results["runs"]:
        loss = run["train_loss"]
        if not all(map(math.isfinite, loss + run["test_loss"])):
            found.append(f"seed {run['seed']}: a loss is not finite")
        # The last epoch may be a short one, so whole stretches are compared.
        tenth = max(1, len(loss) // 10)
        if statistics.fmean(loss[-tenth:]) >= statistics.fmean(loss[:tenth]):
            found.append(f"seed {run['seed']}: the training loss does not fall")
        if not 0 < run["test_error"][-1] < 50:
            found.append(f"seed {run['seed']}: test error {run['test_error'][-1]} %")
    return found


def separated(low: dict, high: dict, what: str) -> bool:
    """Whether two records' means differ by more than their seeds spread."""
    a, b = low["results"][what], high["results"][what]
    return b["mean"] - a["mean"] > a["std"] + b["std"]


def made_up(losses: list[float], errors: list[float], images: int = 10_000) -> dict:
    """A record as the trainer writes it, with one run."""
    run = {"seed": 0, "train_loss": losses, "test_loss": losses, "test_error": errors}
    spread = records.spread(errors[-1:])
    return {"results": {"test_images": images, "test_error": spread, "runs": [run]}}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (made_up([2.0, 1.0, 0.1], [80.0, 20.0, 7.0]), []),
        (made_up([2.0, 0.1], [80.0, 7.0], 9_984), ["9984 test images"]),
        (made_up([1.0, 2.0], [80.0, 7.0]), ["seed 0: the training loss does not fall"]),
        (made_up([2.0, 1.0], [80.0, 90.0]), ["seed 0: test error 90.0 %"]),
    ],
)
def test_problems_finds_what_is_wrong(record, expected):
    """Each flaw of a made-up record is named, and a good one has none."""
    assert problems(record) == expected


@pytest.mark.parametrize("name", TRAINED)
def test_recorded_run_holds(name):
    """Losses are finite and fall, and all 10,000 test images were counted."""
    record = records.load(name)
    assert problems(record) == []
    assert (records.FOLDER / f"{name}.json").stat().st_size < 30_000


@pytest.mark.parametrize(
    ("low", "high", "what"),
    [
        ("plain20-paper", "plain56-paper", "train_error"),
        ("resnet56-paper", "resnet20-paper", "test_error"),
        ("resnet56-paper", "plain56-paper", "test_error"),
    ],
)
def test_recorded_runs_differ_as_the_paper_says(low, high, what):
    """Depth harms plain nets and helps residual ones by more than seeds vary."""
    if not {low, high} <= set(TRAINED):
        pytest.skip(f"needs the records {low} and {high}: see make record")
    assert separated(records.load(low), records.load(high), what)


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_kept_weights_have_the_error_they_say(name):
    """The test error of the loaded net is the one in its file, up to half precision."""
    if "PLUSX_DATA" not in os.environ:
        pytest.skip("needs CIFAR-10 in PLUSX_DATA")
    net, about = checkpoints.load_weights(name)
    source = data.load("cifar10")
    if source.origin != about["data"]:
        pytest.skip(f"needs {about['data']}")
    split = data.normalize(source.split)
    images, labels = split.test_images.split(1000), split.test_labels.split(1000)
    with torch.no_grad():
        errors = [
            fitting.error_rate(net, *part) for part in zip(images, labels, strict=True)
        ]
    assert statistics.fmean(errors) == pytest.approx(about["test_error"], abs=0.15)

"""Measure the trainer against the textbook loop: `python -m plusx.bench`.

All rows train the same network on images of CIFAR-10's shape. They take a few steps in
turn, round after round in one process, so that whatever else the machine does slows
them alike: ratios are the result, and times belong to this machine and this hour.

`plusx.bench.rows` says what the rows are, `plusx.bench.limits` what a lower bound is.
"""

import argparse
import shlex
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from plusx import data, records
from plusx.bench.limits import finish, lower_bounds
from plusx.bench.rows import Row, Samples, load_all, make_rows, synthetic, trainer
from plusx.train import devices
from plusx.train.config import Config
from plusx.train.session import load

BATCHES = (128, 512, 1024)


def measure(rows: dict[str, Row], rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds a step, for each row in each round; the first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(rounds + 1):
        for name, row in rows.items():
            spent_s = row(steps)
            if number:
                times[name].append(spent_s / steps)
    return times


def augmentation(data_set: data.DataSet, dtype: torch.dtype, rounds: int) -> float:
    """How many times more images a second one gather makes, on one processor thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    samples, ratios = Samples(data_set.split), []
    views = load(data_set, torch.device("cpu"), dtype).views
    plan = data.plan_epoch(views, 128, seed=0, epoch=0)
    device = torch.device("cpu")
    for _ in range(rounds):
        one_by_one_s = finish(device)
        for batch in plan[:2, 0].tolist():
            torch.stack([samples[number][0] for number in batch])
        one_by_one_s = finish(device) - one_by_one_s
        gather_s = finish(device)
        for draws in plan[:8]:
            data.augment(views, draws)
        gather_s = finish(device) - gather_s
        ratios.append((one_by_one_s / 2) / (gather_s / 8))
    torch.set_num_threads(threads)
    return statistics.median(ratios)


def compare(config: Config, batch: int, rounds: int, steps: int) -> dict:
    """The results for one size of batch."""
    gpu = devices.choose_device(config.device).type == "cuda"
    # Workers begin anew with each epoch: a GPU gets epochs of the usual length.
    data_set = synthetic(50_000 if gpu else max(4096, 4 * batch))
    images = load_all(config, data_set)
    times = measure(make_rows(config, data_set, images, batch), rounds, steps)
    precision = devices.choose_precision("auto", devices.choose_device(config.device))
    eager = replace(config, precision=precision, graph=False, compile=False)
    step = trainer(eager, data_set, images[precision], batch)
    floor = lower_bounds(step, precision, config)
    base = times["textbook loop, fp32"]
    rows = {}
    for name, spent in times.items():
        ratios = [first / own for first, own in zip(base, spent, strict=True)]
        step_s = statistics.median(spent)
        rows[name] = {
            "ratio": round(statistics.median(ratios), 2),
            "ratio_least": round(min(ratios), 2),
            "step_ms": round(1000 * step_s, 3),
            "images_per_s": round(batch / step_s),
            "floor_share": round(max(floor.values()) / step_s, 3),
        }
    floor_ms = {name: round(1000 * value, 3) for name, value in floor.items()}
    return {"rows": rows, "floor_ms": floor_ms}


def format_table(batch: int, result: dict) -> Iterator[str]:
    """The lines of a table."""
    heads = f"{'ratio':>8}{'least':>8}{'ms':>10}{'images/s':>10}{'floor':>8}"
    yield f"\n{f'batch {batch}':<32}{heads}"
    for name, row in result["rows"].items():
        yield (
            f"{name:<32}{row['ratio']:>8.2f}{row['ratio_least']:>8.2f}"
            f"{row['step_ms']:>10.2f}{row['images_per_s']:>10,}"
            f"{row['floor_share']:>8.0%}"
        )
    floor = ", ".join(f"{name} {ms:.2f} ms" for name, ms in result["floor_ms"].items())
    yield f"floors of the last precision: {floor}"


def fitting_batches(gpu: bool) -> list[int]:
    """The sizes of batch that the memory holds, on a processor the first alone.

    The images take 3 GB. What ResNet-56 keeps for its backward pass is 4.3 MB an image
    in fp32, and half of that in 16 bits, once more for the graph; the rest is for the
    convolutions to work in.
    """
    if not gpu:
        return list(BATCHES[:1])
    free_bytes, _ = torch.cuda.mem_get_info()
    return [batch for batch in BATCHES if 3e9 + 8e6 * batch < free_bytes] or [64]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what depends on the device is filled in."""
    parser = argparse.ArgumentParser(prog="python -m plusx.bench")
    parser.add_argument("--net", default="resnet56")
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--batch", type=int, nargs="+", help="128; on a GPU up to 1024, as fits"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, help="in a round: 2, on a GPU 30")
    parser.add_argument("--compile", action="store_true", help="add a row, compiled")
    parser.add_argument("--out", type=Path, help="folder for the record")
    options = parser.parse_args(arguments)
    gpu = devices.choose_device(options.device).type == "cuda"
    options.batch = options.batch or fitting_batches(gpu)
    options.steps = options.steps or (30 if gpu else 2)
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: measure, print a table, and write a record where asked to."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options, start = parse(arguments), time.perf_counter()
    if options.out:
        records.check_folder(options.out)
    config = Config(net=options.net, device=options.device, compile=options.compile)
    device = devices.choose_device(config.device)
    precision = devices.choose_precision("auto", device)
    print(f"{config.net} on one {devices.describe(device)}, at best in {precision}")
    results: dict[str, Any] = {}
    for batch in options.batch:
        results[f"batch_{batch}"] = compare(
            config, batch, options.rounds, options.steps
        )
        print(*format_table(batch, results[f"batch_{batch}"]), sep="\n")
    dtype = devices.PRECISIONS[precision]
    ratio = augmentation(synthetic(4096), dtype, options.rounds)
    results["augmentation_ratio"] = round(ratio, 1)
    print(f"\naugmentation, against one image at a time on one thread: {ratio:.1f} ×")
    if options.out:
        path = records.write(
            f"bench-{config.net}-{device.type}",
            config={
                name: getattr(options, name) for name in ("net", "rounds", "steps")
            },
            results=results,
            command=f"python -m plusx.bench {shlex.join(arguments)}",
            seeds=[0],
            data="random images of CIFAR-10's shape",
            time_s=time.perf_counter() - start,
            device=devices.describe(device),
            extra={"driver": devices.driver(), "precision": precision},
            folder=options.out,
        )
        print(f"{path} written")


if __name__ == "__main__":
    main()

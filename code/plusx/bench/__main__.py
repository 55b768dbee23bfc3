"""Measure the trainer against the textbook loop: `python -m plusx.bench`.

All rows train the same network on images of CIFAR-10's shape. They take a few steps in
turn, round after round in one process, so that whatever else the machine does slows
them alike: ratios are the result, and times belong to this machine and this hour.

`plusx.bench.limits` says what a lower bound is.
"""

import argparse
import itertools
import shlex
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from plusx import data, networks, records
from plusx.bench.limits import finish, lower_bounds
from plusx.train import devices, recipes
from plusx.train.config import Config
from plusx.train.session import Session
from plusx.train.trainer import make_step

Row = Callable[[int], float]  # takes so many steps and returns the seconds
MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(3, 1, 1)
STD = torch.tensor([0.247, 0.2435, 0.2616]).view(3, 1, 1)


def synthetic(count: int) -> data.DataSet:
    """Random images of CIFAR-10's shape: what they show does not change the time."""
    generator = torch.Generator().manual_seed(0)
    shape = (count, 3, 32, 32)
    images = torch.randint(256, shape, dtype=torch.uint8, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    split = data.Split(images, labels, images[:100], labels[:100])
    return data.DataSet(split, "random images", tuple("0123456789"), 4, mirror=True)


class Samples(Dataset):
    """The textbook's data set: each image is prepared on its own."""

    def __init__(self, split: data.Split):
        self.images, self.labels = split.train_images, split.train_labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        image = (self.images[number].float() / 255 - MEAN) / STD
        padded = F.pad(image, (4, 4, 4, 4))
        down, right = torch.randint(9, (2,)).tolist()
        image = padded[:, down : down + 32, right : right + 32]
        if torch.rand(()) < 0.5:
            image = image.flip(2)
        return image, self.labels[number]


def new_net(config: Config) -> torch.nn.Module:
    """The network as its class makes it."""
    options = {"option": config.option, "order": config.order}
    net = networks.named(config.net, in_channels=3, classes=10, **options)
    return net.to(devices.choose_device(config.device))


def textbook(config: Config, source: data.DataSet, batch: int) -> Row:
    """fp32, one image at a time through a DataLoader, two numbers read in each step."""
    device, net = devices.choose_device(config.device), new_net(config)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=1e-4)
    workers = 4 if device.type == "cuda" else 0  # a processor is busy training
    loader = DataLoader(
        Samples(source.split),
        batch,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    batches = itertools.chain.from_iterable(itertools.repeat(loader))

    def advance(steps: int) -> float:
        for _ in range(2 * workers):  # what workers prepared while others were timed
            next(batches)
        start = finish(device)
        for images, labels in itertools.islice(batches, steps):
            images, labels = images.to(device), labels.to(device)
            logits = net(images)
            loss = F.cross_entropy(logits, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
            (logits.argmax(1) == labels).float().mean().item()
        return finish(device) - start

    return advance


def on_device(
    config: Config, source: data.DataSet, batch: int, channels_last: bool
) -> Row:
    """fp32 with the data on the device, augmented by batch; no number is read."""
    device, net = devices.choose_device(config.device), new_net(config)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    net.to(memory_format=layout)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=1e-4)
    images = data.normalize(source.split).train_images.to(device)
    views = data.windows(images, source.margin, source.mirror)
    labels = source.split.train_labels.to(device)
    plan = itertools.cycle(data.plan_epoch(views, batch, seed=0, epoch=0).to(device))

    def advance(steps: int) -> float:
        start = finish(device)
        for draws in itertools.islice(plan, steps):
            logits = net(data.augment(views, draws).contiguous(memory_format=layout))
            loss = F.cross_entropy(logits, labels[draws[0]])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return finish(device) - start

    return advance


def trainer(config: Config, source: data.DataSet, batch: int) -> Row:
    """The trainer's own step."""
    recipe = replace(recipes.RECIPES["paper"], batch=batch)
    session = Session(config, recipe, source)
    step = make_step(session)
    plan = data.plan_epoch(session.views, batch, seed=0, epoch=0).to(session.device)
    batches = itertools.cycle(plan)

    def advance(steps: int) -> float:
        start = finish(session.device)
        for draws in itertools.islice(batches, steps):
            session.draws.copy_(draws)
            session.lr.fill_(0.1)
            step()
        return finish(session.device) - start

    return advance


def make_rows(config: Config, source: data.DataSet, batch: int) -> dict[str, Row]:
    """The techniques, each added to those before it."""
    device = devices.choose_device(config.device)
    fastest = devices.choose_precision("auto", device)
    plain = replace(config, precision="fp32", graph=False, compile=False)
    rows = {
        "textbook loop, fp32": textbook(plain, source, batch),
        "data on the device": on_device(plain, source, batch, False),
        "+ channels last": on_device(plain, source, batch, True),
        "+ fused SGD, no counters": trainer(plain, source, batch),
    }
    if fastest != "fp32":
        narrow = replace(plain, precision=fastest)
        rows[f"+ {fastest}"] = trainer(narrow, source, batch)
    if device.type == "cuda":
        whole = replace(config, precision=fastest, graph=True, compile=False)
        rows["+ CUDA graph"] = trainer(whole, source, batch)
    if config.compile:
        rows["+ compile"] = trainer(replace(config, precision=fastest), source, batch)
    return rows


def measure(rows: dict[str, Row], rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds a step, for each row in each round; the first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    for number in range(rounds + 1):
        for name, row in rows.items():
            spent_s = row(steps)
            if number:
                times[name].append(spent_s / steps)
    return times


def augmentation(source: data.DataSet, dtype: torch.dtype, rounds: int) -> float:
    """How many times more images a second one gather makes, on one processor thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    samples, ratios = Samples(source.split), []
    images = data.normalize(source.split).train_images.to(dtype)
    views = data.windows(images, source.margin, source.mirror)
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
    source = synthetic(50_000 if gpu else max(4096, 4 * batch))
    times = measure(make_rows(config, source, batch), rounds, steps)
    precision = devices.choose_precision("auto", devices.choose_device(config.device))
    eager = replace(config, precision=precision, graph=False, compile=False)
    floor = lower_bounds(trainer(eager, source, batch), precision, config)
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


def table(batch: int, result: dict) -> Iterator[str]:
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


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what depends on the device is filled in."""
    parser = argparse.ArgumentParser(prog="python -m plusx.bench")
    parser.add_argument("--net", default="resnet56")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--batch", type=int, nargs="+", help="128; on a GPU up to 1024")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, help="in a round: 2, on a GPU 30")
    parser.add_argument("--compile", action="store_true", help="add a row, compiled")
    parser.add_argument("--out", type=Path, help="folder for the record")
    options = parser.parse_args(arguments)
    gpu = devices.choose_device(options.device).type == "cuda"
    options.batch = options.batch or ([128, 512, 1024] if gpu else [128])
    options.steps = options.steps or (30 if gpu else 2)
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """The command: measure, print a table, and write a record where asked to."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options, start = parse(arguments), time.perf_counter()
    config = Config(net=options.net, device=options.device, compile=options.compile)
    device = devices.choose_device(config.device)
    precision = devices.choose_precision("auto", device)
    print(f"{config.net} on one {devices.describe(device)}, at best in {precision}")
    results: dict[str, Any] = {}
    for batch in options.batch:
        results[f"batch_{batch}"] = compare(
            config, batch, options.rounds, options.steps
        )
        print(*table(batch, results[f"batch_{batch}"]), sep="\n")
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

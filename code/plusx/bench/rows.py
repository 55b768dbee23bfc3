"""What is compared: the textbook loop, and the techniques of the trainer one by one."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from plusx import data, networks
from plusx.bench.limits import finish
from plusx.train import devices, recipes
from plusx.train.config import Config
from plusx.train.session import Images, Session, load

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


def textbook(config: Config, data_set: data.DataSet, batch: int) -> Row:
    """fp32, one image at a time through a DataLoader, two numbers read in each step."""
    device, net = devices.choose_device(config.device), new_net(config)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=1e-4)
    workers = 4 if device.type == "cuda" else 0  # a processor is busy training
    loader = DataLoader(
        Samples(data_set.split),
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


def on_device(config: Config, images: Images, batch: int, channels_last: bool) -> Row:
    """fp32 with the data on the device, augmented by batch; no number is read."""
    device, net = devices.choose_device(config.device), new_net(config)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    net.to(memory_format=layout)
    optimizer = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=1e-4)
    views, labels = images.views, images.labels
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


def trainer(config: Config, data_set: data.DataSet, images: Images, batch: int) -> Row:
    """The trainer's own step."""
    recipe = replace(recipes.RECIPES["paper"], batch=batch)
    session = Session(config, recipe, data_set, images)
    plan = data.plan_epoch(session.views, batch, seed=0, epoch=0).to(session.device)
    batches = itertools.cycle(plan)

    def advance(steps: int) -> float:
        start = finish(session.device)
        for draws in itertools.islice(batches, steps):
            session.take(draws, 0.1)
        return finish(session.device) - start

    return advance


def load_all(config: Config, data_set: data.DataSet) -> dict[str, Images]:
    """The images in fp32 and in the fastest precision, for all rows together.

    On a GPU each row of its own would hold up to 2 GB of them.
    """
    device = devices.choose_device(config.device)
    names = {"fp32", devices.choose_precision("auto", device)}
    return {name: load(data_set, device, devices.PRECISIONS[name]) for name in names}


def make_rows(
    config: Config, data_set: data.DataSet, images: dict[str, Images], batch: int
) -> dict[str, Row]:
    """The techniques, each added to those before it."""
    device = devices.choose_device(config.device)
    fastest = devices.choose_precision("auto", device)
    plain = replace(config, precision="fp32", graph=False, compile=False)
    wide, narrow = (data_set, images["fp32"], batch), (data_set, images[fastest], batch)
    rows = {
        "textbook loop, fp32": textbook(plain, data_set, batch),
        "data on the device": on_device(plain, images["fp32"], batch, False),
        "+ channels last": on_device(plain, images["fp32"], batch, True),
        "+ fused SGD, no counters": trainer(plain, *wide),
    }
    fast = replace(config, precision=fastest)
    if fastest != "fp32":
        eager = replace(fast, graph=False, compile=False)
        rows[f"+ {fastest}"] = trainer(eager, *narrow)
    if device.type == "cuda":
        graph = replace(fast, graph=True, compile=False)
        rows["+ CUDA graph"] = trainer(graph, *narrow)
    if config.compile:
        rows["+ compile"] = trainer(fast, *narrow)
    return rows

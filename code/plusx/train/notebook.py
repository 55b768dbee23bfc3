"""Where chapter 6 runs: on a GPU with CIFAR-10, or on a laptop with digits.

Nothing is downloaded unless the reader says so, a run that is interrupted goes on when
its cell is run again, and what goes wrong ends in a sentence.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from plusx import data, networks, records
from plusx.bilingual import Pair, paragraphs
from plusx.networks import CifarNet
from plusx.train import checkpoints
from plusx.train.config import Config
from plusx.train.result import Run
from plusx.train.trainer import train

SENTENCES = {
    ("cuda", "cifar10"): (
        "A GPU and CIFAR-10: the nets of the paper on the images of the paper.",
        "有 GPU，也有 CIFAR-10：论文里的网络，论文里的图像。",
    ),
    ("cuda", "digits"): (
        "A GPU, but no CIFAR-10: the digits, in seconds. Nothing is downloaded.",
        "有 GPU，没有 CIFAR-10：用手写数字训练，几秒钟就完，什么也不下载。",
    ),
    ("cpu", "cifar10"): (
        "A CPU and CIFAR-10: a few steps that show that everything works.",
        "只有 CPU，有 CIFAR-10：只走几步，看看是不是一切正常。",
    ),
    ("cpu", "digits"): (
        "A CPU and the digits: half a minute. Nothing is downloaded.",
        "只有 CPU，没有 CIFAR-10：用手写数字训练，要半分钟，什么也不下载。",
    ),
}


class Stopped(RuntimeError):
    """Ends a cell with a sentence: IPython shows that instead of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Setting:
    """What the chapter trains with.

    Args:
        device: "cuda" or "cpu".
        data: "cifar10" or "digits".
        recipe: one of `plusx.train.recipes`.
    """

    device: str
    data: str
    recipe: str

    @classmethod
    def here(cls, download: bool = False, recipe: str | None = None) -> "Setting":
        """The setting that fits this machine.

        Args:
            download: whether CIFAR-10 may be downloaded. A folder named by PLUSX_DATA
                is used without asking, because nothing is fetched then.
            recipe: another recipe than the one that fits.
        """
        device = "cuda" if torch.cuda.is_available() else "cpu"
        place = os.environ.get("PLUSX_DATA", "")
        at_hand = download or bool(place and "://" not in place)
        name = "cifar10" if at_hand else "digits"
        fitting = {"cuda": "fast", "cpu": "smoke"}[device] if at_hand else "short"
        return cls(device, name, recipe or fitting)

    def _repr_html_(self) -> str:
        """The sentences that say where the reader is, in both languages."""
        english, chinese = SENTENCES[self.device, self.data]
        recipe = f"Recipe: {self.recipe}.", f"训练配方：{self.recipe}。"
        time = self.time()
        return paragraphs(
            (f"{english} {recipe[0]} {time[0]}", chinese + recipe[1] + time[1])
        )

    def time(self) -> Pair:
        """How long ResNet-56 took where its record was made; none is guessed."""
        name = self.config("resnet56").name
        if name not in records.names():
            return (
                "How long that takes is not measured yet.",
                "要多久，还没有测过。",
            )
        record = records.load(name)
        seconds = records.lookup(record, "results.time_s.whole.mean")
        device = record["provenance"]["device"]
        if seconds < 90:
            english, chinese = f"{seconds:.0f} seconds", f"{seconds:.0f} 秒"
        else:
            english, chinese = f"{seconds / 60:.0f} minutes", f"{seconds / 60:.0f} 分钟"
        return (
            f"ResNet-56 took {english} on the recorded device ({device}).",
            f"记录里，ResNet-56 用了 {chinese}（{device}）。",
        )

    def config(self, net: str) -> Config:
        """What a run of that net is asked for; runs of minutes keep checkpoints."""
        precision = "auto" if self.device == "cuda" else "fp32"
        config = Config(
            net, self.recipe, self.data, device=self.device, precision=precision
        )
        if self.data == "digits":
            return config
        return replace(config, out=f"runs/{config.name}")

    def train(self, net: str) -> Run:
        """Train a net, or go on where its last run was interrupted.

        Raises:
            Stopped: when it was interrupted or cannot go on; says why and what to do.
        """
        return run(self.config(net))


def run(config: Config) -> Run:
    """Train what is asked for, or go on; what ends it early ends in a sentence.

    Raises:
        Stopped: when it was interrupted or cannot go on; says why and what to do.
    """
    try:
        return train(config, resume=_is_begun(config), progress=bool(config.out))
    except KeyboardInterrupt:
        if _is_begun(config):
            kept = f"it goes on from what is saved in {config.out}"
        else:
            kept = "nothing of it is kept, so it begins anew"
        raise Stopped(f"Interrupted. Run this cell again: {kept}.") from None
    except (ValueError, OSError, ArithmeticError, torch.OutOfMemoryError) as error:
        raise Stopped(f"Stopped: {' '.join(str(error).split())}") from None


def _is_begun(config: Config) -> bool:
    return bool(config.out) and (Path(config.out) / checkpoints.NAME).is_file()


def on_digits(trained: Run) -> CifarNet:
    """The net of a run on digits, on the processor, for what is measured inside it.

    The trainer leaves out the batch counters of batch normalization; here they are
    back, for analyses that estimate its statistics anew.

    Raises:
        ValueError: when it was trained on other data.
    """
    config = trained.config
    if config.data != "digits":
        raise ValueError(f"expected a run on digits, got one on {config.data}")
    split = data.digits()
    net = networks.named(
        config.net,
        option=config.option,
        order=config.order,
        in_channels=split.train_images.shape[1],
        classes=10,
    )
    net.load_state_dict(trained.net.state_dict(), strict=False)
    return net.eval()

"""Where chapter 6 runs: on a GPU with CIFAR-10, or on a laptop with digits.

Nothing is downloaded unless the reader says so, a run that is interrupted goes on when
its cell is run again, and what goes wrong ends in a sentence.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import torch

from plusx import data, networks
from plusx.bilingual import paragraphs
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
        "有 GPU，没有 CIFAR-10：用手写数字，几秒钟。什么也不下载。",
    ),
    ("cpu", "cifar10"): (
        "A processor and CIFAR-10: a few steps that show that everything works.",
        "只有处理器，有 CIFAR-10：走几步，看看一切正常。",
    ),
    ("cpu", "digits"): (
        "A processor and the digits: half a minute. Nothing is downloaded.",
        "只有处理器，用手写数字：半分钟。什么也不下载。",
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
        recipe: one of `plusx.recipes`.
    """

    device: str
    data: str
    recipe: str

    def _repr_html_(self) -> str:
        """The sentence that says where the reader is, in both languages."""
        english, chinese = SENTENCES[self.device, self.data]
        recipe = f"Recipe: {self.recipe}.", f"训练配方：{self.recipe}。"
        return paragraphs((f"{english} {recipe[0]}", chinese + recipe[1]))

    def config(self, net: str) -> Config:
        """What a run of that net is asked for; runs of minutes keep checkpoints."""
        precision = "auto" if self.device == "cuda" else "fp32"
        config = Config(
            net, self.recipe, self.data, device=self.device, precision=precision
        )
        if self.data == "digits":
            return config
        return Config(**{**vars(config), "out": f"runs/{config.name}"})


def choose(download: bool = False, recipe: str | None = None) -> Setting:
    """The setting that fits this machine.

    Args:
        download: whether CIFAR-10 may be downloaded. A folder named by PLUSX_DATA is
            used without asking, because nothing is fetched then.
        recipe: another recipe than the one that fits.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    place = os.environ.get("PLUSX_DATA", "")
    at_hand = download or bool(place and "://" not in place)
    name = "cifar10" if at_hand else "digits"
    fitting = {"cuda": "fast", "cpu": "smoke"}[device] if at_hand else "short"
    return Setting(device, name, recipe or fitting)


def run(setting: Setting, net: str) -> Run:
    """Train a net in this setting, or go on where its last run was interrupted.

    Raises:
        Stopped: when it was interrupted or cannot go on; says why and what to do.
    """
    return run_config(setting.config(net))


def run_config(config: Config) -> Run:
    """The same, from what a run is asked for."""
    begun = config.out and (Path(config.out) / checkpoints.NAME).is_file()
    try:
        return train(config, resume=bool(begun), progress=bool(config.out))
    except KeyboardInterrupt:
        kept = f"everything up to here is in {config.out}, and it goes on from there"
        kept = kept if config.out else "it begins anew, which takes seconds"
        raise Stopped(f"Interrupted. Run this cell again: {kept}.") from None
    except (ValueError, OSError, ArithmeticError, torch.OutOfMemoryError) as error:
        raise Stopped(f"Stopped: {' '.join(str(error).split())}") from None


def on_digits(trained: Run) -> CifarNet:
    """The trained net on the processor; one trained on digits where it was not.

    The trainer leaves out the batch counters of batch normalization; here they are
    back, for analyses that estimate its statistics anew.
    """
    if trained.config.data != "digits":
        trained = run(
            Setting(trained.config.device, "digits", "short"), trained.config.net
        )
    config, split = trained.config, data.digits()
    net = networks.named(
        config.net,
        option=config.option,
        order=config.order,
        in_channels=split.train_images.shape[1],
        classes=10,
    )
    net.load_state_dict(trained.net.state_dict(), strict=False)
    return net.eval()

"""What a training run is asked for."""

from dataclasses import dataclass
from pathlib import Path

MOST_SEED = 2**32 - 1  # what follows from a seed must fit into 64 bits


@dataclass(frozen=True)
class Config:
    """What a run is asked for; the defaults take seconds and download nothing.

    Args:
        net: "plain" or "resnet" and 20, 32, 44, 56 or 110, such as "resnet56".
        recipe: "paper", "quarter", "fast", "laptop", "short" or "smoke".
        data: "digits" or "cifar10".
        seed: of the weights, of the order of the images and of the augmentation.
        option: "A", "B" or "C", what a shortcut does where the shape changes.
        order: "post" or "pre", the order of norm, activation and addition in a block.
        validation: hold out a tenth of the training images and test on those.
        device: "cpu", "cuda" or "auto".
        precision: "fp32", "bf16", "fp16" or "auto", the fastest that the device has.
        graph: capture the step as a CUDA graph; without a GPU it changes nothing.
        compile: compile the network first, which needs Triton or a C++ compiler.
        out: the folder for checkpoints and the record; None keeps the run in memory.

    Raises:
        ValueError: for a seed that is too large.
    """

    net: str = "resnet20"
    recipe: str = "smoke"
    data: str = "digits"
    seed: int = 0
    option: str = "A"
    order: str = "post"
    validation: bool = False
    device: str = "auto"
    precision: str = "auto"
    graph: bool = True
    compile: bool = False
    out: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"seed must be 0 to {MOST_SEED:,}; got {self.seed:,}")

    @property
    def folder(self) -> Path | None:
        """The folder for checkpoints and the record, "~" being the user's own."""
        return Path(self.out).expanduser() if self.out else None

    @property
    def name(self) -> str:
        """The name of a record of such runs, such as "resnet56-paper"."""
        parts = [self.net]
        parts += [self.option.lower()] if self.option != "A" else []
        parts += [self.order] if self.order != "post" else []
        parts += [self.recipe]
        parts += [self.data] if self.data != "cifar10" else []
        return "-".join(parts + ["validation"] * self.validation)

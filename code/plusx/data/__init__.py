"""Data: scikit-learn's digits and CIFAR-10, as tensors and as batches."""

from plusx.data.batches import augment, plan_epoch, steps_per_epoch, windows
from plusx.data.datasets import DataSet, Split, digits, hold_out, normalize

__all__ = [
    "DataSet",
    "Split",
    "augment",
    "digits",
    "hold_out",
    "load",
    "normalize",
    "plan_epoch",
    "steps_per_epoch",
    "windows",
]


def load(name: str) -> DataSet:
    """The data set of that name: "digits", or "cifar10", which may be downloaded.

    Raises:
        ValueError: for an unknown name, or data that is not what it should be.
        OSError: when the data can be neither read nor downloaded.
    """
    if name == "digits":
        classes = tuple("0123456789")
        return DataSet(digits(), "scikit-learn digits", classes, 1, mirror=False)
    if name == "cifar10":
        from plusx.data.cifar10 import cifar10

        return cifar10()
    raise ValueError(f"data must be 'digits' or 'cifar10', got {name!r}")

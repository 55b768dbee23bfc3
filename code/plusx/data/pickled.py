"""CIFAR-10's python files, as torchvision and Keras keep them, read without trust.

They are pickles, and a pickle may name any function and have it called. So a file's
hash is compared with the published one first. Then the three names that a saved array
needs stand for `_Array` here, which only keeps what it is given; others are refused.
"""

import io
import pickle
from collections.abc import Mapping

import numpy as np

#: Where the files lie, and the MD5 of each, published and checked by torchvision.
FOLDER = "cifar-10-batches-py"
PACKED = "cifar-10-python.tar.gz"
MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    PACKED: "c58f30108f718f92721af3b95e74349a",
}
NAMES = ("_reconstruct", "ndarray", "dtype")
MODULES = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray")


class _Array:
    """Keeps what a pickle says of an array or of its type."""

    def __init__(self, *said: object):
        self.said = said

    def __setstate__(self, state: object) -> None:
        self.state = state


class _Unpickler(pickle.Unpickler):
    """Knows arrays, and nothing that could be called."""

    def find_class(self, module: str, name: str) -> type:
        """Answer with `_Array` or not at all."""
        if module in MODULES and name in NAMES:
            return _Array
        raise pickle.UnpicklingError(f"the name {module}.{name}")

    def persistent_load(self, name: object) -> None:
        """Refuse what a pickle keeps elsewhere."""
        raise pickle.UnpicklingError(f"a reference to {name!r}")


def records(content: bytes, what: str) -> np.ndarray:
    """A file as records like those of the binary files: (N, 1 + 3072) uint8.

    Raises:
        ValueError: when it is another file; names it by `what`.
    """
    try:
        batch = _Unpickler(io.BytesIO(content), encoding="bytes").load()
        labels = np.array(batch[b"labels"])
        if labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < 256:
            raise pickle.UnpicklingError(f"labels of {labels.dtype}, or out of range")
        _, shape, kind, columns_first, pixels = batch[b"data"].state
        if kind.said[0] not in (b"u1", "u1") or columns_first:
            raise pickle.UnpicklingError(f"an array of {kind.said[0]!r}")
        pixels = np.frombuffer(pixels, np.uint8).reshape(shape)
        return np.column_stack([labels.astype(np.uint8), pixels])
    except (
        pickle.UnpicklingError, AttributeError, EOFError, IndexError, KeyError,
        OverflowError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise ValueError(
            f"{what}: expected a pickle of labels and an array of uint8, got {error}"
        ) from error


def as_binary(contents: Mapping[str, bytes], what: str) -> dict[str, bytes]:
    """The six python files as the six binary ones, by the binary files' names."""
    return {
        f"{name}.bin": records(content, f"{what}: {name}").tobytes()
        for name, content in contents.items()
    }

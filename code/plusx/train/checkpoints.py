"""Checkpoints and weights: safetensors files with JSON in their header.

Each is one file, written under another name and renamed when it is whole, so a process
that is killed leaves the last one as it was. Reading one runs no code of it.
"""

import copy
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from plusx import networks
from plusx.records import disk

NAME = "checkpoint.safetensors"
WEIGHTS = files("plusx.train") / "weights"


def write(path: Path, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write tensors and JSON as one file, whole or not at all.

    Raises:
        OSError: when there is no room or no right to write; names the file, of which
            nothing is left then.
    """
    plain = {
        name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    disk.write(path, save(plain, {"plusx": json.dumps(state)}))


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the JSON of a file.

    Raises:
        ValueError: when the file is damaged or not from here.
    """
    try:
        with safe_open(path, "pt") as file:
            state = json.loads((file.metadata() or {})["plusx"])
            names = file.keys()
            return {name: file.get_tensor(name) for name in names}, state
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(
            f"{path}: expected a whole safetensors file of plusx, got {error}"
        ) from error


def threads(folder: Path) -> int | None:
    """How many threads wrote the checkpoint there; None when it does not say so."""
    try:
        with safe_open(folder / NAME, "pt") as file:
            state = json.loads((file.metadata() or {})["plusx"])
            return state["segments"][-1]["threads"]
    except (OSError, SafetensorError, ValueError, LookupError):
        return None


def copy_into(
    target: Mapping[str, Tensor], source: Mapping[str, Tensor], path: Path
) -> None:
    """Copy each tensor of a file into the one of that name, in place.

    Raises:
        ValueError: when names or shapes differ, as they do for another net.
    """
    expected = {name: tuple(tensor.shape) for name, tensor in target.items()}
    got = {name: tuple(tensor.shape) for name, tensor in source.items()}
    if expected != got:
        name = min(set(expected.items()) ^ set(got.items()))[0]
        raise ValueError(
            f"{path} is of another net: expected {name} of shape "
            f"{expected.get(name, 'none')}, got {got.get(name, 'none')}"
        )
    with torch.no_grad():
        for name, tensor in target.items():
            tensor.copy_(source[name])


def save_weights(path: Path, net: nn.Module, about: Mapping[str, Any]) -> None:
    """Write a trained net in half precision.

    Args:
        about: how to make the net again (`net`, `option`, `order`, `in_channels`,
            `classes`), and what else is to be known of it, such as its test error.
    """
    weights = networks.without_counters(copy.deepcopy(net)).state_dict()
    write(path, {name: tensor.half() for name, tensor in weights.items()}, about)


def weight_files() -> list[Path]:
    """The files of weights that come with the package, sorted."""
    return sorted(Path(str(WEIGHTS)).glob("*.safetensors"))


def load_weights(name: str, folder: Path | None = None) -> tuple[nn.Module, dict]:
    """A trained net in eval mode, and what is known of it.

    Raises:
        ValueError: when there are no such weights.
    """
    path = Path(str(folder or WEIGHTS)) / f"{name}.safetensors"
    if not path.is_file():
        raise ValueError(f"no weights named {name!r} in {path.parent}")
    tensors, about = read(path)
    asked = ("option", "order", "in_channels", "classes")
    net = networks.named(about["net"], **{field: about[field] for field in asked})
    copy_into(networks.without_counters(net).state_dict(), tensors, path)
    return networks.with_counters(net).eval(), about

"""Where the ledger's values come from: records, calculations, the bibliography."""

import ast
import importlib
import math
import re
from pathlib import Path
from typing import Any

BUILTINS = {"abs", "float", "int", "len", "max", "min", "range", "round", "sum"}
LIBRARIES = {"math": "math", "np": "numpy", "torch": "torch"}
MODULES = {
    "cifar10": "plusx.data.cifar10",
    "data": "plusx.data",
    "fitting": "plusx.fitting",
    "gradients": "plusx.gradients",
    "networks": "plusx.networks",
    "recipes": "plusx.train.recipes",
    "transformer": "plusx.networks.transformer",
    "unet": "plusx.networks.unet",
}


def value(source: str, place: str) -> Any:
    """Return what stands at the place of a source: a record, or "=" for a calculation.

    Raises:
        ValueError: for a source that is neither.
    """
    from plusx import records

    if source == "=":
        return compute(place)
    if source not in records.names():
        raise ValueError(f"{source!r} is no record and no work of references.bib")
    return record(source, place)


def record(name: str, path: str) -> Any:
    """Return the value of a recorded run, or a setting, at a dotted path."""
    from plusx import records

    return records.lookup(records.load(name), path)


def paired(first: list[float], second: list[float]) -> dict[str, float]:
    """Return the mean of the paired differences and half of its 95 % interval."""
    from plusx.experiments import _digits

    found = _digits.paired(first, second, digits=9)
    low, high = found["interval"]
    return {"mean": found["mean"], "half": (high - low) / 2}


def compute(expression: str) -> Any:
    """Return the value of a Python expression over a few names.

    Raises:
        ValueError: for a name that is not listed here, or one with an underscore first.
    """
    tree = ast.parse(expression, mode="eval")
    own = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names: dict[str, Any] = {"__builtins__": {}}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise ValueError(f"no private names in a claim, got {node.attr!r}")
        if isinstance(node, ast.Name) and node.id not in own:
            names[node.id] = _named(node.id)
    return eval(compile(tree, "<claim>", "eval"), names)


def _named(name: str) -> Any:
    """Return what a name stands for; heavy modules are loaded when they are named."""
    if name in BUILTINS:
        return getattr(importlib.import_module("builtins"), name)
    if name in ("record", "paired"):
        return {"record": record, "paired": paired}[name]
    if name in LIBRARIES | MODULES:
        return importlib.import_module((LIBRARIES | MODULES)[name])
    if hasattr(math, name) and not name.startswith("_"):
        return getattr(math, name)
    raise ValueError(f"a claim cannot use the name {name!r}")


def keys(bibliography: Path) -> set[str]:
    """Return the keys of a BibTeX file."""
    return set(re.findall(r"(?m)^@\w+\{([^,\s]+),", bibliography.read_text("utf8")))

"""Whether a file is a notebook that can be read, and what is wrong with it, by cell.

A disk that was full leaves an empty file, a merge its marks of a conflict, an old
Jupyter a format without cells. What reads the cells afterwards can rely on their form.
"""

import json
from typing import Any

Notebook = dict[str, Any]
Cell = dict[str, Any]
KINDS = ("markdown", "code", "raw")


class NotebookError(ValueError):
    """A file that is no notebook; the text says what was expected and what came."""


def read(text: str) -> Notebook:
    """Return the notebook that stands in a file, in format 4.

    Raises:
        NotebookError: if the text is no notebook; it names the cell at fault.
    """
    if not text.strip():
        raise NotebookError("expected a notebook, got an empty file")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookError(not_json(text, error)) from None
    if not isinstance(notebook, dict):
        raise NotebookError(f"expected a notebook, got a JSON {name_of(notebook)}")
    if notebook.get("nbformat") != 4:
        found = notebook.get("nbformat")
        message = f"expected nbformat 4, got {found!r}; open and save it in Jupyter"
        raise NotebookError(message)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise NotebookError(f"expected a list of cells, got {name_of(cells)}")
    for number, cell in enumerate(cells, start=1):
        if fault := cell_fault(cell):
            raise NotebookError(f"cell {number}: {fault}")
    return notebook


def not_json(text: str, error: json.JSONDecodeError) -> str:
    """Say why a text is no JSON: a conflict of a merge, or a line that cannot be."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("<<<<<<<", ">>>>>>>")):
            return f"line {number}: a merge left a conflict, {line.split()[0]}"
    return f"line {error.lineno}: expected JSON, got something else: {error.msg}"


def name_of(value: object) -> str:
    """Return what JSON calls a value."""
    names = {dict: "object", list: "list", str: "string", type(None): "null"}
    return names.get(type(value), "number")


def is_text(value: object) -> bool:
    """Tell whether a value is a text as the format stores it: whole or in lines."""
    return isinstance(value, str) or is_list_of(value, str)


def is_list_of(value: object, kind: type) -> bool:
    """Tell whether a value is a list in which everything is of one kind."""
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def cell_fault(cell: object) -> str | None:
    """Return what is wrong with the form of a cell, or None."""
    if not isinstance(cell, dict):
        return f"expected an object, got {name_of(cell)}"
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict):
        return f"metadata: expected an object, got {name_of(metadata)}"
    kind, tags = cell.get("cell_type"), metadata.get("tags", [])
    outputs = cell.get("outputs") if kind == "code" else []
    parts = (
        ("cell_type", kind, kind in KINDS, f"one of {', '.join(KINDS)}"),
        ("source", cell.get("source"), is_text(cell.get("source")), "a text"),
        ("tags", tags, is_list_of(tags, str), "a list of texts"),
        ("outputs", outputs, is_list_of(outputs, dict), "a list of objects"),
    )
    for name, found, is_right, expected in parts:
        if not is_right:
            return f"{name}: expected {expected}, got {json.dumps(found)[:60]}"
    return None

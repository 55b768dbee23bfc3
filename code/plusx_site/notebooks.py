"""Notebooks as they are read: their form checked, cells marked with their language.

Every fault is a warning of type `bilingual` that names the notebook and the number of
the cell, counted from one over all kinds of cells. A file that is no notebook is read
as a page with a title alone, so that the other pages are checked as well.
"""

import json
import logging as python_logging
import re

from sphinx.application import Sphinx
from sphinx.util import logging

from . import deeper, notebook_form, outputs, unclosed
from .notebook_form import Cell, Notebook, NotebookError
from .outputs import text_of

logger = logging.getLogger(__name__)
#: How the parser of notebooks counts: line L of cell C (from one) is 10000 C + L.
LINE = re.compile(r"(\.ipynb):(\d+)\d{4}$")


class NameCells(python_logging.Filter):
    """Makes a warning of any extension say the cell instead of a line like 70004."""

    def filter(self, record: python_logging.LogRecord) -> bool:
        """Change the place of a warning, which Sphinx has written out before."""
        if isinstance(getattr(record, "location", None), str):
            record.location = LINE.sub(r"\1, cell \2", record.location)
        return True


def on_source_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Prepare the text of a page; the event `source-read` of Sphinx.

    A Markdown cell with a language tag is put between two block breaks, which is how
    `bilingual` recognises it; the first break holds the cell's tags and number. A plain
    page gets a last break, which ends its last block.
    """
    path = app.env.doc2path(docname, base=False)
    if path.endswith(".md"):
        for line, fault in unclosed.faults(source[0], app.env.myst_config):
            warn(docname, f"{path}, line {line}", fault, "unclosed")
        source[0] += "\n\n+++\n"
    elif path.endswith(".ipynb"):
        try:
            notebook = notebook_form.read(source[0])
        except NotebookError as error:
            warn(docname, path, str(error), "notebook")
            notebook = empty(path)
        prepare(app, docname, path, notebook)
        source[0] = json.dumps(notebook)


def empty(path: str) -> Notebook:
    """Return what is read in the place of a file that is no notebook."""
    title = {"cell_type": "markdown", "metadata": {}, "source": f"# {path} · {path}"}
    return {"cells": [title], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


def prepare(app: Sphinx, docname: str, path: str, notebook: Notebook) -> None:
    """Check the cells of a notebook, and mark those of one language."""
    for number, cell in enumerate(notebook["cells"], start=1):
        where = f"{path}, cell {number}"
        if cell["cell_type"] == "code":
            for fault in outputs.faults(cell):
                warn(docname, where, fault, "output")
            outputs.trust(cell)
        if cell["cell_type"] == "markdown":
            for _, fault in unclosed.faults(text_of(cell), app.env.myst_config):
                warn(docname, where, fault, "unclosed")
            tags = cell.get("metadata", {}).get("tags", [])
            cell["source"] = text_of(cell) + deeper.opening(tags, number)
        if tags := language_tags(cell):
            mark(docname, where, cell, number, tags)


def warn(docname: str, where: str, fault: str, subtype: str) -> None:
    """Report a fault at a place."""
    kind = {"type": "bilingual", "subtype": subtype}
    logger.warning("%s: %s", where, fault, location=docname, **kind)


def language_tags(cell: Cell) -> list[str]:
    """Return the tags of a cell that name a language."""
    tags = cell.get("metadata", {}).get("tags", [])
    return [tag for tag in tags if tag.startswith("lang-")]


def mark(docname: str, where: str, cell: Cell, number: int, tags: list[str]) -> None:
    """Put a Markdown cell between two block breaks."""
    if cell["cell_type"] != "markdown":
        fault = f"tag {tags[0]} on a {cell['cell_type']} cell; only text has a language"
        warn(docname, where, fault, "unknown")
        return
    opening = json.dumps({"tags": tags, "cell": number})
    cell["source"] = f"+++ {opening}\n\n{text_of(cell)}\n\n+++\n"


def setup(app: Sphinx) -> None:
    """Let all warnings about notebooks speak of their cells."""
    for handler in python_logging.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(NameCells())

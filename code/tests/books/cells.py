"""The cells of a notebook, as the miniature books write them, and the notebook."""

import copy

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def markdown(source: str, language: str | None = None, *tags: str) -> dict:
    """Return a Markdown cell, of one language or of both, with other tags."""
    found = ([f"lang-{language}"] if language else []) + list(tags)
    metadata = {"tags": found} if found else {}
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(
    source: str, *outputs: dict, count: int | None = 1, tags: tuple[str, ...] = ()
) -> dict:
    """Return a code cell with stored outputs; `count` is None if it never ran."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }


def printed(text: str) -> dict:
    """Return what `print` leaves in a notebook."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(html: str) -> dict:
    """Return what a cell that ends with an HTML object leaves in a notebook."""
    data = {"text/html": html, "text/plain": "<IPython.core.display.HTML object>"}
    return {
        "output_type": "execute_result",
        "data": data,
        "metadata": {},
        "execution_count": 1,
    }


def notebook(cells: list[dict]) -> dict:
    """Return the notebook of some cells, each with an id."""
    named = [{**copy.deepcopy(cell), "id": f"cell-{i}"} for i, cell in enumerate(cells)]
    metadata = {"kernelspec": KERNEL}
    return {"cells": named, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

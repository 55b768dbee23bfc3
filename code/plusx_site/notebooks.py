"""Notebooks as they are read: cells marked with their language, outputs checked.

The site shows the outputs that are stored in a notebook and executes nothing. A
notebook that was not executed, or whose run failed, would leave holes on the page, so
each of these is a warning of type `bilingual`, with the notebook and the number of the
cell (counted from one, all kinds of cells).
"""

import ast
import json
import logging as python_logging
import re

from sphinx.util import logging

logger = logging.getLogger(__name__)
#: How the parser of notebooks counts: line L of cell C (from one) is 10000 C + L.
LINE = re.compile(r"(\.ipynb):(\d+)\d{4}$")


class NameCells(python_logging.Filter):
    """Makes a warning of any extension say the cell instead of a line like 70004."""

    def filter(self, record):
        """Change the place of a warning, which Sphinx has written out before."""
        if isinstance(getattr(record, "location", None), str):
            record.location = LINE.sub(r"\1, cell \2", record.location)
        return True


def on_source_read(app, docname, source):
    """Prepare the text of a page; the event `source-read` of Sphinx.

    A Markdown cell with a language tag is put between two block breaks, which is how
    `bilingual` recognises it; the first break holds the cell's tags and number. A plain
    page gets a last break, which ends its last block.
    """
    path = app.env.doc2path(docname, base=False)
    if path.endswith(".md"):
        source[0] += "\n\n+++\n"
        return
    if not path.endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            for fault in code_faults(cell):
                warn(docname, path, number, fault, "output")
        if tags := language_tags(cell):
            mark(docname, path, cell, number, tags)
    source[0] = json.dumps(notebook)


def warn(docname, path, number, fault, subtype):
    """Report a fault of a cell."""
    message = "%s, cell %d: %s"
    logger.warning(
        message,
        path,
        number,
        fault,
        type="bilingual",
        subtype=subtype,
        location=docname,
    )


def language_tags(cell):
    """Return the tags of a cell that name a language."""
    tags = cell.get("metadata", {}).get("tags", [])
    return [tag for tag in tags if tag.startswith("lang-")]


def mark(docname, path, cell, number, tags):
    """Put a Markdown cell between two block breaks."""
    if cell["cell_type"] != "markdown":
        fault = f"tag {tags[0]} on a {cell['cell_type']} cell; only text has a language"
        warn(docname, path, number, fault, "unknown")
        return
    opening = json.dumps({"tags": tags, "cell": number})
    cell["source"] = f"+++ {opening}\n\n{text_of(cell)}\n\n+++\n"


def text_of(cell):
    """Return the source of a cell, which the format stores as a text or as lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def code_faults(cell):
    """Return what is wrong with the stored outputs of a code cell, as messages."""
    tags = cell.get("metadata", {}).get("tags", [])
    source, outputs = text_of(cell), cell.get("outputs", [])
    if not source.strip() or "skip-execution" in tags:
        return []
    if cell.get("execution_count") is None:
        return ["code never executed; execute the notebook and store its outputs"]
    if not outputs and shows_something(source):
        return ["stored output missing; execute the notebook again"]
    return [
        f"stored error {output.get('ename')}: {output.get('evalue')}"
        for output in outputs
        if output.get("output_type") == "error" and "raises-exception" not in tags
    ]


def shows_something(source):
    """Tell whether code surely has an output: a top-level `print` or a last `show`."""
    lines = source.splitlines()
    plain = "\n".join("" if line.lstrip()[:1] in "%!" else line for line in lines)
    try:
        body = ast.parse(plain).body
    except SyntaxError:
        return False
    calls = [
        statement.value.func
        for statement in body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    ]
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    return any(isinstance(call, ast.Name) and call.id == "print" for call in calls) or (
        isinstance(last, ast.Call)
        and isinstance(last.func, ast.Attribute)
        and last.func.attr == "show"
        and not source.rstrip().endswith(";")
    )


def setup(app):
    """Read notebooks this way, and speak of their cells."""
    app.connect("source-read", on_source_read)
    for handler in python_logging.getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(NameCells())

"""Stored outputs: whether a code cell was executed, and shows what it must show.

The site executes nothing. A cell that never ran, whose run failed or whose output was
taken away would leave a hole on the page. An output is asked for only where executing
the cell again surely gives one.
"""

import ast
import re

from .notebook_form import Cell

#: What a figure holds for programs that do not trust a notebook: a picture of itself.
UNTRUSTED = re.compile(r'<div class="px-untrusted">.*?</div>\n?', re.DOTALL)


def faults(cell: Cell) -> list[str]:
    """Return what is wrong with the stored outputs of a code cell, as messages."""
    tags = cell.get("metadata", {}).get("tags", [])
    source, outputs = text_of(cell), cell["outputs"]
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


def trust(cell: Cell) -> None:
    """Take out of stored HTML what stands there for a program without trust."""
    for output in cell["outputs"]:
        data = output.get("data", {})
        if markup := data.get("text/html"):
            whole = markup if isinstance(markup, str) else "".join(markup)
            data["text/html"] = UNTRUSTED.sub("", whole)


def text_of(cell: Cell) -> str:
    """Return the source of a cell, which the format stores as a text or as lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def shows_something(source: str) -> bool:
    """Tell whether code surely has an output.

    That is a `print` at the top level, or a `show` of something as the last expression.
    Below a cell magic such as `%%capture`, which may swallow it, nothing is sure.
    """
    if source.lstrip().startswith("%%"):
        return False
    lines = source.splitlines()
    plain = "\n".join("" if line.lstrip()[:1] in "%!" else line for line in lines)
    try:
        body = ast.parse(plain).body
    except SyntaxError:
        return False
    if not body or rebinds_print(body):
        return False
    return any(map(prints, body)) or (shows(body[-1]) and not is_hushed(plain))


def rebinds_print(body: list[ast.stmt]) -> bool:
    """Tell whether the name `print` may mean something else than Python's function."""
    nodes = [node for statement in body for node in ast.walk(statement)]
    return any(
        getattr(node, "name", None) == "print"
        or getattr(node, "asname", None) == "print"
        or (isinstance(node, ast.Name) and node.id == "print" and is_stored(node))
        for node in nodes
    ) or any(isinstance(n, ast.Attribute) and n.attr == "stdout" for n in nodes)


def is_stored(node: ast.Name) -> bool:
    """Tell whether a name is assigned to."""
    return not isinstance(node.ctx, ast.Load)


def call_of(statement: ast.stmt) -> ast.Call | None:
    """Return the call that a statement consists of, or None."""
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return statement.value if is_call else None


def prints(statement: ast.stmt) -> bool:
    """Tell whether a statement prints at least a line's end to the standard output."""
    call = call_of(statement)
    if call is None or not isinstance(call.func, ast.Name) or call.func.id != "print":
        return False
    return {keyword.arg for keyword in call.keywords} <= {"sep", "flush"}


def shows(statement: ast.stmt) -> bool:
    """Tell whether a statement is a call like `figures.show(figure)`.

    Without an argument, like `plt.show()`, it shows what may not be there.
    """
    call = call_of(statement)
    if call is None or not isinstance(call.func, ast.Attribute):
        return False
    return call.func.attr == "show" and bool(call.args)


def is_hushed(source: str) -> bool:
    """Tell whether code ends with a semicolon: IPython then shows nothing."""
    last = source.rstrip().splitlines()[-1].partition("#")[0]
    return last.rstrip().endswith(";")

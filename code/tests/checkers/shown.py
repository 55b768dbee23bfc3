"""Is the code that a chapter shows the code of the package, and without a warning?"""

import ast
import re
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checkers.books import Cell, parse

TAUGHT = {"networks", "fitting", "gradients"}


def shown_code(book: list[Cell], package: Path) -> Iterator[str]:
    """Compare what a chapter defines with what the package calls the same.

    Docstrings, comments and annotations may differ, nothing else.
    """
    ours = definitions(package, "\n".join(cell.source for cell in book))
    for cell in book:
        if cell.kind != "code":
            continue
        for node in parse(cell.source).body:
            name = getattr(node, "name", None)
            if name in ours and bare(node) not in ours[name].values():
                modules = " and ".join(sorted(ours[name]))
                yield f"{cell.where}: {name} differs from {modules}"


def code_warnings(book: list[Cell]) -> Iterator[str]:
    """Find what a newer Python complains about, such as "\\l" in a plain string."""
    for cell in book:
        if cell.kind == "code":
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", cell.source))
            yield from (f"{cell.where}: {warning.message}" for warning in caught)


def definitions(package: Path, text: str = "") -> dict[str, dict[str, str]]:
    """Return what the modules define: name → module → its bare code.

    Trainer and experiments call `train` or `make_net` what is theirs alone: modules
    that no chapter teaches count where `text`, the chapter's, imports them, or the
    package that they are in.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(package.rglob("*.py")):
        module = path.relative_to(package).with_suffix("").as_posix()
        if not TAUGHT & set(module.split("/")[:1]) and not _imported(module, text):
            continue
        for name, code in _defined(path.read_text("utf8")).items():
            found.setdefault(name, {})[module] = code
    return found


@cache
def _defined(source: str) -> dict[str, str]:
    """The bare code of each function and class of a module; many chapters ask."""
    kinds = ast.ClassDef | ast.FunctionDef
    body = ast.parse(source).body
    return {node.name: bare(node) for node in body if isinstance(node, kinds)}


def _imported(module: str, text: str) -> bool:
    package, _, name = module.rpartition("/")
    names = [f"{package}.{name}" if package else name]
    if package != "experiments":  # has no face: its modules are imported one by one
        names += [package] if package else []
    return any(
        re.search(rf"plusx\.{name}(?![.\w])|from plusx import [^\n]*\b{name}\b", text)
        for name in names
    )


def bare(node: ast.AST) -> str:
    """Return code without docstrings and annotations."""
    node = ast.parse(ast.unparse(node))
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            part.returns = None
        if isinstance(part, ast.arg):
            part.annotation = None
        body = getattr(part, "body", None)
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and _docstring(body[0]):
            part.body = body[1:] or [ast.Pass()]
    return ast.dump(node)


def _docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )

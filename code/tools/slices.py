"""The cells of a notebook that one cell needs, and no others."""

import ast
import builtins
import symtable


def needed(cells: list, targets: list[int]) -> list[int]:
    """The places of the code cells that the targets need, with these, in order.

    A cell is needed where it is the last one before that binds a name which is read
    later; what it changes without binding a name is not seen.
    """
    found = set(targets)
    names = set().union(*(reads(cells[place].source) for place in targets))
    for place in range(min(targets) - 1, -1, -1):
        if cells[place].cell_type != "code":
            continue
        bound = binds(cells[place].source)
        if bound & names:
            found.add(place)
            names = (names - bound) | reads(cells[place].source)
    return sorted(found)


def binds(source: str) -> set[str]:
    """The names that code binds outside of its functions."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return {one.get_name() for one in symbols if one.is_assigned() or one.is_imported()}


def reads(source: str) -> set[str]:
    """The names that code reads and that other code has to bind."""
    bound, read = {}, {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            first = bound if isinstance(node.ctx, ast.Store) else read
            first[node.id] = min(first.get(node.id, node.lineno), node.lineno)
    own = {name for name, line in bound.items() if line < read.get(name, line + 1)}
    own |= binds(source) - set(bound)
    return _global(symtable.symtable(source, "cell", "exec")) - own - set(dir(builtins))


def _global(table: symtable.SymbolTable) -> set[str]:
    """The names that a scope reads and, if it is no module, does not bind itself."""
    symbols = table.get_symbols()
    read = {one.get_name() for one in symbols if one.is_referenced()}
    read = read.union(*map(_global, table.get_children()))
    if table.get_type() == "module":
        return read
    return read - {one.get_name() for one in symbols if one.is_local()}

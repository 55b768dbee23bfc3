"""The map of the house in the docstring of `plusx`: is it the house?"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from checkers import house

import plusx
from plusx import networks

CODE = Path(__file__).parents[2]
CHAPTERS = sorted((CODE.parent / "chapters").glob("*.ipynb"))
FLOOR, MAY = r"    (?:(\d)\w\w|   )  `(\w+)`  +\S", "What a chapter may"


def floors(text: str) -> list[set[str]]:
    """The rooms of each floor of the map, lowest first."""
    found: list[set[str]] = []
    for number, room in re.findall(FLOOR, text):
        if number:
            found.append(set())
        found[-1].add(room)
    return found[::-1]


def allowed(text: str) -> dict[str, set[str]]:
    """The names that the map lets a chapter import, by package."""
    found: dict[str, set[str]] = {}
    package = ""
    for line in text.partition(MAY)[2].splitlines()[1:]:
        name, names = re.fullmatch(r"(?: {4}(plusx[\w.]*))? *(.*)", line).groups()
        package = name or package
        found.setdefault(package, set()).update(re.findall(r"\w+", names))
    found["plusx.networks"] |= set(networks.__all__)
    return found


def imports(source: str) -> Iterator[tuple[str, str]]:
    """What a cell imports from the package: where from, and the name."""
    for node in ast.walk(ast.parse(re.sub(r"(?m)^\s*[%!].*$", "pass", source))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("plusx"):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            yield from ((n, "") for n in names if n.split(".")[0] == "plusx")


def strangers(source: str, may: dict[str, set[str]]) -> list[str]:
    """What a cell imports that the map does not list, itself or the module it is in."""
    found = []
    for module, name in imports(source):
        parent, _, last = module.rpartition(".")
        inside = last in may.get(parent, ()) and not name.startswith("_")
        if name not in may.get(module, ()) and not inside:
            found.append(f"{module}.{name}")
    return found


def test_map_shows_the_floors():
    """Each room stands on the floor that the check of imports knows."""
    assert floors(plusx.__doc__) == [set(floor) for floor in house.FLOORS]


def moves(text: str) -> list[tuple[str, str]]:
    """The modules of the way in code/README.md, each with its move."""
    rows = re.findall(r"(?m)^\| `([\w.]+)` \| (start|down|up) \|", text)
    return [(f"plusx.{module}", move) for module, move in rows]


def wrong_moves(way: list[tuple[str, str]], code: Path) -> list[str]:
    """The moves of a way that no import makes."""
    paths = [code / f"{module.replace('.', '/')}.py" for module, _ in way]
    known = [house.imports(path) for path in paths]
    return [
        way[i][0]
        for i in range(1, len(way))
        for upper, lower in [(i - 1, i) if way[i][1] == "down" else (i, i - 1)]
        if way[lower][0] not in known[upper]
    ]


def test_way_of_the_learning_rate_is_that_of_the_imports():
    """Each move in code/README.md goes the way of an import, in as many as it says."""
    text = (CODE / "README.md").read_text("utf8")
    way = moves(text)
    assert wrong_moves(way, CODE) == []
    ups = [move for _, move in way].count("up")
    assert (len(way) - 1, ups) == (6, 2) and "Six moves, two of them up" in text


def test_moves_that_no_import_makes_are_found():
    """Planted: a move the wrong way round."""
    way = [("plusx.train.trainer", "start"), ("plusx.train.session", "up")]
    assert wrong_moves(way, CODE) == ["plusx.train.session"]


def test_map_is_one_screen():
    """At most sixty lines."""
    assert len(plusx.__doc__.splitlines()) <= 60


def test_map_names_what_is_there():
    """A function or module that the ways name exists in its room."""
    rooms = "bilingual|data|explorer|figures|fitting|records"
    for room, name in re.findall(rf"`({rooms})\.(\w+)`", plusx.__doc__):
        module = __import__(f"plusx.{room}", fromlist=[name])
        assert hasattr(module, name), name


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapters_import_what_the_map_lists(path):
    """A cell of a chapter takes nothing from the package that is not on the list."""
    may = allowed(plusx.__doc__)
    cells = nbformat.read(path, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert [name for source in code for name in strangers(source, may)] == []


def test_other_imports_are_found():
    """Planted: private names, and modules that are for the rooms above."""
    may = allowed(plusx.__doc__)
    assert strangers("from plusx.experiments import unet, rescue", may) == [
        "plusx.experiments.rescue"
    ]
    assert strangers("from plusx.experiments.unet import UNet, _x", may) == [
        "plusx.experiments.unet._x"
    ]
    assert strangers("import plusx.bilingual\nfrom plusx import records", may) == [
        "plusx.bilingual."
    ]

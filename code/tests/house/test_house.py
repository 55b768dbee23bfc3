"""The house is in order: rooms, directions, versions, and what stands in no file."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from checkers import house
from packaging.requirements import Requirement

from plusx import records

ROOT = Path(__file__).parents[3]
CODE = ROOT / "code"
FILES = house.tracked(ROOT)
MOST_BYTES = 60_000


def test_code_is_no_package():
    """code/ has no __init__.py, and never gets one.

    `code` is a module of the standard library, which pdb imports. With an __init__.py,
    `import code` would find this folder instead, wherever the repository's root is on
    the path, as it is in a notebook or a test that is started there.
    """
    assert not (CODE / "__init__.py").exists()
    assert house.heavy_imports("import code; code.InteractiveConsole", ROOT) == []


def test_every_file_has_a_room():
    """Nothing stands at the top level, in chapters/ or in code/ that is not planned."""
    assert list(house.room_faults(FILES)) == []


def test_rooms_catch_a_stray_file():
    """A scratch notebook, a second package, a data file and a test without subject."""
    strays = ["notes.txt", "chapters/Untitled.ipynb", "code/other/x.py", "data/a.csv"]
    strays.append("code/tests/test_all.py")
    found = list(house.room_faults(["Makefile", "chapters/01_a.ipynb", *strays]))
    assert [message.split(":")[0] for message in found] == strays


def test_every_file_can_be_read_in_one_go():
    """No file of code is above three hundred lines, scripts and styles included."""
    assert list(house.length_faults(ROOT, FILES)) == []


def test_long_files_are_found(tmp_path):
    """A line more than allowed is found; a page of text may be longer."""
    (tmp_path / "code").mkdir()
    for name, lines in (("a.py", 300), ("b.js", 301), ("c.md", 400)):
        (tmp_path / "code" / name).write_text("\n" * lines, "utf8")
    names = ["code/a.py", "code/b.js", "code/c.md"]
    found = list(house.length_faults(tmp_path, names))
    assert found == ["code/b.js: 301 lines; at most 300"]


def test_no_file_names_a_machine():
    """No path of somebody's machine and no host of a package registry."""
    assert list(house.forbidden_strings(ROOT, FILES)) == []


@pytest.mark.parametrize(
    "text",
    [
        "/" + "home/me/x",
        "/" + "tmp/x",
        "--index" + "-url https://a.example",
        "regis" + "try.npmjs.org",
    ],
)
def test_forbidden_strings_are_found(tmp_path, text):
    """Each kind is found, with file and line; a link to a project's page is none."""
    (tmp_path / "a.md").write_text(f"https://pypi.org/project/torch\n{text}\n", "utf8")
    (found,) = house.forbidden_strings(tmp_path, ["a.md"])
    assert found.startswith("a.md, line 2: ")


@pytest.mark.parametrize("module", ["plusx", "plusx.records"])
def test_import_loads_nothing_heavy(module):
    """Looking a record up must not cost a second of torch or matplotlib."""
    assert house.heavy_imports(f"import {module}", CODE) == []


def test_heavy_imports_are_found():
    """The check sees what a module loads."""
    assert "numpy" in house.heavy_imports("import numpy", CODE)


def test_imports_go_one_way():
    """Site and package do not know each other; a room imports lower floors alone."""
    assert list(house.import_faults(CODE)) == []


def planted(folder, where, text):
    """The faults of a package in which one module holds that line."""
    path = folder / where
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf8")
    return set(house.import_faults(folder))


FORBIDDEN = [
    (room, other)
    for floor, rooms in enumerate(house.FLOORS)
    for room in sorted(rooms)
    for other in sorted(set().union(*house.FLOORS[floor:]) - {room})
]


@pytest.mark.parametrize(("room", "other"), FORBIDDEN)
def test_imports_upward_are_found(tmp_path, room, other):
    """Each direction that is not allowed is caught, also inside a function."""
    line = f"def f():\n    from plusx.{other} import x\n"
    found = planted(tmp_path, f"plusx/{room}/a.py", line)
    assert found == {f"plusx.{room} imports plusx.{other}, no floor below it"}


@pytest.mark.parametrize(
    ("where", "line", "fault"),
    [
        ("plusx_site/a.py", "import torch", "a.py of plusx_site imports torch"),
        ("plusx_site/b.py", "import plusx", "b.py of plusx_site imports plusx"),
        (
            "plusx/figures/a.py",
            "import plusx_site.html",
            "plusx.figures imports plusx_site.html",
        ),
        ("plusx/attic/a.py", "", "plusx.attic stands on no floor"),
    ],
)
def test_strangers_are_found(tmp_path, where, line, fault):
    """The site and the package know nothing of each other; each room has a floor."""
    assert planted(tmp_path, where, line) == {fault}


def test_pins_satisfy_the_ranges():
    """What was tested together is inside what the package says it works with."""
    pins = house.pins((ROOT / "requirements.txt").read_text("utf8"))
    ranges = [Requirement(text) for text in house.project(CODE)["dependencies"]]
    unpinned = [need.name for need in ranges if need.name not in pins]
    outside = [
        str(need) for need in ranges if pins.get(need.name) not in need.specifier
    ]
    assert (unpinned, outside) == ([], [])


def test_lint_aims_at_the_oldest_python():
    """ruff's target is the lower end of requires-python."""
    table = tomllib.loads((CODE / "pyproject.toml").read_text("utf8"))
    oldest = re.search(r">=3\.(\d+)", table["project"]["requires-python"])[1]
    assert table["tool"]["ruff"]["target-version"] == f"py3{oldest}"


def test_versions_agree():
    """Citation, change log and package state one version."""
    assert list(house.version_faults(ROOT)) == []


def test_versions_that_differ_are_found(tmp_path):
    """A citation file that lags behind is found."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "pyproject.toml").write_text(
        '[project]\nversion = "0.2.0"\n', "utf8"
    )
    (tmp_path / "CITATION.cff").write_text("version: 0.1.0\n", "utf8")
    assert list(house.version_faults(tmp_path)) == [
        "CITATION.cff says version 0.1.0, pyproject.toml 0.2.0"
    ]


def test_contents_list_every_page():
    """_toc.yml and chapters/ hold the same pages, chapters in order."""
    text = (ROOT / "_toc.yml").read_text("utf8")
    assert list(house.toc_faults(text, ROOT / "chapters")) == []


def test_contents_that_miss_a_page_are_found(tmp_path):
    """A chapter nobody listed, a listed one that is gone, and a wrong order."""
    for name in ("index.md", "01_a.ipynb", "02_b.ipynb", "03_c.ipynb"):
        (tmp_path / name).touch()
    text = "root: chapters/index\nchapters:\n- file: chapters/02_b\n"
    text += "- file: chapters/01_a\n- file: chapters/04_d\n"
    assert list(house.toc_faults(text, tmp_path)) == [
        "chapters/03_c is not in _toc.yml",
        "_toc.yml names chapters/04_d, which is not there",
        "the chapters in _toc.yml are out of order",
    ]


@pytest.mark.parametrize("name", records.names())
def test_records_are_valid_and_small(name):
    """Each record has its form and provenance, and stays small (blanks not counted)."""
    record = records.load(name)
    assert record["results"]
    size = len(json.dumps(record, ensure_ascii=False, separators=(",", ":")))
    assert size < MOST_BYTES, f"{name}.json has {size} bytes; round or thin it out"

"""A class with nbgrader: what its own program makes of the copies to work in."""

import csv
import os
import subprocess
from pathlib import Path

import copies
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[3]
COMMAND = ROOT / ".venv-jupyter" / "bin" / "nbgrader"
EXERCISE = (
    "**Exercise 1 (do)**. Add the x.\n\n:::{admonition} Hint\n:class: dropdown\n"
    "One plus.\n:::\n\n:::{admonition} Solution\n:class: dropdown\nSee the cell.\n:::"
)
START, SOLUTION = (
    "def block(x):\n    return 2 * x",
    "def block(x):\n    return x + 2 * x",
)
CHECK = 'assert block(1) == 3, "the x is missing · 少了 x"'


def marks(notebook):
    """What nbgrader reads of a notebook, cell by cell."""
    found = (cell.metadata.get("nbgrader") for cell in notebook.cells)
    return [mark for mark in found if mark]


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """A chapter with one exercise to do, in a book of its own."""
    root = tmp_path_factory.mktemp("book")
    (root / "chapters").mkdir()
    (root / "_config.yml").symlink_to(ROOT / "_config.yml")
    (root / "chapters" / "references.bib").write_text("")
    cell, made = nbformat.v4, nbformat.v4.new_notebook()
    english = {"tags": ["lang-en"]}
    solved = {"tags": ["hide-cell", "solution"], "start": START}
    made.cells = [
        cell.new_markdown_cell("# One · 一", id="title"),
        cell.new_markdown_cell(EXERCISE, id="exercise", metadata=english),
        cell.new_code_cell(SOLUTION, id="block", metadata=solved),
        cell.new_code_cell(
            CHECK, id="block-check", metadata={"tags": ["hide-cell", "check"]}
        ),
    ]
    nbformat.write(made, root / "chapters" / "01_one.ipynb")
    return root


def test_only_copies_to_work_in_have_marks(chapter):
    """One cell is the student's, the next gives a point; other kinds have neither."""
    copier = copies.Copier(chapter, chapter / "out", "en", chapter / "site")
    path = chapter / "chapters" / "01_one.ipynb"
    own, check = marks(copier.of(path, "work"))
    assert own["solution"] and not own["grade"] and not own["locked"]
    assert check["grade"] and check["points"] == 1 and check["locked"]
    assert own["grade_id"] != check["grade_id"]
    assert [marks(copier.of(path, kind)) for kind in ("read", "teach")] == [[], []]


@pytest.mark.slow
@pytest.mark.skipif(not COMMAND.exists(), reason="make jupyter installs nbgrader")
def test_nbgrader_grades_what_a_class_hands_in(chapter, tmp_path):
    """Its release is our copy; who solved the exercise has the point, who did not, not.

    A check that was taken out counts as it was.
    """
    copies.write(chapter, chapter / "students", chapter / "site")
    (tmp_path / "nbgrader_config.py").write_text(copies.NBGRADER)
    source = tmp_path / "source" / "week" / "01_one.ipynb"
    source.parent.mkdir(parents=True)
    work = (chapter / "students" / "en" / "work" / "01_one.ipynb").read_text()
    source.write_text(work)
    folders = [str(COMMAND.parent), os.environ["PATH"]]
    environment = os.environ | {"PATH": os.pathsep.join(folders)}

    def run(*words):
        subprocess.run(
            [COMMAND, *words], cwd=tmp_path, env=environment, check=True,
            capture_output=True,
        )  # fmt: skip

    run("generate_assignment", "week", "--create")
    released = nbformat.read(tmp_path / "release" / "week" / "01_one.ipynb", 4)
    assert [c.source for c in released.cells] == [
        c.source for c in nbformat.reads(work, 4).cells
    ]
    for name, answer, check in (
        ("solved", SOLUTION, CHECK),
        ("untouched", START, CHECK),
        ("cheated", START, "print('all is well')"),
    ):
        handed = nbformat.reads(nbformat.writes(released), 4)
        for cell in handed.cells:
            if cell.source == START:
                cell.source = answer
            elif cell.source.startswith("assert"):
                cell.source = check
        folder = tmp_path / "submitted" / name / "week"
        folder.mkdir(parents=True)
        nbformat.write(handed, folder / "01_one.ipynb")
    run("autograde", "week", "--create")
    run("export", "--to", "grades.csv")
    with (tmp_path / "grades.csv").open(newline="") as lines:
        points = {
            row["student_id"]: float(row["score"]) for row in csv.DictReader(lines)
        }
    assert points == {"solved": 1, "untouched": 0, "cheated": 0}

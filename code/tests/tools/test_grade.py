"""What students hand in is tried by the book's own checks."""

import csv
from pathlib import Path

import copies
import grade
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[3]
CHAPTER = ROOT / "chapters" / "06_resnet56.ipynb"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """What hands in a copy of the chapter after a change of its exercise's cell."""
    folder = tmp_path_factory.mktemp("work")
    copier = copies.Copier(ROOT, folder, "en", folder)
    (exercise,) = grade.exercises(CHAPTER)

    def hand_in(name, change):
        notebook = copier.of(CHAPTER, "work")
        (at,) = [
            i for i, c in enumerate(notebook.cells) if c.id == exercise.solution.id
        ]
        change(notebook.cells, at, exercise.solution.source)
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return folder / f"{name}.ipynb"

    return hand_in


def solve(cells, at, source):
    """The book's own solution."""
    cells[at].source = source


def leave(cells, at, source):
    """Nothing was done."""


def cheat(cells, at, source):
    """The check was taken out."""
    cells[at + 1].source = "print('all is well')"


def spoil(cells, at, source):
    """Solved, with a half-written cell before it that nothing needs."""
    cells[at].source = source
    cells[at - 1] = copies.code("half", "def unfinished(")


def lose(cells, at, source):
    """The cell was deleted; the chapter is still known by its other cells."""
    cells[at].source = "steps_needed = ("


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (solve, ""),
        (spoil, ""),
        (leave, "steps"),
        (cheat, "steps"),
        (lose, "its cell is no Python"),
    ],
)
def test_exercise_is_tried_with_the_books_own_check(work, change, message, monkeypatch):
    """Solved it passes; untouched, or with its check taken out, it does not."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "code"))
    path = work(change.__name__, change)
    (result,) = grade.grade(path, copies.chapters(ROOT))
    assert result[:4] == (path.name, CHAPTER.stem, "1", not message)
    assert message in result.message


def test_what_is_no_copy_is_said(tmp_path):
    """A notebook of something else, and a file that is none."""
    other, broken = tmp_path / "other.ipynb", tmp_path / "broken.ipynb"
    nbformat.write(copies.notebook([copies.code("a", "1")]), other)
    broken.write_text("{")
    chapters = copies.chapters(ROOT)
    (result,) = grade.grade(other, chapters)
    assert (result.passed, result.message) == (False, grade.LOST)
    (result,) = grade.grade(broken, chapters)
    assert not result.passed and result.message.startswith("no notebook")


def test_folder_becomes_a_table(tmp_path, capsys, monkeypatch):
    """A line for each notebook, printed and in the file; an empty folder is said."""
    monkeypatch.setattr(copies, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", "")
    assert grade.main([str(tmp_path)]) == 2
    assert "expected notebooks" in capsys.readouterr().err
    nbformat.write(copies.notebook([copies.code("a", "1")]), tmp_path / "a.ipynb")
    assert grade.main([str(tmp_path)]) == 0
    assert grade.LOST in capsys.readouterr().out
    with (tmp_path / "_build" / "grades.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["passed"]) for row in rows] == [("a.ipynb", "False")]

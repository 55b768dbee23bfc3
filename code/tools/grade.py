"""Try the checks of the exercises in notebooks that students have handed in.

Usage: python code/tools/grade.py FOLDER

FOLDER holds copies to work in, as `copies.py` writes them, under any names. For each
"do" exercise its cell, and what that needs of the notebook, is executed by itself, and
then the book's own check, whatever stands in its place. A line is printed for each, and
`_build/grades.csv` has the same. The code that runs is the students': use an account or
a container that has nothing to lose.
"""

import argparse
import ast
import csv
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import copies
import nbformat
import slices
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

SECONDS = 300  # that one cell may take
HEAD = ("file", "chapter", "exercise", "passed", "message")
LOST = "no exercise of the book is in it"


class Result(NamedTuple):
    """What became of one exercise in one notebook."""

    file: str
    chapter: str
    exercise: str
    passed: bool
    message: str


class Exercise(NamedTuple):
    """An exercise to do: its number, the cell that solves it, the one that checks."""

    number: str
    solution: nbformat.NotebookNode
    check: nbformat.NotebookNode | None


def exercises(chapter: Path) -> list[Exercise]:
    """The exercises to do of a chapter, in order."""
    found, number = [], ""
    cells = nbformat.read(chapter, 4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    after = dict(zip((cell.id for cell in code), [*code[1:], None], strict=True))
    for cell in cells:
        told = copies.EXERCISE.match(cell.source)
        number = told[1] if told else number
        if "solution" in copies.tags(cell):
            found.append(Exercise(number, cell, after[cell.id]))
    return found


def parses(source: str) -> bool:
    """Tell whether a cell is Python; a magic or a half-written line is not."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def attempt(cells: list, exercise: Exercise) -> str:
    """Execute one exercise in a kernel of its own; return what is wrong, or nothing."""
    place = next((i for i, c in enumerate(cells) if c.id == exercise.solution.id), None)
    if place is None:
        return "its cell is missing"
    if not parses(cells[place].source):
        return "its cell is no Python"
    known = [c for c in cells[:place] if c.cell_type != "code" or parses(c.source)]
    own = [*known, cells[place], exercise.check]
    chosen = slices.needed(own, [len(own) - 2, len(own) - 1])
    notebook = copies.notebook([copies.code(own[i].id, own[i].source) for i in chosen])
    try:
        NotebookClient(notebook, timeout=SECONDS, allow_errors=True).execute()
    except CellTimeoutError:
        return f"it took more than {SECONDS} seconds"
    except DeadKernelError:
        return "it ended Python"
    wrong = [out for cell in notebook.cells for out in cell.outputs if "ename" in out]
    if not wrong:
        return ""
    last = wrong[-1]
    return (
        last.evalue
        if last.ename == "AssertionError"
        else f"{last.ename}: {last.evalue}"
    )


def grade(path: Path, chapters: list[Path]) -> Iterator[Result]:
    """Try each exercise of the chapter that a notebook is a copy of."""
    try:
        cells = nbformat.read(path, 4).cells
    except (OSError, ValueError, AttributeError) as fault:
        yield Result(path.name, "", "", False, f"no notebook: {fault}")
        return
    names = {cell.get("id") for cell in cells}
    for chapter in chapters:
        found = exercises(chapter)
        if names & {exercise.solution.id for exercise in found}:
            for exercise in found:
                wrong = " ".join(attempt(cells, exercise).split())
                yield Result(path.name, chapter.stem, exercise.number, not wrong, wrong)
            return
    yield Result(path.name, "", "", False, LOST)


def main(arguments: list[str] | None = None) -> int:
    """Grade a folder; 2 without a notebook in it."""
    parser = argparse.ArgumentParser(prog="grade", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    folder = parser.parse_args(arguments).folder
    notebooks = sorted(folder.rglob("*.ipynb"))
    if not notebooks:
        print(f"grade: expected notebooks in {folder}, found none", file=sys.stderr)
        return 2
    os.environ["PYTHONPATH"] = str(copies.ROOT / "code")
    place = copies.ROOT / "_build" / "grades.csv"
    place.parent.mkdir(exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        for path in notebooks:
            for result in grade(path, copies.chapters(copies.ROOT)):
                table.writerow(result)
                print(
                    *result[:3], "passed" if result.passed else result.message, sep="  "
                )
    print(f"grade: written to {place.relative_to(copies.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

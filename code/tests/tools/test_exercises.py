"""Exercises to do: each check fails on what the reader begins with, and tells why."""

import ast
from pathlib import Path

import copies
import grade
import nbformat
import one_language
import pytest
import slices
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[3]
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
#: What makes the cells before an exercise short; the checks stay as they are.
SHORTER = {
    "01_degradation": ("epochs=10, lr=0.05", "epochs=3, lr=0.05"),
    "08_everywhere": ("steps=80", "steps=40"),
}


def solutions(path):
    """The cells of a chapter that solve an exercise, each with the cell after it."""
    return [(one.solution, one.check) for one in grade.exercises(path)]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_exercise_to_do_has_a_start_a_solution_and_a_check(path):
    """Its code is tagged, has a start, and the next cell is its check."""
    told = [
        cell.source
        for cell in nbformat.read(path, 4).cells
        if one_language.solution(cell.source) and "(do)" in cell.source.split("\n")[0]
    ]
    found = solutions(path)
    assert len(found) == len(told) >= 1
    for solution, check in found:
        assert "check" in copies.tags(check)
        assert "assert " in check.source
        ast.parse(solution.metadata["start"])
        for language in copies.LANGUAGES:
            start = one_language.code(solution.metadata["start"], language)
            assert bool(one_language.HAN.search(start)) == (language == "zh")
            assert (" · " in start) is False


@pytest.fixture(scope="module")
def copier(tmp_path_factory):
    """What makes English copies below a folder of its own."""
    folder = tmp_path_factory.mktemp("students")
    return copies.Copier(ROOT, folder, "en", folder)


def session(copier, path):
    """A notebook that tries each exercise of a chapter: as it begins, then solved."""
    cells = copier.of(path, "teach").cells
    places = {cell.id: place for place, cell in enumerate(cells)}
    wanted, order = set(), []
    for solution, check in solutions(path):
        tried = [solution.id, check.id, f"{solution.id}-solution", f"{check.id}-again"]
        wanted.update(slices.needed(cells, [places[name] for name in tried[:2]]))
        order += [places[name] for name in tried]
    before = sorted({0, *wanted} - set(order))
    chosen = [cells[place] for place in before + order]
    for cell in chosen:
        cell.source = cell.source.replace(*SHORTER.get(path.stem, ("", "")))
    return copies.notebook([cell for cell in chosen if cell.cell_type == "code"])


@pytest.mark.slow
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_check_fails_without_work_and_passes_with_the_solution(
    copier, path, monkeypatch
):
    """In a kernel: an untouched cell gets a sentence, the solution gets none."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "code"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    notebook = session(copier, path)
    NotebookClient(notebook, timeout=120).execute()
    faults = {
        cell.id: [out.ename for out in cell.outputs if out.output_type == "error"]
        for cell in notebook.cells
    }
    for _, check in solutions(path):
        assert faults.pop(check.id) == ["AssertionError"]
    assert not any(faults.values())

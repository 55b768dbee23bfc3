"""Copies of the chapters in one language, to read, to work in and to teach with.

Usage: python code/tools/copies.py

Each chapter becomes `_build/students/LANGUAGE/KIND/NAME.ipynb`: `read` has outputs and
folded solutions, `work` an empty cell with a check after each exercise to do, `teach`
the same with all solutions at its end. A page without exercises is there to read alone.

In a chapter, the code that solves an exercise is tagged `solution`, and its metadata
`start` is what the reader's cell begins with; the next cell, tagged `check`, fails on
it. `launching` writes the copies into the site and links them there. In `work` both
cells carry the marks of nbgrader, so that a class which has it is graded by it.
"""

import copy
import functools
import os
import re
import sys
from pathlib import Path

import nbformat
import one_language
import one_output
import repository
import setup_cell
import works

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("en", "zh")
KINDS = ("read", "work", "teach")
EXERCISE = re.compile(r"\*\*(?:Exercise|练习) (\d+)[ （(]+(\w+)")
ANSWERS = {
    ("predict", "en"): "**My prediction:** …",
    ("猜一猜", "zh"): "**我猜：**……",
    ("explore", "en"): "**My notes:** …",
    ("探一探", "zh"): "**我的记录：**……",
}
WORDS = {
    "page": ("[This page on the book's site]({})", "[在这本书的网站上看这一页]({})"),
    "teach": ("## Solutions", "## 解答"),
    "exercise": ("**Exercise {}**", "**练习 {}**"),
}
#: How each program notes that code, and what it put out, is folded.
FOLDED = {"cellView": "form", "_kg_hide-input": True}
FOLDED |= {"jupyter": {"source_hidden": True}}
#: With it nbgrader leaves the reader's cells as they begin: nothing in them is solved.
NBGRADER = """c = get_config()
c.GenerateAssignment.preprocessors = [
    f"nbgrader.preprocessors.{name}"
    for name in ("IncludeHeaderFooter", "LockCells", "ComputeChecksums", "SaveCells",
                 "CheckCellMetadata")
]
"""
OUTPUTS = {"_kg_hide-output": True}
OUTPUTS |= {"jupyter": {"source_hidden": True, "outputs_hidden": True}}


def chapters(root: Path) -> list[Path]:
    """The notebooks that are copied."""
    return sorted((root / "chapters").glob("*.ipynb"))


def kinds(notebook: nbformat.NotebookNode) -> tuple[str, ...]:
    """The kinds of copies that a notebook has."""
    has_check = any("check" in tags(cell) for cell in notebook.cells)
    return KINDS if has_check else KINDS[:1]


def tags(cell: nbformat.NotebookNode) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def labels(root: Path) -> dict[str, str]:
    """The page, and the place on it, of every label of the chapters."""
    found = {}
    for path in sorted((root / "chapters").glob("*.[im][pd]*")):
        text = path.read_text("utf8")
        if path.suffix == ".ipynb":
            text = "\n".join(cell.source for cell in nbformat.reads(text, 4).cells)
        for label in one_language.LABEL.findall(text):
            found[label] = f"chapters/{path.stem}.html", label
    return found


def address(root: Path, folder: Path, site: Path) -> str:
    """What the address of a page begins with, seen from a copy in `folder`."""
    url = repository.current(root)
    if url != repository.PLACEHOLDER:
        return repository.pages(url)
    return os.path.relpath(site, folder).replace(os.sep, "/") + "/"


class Copier:
    """What is the same for all copies in one language."""

    def __init__(self, root: Path, folder: Path, language: str, site: Path):
        self.language = language
        inner = folder / language / KINDS[0]
        self.code = os.path.relpath(root / "code", inner).replace(os.sep, "/")
        self.site = address(root, inner, site)
        self.data = works.load(root / "chapters/references.bib")
        places = labels(root).items()
        self.links = {label: self.page(*place) for label, place in places}

    def page(self, name: str, label: str = "") -> str:
        """The address of a page in this language."""
        return f"{self.site}{name}?lang={self.language}{'#' * bool(label)}{label}"

    def of(self, path: Path, kind: str) -> nbformat.NotebookNode:
        """The copy of a kind of a chapter.

        Raises:
            ValueError: for what has no form outside the site; it names file and cell.
        """
        source, cited = nbformat.read(path, 4), set()
        book = self.book(cited)
        cells, solved = [], []
        for number, cell in enumerate(source.cells, 1):
            try:
                made, kept = self.cell(cell, kind, book)
            except (one_language.Untranslatable, KeyError) as error:
                raise ValueError(f"{path.name}, cell {number}: {error}") from None
            cells += made
            solved += kept
        if solved and kind == "teach":
            cells += [text(f"solutions-{kind}", self.word("teach")), *solved]
        page = self.page(f"chapters/{path.stem}.html")
        cells.insert(1, text("page", self.word("page").format(page)))
        return notebook(cells)

    def book(self, cited: set[str]) -> one_language.Book:
        """What the texts of one chapter refer to; notes the works that are cited."""

        def cite(keys: list[str], kind: str, language: str) -> str:
            cited.update(keys)
            return works.cite(self.data, keys, kind, language)

        return one_language.Book(
            self.links,
            cite,
            functools.partial(works.bibliography, self.data, cited),
        )

    def word(self, name: str) -> str:
        """One of this tool's own words."""
        return WORDS[name][LANGUAGES.index(self.language)]

    def cell(
        self, cell: nbformat.NotebookNode, kind: str, book: one_language.Book
    ) -> tuple[list, list]:
        """The cells that one cell becomes, and what of it stands at the end."""
        languages = {tag for tag in tags(cell) if tag.startswith("lang-")}
        if languages and f"lang-{self.language}" not in languages:
            return [], []
        if cell.cell_type == "code":
            return self.code_cell(cell, kind)
        if not languages:
            both = one_language.shared(cell.source, self.language)
            return [text(cell.id, self.markdown(both, book))], []
        return self.prose(cell, kind, book)

    def markdown(self, source: str, book: one_language.Book, **options) -> str:
        """A text in this language."""
        return one_language.markdown(source, self.language, book, **options)

    def prose(
        self, cell: nbformat.NotebookNode, kind: str, book: one_language.Book
    ) -> tuple[list, list]:
        """A text, a place for the answer to an exercise, and its solution."""
        said = self.markdown(cell.source, book, solved=kind == "read")
        exercise = EXERCISE.match(cell.source)
        if kind == "read" or not exercise:
            return [text(cell.id, said)], []
        made = [text(cell.id, said)]
        if answer := ANSWERS.get((exercise[2], self.language)):
            made.append(text(f"{cell.id}-answer", answer))
        title = self.word("exercise").format(exercise[1])
        solution = self.markdown(one_language.solution(cell.source), book)
        return made, [text(f"{cell.id}-solution", f"{title}\n\n{solution}")]

    def code_cell(self, cell: nbformat.NotebookNode, kind: str) -> tuple[list, list]:
        """Code, folded as on the page; of an exercise, what its kind of copy shows."""
        source, own = cell.source, tags(cell)
        if setup_cell.BOOK.search(source):
            source = setup_cell.translated(source, self.language, self.code)
        if {"solution", "check"} & set(own):
            source = one_language.code(source, self.language)
        if kind == "read":
            outputs = [one_output.output(o, self.language) for o in cell.outputs]
            return [code(cell.id, source, outputs, **folds(own))], []
        if "solution" in own:
            start = one_language.code(cell.metadata["start"], self.language)
            made = code(cell.id, start)
            if kind == "work":
                made.metadata["nbgrader"] = nbgrader(cell.id, grade=False)
            return [made], [code(f"{cell.id}-solution", source)]
        if "check" in own:
            # Where one fails, the cells after it still run.
            checking = {"tags": ["raises-exception"]}
            made = code(cell.id, source, **checking)
            if kind == "work":
                made.metadata["nbgrader"] = nbgrader(cell.id, grade=True)
            return [made], [code(f"{cell.id}-again", source, **checking)]
        shown = [tag for tag in own if tag != "hide-cell"]
        hidden = ["hide-input"] if "hide-cell" in own else []
        return [code(cell.id, source, **folds(shown + hidden))], []


def folds(own: list[str]) -> dict:
    """The metadata of code that is folded, in or with its output."""
    folded = {"hide-input", "hide-cell", "remove-input"} & set(own)
    metadata = dict(FOLDED) if folded else {}
    return metadata | (OUTPUTS if "hide-cell" in own else {})


def nbgrader(name: str, *, grade: bool) -> dict:
    """What nbgrader reads of a cell: the student's own, or the check worth a point."""
    marks = {"grade_id": name, "grade": grade, "solution": not grade, "locked": grade}
    marks |= {"task": False, "schema_version": 3, "cell_type": "code"}
    return marks | ({"points": 1} if grade else {})


def text(name: str, source: str) -> nbformat.NotebookNode:
    """A cell of Markdown."""
    return nbformat.v4.new_markdown_cell(source, id=name)


def code(name: str, source: str, outputs: list | None = None, **metadata):
    """A cell of code."""
    cell = nbformat.v4.new_code_cell(source, id=name, metadata=copy.deepcopy(metadata))
    cell.outputs = nbformat.from_dict(outputs or [])
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = None
    return cell


def notebook(cells: list) -> nbformat.NotebookNode:
    """A notebook of these cells, for Python."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def write(root: Path, folder: Path, site: Path) -> list[Path]:
    """Write all copies below `folder`; the pages they lead to are in `site`.

    Raises:
        ValueError: for what has no form outside the site; it names file and cell.
    """
    written = []
    for language in LANGUAGES:
        copier = Copier(root, folder, language, site)
        for path in chapters(root):
            for kind in kinds(nbformat.read(path, 4)):
                target = folder / language / kind / path.name
                target.parent.mkdir(parents=True, exist_ok=True)
                nbformat.write(copier.of(path, kind), target)
                written.append(target)
    (folder / "nbgrader_config.py").write_text(NBGRADER, encoding="utf-8")
    return written


def main() -> int:
    """Write the copies into `_build/students`; 1 after saying what has no form."""
    folder = ROOT / "_build/students"
    try:
        written = write(ROOT, folder, ROOT / "_build/html")
    except ValueError as problem:
        print(f"make students: {problem}", file=sys.stderr)
        return 1
    print(f"{len(written)} notebooks in {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

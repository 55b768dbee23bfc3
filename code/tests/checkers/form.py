"""Has a chapter the form that readers of this book can rely on?

The parts in their order, cells of a size that one takes in at a glance, stored outputs
that were made by `make refresh`, and shown code that is the package's own.
"""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import nbformat
import refresh

from checkers.books import Cell, cells, headings
from checkers.content import read
from checkers.shown import code_warnings, shown_code

CELLS = range(15, 41)
EXERCISES = range(4, 7)
MEDIAN_LINES, MOST_LINES = 9, 25
MOST_BYTES = 1_000_000
WORDS = range(1000, 2901)
# The set-up cell of every chapter: what begins it, and lines that it holds.
INSTALL = re.compile(
    r"import os\nimport subprocess\nimport sys\nfrom importlib\.util import find_spec\n"
    r"\nBOOK = \"(https://\S+)\"\nif os\.path\.isdir\(\"\.\./code/plusx\"\):"
)
SET_UP = (
    "import torch\n",
    "torch.set_num_threads(1)\n",
    '改成 "zh" 就是中文，改成 "both" 就是中英对照。\nfigures.use(language="en")',
)
SECTIONS = {"Summary": "小结", "Exercises": "练习", "Further reading": "延伸阅读"}
ABSOLUTE = re.compile(
    r"(?<![\w.:/<])/(?:home|root|Users|work|tmp|private|mnt|var|opt)/\w|\b[A-Z]:\\\\?\w"
)
CHANCE = {
    "an address of an object": re.compile(r"\b0x[0-9a-f]{6,}\b"),
    "a random id": re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
    "a random id of a widget": re.compile(r"\b[0-9a-f]{32}\b"),
}


def faults(path: Path, package: Path) -> list[str]:
    """Check the form of a chapter; `package` is the folder of plusx."""
    book = cells(path)
    return [
        *beginning(path.name, book),
        *parts(path.name, book),
        *depths(book),
        *exercises(path.name, book),
        *sizes(path, book),
        *outputs(book),
        *figures(book),
        *places(book),
        *shown_code(book, package),
        *code_warnings(book),
        *seal(path),
    ]


def beginning(name: str, book: list[Cell]) -> Iterator[str]:
    """Check label and title, then the promise in both languages, then the set-up."""
    label = f"(ch-{name.split('_', 1)[-1].removesuffix('.ipynb')})="
    if not book[0].source.startswith(f"{label}\n# "):
        yield f"{book[0].where}: must begin with {label} and '# English · 中文'"
    if [cell.language for cell in book[1:3]] != ["en", "zh"]:
        yield f"{name}: cells 2 and 3 must be the promise, English and Chinese"
    first = next((cell for cell in book if cell.kind == "code"), None)
    for needed in SET_UP:
        if first is None or needed not in f"{first.source}\n":
            yield f"{name}: the first code cell, the set-up, lacks {needed!r}"
    if first is None or not INSTALL.match(first.source):
        yield f"{name}: the set-up must begin with the lines that install plusx"


def parts(name: str, book: list[Cell]) -> Iterator[str]:
    """Check that summary, exercises and further reading close the chapter, in order."""
    titles = [
        title
        for cell in book
        if cell.kind == "markdown" and not cell.language
        for title in headings(cell.source)
    ]
    found = []
    for english, chinese in SECTIONS.items():
        places = [i for i, t in enumerate(titles) if english in t and chinese in t]
        if not places:
            yield f"{name}: no section '{english} · {chinese}'"
        found += places[-1:]
    if found != sorted(found):
        yield f"{name}: the order is {', '.join(SECTIONS)}"


def depths(book: list[Cell]) -> Iterator[str]:
    """Check that `deeper` marks whole sections, and none that closes a chapter."""
    for cell in book:
        if "deeper" not in cell.tags:
            continue
        title = next(iter(headings(cell.source)), "") if cell.kind == "markdown" else ""
        if not title or not re.search(r"(?m)^## ", cell.source):
            yield f"{cell.where}: the tag deeper belongs on the heading of a section"
        elif title.split(" · ")[0] in SECTIONS:
            yield f"{cell.where}: {title.split(' · ')[0]} closes every chapter: core"


def exercises(name: str, book: list[Cell]) -> Iterator[str]:
    """Check four to six exercises, each with a folded hint and solution."""
    text = "\n".join(cell.source for cell in book if cell.language == "en")
    for title in ("Hint", "Solution"):
        opening = rf"(?m)^:{{3,}}\{{admonition\}} {title}\n(.*)$"
        found = re.findall(opening, text)
        if len(found) not in EXERCISES:
            span = f"{EXERCISES.start} to {EXERCISES.stop - 1}"
            yield f"{name}: expected {span} blocks {title!r}, got {len(found)}"
        if any(option != ":class: dropdown" for option in found):
            yield f"{name}: a block {title!r} is not folded (:class: dropdown)"


def sizes(path: Path, book: list[Cell]) -> Iterator[str]:
    """Check the number of code cells, their lines, the words and the bytes."""
    code = [cell for cell in book if cell.kind == "code"]
    lines = [code_lines(cell.source) for cell in code]
    if len(code) not in CELLS:
        span = f"{CELLS.start} to {CELLS.stop - 1}"
        yield f"{path.name}: expected {span} code cells, got {len(code)}"
    # The set-up cell is the same in every chapter, and folded.
    own = lines[1:] or lines
    if own and (median := statistics.median(own)) > MEDIAN_LINES:
        yield f"{path.name}: median of {median} lines a code cell, above {MEDIAN_LINES}"
    for cell, count in zip(code, lines, strict=True):
        if count > MOST_LINES:
            yield f"{cell.where}: {count} lines of code, more than {MOST_LINES}"
    if (count := english_words(book)) not in WORDS:
        span = f"{WORDS.start} to {WORDS.stop - 1}"
        yield f"{path.name}: expected {span} English words, got {count}"
    if (size := path.stat().st_size) > MOST_BYTES:
        yield f"{path.name}: {size:,} bytes, more than {MOST_BYTES:,}"


def english_words(book: list[Cell]) -> int:
    """Count the words of the English prose; formulas and code, read as M, are none."""
    text = " ".join(read(cell.source).prose for cell in book if cell.language == "en")
    return len(re.findall(r"\b(?!M\b)[A-Za-z]+(?:['’-][A-Za-z]+)*", text))


def code_lines(source: str) -> int:
    """Count the lines of code; blank lines and comments on their own are free."""
    rows = (row.strip() for row in source.split("\n"))
    return sum(bool(row) and not row.startswith("#") for row in rows)


def outputs(book: list[Cell]) -> Iterator[str]:
    """Check that the cells were run in order, and that nothing hangs on chance.

    What was not executed, a missing output, an error and a warning fail the build.
    """
    for number, cell in enumerate((c for c in book if c.kind == "code"), 1):
        if cell.count not in (None, number):
            yield f"{cell.where}: executed as {cell.count}, stands as {number}"
        for output in cell.outputs:
            yield from _chance(cell, output_text(output))


def _chance(cell: Cell, text: str) -> Iterator[str]:
    for what, pattern in CHANCE.items():
        if match := pattern.search(text):
            yield f"{cell.where}: {what} in its output: {match[0]}"


def output_text(output: dict) -> str:
    """Return all text of an output."""
    parts = [output.get("text", ""), *output.get("data", {}).values()]
    return "\n".join(
        "".join(part) if isinstance(part, list) else str(part) for part in parts
    )


def figures(book: list[Cell]) -> Iterator[str]:
    """Check that each figure has its label, its name and its caption in both."""
    for cell in book:
        for output in cell.outputs:
            html = output_text(output)
            for number, figure in enumerate(
                re.findall(r"(?s)<figure\b.*?</figure>", html), 1
            ):
                where = f"{cell.where}, figure {number}"
                yield from (f"{where}: {m}" for m in figure_faults(figure))
            if "image/png" in output.get("data", {}):
                yield f"{cell.where}: a bitmap; end the cell with figures.show(…)"


def figure_faults(figure: str) -> Iterator[str]:
    """Check the HTML of one figure."""
    caption = "".join(re.findall(r"(?s)<figcaption>.*?</figcaption>", figure))
    for language in ("en", "zh"):
        layer = rf'<span class="lang-{language}"[^>]*>[^<]*\S[^<]*</span>'
        if not re.search(layer, caption):
            yield f"no caption in {language}"
        name = rf'class="lang-{language}"[^>]*aria-label="[^"]+"'
        if not re.search(name, figure):
            yield f"no alternative text in {language}"
    layers = {lang: f'<g class="lang-{lang}"' in figure for lang in ("en", "zh")}
    if layers["en"] != layers["zh"]:
        yield "labels in one language only"


def places(book: list[Cell]) -> Iterator[str]:
    """Find absolute paths in sources and outputs."""
    for cell in book:
        texts = [cell.source, *(output_text(output) for output in cell.outputs)]
        for text in texts:
            if match := ABSOLUTE.search(text):
                around = text[match.start() : match.end() + 20].split("\n")[0]
                yield f"{cell.where}: an absolute path: {around}"


def seal(path: Path) -> Iterator[str]:
    """Check that the outputs are the ones that `make refresh` stored."""
    book = nbformat.read(path, as_version=4)
    stored = book.metadata.get("plusx", {}).get("outputs")
    if stored is None:
        yield f"{path.name}: no seal; run make refresh"
    elif stored != refresh.seal(book):
        yield f"{path.name}: stored outputs were changed by hand; run make refresh"

"""Miniature books: a few pages, built with the configuration of the real one.

`good_pages()` has one of everything an author writes; `faults.pages()` has one fault a
page, named after it. A book is a dictionary of page names and their cells (a notebook)
or their text (a plain Markdown page, or a file under a name with its ending).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from . import cells
from .pages import good_pages

__all__ = ["ROOT", "Built", "build", "good_pages", "write"]

ROOT = Path(__file__).parents[3]


class Built(NamedTuple):
    """What building a book left: the exit status, the site, the log."""

    status: int
    site: Path
    log: str

    def page(self, name):
        """Return the text of a built page."""
        return (self.site / "chapters" / f"{name}.html").read_text("utf-8")


def write(folder, pages):
    """Write the sources of a book into a folder; the first page is the way in."""
    chapters = folder / "chapters"
    chapters.mkdir(parents=True)
    (folder / "code").symlink_to(ROOT / "code")
    (folder / "_config.yml").symlink_to(ROOT / "_config.yml")
    (chapters / "references.bib").symlink_to(ROOT / "chapters" / "references.bib")
    for name, page in pages.items():
        is_text = isinstance(page, str)
        file = name if "." in name else name + (".md" if is_text else ".ipynb")
        content = page if is_text else json.dumps(cells.notebook(page))
        (chapters / file).write_text(content, "utf-8")
    first, *others = [f"chapters/{Path(name).stem}" for name in pages]
    part = {"caption": "The part · 这一部分", "chapters": [{"file": o} for o in others]}
    contents = {"format": "jb-book", "root": first, "parts": [part]}
    (folder / "_toc.yml").write_text(json.dumps(contents), "utf-8")
    return folder


def build(folder):
    """Build a book as `make book` does; its site is kept when a page is faulty."""
    command = "from jupyter_book.cli.main import main; main()"
    options = ["build", str(folder), "-W", "-n", "--keep-going"]
    done = subprocess.run(
        [sys.executable, "-c", command, *options],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "NO_COLOR": "1"},
    )
    site = folder / "_build" / "html"
    return Built(done.returncode, site, done.stdout + done.stderr)

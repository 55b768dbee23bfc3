"""The set-up cell: a clone's code, what is installed, a zip by https, or a sentence."""

import http.server
import sys
import threading
import zipfile
from pathlib import Path

import nbformat
import pytest
import setup_cell
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

PLACEHOLDER = "https://example.org/one-plus-x"
#: Two modules that stand for the packages, so that nothing heavy is imported.
STUBS = {
    "torch.py": "def set_num_threads(number): pass",
    "plusx/__init__.py": "import pathlib; place = pathlib.Path(__file__).parent.parent",
    "plusx/figures.py": "def use(language): print(language)",
}
SHOW = "\nimport plusx\nprint(plusx.place)"


def lay(folder: Path, *names: str) -> Path:
    """Write some of the stubs into a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(STUBS[name] + "\n", "utf8")
    return folder


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs a cell in chapters/, with the stub of torch alone."""
    lay(tmp_path / "site", "torch.py")
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "site"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    # The package that this project's environment has is not to be found.
    blind = (
        "import sys\nsys.path[:] = [p for p in sys.path if p != 'CODE']\n"
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f)]\n"
    )
    code = str(Path(__file__).parents[2])

    def run(source: str) -> list:
        cells = [blind.replace("CODE", code), source]
        book = nbformat.v4.new_notebook(
            cells=list(map(nbformat.v4.new_code_cell, cells))
        )
        client = NotebookClient(
            book,
            timeout=120,
            resources={"metadata": {"path": tmp_path / "book/chapters"}},
        )
        try:
            client.execute()
        except CellExecutionError:
            return [book.cells[1].outputs[-1]["traceback"]]
        return "".join(out["text"] for out in book.cells[1].outputs).split()

    return run


@pytest.mark.slow
def test_a_clone_comes_first(run, tmp_path):
    """Its own code is taken, though another plusx is installed."""
    lay(tmp_path / "site", "plusx/__init__.py", "plusx/figures.py")
    lay(tmp_path / "book/code", "plusx/__init__.py", "plusx/figures.py")
    answer = run(setup_cell.bilingual(PLACEHOLDER) + SHOW)
    assert answer == ["en", str(tmp_path / "book/code")]


@pytest.mark.slow
def test_what_is_installed_comes_second(run, tmp_path):
    """Without a clone around the notebook, nothing is asked for elsewhere."""
    lay(tmp_path / "site", "plusx/__init__.py", "plusx/figures.py")
    answer = run(setup_cell.bilingual("https://github.com/nobody/nothing") + SHOW)
    assert answer == ["en", str(tmp_path / "site")]


@pytest.mark.slow
def test_the_zip_of_the_repository_comes_third(run, tmp_path):
    """One request, for what GitHub serves as the archive of the newest commit."""
    pytest.importorskip("setuptools")
    top = tmp_path / "github.com/me/book/archive"
    top.mkdir(parents=True)
    with zipfile.ZipFile(top / "HEAD.zip", "w") as file:
        for name in ("plusx/__init__.py", "plusx/figures.py"):
            file.writestr(f"book-0123/code/{name}", STUBS[name])
        table = "[project]\nname = 'plusx'\nversion = '1'\n"
        own = "[tool.setuptools]\npackages = ['plusx']\n"
        file.writestr("book-0123/code/pyproject.toml", table + own)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=tmp_path)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            book = f"http://127.0.0.1:{server.server_port}/github.com/me/book"
            source = setup_cell.bilingual(book)
            source = source.replace('"install",', '"install", "--no-build-isolation",')
            answer = run(source + SHOW)
        finally:
            server.shutdown()
    assert answer == ["en", str(tmp_path / "site")]


@pytest.mark.slow
@pytest.mark.parametrize("book", [PLACEHOLDER, "http://127.0.0.1:9/github.com/me/book"])
def test_without_any_it_ends_in_one_sentence_in_both_languages(run, book):
    """No placeholder reaches pip, and no block of errors the reader."""
    (traceback,) = run(setup_cell.bilingual(book))
    text = "".join(traceback)
    assert text.strip().count("\n") == 1
    for language in ("en", "zh"):
        assert setup_cell.MISSING[language] in text


def test_copy_in_one_language_has_its_sentence_and_its_labels():
    """The other language's words and the choice are gone; the address stays."""
    source = setup_cell.translated(setup_cell.bilingual("https://a.b/c"), "zh", "../x")
    assert setup_cell.MISSING["zh"] in source and setup_cell.MISSING["en"] not in source
    assert source.endswith('figures.use(language="zh")')
    assert '"../x/plusx"' in source and 'BOOK = "https://a.b/c"' in source
    compile(source, sys.executable, "exec")

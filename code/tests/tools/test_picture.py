"""The picture of the READMEs and the bet of the first page."""

import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from plusx import records

HOUSE = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def drawn():
    """What the tool would write now."""
    sys.path.insert(0, str(HOUSE / "code" / "tools"))
    import picture

    yield picture.pictures()
    sys.path.pop(0)


@pytest.mark.slow
def test_pictures_are_those_of_the_record(drawn):
    """Every stored file is what the tool draws from the present record."""
    stored = {name: (HOUSE / name).read_text("utf8") for name in drawn}
    assert drawn == stored


def test_readme_pictures_hold_one_language(drawn):
    """A file for one language carries no layer of the other."""
    for name, content in drawn.items():
        if name.startswith(".github/"):
            assert ("lang-zh" if "-en-" in name else "lang-en") not in content


def test_first_page_asks_before_it_answers(drawn):
    """The bet stands there; neither mean is text that a reader sees beside it."""
    page = BeautifulSoup(drawn["chapters/bet.html"], "html.parser")
    for script in page("script"):
        script.decompose()
    words = page.get_text()
    assert "draw the training error" in words and "画完" in words
    conv = records.load("degradation")["results"]["conv"]
    for kind in ("plain", "residual"):
        assert f"{conv[kind]['train']['56']['mean']:.1f}" not in words

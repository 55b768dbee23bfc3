"""The picture of the first page and of the READMEs."""

import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def drawn():
    """What the tool would write now."""
    sys.path.insert(0, str(HOUSE / "code" / "tools"))
    import picture

    yield picture.pictures()
    sys.path.pop(0)


def test_pictures_are_those_of_the_record(drawn):
    """Every stored file is what the tool draws from the present record."""
    stored = {name: (HOUSE / name).read_text("utf8") for name in drawn}
    assert drawn == stored


def test_readme_pictures_hold_one_language(drawn):
    """A file for one language carries no layer of the other."""
    for name, content in drawn.items():
        if name.startswith(".github/"):
            assert ("lang-zh" if "-en-" in name else "lang-en") not in content


def test_first_page_states_the_figures_of_the_record(drawn):
    """The caption holds both means, in both languages, and breaks none in two."""
    from plusx import records

    conv = records.load("degradation")["results"]["conv"]
    for kind in ("plain", "residual"):
        mean = f"{conv[kind]['train']['56']['mean']:.1f}\u00a0%"
        assert drawn["chapters/picture.html"].count(mean) == 2

"""Ticks at lines that only check, and code below its figure."""

import pytest
from bs4 import BeautifulSoup

from plusx_site import ticks

OUTPUT = (
    '<div class="output stream highlight-myst-ansi notranslate"><div class="highlight">'
    "<pre><span></span>{}\n</pre></div>"
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("above 40 %: True", '<span class="check">✓ above 40 %</span>'),
        ("above 40 %: False", None),
        ("A True B: 3", None),
        ("rows: True\nmean ≈ 3", '<span class="check">✓ rows</span>\nmean ≈ 3'),
        ("mean ≈ 3\nrows: True", 'mean ≈ 3\n<span class="check">✓ rows</span>'),
    ],
)
def test_lines_that_only_check_get_a_tick(line, expected):
    """What is true becomes a tick; what is not stays, and so does a number."""
    assert ticks.tick(OUTPUT.format(line)) == OUTPUT.format(expected or line)


def test_code_and_prose_are_left_alone():
    """Only what a cell has printed is an output."""
    for text in ("<p>above 40 %: True</p>", "<pre><span></span>above: True\n</pre>"):
        assert ticks.tick(text) == text


@pytest.mark.slow
def test_code_of_a_figure_is_folded_below_it(good_book):
    """A cell whose code alone is hidden shows its output first."""
    soup = BeautifulSoup(good_book.page("mini"), "html.parser")
    cells = soup.select(".cell.tag_hide-input")
    found = [[part.name for part in cell.find_all(recursive=False)] for cell in cells]
    assert ["div", "details"] in found and ["details", "div"] not in found

"""The house style of figures: colours, bands, labels at line ends, fonts."""

import ast
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from plusx import figures
from plusx.bilingual import HAN
from plusx.figures import lines, palette, svg
from plusx.records import spread

pytestmark = pytest.mark.usefixtures("english")
ROOT = Path(__file__).parents[3]
LIGHT, DARK = "#ffffff", "#14181e"


# ---- Colours ----


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour
    ]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@pytest.mark.parametrize("paper", [LIGHT, DARK])
@pytest.mark.parametrize("colour", figures.SERIES)
def test_series_stand_out_from_the_page(colour, paper):
    """Contrast of at least 3:1 (WCAG 2.2, 1.4.11) on white and on the dark page."""
    low, high = sorted(luminance(to_rgb(c)) for c in (colour, paper))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_series_differ_in_more_than_colour():
    """No two series share marker and dash."""
    looks = [
        (s["marker"], str(s["linestyle"])) for s in map(figures.style, figures.SERIES)
    ]
    assert len(set(looks)) == len(looks) == 6


def test_style_refuses_a_colour_outside_the_palette():
    """A free colour would have no shade for each theme."""
    with pytest.raises(ValueError, match="#123456"):
        figures.style("#123456")


@pytest.mark.parametrize("look", palette.LOOKS, ids=lambda look: look.name)
def test_look_is_known_by_name_and_by_color(look):
    """Figures and explorers name it in their own way and get the same."""
    assert palette.look(look.name) is palette.look(look.color) is look
    assert figures.style(look.name) == figures.style(look.color)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_site_has_the_shades_of_the_palette(theme):
    """The book's style sheet gives each look the shade that the palette states."""
    css = (ROOT / "code/plusx_site/static/book.css").read_text("utf8")
    rules = re.search(rf'html\[data-theme="{theme}"\] {{(.*?)\n}}', css, re.S)[1]
    found = dict(re.findall(r"--plusx-([a-z]+): (#[0-9a-f]{6});", rules))
    assert found == {one.name: getattr(one, theme) for one in palette.LOOKS}


def test_palette_is_written_once():
    """No other file of the package holds one of its colors."""
    for path in sorted((ROOT / "code" / "plusx").rglob("*")):
        if path.suffix in {".py", ".js", ".css"} and path.name != "palette.py":
            text = path.read_text("utf8").lower()
            assert not [one.name for one in palette.LOOKS if one.color in text], path


def test_depths_of_a_net_differ_by_their_dash():
    """Each depth of the paper has a dash of its own; another depth has none."""
    dashes = [palette.depth_dash(depth) for depth in (20, 32, 44, 56, 110)]
    assert len(set(dashes)) == 5
    with pytest.raises(ValueError, match=r"\[20, 32, 44, 56, 110\] layers, got 57"):
        palette.depth_dash(57)


# ---- Bands and labels at line ends ----


def test_band_draws_mean_and_standard_deviation():
    """The line goes through the means, the band one deviation to each side."""
    _, ax = plt.subplots()
    spreads = [spread([1.0, 3.0]), spread([4.0, 4.0])]
    figures.band(ax, [1, 2], spreads, "plain · 普通网络", figures.PLAIN)
    assert ax.lines[0].get_ydata().tolist() == [2, 4]
    edge = {tuple(v) for v in ax.collections[0].get_paths()[0].vertices.round(2)}
    assert edge == {(1, 0.59), (1, 3.41), (2, 4)}


def test_band_leaves_a_gap_for_no_number():
    """A mean of None is a gap, not a zero."""
    _, ax = plt.subplots()
    spreads = [spread([1.0]), {"mean": None, "std": None}]
    figures.band(ax, [1, 2], spreads, "plain · 普通网络", figures.PLAIN)
    assert np.isnan(ax.lines[0].get_ydata()).tolist() == [False, True]


def test_band_refuses_fewer_spreads_than_points():
    """The error counts both."""
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"\(2\), got 1"):
        figures.band(ax, [1, 2], [spread([1.0])], "a · 甲", figures.PLAIN)


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        ([0.2, 0.8], [0.2, 0.8]),
        ([0.5, 0.5], [0.45, 0.55]),
        ([0.5, 0.1, 0.52], [0.46, 0.1, 0.56]),
        ([0.3, 0.3, 0.3, 0.55], [0.2, 0.3, 0.4, 0.55]),
        ([0.3, 0.3, 0.3, 0.45], [0.1875, 0.2875, 0.3875, 0.4875]),
    ],
)
def test_labels_move_apart_and_no_further(heights, expected):
    """Touching labels spread round their common middle, the others stay."""
    assert lines._apart(heights, 0.1) == pytest.approx(expected)


def test_label_ends_names_a_line_where_it_was_last_seen():
    """A line that falls out of the axes has its label within them."""
    _, ax = plt.subplots()
    ax.plot([1, 2, 3], [1, 0.5, -9], label="plain · 普通网络")
    ax.plot([1, 2, 3], [1, 1, 1], label="residual · 残差网络")
    ax.set_ylim(0, 2)
    figures.label_ends(ax)
    assert [(t.get_text()[:5], t.xy[0]) for t in ax.texts] == [
        ("resid", 1),
        ("plain", 2),
    ]


def test_label_ends_refuses_a_line_that_is_nowhere():
    """A line without a point in the axes has no end to name."""
    _, ax = plt.subplots()
    ax.plot([1, 2], [np.nan, np.nan], label="plain · 普通网络")
    with pytest.raises(ValueError, match="plain"):
        figures.label_ends(ax)


# ---- Fonts ----


def strings(source):
    """The string constants of a Python source, f-strings in pieces."""
    for node in ast.walk(
        ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", source, flags=re.M))
    ):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def sources():
    """The package's modules and the chapters' code cells."""
    for path in sorted((ROOT / "code" / "plusx").rglob("*.py")):
        yield path.name, path.read_text("utf8")
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            if cell["cell_type"] == "code":
                yield path.name, "".join(cell["source"])


def test_fonts_draw_every_label_of_the_book():
    """Each Han character in a string of the code has its glyph in the bundled font."""
    there = svg.characters(svg.CHINESE)
    missing = {
        (name, character)
        for name, source in sources()
        for text in strings(source)
        for character in HAN.findall(text)
        if ord(character) not in there
    }
    assert missing == set()


def test_fonts_have_the_common_characters():
    """A reader may change a label to any everyday word: GB 2312 level 1 is there."""
    rows = range(0xB0, 0xD8)
    common = b"".join(bytes([r, c]) for r in rows for c in range(0xA1, 0xFF))
    characters = common.decode("gb2312", errors="ignore")
    assert len(characters) == 3755
    assert {ord(c) for c in characters} <= svg.characters(svg.CHINESE)


def test_fonts_come_with_their_licence():
    """The OFL asks for its text, and for a name that is not the reserved one."""
    licence = (svg.font_path(svg.LATIN).parent / "OFL.txt").read_text("utf8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Adobe" in licence
    assert not any("Source" in family for family in svg.FONTS)

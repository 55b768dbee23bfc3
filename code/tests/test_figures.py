"""The house style: one drawing, two languages, both themes, the same bytes again."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from plusx import diagrams, figures, markup, svg
from plusx.records import spread

ROOT = Path(__file__).parents[2]
ALT = ("Error rises with depth.", "误差随深度上升。")
CAPTION = ("One run.", "一次运行。")
LIGHT, DARK = "#ffffff", "#14181e"


@pytest.fixture(autouse=True)
def english():
    """Each test starts from the house style in English and leaves no trace."""
    with mpl.rc_context():
        figures.use("en")
        yield
    plt.close("all")


def curve(label="plain · 普通网络"):
    """A small figure with bilingual labels."""
    figure, ax = plt.subplots()
    ax.plot([1, 2, 3], [1, 4, 9], label=label, **figures.style(figures.PLAIN))
    ax.set_xlabel("depth · 深度")
    ax.set_ylabel("error (%) · 误差（%）")
    figures.label_ends(ax)
    return figure


def show(figure, name="curve", **options):
    """The HTML that `figures.show` makes of a figure."""
    options = {"alt": ALT, "caption": CAPTION, **options}
    return figures.show(figure, name=name, **options).data


def drawing(html):
    """The svg element of a figure's HTML."""
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", html, re.S).group())


def layers(html, layer):
    """The label groups of a language, in document order."""
    return [e for e in drawing(html).iter() if e.get("class") == layer]


# ---- What show makes ----


def test_show_draws_every_label_once_in_each_language():
    """Three labels give three English and three Chinese groups, none nested."""
    html = show(curve())
    assert len(layers(html, "lang-en")) == len(layers(html, "lang-zh")) == 3
    for group in layers(html, "lang-en"):
        assert not [e for e in group.iter() if e.get("class") == "lang-zh"]


@pytest.mark.parametrize(
    ("language", "hidden"), [("en", "lang-zh"), ("zh", "lang-en"), ("both", "lang-zh")]
)
def test_use_chooses_the_layer_that_a_bare_notebook_shows(language, hidden):
    """One label layer is hidden by an inline style, never both and never none."""
    figures.use(language)
    html = show(curve())
    styles = {
        layer: {group.get("style") for group in layers(html, layer)}
        for layer in ("lang-en", "lang-zh")
    }
    seen = {"lang-en": {None}, "lang-zh": {None}, hidden: {"display:none"}}
    assert styles == seen


@pytest.mark.parametrize(
    ("language", "hidden"), [("en", ["zh"]), ("zh", ["en"]), ("both", [])]
)
def test_use_chooses_the_captions_and_names_of_a_bare_notebook(language, hidden):
    """Captions and image names follow the language; "both" shows both."""
    figures.use(language)
    found = re.findall(r'<span class="lang-(..)"[^>]*display:none', show(curve()))
    assert sorted(found) == sorted(hidden * 2)


def test_show_names_the_picture_in_both_languages():
    """A screen reader meets one image for each language, and not the drawing itself."""
    html = show(curve())
    names = re.findall(r'lang="([^"]+)" role="img" aria-label="([^"]+)"', html)
    assert names == [("en", ALT[0]), ("zh-Hans", ALT[1])]
    assert drawing(html).get("aria-hidden") == "true"


def test_show_escapes_texts():
    """Quotes and angle brackets in a text stay text."""
    html = show(curve(), alt=('a "<b>"', "“<粗>”"), caption=("1 < 2 & 3", "1 < 2 与 3"))
    assert 'aria-label="a &quot;&lt;b&gt;&quot;"' in html
    assert ">1 &lt; 2 &amp; 3</span>" in html


def test_show_writes_text_as_outlines():
    """No text element is left for a machine without the fonts to guess at."""
    assert not [e for e in drawing(show(curve())).iter() if e.tag.endswith("text")]


def test_show_follows_the_theme():
    """Black is the text colour of the page, a series has a variable with a fallback."""
    html = show(curve())
    assert "currentColor" in html
    assert "#000000" not in html
    assert f"var(--plusx-plain,{figures.PLAIN})" in html


def test_show_brings_no_style_sheet_and_no_date():
    """Nothing that would leak into the page or differ tomorrow."""
    html = show(curve())
    assert not re.search(r"<style|<metadata|<!--|matplotlib|20\d\d-", html)


def test_show_rounds_coordinates():
    """At most two decimals outside of scales."""
    html = re.sub(r"scale\([^)]*\)", "", show(curve()))
    assert not re.search(r"\d\.\d{3,}", html)


def test_show_ids_begin_with_the_name_and_resolve():
    """Two figures share no id, and each reference finds its target."""
    ids = []
    for name in ("one", "two"):
        html = show(curve(), name)
        own = re.findall(r' id="([^"]+)"', html)
        assert all(i == f"fig-{name}" or i.startswith(f"fig-{name}-") for i in own)
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_show_defines_nothing_inside_a_label_layer():
    """What is referred to lies outside of groups that may be hidden."""
    for child in drawing(show(curve())).iter():
        if child.get("class"):
            assert not [e for e in child.iter() if e.get("id")]


def test_show_gives_the_same_bytes_in_another_process():
    """A fresh interpreter with other hash seeds draws the same."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]; import test_figures as t;"
        "t.figures.use('en'); print(t.show(t.curve()))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "PATH": "", "MPLBACKEND": "agg"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {show(curve())}


def test_show_marks_live_drawings_alone():
    """`data-live` stands only where numbers came from the cell."""
    assert "data-live" in show(curve(), live=True)
    assert "data-live" not in show(curve())


def test_show_closes_the_figure():
    """The notebook does not draw it a second time."""
    show(curve())
    assert plt.get_fignums() == []


def test_show_leaves_matplotlib_as_it_was():
    """Drawing in two layers ends with the call, also when a label is refused."""
    before = Text.draw, Text._get_layout
    show(curve())
    with pytest.raises(ValueError, match="龘"):
        show(curve("x · 龘"))
    assert (Text.draw, Text._get_layout) == before


def test_show_makes_room_for_the_wider_language():
    """The axes are as wide as with the longer half alone, whichever half it is."""
    long, short = "quite a long English label", "短"

    def right_edge(label):
        clip = drawing(show(curve(label))).find(".//{*}clipPath/{*}rect")
        return float(clip.get("x")) + float(clip.get("width"))

    alone = pytest.approx(right_edge(long), abs=0.1)
    assert right_edge(f"{long} · {short}") == alone
    assert right_edge(f"x · {long}") == alone
    assert right_edge(f"x · {short}") > right_edge(long) + 20


def test_show_sets_the_label_of_the_y_axis_upright():
    """No label is turned by 90 degrees."""
    assert "rotate" not in show(curve())


def test_show_keeps_pictures():
    """An image in the axes stays in the drawing as data."""
    figure, ax = plt.subplots()
    ax.imshow(np.eye(3))
    assert 'href="data:image/png' in show(figure)


def test_show_splits_tick_labels_and_legends():
    """Labels that Matplotlib sets while drawing have two layers as well."""
    figure, ax = plt.subplots()
    ax.bar([0, 1], [1, 2], label="blocks · 块")
    ax.set_xticks([0, 1], ["first · 第一", "last · 最后"])
    ax.legend()
    assert len(layers(show(figure), "lang-zh")) == 3


# ---- What show refuses ----


@pytest.mark.parametrize(
    "pair",
    [
        "English",
        ("English",),
        ("English", ""),
        (" ", "中文"),
        ("English", "not Chinese"),
        ("中文", "English"),
        ["English", "中文"],
        None,
    ],
)
@pytest.mark.parametrize("what", ["alt", "caption"])
def test_show_refuses_a_text_in_one_language(what, pair):
    """An alternative text and a caption are pairs, or there is no figure."""
    with pytest.raises(ValueError, match=f"{what} must be a pair"):
        show(curve(), **{what: pair})


@pytest.mark.parametrize("name", ["", "Depth", "1st", "a b", "a_b", None])
def test_show_refuses_a_name_that_is_no_id(name):
    """Names are small letters, digits and hyphens."""
    with pytest.raises(ValueError, match="name must be like"):
        show(curve(), name)


def test_show_names_a_character_without_a_glyph():
    """The error says which character, where, and the command that mends it."""
    with pytest.raises(ValueError, match=r"'龘' \(U\+9F98\).*font_subset\.py"):
        show(curve("rare · 龘"))


def test_show_refuses_han_without_english():
    """A Chinese label with no English half would show in the English mode."""
    with pytest.raises(ValueError, match="普通网络"):
        show(curve("普通网络"))


def test_show_refuses_han_in_the_english_half():
    """The English layer's fonts have no Han at all."""
    with pytest.raises(ValueError, match="lang-en half"):
        show(curve("plain 网 · 普通网络"))


def test_use_refuses_another_language():
    """The error lists what there is."""
    with pytest.raises(ValueError, match=r"'zh'.*'fr'"):
        figures.use("fr")


def test_use_loads_no_torch():
    """A set-up cell that only draws stays quick."""
    code = "import sys; from plusx import figures; figures.use(); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "matplotlib" in modules
    assert "torch" not in modules


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
    assert figures._apart(heights, 0.1) == pytest.approx(expected)


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
        for character in markup.HAN.findall(text)
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


# ---- Diagrams ----


@pytest.mark.parametrize(
    ("order", "boxes", "circles"), [("post", 6, 1), ("pre", 6, 1), ("plain", 6, 0)]
)
def test_residual_block_has_its_layers_and_its_plus(order, boxes, circles):
    """Two convolutions, norms and ReLUs; a circle exactly where something is added."""
    texts = [t.get_text() for t in diagrams.residual_block(order).ax.texts]
    names = [text for text in texts if "$" not in text]
    assert len(names) == boxes
    assert sorted(names) == sorted(2 * [diagrams.CONV, diagrams.NORM, diagrams.RELU])
    patches = diagrams.residual_block(order).ax.patches
    found = [p for p in patches if type(p).__name__ == "Circle" and p.get_fill()]
    assert len(found) == circles


def test_residual_block_stays_within_its_diagram():
    """Everything lies in the paper, also when three stand side by side."""
    width, height = 3 * diagrams.COLUMN, diagrams.block_height("pre")
    diagram = diagrams.Diagram(width, height)
    for column, order in enumerate(diagrams.ORDERS):
        diagrams.residual_block(order, diagram, column * diagrams.COLUMN)
    box = [float(n) for n in drawing(show(diagram.figure)).get("viewBox").split()]
    assert box == pytest.approx([0, 0, 7.2 * width, 7.2 * height], abs=0.02)


def test_residual_block_refuses_another_order():
    """The error lists the orders."""
    with pytest.raises(ValueError, match=r"'pre'.*'mid'"):
        diagrams.residual_block("mid")


def test_diagram_box_knows_its_edges():
    """Arrows start from the middles of a box's edges."""
    box = diagrams.Diagram(20, 20).box(10, 5, "layer · 层", width=8, height=4)
    assert (box.top, box.bottom) == ((10, 7), (10, 3))
    assert (box.left, box.right) == ((6, 5), (14, 5))


def test_diagram_arrow_rounds_its_corners():
    """The path runs straight, turns within the corner's reach, and ends where told."""
    path = diagrams._rounded([(0, 0), (10, 0), (10, 10)], 2)
    assert path.vertices.tolist() == [[0, 0], [8, 0], [10, 0], [10, 2], [10, 10]]


def test_diagram_refuses_what_cannot_be_drawn():
    """One point is no arrow, and no paper has no height."""
    with pytest.raises(ValueError, match="two points"):
        diagrams.Diagram(20, 20).arrow((1, 1))
    with pytest.raises(ValueError, match="20 × 0"):
        diagrams.Diagram(20, 0)


def test_markup_shows_a_text_in_both_languages_as_paragraphs():
    """A bare notebook shows both; a page hides one by its class."""
    english, chinese = markup.paragraphs(("a < b", "甲")).split("</p>")[:2]
    assert english == '<p class="lang-en" lang="en">a &lt; b'
    assert chinese == '<p class="lang-zh" lang="zh-Hans">甲'

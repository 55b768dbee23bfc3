"""figures.show: one drawing, two languages, both themes."""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.offsetbox import TextArea
from matplotlib.text import Text
from showing import ALT, CAPTION, curve, drawing, show

from plusx import bilingual, figures
from plusx.figures import svg

pytestmark = pytest.mark.usefixtures("english")


def layers(html, layer):
    """The label groups of a language, in document order; names are no labels."""
    groups = [e for e in drawing(html).iter() if e.get("class") == layer]
    return [group for group in groups if not group.get("role")]


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
    """Over the drawing lies an image for each language; the drawing is not hidden."""
    html = show(curve())
    names = re.findall(r'lang="([^"]+)" role="img" aria-label="([^"]+)"', html)
    assert names == [("en", ALT[0]), ("zh-Hans", ALT[1])]
    assert drawing(html).get("role") == "presentation"
    assert "aria-hidden" not in html


@pytest.mark.parametrize(
    ("language", "said"), [("en", ALT[0]), ("zh", ALT[1]), ("both", " · ".join(ALT))]
)
def test_show_says_what_it_shows_where_no_html_is_shown(language, said):
    """The plain text of the output is the alternative text, not an object's name."""
    figures.use(language)
    shown = figures.show(curve(), name="curve", alt=ALT, caption=CAPTION)
    assert repr(shown) == said
    assert shown._repr_html_() == shown.data


@pytest.mark.slow
@pytest.mark.parametrize("form", [tuple, list, " · ".join])
def test_show_takes_a_text_in_either_form(form):
    """A pair and "English · 中文" are the same text."""
    assert show(curve(), alt=form(ALT), caption=form(CAPTION)) == show(curve())


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
    assert not re.search(r"<metadata|<!--|matplotlib|20\d\d-", html)
    styles = re.findall(r"<style>(.*?)</style>", html)
    assert styles == [".px-untrusted{display:none}"]


def test_show_rounds_coordinates():
    """At most two decimals outside of scales."""
    html = re.sub(r"scale(\(|%28)[^)]*\)", "", show(curve()))
    assert not re.search(r"\d\.\d{3,}", html)


def test_show_ids_begin_with_the_name_and_resolve():
    """Two figures share no id, and each reference finds its target."""
    ids = []
    for name in ("one", "two"):
        html = show(curve(), name)
        own = re.findall(r' id="([^"]+)"', html)  # the image's are in another document
        assert all(i == f"fig-{name}" or i.startswith(f"fig-{name}-") for i in own)
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_show_defines_nothing_inside_a_label_layer():
    """What is referred to lies outside of groups that may be hidden."""
    for child in drawing(show(curve())).iter():
        if child.get("class"):
            assert not [e for e in child.iter() if e.get("id")]


@pytest.mark.slow
def test_show_gives_the_same_bytes_in_another_process():
    """A fresh interpreter with other hash seeds draws the same."""
    code = (
        "import sys; sys.path[:0] = [sys.argv[1]]; import showing as s;"
        "s.figures.use('en'); print(s.show(s.curve()))"
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
    before = Text.draw, Text.get_window_extent, TextArea.get_bbox
    show(curve())
    with pytest.raises(ValueError, match="龘"):
        show(curve("x · 龘"))
    assert (Text.draw, Text.get_window_extent, TextArea.get_bbox) == before


def test_show_replaces_no_private_method_of_matplotlib():
    """A private name may be another one in the next release."""
    source = Path(svg.__file__).read_text("utf8")
    assert not re.search(r"\b(text|area|Text|TextArea|figure)\._[a-z]", source)


@pytest.mark.slow
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


def test_markup_shows_a_text_in_both_languages_as_paragraphs():
    """A bare notebook shows both; a page hides one by its class."""
    english, chinese = bilingual.paragraphs(("a < b", "甲")).split("</p>")[:2]
    assert english == '<p class="lang-en" lang="en">a &lt; b'
    assert chinese == '<p class="lang-zh" lang="zh-Hans">甲'


@pytest.mark.slow
def test_show_leaves_room_for_the_wider_language_in_a_legend():
    """A legend asks its texts in its own way: the box fits the longer half."""

    def left_edge(label):
        figure, ax = plt.subplots()
        ax.plot([1, 2], label=label)
        ax.legend(loc="right")
        paths = drawing(show(figure)).findall(".//{*}path")
        strokes = [p.get("d") for p in paths if "#ca5009" in (p.get("style") or "")]
        return min(float(re.match(r"m(-?[\d.]+)", d)[1]) for d in strokes[1:])

    long = "quite a long English label"
    assert left_edge(f"{long} · 短") == left_edge(f"x · {long}") == left_edge(long)
    assert left_edge("x · 短") > left_edge(long) + 20


@pytest.mark.slow
def test_use_loads_no_torch():
    """A set-up cell that only draws stays quick."""
    code = "import sys; from plusx import figures; figures.use(); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "matplotlib" in modules
    assert "torch" not in modules

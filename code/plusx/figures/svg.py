"""From a Matplotlib figure to inline SVG with an English and a Chinese label layer.

A label is written "English · 中文". The drawing is laid out for the wider of the two
and each half is drawn in a group of its own: one class name switches the language.
Black becomes `currentColor`: the figure follows the theme of the page.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from matplotlib import font_manager, get_data_path
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.offsetbox import TextArea
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from plusx.bilingual import SEPARATOR, halves
from plusx.figures.outlines import relative

LATIN, CHINESE, SYMBOLS = "PlusX Sans", "PlusX Sans SC", "DejaVu Sans"
FONTS = {LATIN: "PlusXSans.otf", CHINESE: "PlusXSansSC.otf"}
LAYERS = (("lang-en", [LATIN, SYMBOLS]), ("lang-zh", [CHINESE, SYMBOLS]))
MATH = re.compile(r"(?<!\\)\$.*?(?<!\\)\$")
NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+")
MEND = "python code/tools/font_subset.py"
GLYPH_SIZE = 100  # the font size in which Matplotlib defines glyphs …
GLYPH_SCALE = "scale(0.015625)"  # … and the scale that it gives them there
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"


def font_path(family: str) -> Path:
    """Where the font of a family of this module lies."""
    if family == SYMBOLS:
        return Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    return Path(str(files("plusx.figures") / "fonts" / FONTS[family]))


@cache
def register_fonts() -> None:
    """Make the bundled fonts known to Matplotlib, once."""
    for family in FONTS:
        font_manager.fontManager.addfont(str(font_path(family)))


@cache
def characters(family: str) -> frozenset[int]:
    """The code points that a font has a glyph for."""
    return frozenset(FT2Font(str(font_path(family))).get_charmap())


@cache
def check_glyphs(label: str) -> None:
    """Check that the fonts can draw both halves of a label.

    Raises:
        ValueError: names the first character without a glyph and the way to mend it.
    """
    for half, (layer, families) in zip(halves(label), LAYERS, strict=True):
        there = frozenset().union(*map(characters, families))
        for character in MATH.sub("", half).replace("\n", ""):
            if ord(character) not in there:
                raise ValueError(
                    f"no glyph for {character!r} (U+{ord(character):04X}) in the "
                    f"{layer} half of the label {label!r}; run `{MEND}`"
                )


def _in_halves(text: Text, do: Callable[[str], Any]) -> list:
    """What `do`, told the layer, returns while a text stands for each of its halves."""
    label, own, found = text.get_text(), text.get_fontfamily(), []
    try:
        for half, (layer, families) in zip(halves(label), LAYERS, strict=True):
            text.set_text(half)
            text.set_fontfamily(families)
            found.append(do(layer))
    finally:
        text.set_text(label)
        text.set_fontfamily(own)
    return found


def _wider(boxes: Sequence[Bbox]) -> Bbox:
    """The box that needs more room."""
    return max(boxes, key=lambda box: box.width + box.height)


@contextmanager
def two_layers() -> Iterator[None]:
    """Within this context, every "English · 中文" is laid out and drawn twice.

    What is replaced are public methods: of a text how it is drawn and how much room it
    takes, and of a text in a legend the latter, which asks nobody else.
    """
    draw, extent, in_legend = (
        Text.draw,
        Text.get_window_extent,
        TextArea.get_bbox,
    )

    def draw_both(text: Text, renderer: RendererBase) -> None:
        label = text.get_text()
        check_glyphs(label)
        if SEPARATOR not in label:
            return draw(text, renderer)

        def draw_half(layer: str) -> None:
            renderer.open_group(layer)
            draw(text, renderer)
            renderer.close_group(layer)

        _in_halves(text, draw_half)
        return None

    def extent_of_wider(text: Text, *arguments: Any, **options: Any) -> Bbox:
        if SEPARATOR not in text.get_text():
            return extent(text, *arguments, **options)
        check_glyphs(text.get_text())
        return _wider(_in_halves(text, lambda _: extent(text, *arguments, **options)))

    def box_of_wider(area: TextArea, renderer: RendererBase) -> Bbox:
        if SEPARATOR not in area.get_text():
            return in_legend(area, renderer)
        (text,) = area.get_children()
        return _wider(_in_halves(text, lambda _: in_legend(area, renderer)))

    Text.draw, Text.get_window_extent = draw_both, extent_of_wider
    TextArea.get_bbox = box_of_wider
    try:
        yield
    finally:
        Text.draw, Text.get_window_extent = draw, extent
        TextArea.get_bbox = in_legend


def render(figure: Figure) -> str:
    """The figure as Matplotlib's own SVG, both label layers in it, nothing cut off."""
    register_fonts()
    buffer = io.StringIO()
    with two_layers():
        figure.draw_without_rendering()
        paper, ink = figure.bbox_inches, figure.get_tightbbox()
        box = type(paper).union([paper, ink]) if ink.width else paper
        metadata = {"Date": None, "Creator": None}
        figure.savefig(buffer, format="svg", bbox_inches=box, metadata=metadata)
    return buffer.getvalue()


def clean(text: str, prefix: str, colors: dict[str, str]) -> ElementTree.Element:
    """A drawing that can stand in a page beside others.

    Args:
        text: an SVG document.
        prefix: begins every id of the result.
        colors: what replaces a color; black becomes `currentColor` in any case.

    Returns:
        the `svg` element without ids that nothing refers to, style sheet and metadata,
        its coordinates rounded to two decimals.
    """
    root = ElementTree.fromstring(text)
    _remove(root)
    _rename_ids(root, prefix)
    replacements = {"#000000": "currentColor", **colors}
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        if XLINK in element.attrib:
            element.set("href", element.attrib.pop(XLINK))
        if element.get("transform") == GLYPH_SCALE and element.get("d"):
            _thousandths(element)
        if element.tag == "use":
            _whole_advance(element)
        for name, value in element.attrib.items():
            element.set(name, _attribute(name, value, replacements))
    _flatten(root)
    _gather_definitions(root)
    return root


def _attribute(name: str, value: str, colors: dict[str, str]) -> str:
    """One attribute with fewer digits and the colors of the page."""
    if name == "style":
        for old, new in colors.items():
            value = value.replace(old, new)
        return re.sub(r"([:;]) ", r"\1", value)
    if name == "transform":
        return re.sub(r"(scale|rotate)?\(([^)]*)\)", _shorter, value)
    if name in ("d", "x", "y", "width", "height", "viewBox", "points"):
        short = " ".join(NUMBER.sub(lambda n: _round(n.group()), value).split())
        tight = re.sub(r" ?([A-Za-z]) ?", r"\1", short)
        return relative(tight) if name == "d" else tight
    return value


def _thousandths(glyph: ElementTree.Element) -> None:
    """Write a glyph in thousandths of the font size, as whole numbers, in place."""
    units = 1000 * float(GLYPH_SCALE[6:-1]) / GLYPH_SIZE
    glyph.set(
        "d",
        re.sub(
            r"-?[\d.]+", lambda n: f"{float(n.group()) * units:.0f}", glyph.get("d")
        ),
    )
    glyph.set("transform", f"scale({GLYPH_SIZE / 1000})")


def _whole_advance(glyph: ElementTree.Element) -> None:
    """Write the place of a glyph in its line in whole hundredths of the font size."""
    moved = re.fullmatch(r"translate\((-?[\d.]+) 0\)", glyph.get("transform", ""))
    if moved:
        del glyph.attrib["transform"]
        glyph.set("x", f"{float(moved[1]):.0f}")


def _shorter(match: re.Match) -> str:
    """One function of a transform: scales keep six digits, the rest two decimals."""
    function, numbers = match.group(1) or "", match.group(2)
    if function == "scale":
        return f"scale({numbers})"
    return f"{function}({NUMBER.sub(lambda n: _round(n.group()), numbers)})"


def _round(number: str) -> str:
    """Two decimals and no more digits than needed."""
    text = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _remove(root: ElementTree.Element) -> None:
    """Take out metadata, style sheets and paths that draw nothing, in place."""
    for parent in list(root.iter()):
        for child in list(parent):
            nothing = child.tag == f"{SVG}path" and child.get("style") == "fill: none"
            if nothing or child.tag in (f"{SVG}metadata", f"{SVG}style"):
                parent.remove(child)


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    """Number the ids that are referred to, drop the others, make layers classes."""
    used = re.findall(
        r'(?:href="|url\()#([^")]+)', ElementTree.tostring(root, "unicode")
    )
    new = {old: f"{prefix}-{n}" for n, old in enumerate(dict.fromkeys(used))}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == XLINK and value.startswith("#"):
                element.set(name, f"#{new[value[1:]]}")
            elif value.startswith("url(#"):
                element.set(name, f"url(#{new[value[5:-1]]})")
        own = element.attrib.pop("id", "")
        if own in new:
            element.set("id", new[own])
        elif own.startswith("lang-"):
            element.set("class", own[:7])


def _flatten(parent: ElementTree.Element) -> None:
    """Replace groups without attributes by what is in them, drop empty ones."""
    kept = []
    for child in parent:
        child.tail = child.text = None
        _flatten(child)
        if child.tag in ("g", "defs") and not len(child):
            continue
        bare = child.tag == "g" and not child.attrib
        kept.extend(child if bare else [child])
    parent[:] = kept


def _gather_definitions(root: ElementTree.Element) -> None:
    """Move what is only referred to out of the label layers, to the beginning."""
    found = ElementTree.Element("defs")
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag == "defs"]:
            parent.remove(child)
            found.extend(child)
    root.insert(0, found)

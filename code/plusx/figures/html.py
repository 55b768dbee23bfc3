"""The HTML round a drawing: its name for screen readers, its caption, both languages.

Whatever is in one language has the class `lang-en` or `lang-zh`. A bare notebook has
no style sheet, so the language that it does not show is hidden by an inline style; the
book's pages overrule that by their own mode.

A program that does not trust a notebook takes out drawings, scripts and style sheets.
Then, and only then, what has the class `px-untrusted` shows: a still picture, and in
words what it shows. The book's pages can leave it out.
"""

import copy
import html
import re
from urllib.parse import quote
from xml.etree import ElementTree

from plusx.bilingual import CODES, LAYERS, Pair

NAME = re.compile(r"[a-z][a-z0-9-]*")
HIDDEN_BY = {"en": "lang-zh", "zh": "lang-en", "both": None}
NOTICE = (
    "This notebook is not trusted yet, so this is a still picture. Trust or run the "
    "notebook to see the figure itself.",
    "这个笔记本还没有受到信任，所以这里只有一张静止的图片。信任或运行笔记本以后，才会显示真正的图。",
)
COVER = "position:absolute;inset:0;pointer-events:none"
UNTRUSTED = "px-untrusted"
SVG = "http://www.w3.org/2000/svg"


def without_comments(code: str) -> str:
    """JavaScript without the lines that only comment: a page need not carry them."""
    return re.sub(r"(?m)^ *//.*\n", "", code)


class Output:
    """HTML as the output of a cell, and the same in words where no HTML is shown."""

    def __init__(self, data: str, words: str):
        self.data, self.words = data, words

    def _repr_html_(self) -> str:
        return self.data

    def __repr__(self) -> str:
        return self.words


def check_name(name: str) -> None:
    """Check the name of a figure, which begins its ids.

    Raises:
        ValueError: for anything but small letters, digits and hyphens.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"name must be like 'depth-error', got {name!r}")


def figure(name: str, inside: str, caption: Pair, language: str) -> str:
    """The `figure` element round a drawing or an explorer, with its caption."""
    lines = "".join(
        span(layer, text, "display:block", language)
        for layer, text in zip(LAYERS, caption, strict=True)
    )
    return (
        f'<figure class="plusx-figure" id="fig-{name}" style="margin:1em 0">\n'
        f"{inside}\n<figcaption>{lines}</figcaption>\n</figure>"
    )


def drawing(
    picture: ElementTree.Element, alt: Pair, *, live: bool = False, language: str
) -> str:
    """The place of a cleaned `svg` element, and what stands there without trust.

    The drawing itself says nothing to screen readers. Over it lies an empty image for
    each language that bears the name, and of these only the visible one is read. (In an
    `svg`, Chromium would read what is not displayed as well; and what is hidden from
    screen readers, a browser's reading view takes out.)
    """
    width = float(picture.get("viewBox").split()[2])
    image = f"{_image_names(alt, language)}\n{_svg(picture, live, language)}"
    instead = _untrusted(picture, alt, live, language)
    return (
        f'<div class="plusx-drawing" style="position:relative;overflow-x:auto;'
        f'max-width:{width * 1.5:.0f}px;margin:auto">\n'
        f"{image}\n{instead}\n</div>"
    )


def _image_names(alt: Pair, language: str) -> str:
    """An empty image that covers the drawing, for each language, with its name."""
    return "".join(
        span(layer, "", COVER, language, f' role="img" aria-label="{_attribute(text)}"')
        for layer, text in zip(LAYERS, alt, strict=True)
    )


def _attribute(text: str) -> str:
    """A text on one line, as the value of an attribute."""
    return html.escape(" ".join(text.split()))


def _svg(drawing: ElementTree.Element, live: bool, language: str) -> str:
    """The `svg` element as text, as wide as its place, one label layer hidden."""
    box = drawing.get("viewBox")
    least = float(box.split()[2]) * 0.8
    drawing.attrib = {
        "xmlns": SVG,
        "viewBox": box,
        "role": "presentation",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "style": f"display:block;width:100%;min-width:{least:.0f}px;height:auto",
    }
    if live:
        drawing.set("data-live", "")
    hidden = _hidden_layer(language)
    for group in drawing.iter("g"):
        if group.get("class") == hidden:
            group.set("style", "display:none")
    return ElementTree.tostring(drawing, encoding="unicode")


def _hidden_layer(language: str) -> str:
    """The label layer that a drawing does not show; "both" shows English labels."""
    return HIDDEN_BY[language] or "lang-zh"


def _untrusted(
    drawing: ElementTree.Element, alt: Pair, live: bool, language: str
) -> str:
    """What shows where drawings and style sheets are taken out, and nowhere else."""
    words = "".join(
        f'<p class="{layer}" lang="{CODES[layer]}">{notice} {html.escape(text)}</p>'
        for layer, notice, text in zip(LAYERS, NOTICE, alt, strict=True)
    )
    name = _attribute(alt[LAYERS.index(_hidden_layer(language)) - 1])
    return (
        f'<div class="{UNTRUSTED}"><style>.{UNTRUSTED}{{display:none}}</style>{words}'
        f'<img{" data-live" * live} alt="{name}" src="{_address(drawing, language)}">'
        "</div>"
    )


def _address(drawing: ElementTree.Element, language: str) -> str:
    """The drawing in one language, black on white, as the address of an image."""
    picture = copy.deepcopy(drawing)
    hidden = _hidden_layer(language)
    for parent in list(picture.iter()):
        for child in [child for child in parent if child.get("class") == hidden]:
            parent.remove(child)
    _drop_unused(picture)
    width, height = picture.get("viewBox").split()[2:]
    style = {"width": width, "height": height, "style": "background:#fff;color:#000"}
    kept = {key: picture.get(key) for key in ("xmlns", "viewBox", "fill")}
    picture.attrib = {**kept, **style}
    text = ElementTree.tostring(picture, encoding="unicode").replace('"', "'")
    return "data:image/svg+xml," + quote(text, safe=" '=/:;,()+.-*!")


def _drop_unused(picture: ElementTree.Element) -> None:
    """Take out the definitions that nothing refers to any more, in place."""
    text = ElementTree.tostring(picture, "unicode")
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', text))
    for definitions in picture.iter("defs"):
        for child in list(definitions):
            if not used & {one.get("id") for one in child.iter()}:
                definitions.remove(child)


def span(
    layer: str, text: str, style: str = "", language: str = "both", more: str = ""
) -> str:
    """A text in one language, hidden where a bare notebook shows the other."""
    hide = "display:none" if HIDDEN_BY[language] == layer else ""
    style = ";".join(part for part in (style, hide) if part)
    style = f' style="{style}"' if style else ""
    text = html.escape(text, quote=False)
    return f'<span class="{layer}" lang="{CODES[layer]}"{more}{style}>{text}</span>'

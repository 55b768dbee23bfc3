"""The HTML round a drawing: its name for screen readers, its caption, both languages.

Whatever is in one language has the class `lang-en` or `lang-zh`. A bare notebook has
no style sheet, so the language that it does not show is hidden by an inline style; the
book's pages overrule that by their own mode.
"""

import html
import re
from xml.etree import ElementTree

from plusx.bilingual import CODES, LAYERS, Pair

NAME = re.compile(r"[a-z][a-z0-9-]*")
HIDDEN_BY = {"en": "lang-zh", "zh": "lang-en", "both": None}
COVER = "position:absolute;inset:0;pointer-events:none"


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
        _span(layer, "", _style("display:block", layer, language), text)
        for layer, text in zip(LAYERS, caption, strict=True)
    )
    return (
        f'<figure class="plusx-figure" id="fig-{name}" style="margin:1em 0">\n'
        f"{inside}\n<figcaption>{lines}</figcaption>\n</figure>"
    )


def drawing(
    picture: ElementTree.Element, alt: Pair, *, live: bool = False, language: str
) -> str:
    """The place of a cleaned `svg` element.

    The drawing itself is hidden from screen readers. Over it lies an empty image for
    each language that bears the name, and of these only the visible one is read.
    """
    width = float(picture.get("viewBox").split()[2])
    return (
        f'<div class="plusx-drawing" style="position:relative;overflow-x:auto;'
        f'max-width:{width * 1.5:.0f}px;margin:auto">\n'
        f"{_image_names(alt, language)}\n{_svg(picture, live, language)}\n</div>"
    )


def _image_names(alt: Pair, language: str) -> str:
    """An empty image that covers the drawing, for each language, with its name."""
    return "".join(
        _span(
            layer,
            f' role="img" aria-label="{html.escape(" ".join(text.split()))}"',
            _style(COVER, layer, language),
            "",
        )
        for layer, text in zip(LAYERS, alt, strict=True)
    )


def _svg(drawing: ElementTree.Element, live: bool, language: str) -> str:
    """The `svg` element as text, as wide as its place, one label layer hidden."""
    box = drawing.get("viewBox")
    least = float(box.split()[2]) * 0.8
    drawing.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": box,
        "aria-hidden": "true",
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "style": f"display:block;width:100%;min-width:{least:.0f}px;height:auto",
    }
    if live:
        drawing.set("data-live", "")
    hidden = HIDDEN_BY[language] or "lang-zh"
    for group in drawing.iter("g"):
        if group.get("class") == hidden:
            group.set("style", "display:none")
    return ElementTree.tostring(drawing, encoding="unicode")


def _span(layer: str, attributes: str, style: str, text: str) -> str:
    """One `span` in one language."""
    style = f' style="{style}"' if style else ""
    text = html.escape(text, quote=False)
    return (
        f'<span class="{layer}" lang="{CODES[layer]}"{attributes}{style}>{text}</span>'
    )


def _style(style: str, layer: str, language: str) -> str:
    """A style, and `display:none` for the language that is not shown."""
    hide = "display:none" if HIDDEN_BY[language] == layer else ""
    return ";".join(part for part in (style, hide) if part)

"""An explorer as the output of a cell: a custom element, its data and its script."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from matplotlib.figure import Figure

from plusx import figures
from plusx.bilingual import Text, check_pair, spoken
from plusx.figures import html, palette

KINDS = ("product", "table", "curves", "deletion", "film", "story")
LARGEST = 40_000  # bytes of data in one explorer


def show(
    kind: str,
    data: Mapping[str, Any],
    *,
    name: str,
    alt: Text,
    caption: Text,
    still: Figure,
    live: bool = False,
) -> html.Output:
    """The explorer as an HTML output.

    Args:
        kind: "product", "table", "curves", "deletion", "film" or "story".
        data: from `product`, `table`, `story`, or a function of `pictures`.
        name: unique in the book, as in "product-explorer"; begins every id.
        alt: what the still figure shows, in both languages.
        caption: in both languages.
        still: what stands there without a script and in print.
        live: says that data and still rest on numbers trained or timed in the cell,
            so that they differ from machine to machine.

    Raises:
        ValueError: for an unknown kind, a missing text or more than 40 kB of data.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {KINDS}, got {kind!r}")
    html.check_name(name)
    told = check_pair("caption", caption)
    picture = figures.still(still, name=name, alt=alt, live=live)
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    if len(text.encode()) > LARGEST:
        raise ValueError(f"expected at most {LARGEST} bytes, got {len(text.encode())}")
    tag, safe = f"plusx-{kind}", text.replace("</", "<\\/")
    element = (
        f'<{tag} class="plusx-explorer" data-language="{figures.language()}">\n'
        f'<script type="application/json"{" data-live" * live}>{safe}</script>\n'
        f'<div class="plusx-still">\n{picture}\n</div>\n</{tag}>'
    )
    figure = html.figure(name, element, told, figures.language())
    scripts = "\n".join(f"<script>\n{part}</script>" for part in (base(), own(kind)))
    markup = f"{figure}\n{scripts}"
    return html.Output(markup, spoken(alt, figures.language()))


def base() -> str:
    """The JavaScript that all explorers share: chart, base and style; no comments.

    An element of its own in each output: a page keeps the first of equal ones.
    """
    chart, code, style = (
        (files("plusx.explorer") / name).read_text("utf8")
        for name in ("chart.js", "base.js", "base.css")
    )
    chart = chart.replace('"palette"', palette.for_scripts())
    source = chart + code.replace('"base.css"', json.dumps(style))
    return html.without_comments(source)


def own(kind: str) -> str:
    """The JavaScript of one kind of explorer."""
    source = (files("plusx.explorer") / f"{kind}.js").read_text("utf8")
    return html.without_comments(source)


def script(kind: str) -> str:
    """The JavaScript of an explorer as a whole."""
    return base() + own(kind)

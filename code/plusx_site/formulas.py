"""Formulas drawn at build time: a page carries plain SVG, no script and no font.

Each formula stands on the page three times: as a drawing for the eye, as MathML for
screen readers, and as TeX that copying picks up. The outlines of the glyphs stand once
at the head of a page, outside every language block, because a block may be hidden.
"""

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from .bilingual import place_in
from .mathjax import Drawing, FormulaError, Formulas

logger = logging.getLogger(__name__)

# A phone shows about 38 ex; a wider formula in a line gets its own scroll bar.
WIDE_EX = 30.0


def markup(drawing: Drawing, source: str, display: bool) -> str:
    """Return the HTML of one formula: drawing, MathML, and `source` for copying."""
    wide = not display and float(drawing.width.removesuffix("ex")) > WIDE_EX
    kind = "formula-block" if display else "formula-wide" if wide else "formula"
    drop = f' style="vertical-align:{drawing.drop}"'
    return (
        f'<span class="{kind}"{drop if wide else ""}>'
        f'<svg{"" if wide or display else drop} width="{drawing.width}" '
        f'height="{drawing.height}" viewBox="{drawing.view}" '
        'aria-hidden="true" focusable="false">'
        f'<g transform="scale(1,-1)">{drawing.drawing}</g></svg>'
        f"{drawing.mathml}"
        f'<span class="tex" aria-hidden="true">{escape(source)}</span>'
        "</span>"
    )


def display_tex(node: nodes.math_block) -> str:
    """Return the TeX of a displayed equation as Sphinx means it.

    Several paragraphs are aligned equations and a line break splits one, as in
    `sphinx.ext.mathjax`.
    """
    tex = node.astext()
    if node["nowrap"]:
        return tex
    parts = [part for part in tex.split("\n\n") if part.strip()]
    parts = [rf"\begin{{split}}{p}\end{{split}}" if r"\\" in p else p for p in parts]
    if len(parts) > 1:
        rows = r"\\".join(parts)
        return rf"\begin{{align}}\begin{{aligned}}{rows}\end{{aligned}}\end{{align}}"
    return "".join(parts)


def is_in_title(node: nodes.Element) -> bool:
    """Say whether a formula also appears on other pages, in a table of contents."""
    while node is not None:
        if isinstance(node, (nodes.title, addnodes.compact_paragraph)):
            return True
        node = node.parent
    return False


def drawn(
    translator: HTML5Translator, node: nodes.Element, tex: str, fence: str
) -> str:
    """Return the HTML of a formula; without a drawing, its TeX and a warning."""
    builder = translator.builder
    formulas: Formulas = builder.app.plusx_formulas
    display = isinstance(node, nodes.math_block)
    source = node.astext().strip()
    try:
        drawing = formulas.render(tex, display)
    except FormulaError as error:
        page = builder.current_docname
        where = place_in(builder.env.doc2path(page, base=False), node)
        message = f"{where}: MathJax cannot read the formula {source!r}: {error}"
        logger.warning(message, location=page, type="plusx", subtype="formula")
        return f"<code>{escape(source)}</code>"
    html = markup(drawing, f"{fence}{source}{fence}", display)
    return formulas.self_contained(html) if is_in_title(node) else html


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula of a line."""
    attributes = {"CLASS": "math notranslate nohighlight"}
    translator.body.append(translator.starttag(node, "span", "", **attributes))
    translator.body.append(drawn(translator, node, node.astext(), "$") + "</span>")
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed equation, with its number where it has one."""
    attributes = {"CLASS": "math notranslate nohighlight"}
    translator.body.append(translator.starttag(node, "div", "", **attributes))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    fence = "" if node["nowrap"] else "$$"
    translator.body.append(drawn(translator, node, display_tex(node), fence))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def start(app: Sphinx) -> None:
    """Open the drawings of earlier builds."""
    app.plusx_formulas = Formulas(Path(app.doctreedir) / "formulas.json")


def add_definitions(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Put the outlines that a page uses before its text."""
    body = context.get("body") or ""
    context["body"] = app.plusx_formulas.definitions(body) + body


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Keep the drawings for the next build."""
    app.plusx_formulas.close()


def setup(app: Sphinx) -> None:
    """Register the renderer `plusx` for `html_math_renderer`."""
    app.add_html_math_renderer("plusx", (visit_inline, None), (visit_block, None))

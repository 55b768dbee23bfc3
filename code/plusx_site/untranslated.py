"""Texts that the readers of one language would miss.

What stands outside the language blocks serves both languages: "English · 中文", or the
same text twice where it is the same in both (see `two_languages`). Words that are
neither are a fault wherever they stand: in a paragraph, a list, a quotation, a note, a
table, a caption, a picture's description or a piece of HTML.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from . import two_languages
from .bilingual import INVISIBLE, block_of, complain, place

#: A word of English that is no name (a name has a capital or a digit), or Chinese.
WORD = re.compile(
    r"(?<![\w-])[a-z]{3,}(?![\w-]*[A-Z0-9_])|" + two_languages.HAN.pattern
)
ADVICE = 'write "English · 中文", or the same text on both sides of the dot'
#: What brings no text of its own, or is asked elsewhere for its language.
ELSEWHERE = (*INVISIBLE, nodes.footnote, nodes.citation, addnodes.toctree)
UNREAD = ".lang-en, .lang-zh, script, style, svg, math"


class FindUntranslated(SphinxTransform):
    """Report each text outside the language blocks that is in one language only."""

    def apply(self, **kwargs: object) -> None:
        """Work on all texts, pictures and pieces of HTML."""
        for node in self.document.findall(serves_both):
            for text, what, subtype in faults(node):
                message = f'{what}: "{shortened(text)}"; {ADVICE}'
                complain(self.env, place(self.env, node), message, subtype)


def serves_both(node: nodes.Node) -> bool:
    """Tell whether a node has a text of its own for the readers of both languages."""
    if isinstance(node, (nodes.image, nodes.raw)):
        is_text = True
    else:
        fixed = (nodes.FixedTextElement, nodes.Inline)
        is_text = isinstance(node, nodes.TextElement) and not isinstance(node, fixed)
    return is_text and not is_elsewhere(node) and block_of(node) is None


def is_elsewhere(node: nodes.Node | None) -> bool:
    """Tell whether a node stands in a code cell, a footnote or the like."""
    while node is not None:
        if isinstance(node, ELSEWHERE) or is_of_notebook(node):
            return True
        node = node.parent
    return False


def is_of_notebook(node: nodes.Node) -> bool:
    """Tell whether a node is what a notebook holds besides its texts."""
    if isinstance(node, nodes.field_list):
        return isinstance(node.parent, nodes.document)
    return "nb_element" in getattr(node, "attributes", ())


def faults(node: nodes.Element) -> Iterator[tuple[str, str, str]]:
    """Yield the text that one language's readers miss, its name, and its subtype."""
    if isinstance(node, nodes.image):
        text = node.get("alt", "")
        if WORD.search(text) and not two_languages.split(text):
            yield text, "a picture described in one language", "untagged"
    elif isinstance(node, nodes.raw):
        if WORD.search(text := visible(node.astext())):
            yield text, "HTML outside a language block", "untagged"
    elif two_languages.is_split(node):
        return
    elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
        if re.search(r"[^\W\d_]{2}", prose(node)):
            yield node.astext(), "heading without a Chinese half", "heading"
    elif WORD.search(prose(node)):
        yield node.astext(), "prose outside a language block", "untagged"


def prose(node: nodes.Element) -> str:
    """Return the words of a text that stay as they are, without formulas and code."""
    texts = node.findall(nodes.Text)
    return " ".join(text for text in texts if not is_replaced(text, node))


def is_replaced(text: nodes.Text, top: nodes.Element) -> bool:
    """Tell whether a text is no prose, or asked by itself, as HTML and links are."""
    node = text.parent
    while node is not top:
        if isinstance(node, (nodes.math, nodes.literal, nodes.raw)):
            return True
        if isinstance(node, addnodes.pending_xref) and not node.get("refexplicit"):
            return True
        if isinstance(node, (nodes.reference, addnodes.pending_xref)):
            return two_languages.split(text) is not None
        node = node.parent
    return False


def visible(html: str) -> str:
    """Return the words of a piece of HTML that stand in no language."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(UNREAD):
        element.decompose()
    return " ".join(page.stripped_strings)


def shortened(text: str) -> str:
    """Return the beginning of a text, in one line."""
    return " ".join(text.split())[:50]

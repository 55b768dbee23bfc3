"""Language blocks: paragraphs in English, and right after them in Chinese.

In a notebook a Markdown cell with the tag `lang-en` is a block, followed by its cell
with the tag `lang-zh`. In a plain Markdown page the same is written with MyST block
breaks; a block ends at the next break::

    +++ {"tags": ["lang-en"]}

    English paragraphs.

    +++ {"tags": ["lang-zh"]}

    中文段落。

    +++

Each block becomes `<div class="lang-en" lang="en">` or `<div class="lang-zh"
lang="zh-Hans">`, and the two of them a `<div class="lang-pair">`, which the page shows
one of, one above the other, or side by side. A heading belongs to both languages: it
stands outside the blocks, written "English · 中文" (see `two_languages`).

A block without its partner, an unknown language tag, a heading inside a block, a
heading without a Chinese half and prose outside the blocks are warnings of type
`bilingual`; the book is built with warnings as errors.
"""

import json

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

from . import two_languages
from .notebook_form import is_list_of

logger = logging.getLogger(__name__)
NAMES = {"en": "English", "zh": "Chinese"}
#: Blocks that become exactly one HTML element and can be aligned with their partner.
ALIGNABLE = (
    nodes.paragraph,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.definition_list,
    nodes.math_block,
    nodes.block_quote,
    nodes.literal_block,
    nodes.Admonition,
)
INVISIBLE = (
    nodes.comment,
    nodes.system_message,
    nodes.target,
    nodes.substitution_definition,
)


class LanguageBlock(nodes.container):
    """What one cell says, in the language `node["language"]`."""


class LanguagePair(nodes.container):
    """An English block and its Chinese one; `rows` when they align block by block."""


def visit_block(translator: HTML5Translator, node: LanguageBlock) -> None:
    """Open the element of a block."""
    language = two_languages.LANGUAGES[node["language"]]
    translator.body.append(translator.starttag(node, "div", lang=language))


def visit_pair(translator: HTML5Translator, node: LanguagePair) -> None:
    """Open the element of a pair; its style tells CSS how many rows to share."""
    rows = node.get("rows", 1)
    attributes = {"style": f"--rows:{rows}"} if rows > 1 else {}
    translator.body.append(
        translator.starttag(node, "div", CLASS="lang-pair", **attributes)
    )


def depart(translator: HTML5Translator, node: nodes.Element) -> None:
    """Close the element of a block or a pair."""
    translator.body.append("</div>\n")


def place(env: BuildEnvironment, node: nodes.Node, cell: int | None = None) -> str:
    """Return where a node of the page that is read stands, for a message."""
    return place_in(env.doc2path(env.docname, base=False), node, cell)


def place_in(path: str, node: nodes.Node, cell: int | None = None) -> str:
    """Return where a node stands, for a message: the file, and its cell or line.

    The parser of notebooks counts line L of cell C (from one) as 10000 C + L.
    """
    line, outer = 0, node
    while not line and outer is not None:
        line, outer = outer.line or 0, outer.parent
    if cell or (path.endswith(".ipynb") and line >= 10000):
        return f"{path}, cell {cell or line // 10000}"
    return f"{path}, line {line}"


def complain(env: BuildEnvironment, where: str, message: str, subtype: str) -> None:
    """Report a fault of a page as a warning."""
    logger.warning(
        "%s: %s",
        where,
        message,
        type="bilingual",
        subtype=subtype,
        location=env.docname,
    )


class LanguageBlocks(SphinxTransform):
    """Gather what stands between block breaks into blocks, and blocks into pairs."""

    def apply(self, **kwargs: object) -> None:
        """Work on every part of the page that can hold a block."""
        for parent in [self.document, *self.document.findall(nodes.section)]:
            self.gather(parent)
            self.pair_up(parent)
        for stray in list(self.document.findall(is_break)):
            if self.opens(stray):
                self.complain(stray, "a language block inside another block", "nested")

    def complain(self, node: nodes.Element, message: str, subtype: str) -> None:
        """Report a fault at a node."""
        where = place(self.env, node, node.get("cell"))
        complain(self.env, where, message, subtype)

    def opens(self, node: nodes.comment) -> str | None:
        """Return the language that a block break opens, or None; note its cell."""
        marker = self.read(node)
        node["cell"] = marker.get("cell")
        tags = marker.get("tags", [])
        if not is_list_of(tags, str):
            found = json.dumps(tags)
            message = f"the tags of a block break are a list of texts, got {found}"
            self.complain(node, message, "unknown")
            return None
        found = [tag.removeprefix("lang-") for tag in tags if tag.startswith("lang-")]
        for unknown in set(found) - set(two_languages.LANGUAGES):
            message = (
                f"unknown language tag lang-{unknown}; there are lang-en and lang-zh"
            )
            self.complain(node, message, "unknown")
        known = [name for name in found if name in two_languages.LANGUAGES]
        if len(known) > 1:
            self.complain(node, "a cell has one language, not two", "unknown")
        return known[0] if known else None

    def read(self, node: nodes.comment) -> dict:
        """Return what a block break says; a title after its signs says nothing."""
        text = node.astext().strip()
        if not text.startswith("{"):
            return {}
        try:
            return json.loads(text)
        except ValueError:
            self.complain(node, f"expected JSON after +++, got {text[:50]}", "unknown")
            return {}

    def gather(self, parent: nodes.Element) -> None:
        """Move the children that follow an opening break into a block."""
        children, block = [], None
        for child in parent.children:
            if is_break(child):
                language = self.opens(child)
                block = new_block(child, language) if language else None
                children += [block] if language else []
            elif isinstance(child, nodes.section) or block is None:
                children.append(child)
            else:
                block.append(child)
        if block is not None:
            message = f"a heading inside the {NAMES[block['language']]} block"
            self.complain(block, message + "; give it a cell of its own", "heading")
        parent[:] = children

    def pair_up(self, parent: nodes.Element) -> None:
        """Join each English block with the Chinese one after it."""
        children, waiting = [], None
        for child in parent.children:
            language = isinstance(child, LanguageBlock) and child["language"]
            if language == "zh" and waiting is not None:
                children[-1] = pair(waiting, child)
                waiting = None
                continue
            if isinstance(child, INVISIBLE) and waiting is not None:
                waiting.append(child)
                continue
            self.complain_unpaired(waiting)
            self.complain_unpaired(child if language == "zh" else None)
            waiting = child if language == "en" else None
            children.append(child)
        self.complain_unpaired(waiting)
        parent[:] = children

    def complain_unpaired(self, block: LanguageBlock | None) -> None:
        """Report a block that has no partner."""
        if block is None:
            return
        if block["language"] == "en":
            message = "English block without its Chinese one right after it"
        else:
            message = "Chinese block without its English one right before it"
        self.complain(block, message, "unpaired")


def is_break(node: nodes.Node) -> bool:
    """Tell whether a node is a MyST block break (`+++`)."""
    return isinstance(node, nodes.comment) and "block_break" in node["classes"]


def new_block(marker: nodes.comment, language: str) -> LanguageBlock:
    """Return an empty block that stands where its marker stood."""
    block = LanguageBlock(language=language, cell=marker.get("cell"))
    block["classes"] = [f"lang-{language}"]
    block.source, block.line = marker.source, marker.line
    return block


def pair(english: LanguageBlock, chinese: LanguageBlock) -> LanguagePair:
    """Return the pair of two blocks, aligned where both have the same sequence."""
    node = LanguagePair("", english, chinese)
    shapes = [
        [type(c) for c in block.children if not isinstance(c, INVISIBLE)]
        for block in (english, chinese)
    ]
    if shapes[0] == shapes[1] and all(issubclass(s, ALIGNABLE) for s in shapes[0]):
        node["rows"] = len(shapes[0])
    return node


def block_of(node: nodes.Node | None) -> LanguageBlock | None:
    """Return the language block that holds a node, or None."""
    while node is not None and not isinstance(node, LanguageBlock):
        node = node.parent
    return node


def setup(app: Sphinx) -> None:
    """Register the blocks."""
    app.add_node(LanguageBlock, html=(visit_block, depart))
    app.add_node(LanguagePair, html=(visit_pair, depart))

"""Sections that a first reading can leave out: a mark below the heading.

The cell of a section's heading has the tag `deeper`; every other section is core. In a
plain page a block break below the heading says the same: `+++ {"tags": ["deeper"]}`.
The heading's entry in the contents of the page gets a mark of its own. The tag on any
other cell is a warning.
"""

import json

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from .bilingual import complain, is_break, place

TAG = "deeper"
#: What stands below the heading, and the class of its entry in the contents.
WORDS = "deeper: a first reading can leave this out · 选读：第一遍可以跳过"
CLASS = "deeper-mark"


def opening(tags: list[str], number: int) -> str:
    """Return the break that follows the heading in cell `number`, if it is tagged."""
    if TAG not in tags:
        return ""
    return f"\n\n+++ {json.dumps({'tags': [TAG], 'cell': number})}\n"


class MarkDeeper(SphinxTransform):
    """Put the mark where the break stands."""

    def apply(self, **kwargs: object) -> None:
        """Replace each break that says `deeper`, right below a heading."""
        for node in list(self.document.findall(is_break)):
            text = node.astext().strip()
            if not text.startswith("{") or f'"{TAG}"' not in text:
                continue
            siblings = node.parent.children
            before = siblings[siblings.index(node) - 1]
            if not isinstance(before, nodes.title):
                where = place(self.env, node, json.loads(text).get("cell"))
                message = f"the tag {TAG} belongs on the cell of a heading"
                complain(self.env, where, message, TAG)
                continue
            node.parent["classes"].append(TAG)
            node.replace_self(nodes.paragraph(WORDS, WORDS, classes=[CLASS]))


def mark_contents(app: Sphinx, doctree: nodes.document) -> None:
    """Mark the entries of such sections; the event `doctree-read`, after Sphinx."""
    deep = {
        f"#{section['ids'][0]}"
        for section in doctree.findall(nodes.section)
        if TAG in section["classes"]
    }
    for entry in app.env.tocs[app.env.docname].findall(nodes.reference):
        if entry.get("anchorname") in deep:
            entry["classes"].append(CLASS)

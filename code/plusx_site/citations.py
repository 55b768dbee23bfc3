"""Citations by author and year: (He et al., 2016); in Chinese text （He 等，2016）."""

import dataclasses

import sphinxcontrib.bibtex.plugin
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from .bilingual import block_of

NAME = "author_year_round"
#: What joins and encloses names and years; nothing here occurs within a name.
IN_CHINESE = {
    " (": "（",
    "(": "（",
    ")": "）",
    "; ": "；",
    ", ": "，",
    " and ": " 和 ",
}


def brackets() -> BracketStyle:
    """Return round brackets, with semicolons between several works."""
    return BracketStyle(left="(", right=")", sep="; ")


@dataclasses.dataclass
class RoundReferenceStyle(AuthorYearReferenceStyle):
    """The style `author_year` with round brackets instead of square ones."""

    bracket_parenthetical: BracketStyle = dataclasses.field(default_factory=brackets)
    bracket_textual: BracketStyle = dataclasses.field(default_factory=brackets)


class ChineseCitations(SphinxPostTransform):
    """Write the citations of Chinese blocks as Chinese is written."""

    def run(self, **kwargs: object) -> None:
        """Rewrite each citation, and close the gaps that full-width brackets fill."""
        for citation in self.document.findall(nodes.inline):
            block = block_of(citation)
            if "bibtex-citation" not in citation["classes"] or block is None:
                continue
            if block["language"] == "zh":
                rewrite(citation)
                close_gaps(citation)


def rewrite(citation: nodes.inline) -> None:
    """Put Chinese words and punctuation between the names and years of a citation."""
    others = "等" if citation.astext().startswith("(") else "等人"
    for emphasis in list(citation.findall(nodes.emphasis)):
        if emphasis.astext() == "et al.":
            emphasis.replace_self(nodes.Text(others))
    for text in list(citation.findall(nodes.Text)):
        chinese = str(text)
        for mark, full in IN_CHINESE.items():
            chinese = chinese.replace(mark, full)
        text.parent.replace(text, nodes.Text(chinese))


def close_gaps(citation: nodes.inline) -> None:
    """Remove the space at a side where the citation has a full-width bracket."""
    siblings, written = citation.parent, citation.astext()
    place = siblings.index(citation)
    sides = (
        (written.startswith("（"), place - 1, str.rstrip),
        (written.endswith("）"), place + 1, str.lstrip),
    )
    for closes, index, strip in sides:
        inside = 0 <= index < len(siblings)
        if closes and inside and isinstance(siblings[index], nodes.Text):
            siblings[index] = nodes.Text(strip(siblings[index], " "))


def visit_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Open a work of the list: a list item; docutils gives a role that is no more."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(
        translator.starttag(node, "div", CLASS="citation", role="listitem")
    )


def depart_citation(translator: HTML5Translator, node: nodes.citation) -> None:
    """Close a work, and the list after the last one."""
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    """Register the style, for `bibtex_reference_style`, and its Chinese form."""
    sphinxcontrib.bibtex.plugin.register_plugin(
        "sphinxcontrib.bibtex.style.referencing", NAME, RoundReferenceStyle
    )
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))

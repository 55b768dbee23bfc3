"""What is folded away: hints, solutions and code.

An admonition of the class `dropdown` and a code cell tagged `hide-cell`, `hide-input`
or `hide-output` become a native `<details>`: it opens by keyboard, works without
JavaScript, and its summary says in both languages what it holds. The code of a figure
is folded below it: what one reads first is the figure.
"""

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from . import theme_words


class Fold(nodes.container):
    """A folded block; its first child is its summary."""


class FoldSummary(nodes.TextElement):
    """The line of a fold that is always seen."""


class FoldAdmonitions(SphinxTransform):
    """Fold every admonition of the class `dropdown`."""

    def apply(self, **kwargs: object) -> None:
        """Replace the admonition by a fold; its title becomes the summary."""
        for node in list(self.document.findall(nodes.Admonition)):
            if "dropdown" not in node["classes"]:
                continue
            title = node.children[0]
            body = node.children
            summary = FoldSummary()
            if isinstance(title, nodes.title):
                summary.extend(title.children)
                body = node.children[1:]
            else:
                summary.append(nodes.Text(node.tagname.capitalize()))
            fold = Fold("", summary, *body, ids=node["ids"], names=node["names"])
            kept = [name for name in node["classes"] if name != "dropdown"]
            fold["classes"] = ["fold", *kept]
            fold.source, fold.line = node.source, node.line
            node.replace_self(fold)


class CodeBelow(SphinxPostTransform):
    """Put code that is folded away behind what it has shown."""

    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Move the fold of each cell whose input alone is hidden to its end."""
        for cell in self.document.findall(nodes.container):
            if cell.get("hide_mode") == "input":
                cell.children.sort(key=lambda part: isinstance(part, HideCodeCellNode))


def visit_fold(translator: HTML5Translator, node: Fold) -> None:
    """Open the element of a fold."""
    translator.body.append(translator.starttag(node, "details"))


def depart_fold(translator: HTML5Translator, node: nodes.Element) -> None:
    """Close the element of a fold."""
    translator.body.append("</div></details>\n")


def visit_summary(translator: HTML5Translator, node: nodes.Element) -> None:
    """Open a summary."""
    translator.body.append("<summary><span>")


def depart_summary(translator: HTML5Translator, node: nodes.Element) -> None:
    """Close a summary and open the element of what is folded."""
    translator.body.append('</span></summary>\n<div class="fold-body">\n')


def visit_code(translator: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open the fold of a code cell; its prompt is looked up among the words."""
    prompt = node["prompt_show"]
    summary = theme_words.spans_of(theme_words.PROMPTS.get(prompt, prompt)) or escape(
        prompt
    )
    translator.body.append('<details class="fold fold-code">')
    visit_summary(translator, node)
    translator.body.append(summary)
    depart_summary(translator, node)


def setup(app: Sphinx) -> None:
    """Register the folds; the one of code replaces that of MyST-NB."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_node(FoldSummary, html=(visit_summary, depart_summary))
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_fold))

"""The role `verdict`: a claim's verdict, covered until the reader asks for it.

    {verdict}`partly <everywhere-deletion>`

becomes `<details>` with a word, a shape and a color of its own, and a link to the
section that tries the claim. It needs no script.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from .two_languages import spans

#: Each kind of verdict: its shape, its words, and the class that colors it.
KINDS = {
    "holds": ("✓", "holds · 成立", "holds"),
    "condition": ("◐", "holds, under a condition · 成立，但有条件", "partly"),
    "partly": ("◐", "partly · 对了一部分", "partly"),
    "about": ("◐", "about · 差不多", "partly"),
    "wrong": ("✗", "wrong for that net · 对那个网络不成立", "wrong"),
}
ASK = spans("Show the verdict", "看判断")


class Verdict(SphinxRole):
    """A kind of verdict and the label of the section that it comes from."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the cover, the words as a link, and the end of the cover."""
        kind, _, rest = self.text.partition(" <")
        if kind not in KINDS or not rest.endswith(">"):
            known = ", ".join(KINDS)
            message = self.inliner.reporter.error(
                f"verdict: expected one of {known} and <label>, got {self.text!r}",
                line=self.lineno,
            )
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [
                message
            ]
        shape, words, color = KINDS[kind]
        before = (
            f'<details class="verdict"><summary>{ASK}</summary>'
            f'<span class="verdict-{color}"><span aria-hidden="true">'
            f"{escape(shape)}</span> "
        )
        reference = self.env.get_domain("std").role("ref")
        linked, messages = reference(
            "ref", "", f"{words} <{rest}", self.lineno, self.inliner
        )
        raw = [
            nodes.raw("", text, format="html") for text in (before, "</span></details>")
        ]
        return [raw[0], *linked, raw[1]], messages


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("verdict", Verdict())

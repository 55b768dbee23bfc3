"""The role `verdict`: a claim's verdict, covered until the reader asks for it.

    {verdict}`partly <everywhere-deletion>`

becomes `<details>` with a word, a shape and a color of its own, and a link to the
section that tries the claim. It needs no script. The role `judged` says a verdict of
the same kinds openly, on the page that gives its reasons: {judged}`partly`.
"""

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from .two_languages import SEPARATOR, spans

Found = tuple[list[nodes.Node], list[nodes.system_message]]
#: Each kind of verdict: its shape, its words, and the class that colors it.
KINDS = {
    "holds": ("✓", "holds · 成立", "holds"),
    "condition": ("◐", "holds, under a condition · 成立，但有条件", "partly"),
    "partly": ("◐", "right in part · 对了一部分", "partly"),
    "about": ("◐", "about right · 大致成立", "partly"),
    "wrong": ("✗", "wrong for that net · 对那个网络不成立", "wrong"),
}
ASK = spans("Show the verdict", "看判断")


def fault(role: SphinxRole, expected: str) -> Found:
    """Return the text of a role as it is, and what is wrong with it."""
    message = role.inliner.reporter.error(
        f"{role.name}: expected {expected}, got {role.text!r}", line=role.lineno
    )
    problem = role.inliner.problematic(role.rawtext, role.rawtext, message)
    return [problem], [message]


class Judged(SphinxRole):
    """A kind of verdict, not covered."""

    def run(self) -> Found:
        """Return shape and words in their color."""
        if self.text not in KINDS:
            return fault(self, f"one of {', '.join(KINDS)}")
        shape, words, color = KINDS[self.text]
        markup = (
            f'<span class="judged verdict-{color}"><span aria-hidden="true">'
            f"{escape(shape)}</span> {spans(*words.split(SEPARATOR))}</span>"
        )
        return [nodes.raw("", markup, format="html")], []


class Verdict(SphinxRole):
    """A kind of verdict and the label of the section that it comes from."""

    def run(self) -> Found:
        """Return the cover, the words as a link, and the end of the cover."""
        kind, _, rest = self.text.partition(" <")
        if kind not in KINDS or not rest.endswith(">"):
            return fault(self, f"one of {', '.join(KINDS)} and <label>")
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
    """Register the roles."""
    app.add_role("verdict", Verdict())
    app.add_role("judged", Judged())

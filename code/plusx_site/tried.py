"""Where a claim is tried: a note in the section, a link back to the claim.

The page of the claims says it once, where it judges the claim:

    (claim-3)=
    ### Claim 3: the gradient vanished · 说法 3：梯度消失了

    It is tried in {tried}`3 <gradients-norms>`.

which is shown as a reference to that section. The section, on whichever page it stands,
gets a note below its heading that leads to the claim. Where the label is that of a
whole page, the note says so.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

from . import two_languages, verdicts

#: The key of a page's metadata: label of a section → the claims tried there.
KEY = "plusx_tried"
#: What a note says of a section, and of a page; what a claim is called; the comma.
WORDS = {
    "en": ("Tried here: ", "Tried in this chapter: ", "claim ", ", "),
    "zh": ("在这里受审：", "在这一章受审：", "说法 ", "、"),
}


class Tried(SphinxRole):
    """The number of a claim and the label of the section that tries it."""

    def run(self) -> verdicts.Found:
        """Note the place, and return a reference to it."""
        number, _, rest = self.text.partition(" <")
        if not number.isdigit() or not rest.endswith(">"):
            return verdicts.fault(self, "a number and <label>")
        label = rest.removesuffix(">")
        claims = self.env.metadata[self.env.docname].setdefault(KEY, {})
        numbers = claims.setdefault(label, [])
        if int(number) not in numbers:
            numbers.append(int(number))
        reference = self.env.get_domain("std").role("ref")
        return reference("ref", "", label, self.lineno, self.inliner)


def tried_on(env: BuildEnvironment, page: str) -> Iterator[tuple[str, list]]:
    """Yield the anchors of a page that try claims, each with (number, page, anchor)."""
    labels = env.get_domain("std").anonlabels
    for name, metadata in sorted(env.metadata.items()):
        for label, numbers in metadata.get(KEY, {}).items():
            where, anchor = labels.get(label, ("", ""))
            if where == page:
                claims = [(n, *labels.get(f"claim-{n}", (name, ""))) for n in numbers]
                yield anchor, sorted(claims)


class NoteClaims(SphinxPostTransform):
    """Put the notes below the headings."""

    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Find each section by its anchor; a heading's mark stays above the note."""
        sections = {
            anchor: section
            for section in self.document.findall(nodes.section)
            for anchor in section["ids"]
        }
        for anchor, claims in tried_on(self.env, self.env.docname):
            section = sections[anchor]
            is_page = section.parent is self.document
            place = next(
                index
                for index, child in enumerate(section.children)
                if index and "deeper-mark" not in child.get("classes", ())
            )
            section.insert(place, self.note(claims, is_page))

    def note(self, claims: list[tuple[int, str, str]], is_page: bool) -> nodes.Node:
        """Return the note, once in each language."""
        texts = [self.text(language, claims, is_page) for language in WORDS]
        dot = nodes.inline("", two_languages.SEPARATOR, classes=["lang-sep"])
        return nodes.paragraph("", "", texts[0], dot, texts[1], classes=["tried"])

    def text(
        self, language: str, claims: list[tuple[int, str, str]], is_page: bool
    ) -> nodes.inline:
        """Return the note in one language, a link for each claim."""
        here, in_page, name, comma = WORDS[language]
        found = nodes.inline("", in_page if is_page else here)
        found["classes"] = two_languages.classes(language)
        builder = self.app.builder
        for index, (number, page, anchor) in enumerate(claims):
            uri = builder.get_relative_uri(self.env.docname, page) + f"#{anchor}"
            found += [nodes.Text(comma)] if index else []
            found += nodes.reference("", f"{name}{number}", refuri=uri, internal=True)
        return found


def read_anew(app: Sphinx, env: BuildEnvironment, names: list[str]) -> None:
    """Read all pages where one with claims changed; event `env-before-read-docs`."""
    if any(KEY in env.metadata.get(name, {}) for name in names):
        names[:] = sorted(env.found_docs)


def setup(app: Sphinx) -> None:
    """Register the role."""
    app.add_role("tried", Tried())

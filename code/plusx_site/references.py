"""References between pages: their text in the reader's language, their target too.

A link whose target stands in the block of one language leads the readers of the other
to a place that is not there for them; that is a warning.
"""

import posixpath
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import two_languages
from .bilingual import NAMES, LanguageBlock, block_of, complain, place

Languages = dict[str, str]


def languages(env: BuildEnvironment) -> dict[str, Languages]:
    """Return the language of each place that stands in a block, by page and anchor."""
    if not hasattr(env, "plusx_languages"):
        env.plusx_languages = {}
    return env.plusx_languages


def note_languages(app: Sphinx, doctree: nodes.document) -> None:
    """Note which places of a page stand in a block; the event `doctree-read`."""
    languages(app.env)[app.env.docname] = {
        anchor: block["language"]
        for block in doctree.findall(LanguageBlock)
        for node in block.findall(nodes.Element)
        for anchor in node["ids"]
    }


def forget_languages(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget the places of a page; the event `env-purge-doc`."""
    languages(env).pop(docname, None)


def merge_languages(
    app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment
) -> None:
    """Take over what another process has read; the event `env-merge-info`."""
    theirs = languages(other)
    languages(env).update({name: theirs[name] for name in docnames if name in theirs})


class HalveReferences(SphinxPostTransform):
    """Show the half of a heading that fits the place of a reference to it."""

    def run(self, **kwargs: object) -> None:
        """Cut a reference's text in a block, split it outside."""
        for reference in list(self.document.findall(nodes.reference)):
            block = block_of(reference)
            for text in list(reference.findall(nodes.Text)):
                halved = two_languages.split(text.astext())
                if not halved:
                    continue
                if block is None:
                    two_languages.split_node(text.parent)
                else:
                    half = halved[0 if block["language"] == "en" else 1]
                    text.parent.replace(text, nodes.Text(half))


class FindOneSided(SphinxPostTransform):
    """Report references to places that the readers of a language do not see."""

    def run(self, **kwargs: object) -> None:
        """Compare the language of each reference with that of its target."""
        for node, target in self.one_sided():
            block = block_of(node)
            here = f"the {NAMES[block['language']]} text" if block else "both languages"
            message = (
                f'"{shown(node)}" leads from {here} into the {NAMES[target]} block; '
                "put what it leads to outside the blocks, or a target into each"
            )
            complain(self.env, place(self.env, node), message, "one-sided")

    def one_sided(self) -> Iterator[tuple[nodes.reference, str]]:
        """Yield references with the language of their target, where they differ."""
        builder = self.app.builder
        here = builder.get_target_uri(self.env.docname)
        pages = {builder.get_target_uri(name): name for name in self.env.all_docs}
        for node in self.document.findall(nodes.reference):
            path, _, anchor = node.get("refuri", "").partition("#")
            anchor = node.get("refid") or anchor
            address = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
            page = pages.get(address) if path else self.env.docname
            target = languages(self.env).get(page, {}).get(anchor)
            block = block_of(node)
            if target and target != (block and block["language"]):
                yield node, target


def shown(node: nodes.reference) -> str:
    """Return the text of a reference, without line breaks."""
    return " ".join(node.astext().split())

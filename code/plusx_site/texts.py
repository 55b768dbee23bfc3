"""Texts of a page that serve both languages, and references between pages.

Headings, captions, table cells, terms and admonition titles outside the language blocks
are split at their dot (see `halves`); what cannot be split is a warning where a reader
of one language would miss something.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import halves, words
from .bilingual import block_of, complain, place

WORD = re.compile(r"[A-Za-z]{3,}|" + halves.HAN.pattern)
CHINESE = r"\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
PUNCTUATION = r"\u3001-\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
#: A line break that is no space: Chinese on both sides, or a full stop before it.
BREAK = re.compile(rf"(?<=[{CHINESE}])\n(?=[{CHINESE}])|(?<=[{PUNCTUATION}])\n")

#: A space that belongs to a number: 63.3 %, 0.9 ± 0.8.
UNIT = re.compile(r"(?<=\d) (?=[%±])|(?<=±) (?=\d)")


class SplitTexts(SphinxTransform):
    """Split "English · 中文" outside the blocks, and name anchors in English."""

    default_priority = 210

    def apply(self, **kwargs):
        """Split every text; then headings must have two halves, prose must be split."""
        for node in list(self.document.findall(nodes.TextElement)):
            if isinstance(node, (nodes.FixedTextElement, nodes.Inline)):
                continue
            if block_of(node) is None:
                self.check(node, halves.split_node(node))
        for section in self.document.findall(nodes.section):
            rename(self.document, section)

    def check(self, node, is_split):
        """Report a heading or a paragraph that one language's readers miss."""
        if is_split or isinstance(node, nodes.math_block):
            return
        where, text = place(self.env, node), node.astext()
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            message = (
                f'heading without a Chinese half: "{text}"; write "English · 中文"'
            )
            complain(self.env, where, message, "heading")
        elif isinstance(node.parent, nodes.section) and WORD.search(prose(node)):
            message = f'prose outside a language block: "{text[:50]}"'
            complain(self.env, where, message, "untagged")


def prose(node):
    """Return the words of a paragraph; formulas, code, links' addresses are none."""
    if not isinstance(node, nodes.paragraph):
        return ""
    return " ".join(
        text.astext()
        for text in node.findall(nodes.Text)
        if not isinstance(text.parent, (nodes.math, nodes.literal))
    )


def rename(document, section):
    """Give a section the id of its heading's English half."""
    title = section.next_node(nodes.title)
    halved = halves.split(title.astext()) if title is not None else None
    if not halved or not section["ids"]:
        return
    old, new = section["ids"][0], nodes.make_id(halved[0])
    if not new or new == old or new in document.ids:
        return
    section["ids"][0] = new
    document.ids[new] = document.ids.pop(old)
    for name, known in document.nameids.items():
        if known == old:
            document.nameids[name] = new
    slugs = getattr(document, "myst_slugs", {})
    for key, (line, known, text) in slugs.items():
        if known == old:
            slugs[key] = (line, new, text)


class ChineseWords(SphinxTransform):
    """Give admonitions their title: Chinese in a Chinese block, both outside."""

    default_priority = 205

    def apply(self, **kwargs):
        """Replace `note`, `tip`, … by an admonition with a title of its own."""
        for node in list(self.document.findall(nodes.Admonition)):
            english = words.ADMONITIONS.get(node.tagname)
            block = block_of(node)
            if english is None or (block is not None and block["language"] == "en"):
                continue
            chinese = words.WORDS[english]
            text = chinese if block else f"{english}{halves.SEPARATOR}{chinese}"
            title = nodes.title(text, text)
            titled = nodes.admonition("", title, *node.children, **node.attributes)
            titled["classes"] = [node.tagname, *node["classes"]]
            titled.source, titled.line = node.source, node.line
            node.replace_self(titled)


class JoinLines(SphinxTransform):
    """Join the lines of Chinese paragraphs: a line break in the source is no space."""

    default_priority = 215

    def apply(self, **kwargs):
        """Work on every text in a Chinese block, code excepted."""
        for node in self.document.findall(nodes.TextElement):
            block = block_of(node)
            fixed = isinstance(node, (nodes.FixedTextElement, nodes.Inline))
            if block is not None and block["language"] == "zh" and not fixed:
                join_lines(node)


def join_lines(paragraph):
    """Take the line breaks out of a Chinese paragraph, across its markup."""
    texts = list(paragraph.findall(nodes.Text))
    for i, text in enumerate(texts):
        before = texts[i - 1][-1:] if i else ""
        after = texts[i + 1][:1].strip() if i + 1 < len(texts) else ""
        joined = BREAK.sub("", before + text + after)
        new = joined[len(before) : len(joined) - len(after)]
        if new != text:
            siblings = text.parent.children
            place = [child is text for child in siblings].index(True)
            text.parent[place] = nodes.Text(new)


class KeepUnits(SphinxTransform):
    """Keep a number and its unit on one line."""

    default_priority = 216

    def apply(self, **kwargs):
        """Make the space no place for a line break, in all texts but code."""
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            if isinstance(parent, (nodes.FixedTextElement, nodes.literal, nodes.math)):
                continue
            kept = UNIT.sub("\u00a0", text)
            if kept != text:
                place = [child is text for child in parent.children].index(True)
                parent[place] = nodes.Text(kept)


class CountFootnotes(SphinxTransform):
    """Give a footnote the language of its reference; each language counts its own."""

    default_priority = 630  # after docutils has numbered them all

    def apply(self, **kwargs):
        """Renumber the footnotes of each language, in the order of the page."""
        counted = dict.fromkeys(halves.LANGUAGES, 0)
        references = list(self.document.findall(nodes.footnote_reference))
        for note in self.document.findall(nodes.footnote):
            ours = [ref for ref in references if ref.get("refid") in note["ids"]]
            blocks = {block["language"] for ref in ours if (block := block_of(ref))}
            if len(blocks) != 1 or not note.get("auto"):
                continue
            language = blocks.pop()
            counted[language] += 1
            note["classes"] += halves.classes(language)
            for node in [note.next_node(nodes.label), *ours]:
                node[:] = [nodes.Text(str(counted[language]))]


class HalveReferences(SphinxPostTransform):
    """Show the half of a heading that fits the place of a reference to it."""

    default_priority = 20  # after the references are resolved

    def run(self, **kwargs):
        """Cut a reference's text in a block, split it outside."""
        for reference in list(self.document.findall(nodes.reference)):
            block = block_of(reference)
            for text in list(reference.findall(nodes.Text)):
                halved = halves.split(text.astext())
                if not halved:
                    continue
                if block is None:
                    halves.split_node(text.parent)
                else:
                    half = halved[0 if block["language"] == "en" else 1]
                    text.parent.replace(text, nodes.Text(half))


def setup(app):
    """Register what is done to the texts of a page."""
    for transform in (ChineseWords, SplitTexts, JoinLines, KeepUnits, CountFootnotes):
        app.add_transform(transform)
    app.add_post_transform(HalveReferences)

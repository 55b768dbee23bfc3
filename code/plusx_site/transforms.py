"""What is done to the texts of a page before it is written.

Headings, captions, table cells, terms and titles outside the language blocks are split
at their dot (see `two_languages`); notes get a title, Chinese lines are joined, numbers
keep their unit, and each language counts its own footnotes.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from . import theme_words, two_languages
from .bilingual import block_of, complain, place

CHINESE = r"\u2014\u2018-\u201d\u2026\u3000-\u303f\uff00-\uffef"
CHINESE += two_languages.RANGES
PUNCTUATION = r"\u3001-\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f"
#: A line break that is no space: Chinese on both sides, or a full stop before it.
BREAK = re.compile(rf"(?<=[{CHINESE}])\n(?=[{CHINESE}])|(?<=[{PUNCTUATION}])\n")

#: A space that belongs to a number: 63.3 %, 0.9 ± 0.8.
UNIT = re.compile(r"(?<=\d) (?=[%±])|(?<=±) (?=\d)")


class TitleAdmonitions(SphinxTransform):
    """Give admonitions their title: Chinese in a Chinese block, both outside."""

    def apply(self, **kwargs: object) -> None:
        """Replace `note`, `tip`, … by an admonition with a title of its own."""
        for node in list(self.document.findall(nodes.Admonition)):
            english = theme_words.ADMONITIONS.get(node.tagname)
            block = block_of(node)
            if english is None or (block is not None and block["language"] == "en"):
                continue
            chinese = theme_words.WORDS[english]
            text = chinese if block else f"{english}{two_languages.SEPARATOR}{chinese}"
            title = nodes.title(text, text)
            titled = nodes.admonition("", title, *node.children, **node.attributes)
            titled["classes"] = [node.tagname, *node["classes"]]
            titled.source, titled.line = node.source, node.line
            node.replace_self(titled)


class SplitTexts(SphinxTransform):
    """Split "English · 中文" outside the blocks, and name anchors in English."""

    def apply(self, **kwargs: object) -> None:
        """Split every text but code and what stands inside a line."""
        for node in list(self.document.findall(nodes.TextElement)):
            if isinstance(node, (nodes.FixedTextElement, nodes.Inline)):
                continue
            if block_of(node) is None:
                two_languages.split_node(node)
        for section in self.document.findall(nodes.section):
            rename(self.document, section)


def rename(document: nodes.document, section: nodes.section) -> None:
    """Give a section the id of its heading's English half."""
    title = section.next_node(nodes.title)
    if title is None or not section["ids"] or not two_languages.is_split(title):
        return
    english = title.astext().split(two_languages.SEPARATOR)[0]
    old, new = section["ids"][0], nodes.make_id(english)
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


class JoinLines(SphinxTransform):
    """Join the lines of Chinese texts: a line break in the source is no space."""

    def apply(self, **kwargs: object) -> None:
        """Work on every text but code; between English words nothing is joined."""
        for node in self.document.findall(nodes.TextElement):
            if not isinstance(node, (nodes.FixedTextElement, nodes.Inline)):
                join_lines(node)


def join_lines(paragraph: nodes.TextElement) -> None:
    """Take the line breaks out of the Chinese of a paragraph, across its markup."""
    texts = [text for text in paragraph.findall(nodes.Text) if is_seen(text)]
    whole = "".join(texts)
    dropped = {match.start() for match in BREAK.finditer(whole)}
    start = 0
    for text in texts:
        kept = [c for i, c in enumerate(text, start) if i not in dropped]
        start += len(text)
        if len(kept) < len(text):
            siblings = text.parent.children
            place = [child is text for child in siblings].index(True)
            text.parent[place] = nodes.Text("".join(kept))


def is_seen(text: nodes.Text) -> bool:
    """Tell whether a text is one, and no HTML."""
    return not isinstance(text.parent, nodes.raw)


class KeepUnits(SphinxTransform):
    """Keep a number and its unit on one line."""

    def apply(self, **kwargs: object) -> None:
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

    def apply(self, **kwargs: object) -> None:
        """Renumber the footnotes of each language, in the order of the page."""
        counted = dict.fromkeys(two_languages.LANGUAGES, 0)
        references = list(self.document.findall(nodes.footnote_reference))
        for note in self.document.findall(nodes.footnote):
            ours = [ref for ref in references if ref.get("refid") in note["ids"]]
            blocks = {(b := block_of(ref)) and b["language"] for ref in ours}
            if len(blocks) != 1 or None in blocks:
                self.check(note, bool(ours))
                continue
            language = blocks.pop()
            counted[language] += 1
            note["classes"] += two_languages.classes(language)
            for node in [note.next_node(nodes.label), *ours]:
                node[:] = [nodes.Text(str(counted[language]))]

    def check(self, note: nodes.footnote, is_referred_to: bool) -> None:
        """Report a note for both languages that is written in one."""
        texts = note.findall(nodes.paragraph)
        if is_referred_to and not all(map(two_languages.is_split, texts)):
            first = note.next_node(nodes.paragraph).astext()
            message = f'a footnote of both languages in one: "{first[:50]}"'
            complain(self.env, place(self.env, note), message, "untagged")

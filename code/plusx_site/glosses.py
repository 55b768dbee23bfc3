"""The glossary where the eye is: what a term means, at its first use on a page.

A term of the glossary becomes, where a page's text in a language first uses it, a place
that shows its entry on hover, focus or tap: the term, its name in the other language,
one sentence. Headings, links, code, tables and folded notes stay as they are, a section
has `MOST` such places at the most, and without a script the text is what it was.

An entry is a paragraph of the glossary that begins with its term in bold; a symbol's
begins with a formula. The link to a chapter at its end is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from .bilingual import LanguageBlock

LABEL = "glossary"
MOST = 12  # terms in one section, in one language
EVERYDAY = {"step"}  # words that most often mean something else
LETTERS = {r"\gamma": "γ", r"\beta": "β", r"\lambda": "λ", r"\alpha": "α"}
UNTOUCHED = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.raw,
    nodes.table,
    nodes.Admonition,
    nodes.FixedTextElement,
)


class Term(nodes.inline):
    """The first use of a term; `node["gloss"]` is the anchor of its entry."""


@dataclass
class Entry:
    """A paragraph of the glossary, and by what its term is known in the text."""

    anchor: str
    paragraph: nodes.paragraph
    words: Sequence[str] = ()
    symbol: str = ""


@dataclass
class Glossary:
    """The entries of one language, and how to find the words of all of them."""

    language: str
    entries: Sequence[Entry]
    pattern: re.Pattern = field(init=False)

    def __post_init__(self) -> None:
        words = sorted((w for one in self.entries for w in one.words), key=len)
        found = "|".join(map(_loose, reversed(words))) or r"(?!)"
        if self.language == "en":
            found = rf"(?<![\w-])({found})(?:s|es)?(?![\w-])"
        else:  # 深度 is a term, and 深度网络 is another thing
            found = rf"({found})(?!网络)"
        self.pattern = re.compile(found, re.IGNORECASE)

    def of_word(self, text: str) -> Entry:
        """The entry that a found word belongs to."""
        exact = {word.lower(): one for one in self.entries for word in one.words}
        known = [text.lower(), *(text.lower().removesuffix(end) for end in ("s", "es"))]
        spelt = known + [word.replace("is", "iz") for word in known]
        return next(exact[word] for word in spelt if word in exact)

    def of_symbol(self, formula: str) -> Entry | None:
        """The entry of a formula that is a symbol, with an index or without."""
        symbols = (one for one in self.entries if one.symbol)
        named = (one for one in symbols if _symbol(formula) == one.symbol)
        return next(named, None)


def _symbol(formula: str) -> str:
    """A formula without its index."""
    return formula.split("_")[0]


def _loose(word: str) -> str:
    """A word as it is looked for: the book spells optimisation both ways."""
    return re.escape(word).replace("iz", "i[sz]")


def read(document: nodes.document, language: str) -> Glossary:
    """The entries of the glossary's page in a language."""
    blocks = (b for b in document.findall(LanguageBlock) if b["language"] == language)
    paragraphs = [p for block in blocks for p in block.findall(nodes.paragraph)]
    entries = [
        _entry(paragraph, f"gloss-{language}-{number}")
        for number, paragraph in enumerate(paragraphs)
        if isinstance(_seen(paragraph)[0], nodes.strong)
    ]
    return Glossary(language, entries)


def _seen(paragraph: nodes.paragraph) -> list[nodes.Node]:
    """What a paragraph is made of, without empty texts."""
    return [child for child in paragraph if child.astext()]


def _entry(paragraph: nodes.paragraph, anchor: str) -> Entry:
    """An entry from its paragraph, without the link to a chapter at its end."""
    kept = paragraph.deepcopy()
    if isinstance(kept[-1], pending_xref):
        kept.pop()
    term = _seen(paragraph)[0]
    if term.next_node(nodes.math):
        symbol = term.astext()
        return Entry(anchor, kept, list(LETTERS.get(symbol, "")), symbol)
    words = re.split(r"[()（）]", term.astext())
    words = [word.strip() for word in words if "/" not in word]
    return Entry(anchor, kept, [w for w in words if len(w) > 1 and w not in EVERYDAY])


def mark(blocks: Sequence[LanguageBlock], glossary: Glossary) -> None:
    """Mark the first use of each term in the blocks of one language, in place."""
    used: set[str] = set()
    counts: dict[int, int] = {}
    for block in blocks:
        section = id(_section(block))
        for node in list(_readable(block)):
            room = MOST - counts.get(section, 0)
            marked = _mark_node(node, glossary, used, room)
            counts[section] = counts.get(section, 0) + marked


def _section(node: nodes.Element) -> nodes.Element:
    """The section that a node stands in, or the page."""
    while node.parent is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def _readable(block: LanguageBlock) -> Iterator[nodes.Text | nodes.math]:
    """Texts and formulas of a block's paragraphs that may be marked."""
    for node in block.findall(lambda n: isinstance(n, nodes.Text | nodes.math)):
        around, inside = node.parent, isinstance(node.parent, nodes.math)
        while around is not block and not isinstance(around, UNTOUCHED):
            around = around.parent
        if around is block and not inside:
            yield node


def _mark_node(
    node: nodes.Text | nodes.math, glossary: Glossary, used: set[str], room: int
) -> int:
    """Mark terms in one text or formula; return how many."""
    if isinstance(node, nodes.math):
        parts = list(_in_formula(node, glossary, used, room))
    else:
        parts = list(_in_text(node.astext(), glossary, used, room))
    place = [child is node for child in node.parent.children].index(True)
    node.parent[place : place + 1] = parts
    return sum(isinstance(part, Term) for part in parts)


def _in_formula(
    node: nodes.math, glossary: Glossary, used: set[str], room: int
) -> Iterator[nodes.Node]:
    """A formula, within a term where it is a symbol that was not used before."""
    entry = glossary.of_symbol(node.astext())
    if entry is None or entry.anchor in used or room < 1:
        yield node
        return
    used.add(entry.anchor)
    yield Term("", "", node.deepcopy(), gloss=entry.anchor)


def _in_text(
    text: str, glossary: Glossary, used: set[str], room: int
) -> Iterator[nodes.Node]:
    """A text cut into pieces, of which some are terms."""
    start = 0
    for found in glossary.pattern.finditer(text):
        entry = glossary.of_word(found[0])
        if entry.anchor in used or room < 1:
            continue
        used.add(entry.anchor)
        room -= 1
        yield nodes.Text(text[start : found.start()])
        yield Term("", found[0], gloss=entry.anchor)
        start = found.end()
    yield nodes.Text(text[start:])


def of_book(env: BuildEnvironment) -> tuple[str, dict[str, Glossary]]:
    """The page of the glossary and its entries by language; "" where there is none."""
    page = env.get_domain("std").anonlabels.get(LABEL, ("", ""))[0]
    if page and not hasattr(env, "plusx_glossary"):
        document = env.get_doctree(page)
        env.plusx_glossary = {code: read(document, code) for code in ("en", "zh")}
    return page, getattr(env, "plusx_glossary", {})


def forget(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Read the glossary anew in each build; the event `env-before-read-docs`."""
    if hasattr(env, "plusx_glossary"):
        del env.plusx_glossary


class MarkTerms(SphinxPostTransform):
    """Mark the first use of each term on a page, in each language."""

    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Work on every page but the glossary itself."""
        page, glossaries = of_book(self.env)
        if self.env.docname == page:
            return
        for language, glossary in glossaries.items():
            blocks = self.document.findall(LanguageBlock)
            mark([b for b in blocks if b["language"] == language], glossary)


def add_entries(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Put the entries that a page needs at its end, and the script that shows them."""
    used = {term["gloss"] for term in doctree.findall(Term)} if doctree else set()
    if not used:
        return
    entries = [
        _written(app, entry)
        for glossary in of_book(app.env)[1].values()
        for entry in glossary.entries
        if entry.anchor in used
    ]
    context["body"] += f'<div class="gloss-entries" hidden>{"".join(entries)}</div>'
    app.add_js_file("glosses.js", loading_method="defer")


def _written(app: Sphinx, entry: Entry) -> str:
    """An entry as HTML, under its anchor."""
    inside = app.builder.render_partial(entry.paragraph.deepcopy())["body"]
    return f'<div id="{entry.anchor}">{inside}</div>'


def visit_term(translator: HTML5Translator, node: Term) -> None:
    """Open a place that keys and fingers reach."""
    attributes = {"role": "button", "tabindex": "0", "aria-describedby": node["gloss"]}
    if node.next_node(nodes.math):  # a drawing has no name of its own
        symbol = _symbol(node.astext())
        attributes["aria-label"] = LETTERS.get(symbol, symbol)
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="gloss-term", **attributes)
    )


def depart_term(translator: HTML5Translator, node: Term) -> None:
    """Close it."""
    translator.body.append("</span>")


def setup(app: Sphinx) -> None:
    """Register the node."""
    app.add_node(Term, html=(visit_term, depart_term))

"""The first use of a term: which words are marked, in which places, and how many."""

import pytest
from docutils import nodes
from sphinx.addnodes import pending_xref

from plusx_site import glosses
from plusx_site.bilingual import LanguageBlock


def paragraph(*parts):
    """A paragraph of texts and nodes."""
    made = [nodes.Text(part) if isinstance(part, str) else part for part in parts]
    return nodes.paragraph("", "", *made)


def entry(term, rest, chapter=False):
    """An entry of the glossary, as it is read."""
    link = [pending_xref("", nodes.inline("", "Chapter 1"))] if chapter else []
    return paragraph("", nodes.strong("", "", term), rest, *link)


def block(language, *children):
    """A block of one language."""
    return LanguageBlock("", *children, language=language)


@pytest.fixture
def english():
    """A glossary of a few terms and a symbol."""
    words = ("residual block", "residual network (ResNet)", "optimization difficulty")
    entries = [entry(nodes.Text(word), f" · 词: {word}.", True) for word in words]
    entries += [
        entry(nodes.Text(word), " · 词: …") for word in ("step", "option A / B")
    ]
    entries.append(entry(nodes.math("", r"\gamma"), " · gamma: a factor."))
    document = nodes.section("", block("en", paragraph("Each term."), *entries))
    return glosses.read(document, "en")


@pytest.fixture
def chinese():
    """The same in Chinese, with a term of one character."""
    entries = [entry(nodes.Text(word), " · …：……") for word in ("残差块", "残差", "步")]
    return glosses.read(nodes.section("", block("zh", *entries)), "zh")


def marked(glossary, *children):
    """The terms that are marked in the paragraphs of a section, as they stand there."""
    page = nodes.section("", block(glossary.language, *children))
    before = page.astext()
    glosses.mark([page[0]], glossary)
    assert page.astext() == before
    return [term.astext() for term in page.findall(glosses.Term)]


def test_entries_have_their_words_and_lose_their_link(english):
    """A bracket holds another word; alternatives and everyday words are no terms."""
    words = [list(one.words) for one in english.entries]
    assert words[:3] == [
        ["residual block"],
        ["residual network", "ResNet"],
        ["optimization difficulty"],
    ]
    assert words[3:] == [[], [], ["γ"]]
    assert english.entries[-1].symbol == r"\gamma"
    assert not any(one.paragraph.next_node(pending_xref) for one in english.entries)


def test_first_use_is_marked_and_no_other(english):
    """In any case, in the plural and in British spelling; not inside another word."""
    found = marked(
        english,
        paragraph("Preresidual blocks. Residual blocks are many; a residual block."),
        paragraph("An optimisation difficulty, a step, a ResNet, a residual network."),
    )
    assert found == ["Residual blocks", "optimisation difficulty", "ResNet"]


def test_longest_word_wins_in_chinese(chinese):
    """残差块 is not 残差 and a rest; one character alone is no term."""
    assert marked(chinese, paragraph("每走一步，残差块都学残差。")) == [
        "残差块",
        "残差",
    ]


def test_symbols_are_marked_with_an_index_and_as_letters(english):
    """A formula that is the symbol, not one that holds it; and once in all."""
    formulas = [
        nodes.math("", text) for text in (r"x + \gamma", r"\gamma_1", r"\gamma")
    ]
    assert marked(english, paragraph(*formulas, "then γ")) == [r"\gamma_1"]
    assert marked(english, paragraph("set γ to 0")) == ["γ"]


@pytest.mark.parametrize(
    "around",
    [
        lambda text: nodes.title("", text),
        lambda text: paragraph(nodes.reference("", text)),
        lambda text: paragraph(nodes.literal("", text)),
        lambda text: nodes.literal_block("", text),
        lambda text: nodes.admonition("", paragraph(text)),
        lambda text: nodes.table("", nodes.entry("", paragraph(text))),
    ],
    ids=["title", "link", "code", "listing", "note", "table"],
)
def test_places_that_stay_as_they_are(english, around):
    """The next use in a sentence is marked instead."""
    found = marked(english, around("a residual block"), paragraph("A residual block."))
    assert found == ["residual block"]
    assert marked(english, around("a residual block")) == []


def test_section_has_twelve_terms_at_the_most():
    """What does not fit is marked in the next section that uses it."""
    words = [f"word{chr(97 + k)}" for k in range(14)]
    entries = [entry(nodes.Text(word), " · …") for word in words]
    glossary = glosses.read(nodes.section("", block("en", *entries)), "en")
    sections = [
        nodes.section("", block("en", paragraph(" ".join(words)))) for _ in range(2)
    ]
    page = nodes.section("", *sections)
    glosses.mark(list(page.findall(LanguageBlock)), glossary)
    found = [[t.astext() for t in one.findall(glosses.Term)] for one in page]
    assert found == [words[:12], words[12:]]


def test_symbol_has_a_name_for_screen_readers():
    """A drawn formula says nothing by itself; a word is its own name."""

    class Translator:
        def __init__(self):
            self.body = []

        def starttag(self, node, tag, end, **attributes):
            return attributes.get("aria-label")

    translator = Translator()
    for inside in (nodes.math("", r"\gamma_1"), nodes.Text("residual block")):
        glosses.visit_term(translator, glosses.Term("", "", inside, gloss="g"))
    assert translator.body == ["γ", None]


def test_term_inside_the_name_of_a_net_is_none(chinese):
    """残差网络 is a term of its own, and where the table lacks it, it is not marked."""
    assert marked(chinese, paragraph("残差网络里的残差")) == ["残差"]
    assert marked(chinese, paragraph("残差网络")) == []

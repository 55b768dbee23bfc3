"""The verdicts: the page of the claims has them, all other pages say the same."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from plusx_site import verdicts

HOUSE = Path(__file__).parents[3]
CHAPTERS = HOUSE / "chapters"
STYLE = HOUSE / "code" / "plusx_site" / "static" / "book.css"
CLAIM = re.compile(
    r"\(claim-(\d+)\)=\n## Claim (\d+): (.+) · 说法 (\d+)：(.+)\n\n\{judged\}`(\w+)`\n"
)
ROW = re.compile(
    r"\| \{ref\}`(\d+) <claim-(\d+)>` \| (.+) · (.+) \| \{verdict\}`(\w+) <(.+)>` \|"
)
#: How many of each kind there are, in words: README, the claims and the last chapter.
COUNTED = {
    "en": "{holds} hold, {condition} hold under a condition, {partly} are right in "
    "part, {about} is about right, and {wrong} is wrong for the very net that "
    "it describes.",
    "zh": "{holds}个成立；{condition}个成立，但有条件；{partly}个对了一部分；"
    "{about}个大致成立；还有{wrong}个，对它所讲的那个网络并不成立。",
}
WORDS = {
    "en": ["none", "one", "two", "three", "four", "five", "six", "seven"],
    "zh": list("零一两三四五六七"),
}


def page() -> str:
    """The page of the claims, from which everything else follows."""
    return (CHAPTERS / "claims.md").read_text("utf8")


def claims(text: str) -> list[tuple[str, str, str, str]]:
    """Number, English, Chinese and kind of verdict of each claim of the page."""
    found = []
    for label, number, english, again, chinese, kind in CLAIM.findall(text):
        assert label == number == again
        found.append((number, english, chinese, kind))
    return found


def counted(kinds: list[str], language: str) -> str:
    """The sentence that counts the verdicts."""
    counts, words = Counter(kinds), WORDS[language]
    sentence = COUNTED[language].format(**{k: words[counts[k]] for k in verdicts.KINDS})
    return sentence[0].upper() + sentence[1:]


def rows() -> list[tuple[str, ...]]:
    """The rows of the first page's table: number, both texts, kind and label."""
    found = ROW.findall((CHAPTERS / "index.md").read_text("utf8"))
    assert all(shown == label for shown, label, *_ in found)
    return [row[1:] for row in found]


def test_claims_are_numbered_in_their_order():
    """Thirteen, one after the other, each with a verdict of a known kind."""
    found = claims(page())
    assert [number for number, *_ in found] == [str(n) for n in range(1, 14)]
    assert len(found) == page().count("\n## Claim ")
    assert {kind for *_, kind in found} <= set(verdicts.KINDS)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(claim-3)=", "(claim-4)="),
        ("说法 3：", "说法 4："),
        ("{judged}`wrong`\n", ""),
        ("## Claim 3: ", "## Claim 3 "),
    ],
)
def test_a_claim_out_of_order_is_found(old, new):
    """Label, numbers and verdict of a claim belong together."""
    changed = page().replace(old, new, 1)
    try:
        found = claims(changed)
    except AssertionError:
        return
    assert len(found) != page().count("\n## Claim ")


def test_first_page_lists_the_claims_with_their_verdicts():
    """Same numbers, words, order and kinds of verdict, in both languages."""
    assert [row[:4] for row in rows()] == claims(page())


def test_verdicts_lead_to_a_section_that_tries_the_claim():
    """A verdict of the first page leads where the page of the claims says."""
    for number, *_, label in rows():
        assert f"{{tried}}`{number} <{label}>`" in page(), (number, label)


def test_every_claim_is_tried_somewhere_in_both_languages():
    """Each has the same places in English and in Chinese."""
    for text in page().split("\n## Claim ")[1:]:
        english, chinese = text.split('"lang-zh"', 1)
        places = [
            re.findall(r"\{tried\}`([^`]+)`", half) for half in (english, chinese)
        ]
        assert places[0] and places[0] == places[1], text[:40]


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("chapters/claims.md", ("en", "zh")),
        ("chapters/08_everywhere.ipynb", ("en", "zh")),
        ("README.md", ("en",)),
        ("README.zh.md", ("zh",)),
    ],
)
def test_pages_count_the_verdicts_alike(name, languages):
    """The sentence that sums up is the one that the verdicts give."""
    path, kinds = HOUSE / name, [kind for *_, kind in claims(page())]
    text = path.read_text("utf8")
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells)
    for language in languages:
        assert counted(kinds, language) in text
        assert counted([*kinds[1:], "wrong"], language) not in text


def test_verdicts_differ_in_word_shape_and_color():
    """A reader who sees no colors, or none of the words, still tells them apart."""
    shapes = {color: shape for shape, _, color in verdicts.KINDS.values()}
    assert len(shapes) == len(set(shapes.values())) == 3
    words = [words for _, words, _ in verdicts.KINDS.values()]
    assert len(words) == len(set(words))
    style = STYLE.read_text("utf8")
    colors = dict(re.findall(r"\.verdict-(\w+) { color: (var\(\S+\));", style))
    assert set(colors) == set(shapes)
    assert len(set(colors.values())) == 3

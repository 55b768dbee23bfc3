"""Do the two texts of a pair say the same?

Compared block by block: the kinds of blocks, and in each paragraph, list item and table
cell the formulas, numbers, code, links, images, citations, references and labels.
Order inside a block is free (a Chinese sentence may turn round), number is not.

Numbers: what stands as digits on one side stands as digits on the other (`1,438`,
`1438` and `１４３８` are equal, and so are `1.7 million` and `170 万`). A result stands
as often in both; a plain count (56 layers) may be said again in one of them. A small
count may be a word in both: three – 三, ten – 十.

Length: a Chinese text has about one and a half characters (a Latin word counted as
one) for each English word; far from that, a sentence is missing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from checkers.books import Pair, pairs
from checkers.content import Content, Leaf, read
from checkers.numbers import numbers
from plusx.bilingual import HAN

TITLES = {"Hint": "提示", "Solution": "解答", "Note": "注", "Warning": "警告"}
# fmt: off
UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}
WORDS = {**UNITS, **TENS} | {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "hundred": 100,
}
del WORDS["one"], WORDS["two"]
# fmt: on
# Characters to a word, where there are enough words; those of the book lie in 1.1–2.4.
LEAST, MOST, ENOUGH = 0.95, 2.6, 15
HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
HAN_NUMBER = re.compile(r"[零一二两三四五六七八九十百]+")
MEASURES = "个层条次轮种句章步张类行组块倍位道项节件遍幅"


def faults(path: Path) -> list[str]:
    """Compare all pairs of a notebook or page."""
    return [
        f"{pair.where} ({pair.kind}): {difference}"
        for pair in pairs(path)
        for difference in pair_differences(pair)
    ]


def pair_differences(pair: Pair) -> list[str]:
    """Say what differs between the two texts of a pair."""
    if not pair.en.strip() or not pair.zh.strip():
        return ["one of the two texts is empty or not written out"]
    return differences(pair.en, pair.zh)


def differences(en: str, zh: str) -> list[str]:
    """Say what differs between an English and a Chinese MyST text."""
    english, chinese = read(en), read(zh)
    found = list(_skeleton(english, chinese))
    if found or [x.where for x in english.leaves] != [x.where for x in chinese.leaves]:
        return found + list(_leaf(_whole(english), _whole(chinese)))
    for one, other in zip(english.leaves, chinese.leaves, strict=True):
        found += _leaf(one, other)
    return found


def _skeleton(en: Content, zh: Content) -> Iterator[str]:
    for index in range(max(len(en.skeleton), len(zh.skeleton))):
        one, other = (
            text.skeleton[index] if index < len(text.skeleton) else "nothing"
            for text in (en, zh)
        )
        if one != other:
            yield f"block {index + 1} is {one!r} in English, {other!r} in Chinese"
            return


def _whole(content: Content) -> Leaf:
    whole = Leaf("whole text", content.prose)
    for leaf in content.leaves:
        for kind, values in leaf.shared.items():
            whole.shared[kind] += values
    return whole


def _leaf(en: Leaf, zh: Leaf) -> Iterator[str]:
    if en.prose in TITLES and zh.prose != TITLES[en.prose]:
        yield f"{en.where}: {en.prose!r} is {TITLES[en.prose]!r}, not {zh.prose!r}"
    sides = [_features(leaf) for leaf in (en, zh)]
    for kind in sorted({*sides[0], *sides[1]}):
        for message in _multisets(sides[0][kind], sides[1][kind]):
            yield f"{en.where}: {kind} {message}"
    for check in (_number_words, _lengths):
        yield from (f"{en.where}: {message}" for message in check(en, zh))


def _features(leaf: Leaf) -> dict[str, Counter]:
    """Return the kinds of things both languages share, each with its multiset."""
    features = defaultdict(Counter)
    for kind, values in leaf.shared.items():
        if kind == "code block":
            values = [_without_comments(value) for value in values]
        if kind == "link":
            values = [_link(value) for value in values]
        if kind == "HTML":
            values = [_html(value) for value in values]
        features[kind] = Counter(values)
    for number in numbers(leaf.prose):
        value = f"{number.value.normalize():f}"
        features["number"][value] += number.result or not features["number"][value]
    return features


def _multisets(en: Counter, zh: Counter) -> Iterator[str]:
    for value in (en - zh).elements():
        yield f"{value!r} {_times(zh, value, en)} in Chinese"
    for value in (zh - en).elements():
        yield f"{value!r} {_times(en, value, zh)} in English"


def _times(here: Counter, value: str, there: Counter) -> str:
    if not here[value]:
        return "is missing"
    return f"stands {here[value]} times instead of {there[value]}"


def _without_comments(code: str) -> str:
    """Return code without comments and blank ends, which may be translated."""
    return "\n".join(
        re.sub(r"(^|\s+)# .*$", "", row).rstrip() for row in code.split("\n")
    )


def _link(target: str) -> str:
    """A link without what names the language: `?lang=zh`, `README.zh.md`."""
    return re.sub(r"\?lang=(?:en|zh|both)|\.zh(?=\.md)", "", target)


def _html(tag: str) -> str:
    """HTML without alternative texts and what names the language: `picture-zh.svg`."""
    return re.sub(r'(?<=alt=")[^"]*|-(?:en|zh)(?=[-.])', "", tag)


def _lengths(en: Leaf, zh: Leaf) -> Iterator[str]:
    """Compare the lengths of longer paragraphs: a lost sentence shows."""
    latin = r"[A-Za-z]{2}[A-Za-z'’-]*"
    words = len(re.findall(latin, en.prose))
    characters = len(re.findall(f"{HAN.pattern}|{latin}", zh.prose))
    if words >= ENOUGH and not LEAST <= characters / words <= MOST:
        yield f"{characters} characters for {words} words; is a sentence missing?"


def _number_words(en: Leaf, zh: Leaf) -> Iterator[str]:
    """Compare counts from three on that are written as words in both languages."""
    english, chinese = set(english_counts(en.prose)), dict(chinese_counts(zh.prose))
    every = {han_value(match[0]) for match in HAN_NUMBER.finditer(zh.prose)}
    for value, word in english_words(en.prose):
        if value not in every:
            yield f"number {word!r} has no {value} in Han numerals in Chinese"
    for value, word in chinese.items():
        if value not in english:
            yield f"number {word!r} has no {value} as a word in English"


def english_counts(text: str) -> list[int]:
    """Return the counts from three on that stand as words in an English text."""
    return [value for value, _ in english_words(text)]


def english_words(text: str) -> Iterator[tuple[int, str]]:
    """Yield value and word of each count from three on in an English text."""
    tens, units = "|".join(TENS), "|".join(UNITS)
    compound = rf"(?:{tens})-(?:{units})\b"
    powers = r"(?<!power of )(?<!powers of )(?<!factor of )(?<!factors of )"  # 数量级
    pattern = rf"(?i){powers}\b(?:{compound}|(?:{'|'.join(WORDS)})\b)"
    for match in re.finditer(pattern, text):
        first, _, second = match[0].lower().partition("-")
        yield WORDS[first] + UNITS.get(second, 0), match[0]


def chinese_counts(text: str) -> Iterator[tuple[int, str]]:
    """Yield value and text of each count from three on before a measure word."""
    pattern = (
        rf"(?<![第几数零一二两三四五六七八九十百])({HAN_NUMBER.pattern})[{MEASURES}]"
    )
    for match in re.finditer(pattern, text):
        value = han_value(match[1])
        if value >= 3:
            yield value, match[0]


def han_value(text: str) -> int:
    """Return the value of a Han numeral below a thousand: 三十六 is 36."""
    total, digit = 0, 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = HAN_DIGITS[character]
    return total + digit


def documents(en: Path, zh: Path) -> list[str]:
    """Compare a whole document with its translation: README.md, README.zh.md."""
    texts = [path.read_text("utf8") for path in (en, zh)]
    return [f"{en.name} and {zh.name}: {message}" for message in differences(*texts)]

"""Is the Chinese written, not translated? What of it a program can see.

Each rule is a habit of a translator, or a form of which the book has one. `WORDS` are
looked for in plain text, `MARKS` in the source of a paragraph, where links, citations
and stars are still to be seen. `first_uses` looks for the English of a new term.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from checkers import terms
from checkers.books import cells, headings, pairs
from checkers.content import parser, read
from plusx.bilingual import HAN, SEPARATOR

H = HAN.pattern
COUNT = r"[一二两三四五六七八九十百几每\d}]"
NORM = "梯度|残差流|分支|权重|更新|向量|信号"
PAUSE = "，。；：、"
WORDS = {
    "没有说明 and a comma reads as its contrary; 不能说明, no comma": (
        "没有(?:说明|证明|表明|显示)，"
    ),
    "和 for a sum reads as “and”; 总和 or 求和": (
        rf"(?:的|这个|那个|一个)和(?=[{PAUSE}）\n]|是|等于|里|中|越|也|就|不|都|$)"
    ),
    "长 or 短 for a norm; 范数, 大 or 小": (
        rf"(?:{NORM})的?(?:平均)?(?:[更最变]?[长短](?![期时])|长度)|长度平均"
    ),
    "块 without a measure word; 12 个块": rf"{COUNT} ?块(?! ?GPU)",
    "a paper is 论文, the accused text 那篇科普文": "(?<!科普)文章",
    "a question inside a sentence": rf"？[{PAUSE}]",
    "an image is 图像": "(?:训练|测试)图(?!像)",
    "CPU, as the book says elsewhere": "处理器",
    "什么都不说 for a block that adds nothing; 什么都不传": "什么都不说",
    "从零出发 means “from scratch”; 零初始化": "从零出发",
    "two brackets side by side, or one in another": "）[ ]?（|（[^（）]*（",
    "a chapter does nothing; 到第 3 章再推导": (
        r"第 \d 章(?:会|要|将|来)(?:推导|测量|量|比较|回答|检验|讨论|介绍|证明)"
    ),
    "the conclusion needs no 可见; 所以, or nothing": rf"(?:^|[{PAUSE}\n])可见",
    "say what was not measured instead of 看不出": "看不出",
    "a figure's band is 色带": "阴影",
    "训练得起来 for what can be trained": "(?<!训)练[得不]起来",
    "通常的 for what is usual": "平常的",
    "one form of a percentage: 63.3 %": rf"百分之(?!几|多少|一(?!{COUNT}))|％",
    "one form of a spread: 63.3 ± 11.4 %": r"\d±|±\d(?=.*%)|% ?±",
}
CITED = r"\{cite:p\}`[^`]+`"
MARKS = {
    "two brackets side by side, or one in another": (
        rf"）[ ]?{CITED}|{CITED}[ ]?（|（[^（）]*{CITED}"
    ),
    "a citation in brackets as a noun; {cite:t}": (
        rf"(?:^|[{PAUSE}]|在|由|见|据|照|按|从|像|和|与)[ ]?{CITED}"
        rf"|{CITED}[ ]?(?:的|里|中|用|说|给出|测|发现|报告|证明|提出|写)"
    ),
    "a link with a question inside a sentence": (
        rf"(?:`[^`<]*？ ?<[^`]*>`|\[[^\]]*？\]\([^)]*\))[ ]?(?:[{PAUSE}]|{H})"
    ),
}
SPAN = re.compile(r"(\{[\w:]+\}`[^`]*`)|`[^`]*`|\$[^$]*\$")
LINK = re.compile(r"\{ref\}`(?:([^`<]*?)\s*<)?([\w-]+)>?`|\[([^\]]*)\]\(#([\w-]+)\)")


def plain_faults(text: str) -> list[str]:
    """Check Chinese without markup: a caption, a label, a sentence of the page."""
    return list(_matches(WORDS, text))


def markup_faults(text: str, titles: Iterable[str] = ()) -> list[str]:
    """Check a Chinese MyST text, paragraph by paragraph.

    Args:
        titles: of the chapters, which are no text for a link inside a sentence.
    """
    found = []
    for leaf in read(text).leaves:
        raw = SPAN.sub(lambda found: found[1] or "M", leaf.raw)
        messages = [*_matches(WORDS, leaf.prose), *_matches(MARKS, raw)]
        messages += _whole_titles(raw, set(titles))
        found += [f"{leaf.where}: {message}" for message in messages]
    return found + list(_dotted_letters(text))


def _matches(rules: dict[str, str], text: str) -> Iterator[str]:
    for rule, pattern in rules.items():
        for match in re.finditer(pattern, text):
            around = text[max(match.start() - 8, 0) : match.end() + 8]
            yield f"{rule}: …{around}…".replace("\n", "⏎")


def _dotted_letters(text: str) -> Iterator[str]:
    """Stressed words that mix Han and letters: the dots are for Han alone."""
    for token in parser().parse(text):
        stressed = None
        for child in token.children or []:
            if child.type == "em_open":
                stressed = ""
            elif child.type == "em_close" and HAN.search(stressed or ""):
                if re.search(r"[A-Za-z\d]", stressed):
                    yield f"emphasis dots on letters: *{stressed}*"
                stressed = None
            elif stressed is not None and child.type == "text":
                stressed += child.content


def _whole_titles(raw: str, titles: set[str]) -> Iterator[str]:
    """Links whose text is a chapter's title, with words of the sentence around them."""
    for link in LINK.finditer(raw):
        text, label = link[1] or link[3], link[2] or link[4]
        whole = text in titles if text else label.startswith("ch-")
        if whole and HAN.search(raw[: link.start()] + raw[link.end() :]):
            yield f"a chapter's whole title inside a sentence; 第 3 章: {link[0]}"


def titles(chapters: Path) -> set[str]:
    """The Chinese titles of the chapters."""
    found = set()
    for path in chapters.glob("[0-9]*.ipynb"):
        every = (title for cell in cells(path) for title in headings(cell.source))
        found |= {title.split(SEPARATOR)[-1] for title in islice(every, 1)}
    return found


def faults(path: Path, known: Iterable[str] = ()) -> list[str]:
    """Check all Chinese texts of a notebook or page."""
    found = []
    for pair in pairs(path):
        plain = pair.kind in ("alt", "label", "caption")
        here = plain_faults(pair.zh) if plain else markup_faults(pair.zh, known)
        found += [f"{pair.where} ({pair.kind}): {message}" for message in here]
    return found


def said_in_code(path: Path) -> Iterator[str]:
    """The Chinese of a module, script, table or template, comments aside.

    A Chinese text stands between quotes or tags, or behind the dot of a text in both
    languages.
    """
    source = re.sub(r"(?m)^\s*(?:#|//|/?\*).*$", "", path.read_text("utf8"))
    for text in re.split(r"[\"'`<>\n]|\\n", source):
        half = text.split(SEPARATOR)[-1]
        if HAN.search(half):
            yield half


def code_faults(path: Path) -> list[str]:
    """Check what a file of code says in Chinese."""
    return [
        f"{path.name}: {message}"
        for text in said_in_code(path)
        for message in plain_faults(text)
    ]


def first_uses(path: Path, chapter: int) -> list[str]:
    """Say which terms a chapter introduces without their English: 步幅（stride）.

    A term that has letters, such as Dice 系数, tells its English by itself.
    """
    texts = [pair.zh for pair in pairs(path) if pair.kind == "text"]
    prose = "\n".join(read(text).prose for text in texts)
    found = []
    for term in terms.table():
        name, mine = term.chinese[0], term.chapter == chapter and term.paired
        text = _without_longer(prose, name)
        if not mine or name not in text or re.search("[A-Za-z]", name):
            continue
        words = [re.sub(r" \(\w+\)$", "", word) for word in term.english]
        after = text[text.index(name) + len(name) :]
        if not re.match(rf"(?i)”?（[^）]*(?:{'|'.join(map(re.escape, words))})", after):
            found.append(f"{path.name}: {name} first comes without （{words[0]}）")
    return found


def _without_longer(prose: str, name: str) -> str:
    """The text without the terms that hold another: 随机梯度下降 is no 梯度."""
    for term in terms.table():
        if name in term.chinese[0] and name != term.chinese[0]:
            prose = prose.replace(term.chinese[0], "")
    return prose

"""Search in both languages: English by stems, Chinese by pairs of characters.

Chinese is written without spaces. A run of Han characters is indexed by its overlapping
pairs, and so is the query: 退化问题 becomes 退化, 化问, 问题. No dictionary is needed,
and no word is lost by a wrong cut. The page `search.html` shows what search.js finds.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docutils import nodes
from opencc import OpenCC
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

from .two_languages import RANGES, spans

RUN = re.compile(f"([{RANGES}]+)")
#: A TeX command or an escape in code; the name of a macro is no word of the book.
COMMAND = re.compile(r"\\[A-Za-z]+")

#: The same cut for the query; replaces Sphinx's function of this name.
SPLIT_QUERY = f"""
function splitQuery(query) {{
  const pairs = run => run.length < 2 ? [run]
    : Array.from({{length: run.length - 1}}, (_, i) => run.slice(i, i + 2));
  return query.split(/[^\\p{{Letter}}\\p{{Number}}_]+/u)
    .flatMap(word => word.split(/([{RANGES}]+)/u))
    .filter(part => part)
    .flatMap(part => /^[{RANGES}]/u.test(part) ? pairs(part) : [part]);
}}
"""
#: The words of the link that takes the marks off a page reached by a search.
HIDE_MARKS = spans("Hide search matches", "取消高亮")
MARKS = f"Documentation.TRANSLATIONS['Hide Search Matches'] = {json.dumps(HIDE_MARKS)};"
#: Words that are no terms of the book, here and in other regions.
REGIONS = (
    ("neural network", "神经网络", "类神经网路"),
    ("network", "网络", "网路"),
    ("data set", "dataset", "数据集", "资料集"),
    ("data", "数据", "资料"),
)
HERE = Path(__file__).parent


def synonyms() -> list[list[str]]:
    """Return groups of names of the same; a search for one finds the pages of all.

    They are the terms of terms.csv with what others call them, and with renderings
    that the book avoids. Terms that share a synonym are one group.
    """
    groups: list[list[str]] = []
    with (HERE / "terms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = list(_names(row))
            for group in [group for group in groups if set(group) & set(names)]:
                groups.remove(group)
                names = [*group, *names]
            groups += [list(dict.fromkeys(names))] if len(names) > 1 else []
    return groups + [list(names) for names in REGIONS]


def _names(row: dict[str, str]) -> Iterator[str]:
    """The names of a term; the English ones where others have another name for it."""
    if row["synonyms"]:
        yield from _parts(re.sub(r" \(\w+\)$", "", row["en"]), row["en_also"])
    yield from _parts(row["zh"], row["synonyms"], row["forbidden"])


def _parts(*cells: str) -> Iterator[str]:
    for cell in cells:
        yield from (part.strip() for part in cell.split(";") if part.strip())


def traditional(used: Iterable[str]) -> list[str]:
    """Return pairs such as 殘残: a traditional character, and the book's form of it."""
    used = set(used)
    others = [c for c in map(chr, range(0x3400, 0xA000)) if c not in used]
    simple = OpenCC("t2s").convert("\n".join(others)).split("\n")
    return [a + b for a, b in zip(others, simple, strict=True) if a != b and b in used]


def add_words(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Give the search page synonyms, and the traditional forms of the characters."""
    if page != "search":
        return
    texts = (app.env.get_doctree(name).astext() for name in app.env.all_docs)
    words = {"synonyms": synonyms(), "traditional": traditional("".join(texts))}
    context["search_words"] = json.dumps(words, ensure_ascii=False)


def pairs(run: str) -> list[str]:
    """Return the overlapping pairs of a run of characters; one alone stays."""
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


class SearchBilingual(SearchEnglish):
    """Sphinx's English search, with Chinese beside it."""

    lang = "en-han"
    language_name = "English and Chinese"
    js_splitter_code = SPLIT_QUERY

    def split(self, input: str) -> list[str]:
        """Return the words and the pairs of characters of a text."""
        found = []
        for word in super().split(COMMAND.sub(" ", input)):
            for part in filter(None, RUN.split(word)):
                found += pairs(part) if RUN.match(part) else [part]
        return found


def setup(app: Sphinx) -> None:
    """Register the language `en-han` for `html_search_language`."""
    app.add_search_language(SearchBilingual)

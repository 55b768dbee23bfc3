"""The works that a text cites, written out: names and years, and a bibliography.

As on the site: (He et al., 2016a), in Chinese （He 等，2016a）.
"""

import functools
import re
from pathlib import Path

from pybtex.backends.markdown import Backend
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.plugin import find_plugin

PAIR = {"en": "{} and {}", "zh": "{} 和 {}"}
MANY = {"en": "{} et al.", "zh": "{} 等人"}
IN_BRACKETS = {"en": "{} et al.", "zh": "{} 等"}
TITLE = {"en": "**References**", "zh": "**参考文献**"}
NEEDLESS = re.compile(r"\\([.-])")  # signs that Markdown need not be told of


@functools.cache
def load(path: Path) -> BibliographyData:
    """The works of a file of BibTeX."""
    return parse_file(str(path), bib_format="bibtex")


def names(entry: Entry, language: str, many: dict[str, str]) -> str:
    """The last names of one or two authors, or that of the first of more."""
    last = [
        " ".join(map(str, [*person.rich_prelast_names, *person.rich_last_names]))
        for person in entry.persons.get("author") or entry.persons["editor"]
    ]
    if len(last) > 2:
        return many[language].format(last[0])
    return PAIR[language].format(*last) if len(last) == 2 else last[0]


def cite(data: BibliographyData, keys: list[str], kind: str, language: str) -> str:
    """Works by author and year.

    Args:
        kind: "p", all in brackets, or "t", the years alone.

    Raises:
        KeyError: for a work that is not in the list.
    """
    entries = [data.entries[key] for key in keys]
    if kind == "t":
        form, joint = {"en": ("{} ({})", "; "), "zh": ("{}（{}）", "；")}[language]
        cited = [(names(one, language, MANY), one.fields["year"]) for one in entries]
        return joint.join(form.format(*one) for one in cited)
    cited = [(names(one, language, IN_BRACKETS), one.fields["year"]) for one in entries]
    if language == "zh":
        return "（" + "；".join("，".join(one) for one in cited) + "）"
    return "(" + "; ".join(", ".join(one) for one in cited) + ")"


def bibliography(data: BibliographyData, keys: set[str], language: str) -> str:
    """A list of the works, by author, in Markdown."""
    style = find_plugin("pybtex.style.formatting", "plain")()
    formatted = style.format_bibliography(data, sorted(keys))
    texts = [entry.text.render(Backend()).replace("\n", " ") for entry in formatted]
    lines = ["- " + NEEDLESS.sub(r"\1", text) for text in texts]
    return "\n".join([TITLE[language], "", *lines])

"""A text of a chapter in one language, in the Markdown that every program shows.

What MyST alone understands is written out: references become links to the pages of the
site, citations names and years, what is folded `<details>`, other notes quotations. Of
"English · 中文" one half stays. A role or directive that is not known here is an error:
in a notebook it would stand raw.
"""

import dataclasses
import re
from collections.abc import Callable

#: The signs of Chinese, its punctuation too; after the latter no space is wanted.
HAN = re.compile(r"[\u3007\u3400-\u9fff]")
WIDE = r"\u3001-\u301f\uff00-\uffef“”‘’…—"
SEPARATOR = " · "
LABEL = re.compile(r"^\(([\w-]+)\)=\n", re.MULTILINE)
COMMENT = re.compile(r"^%.*(?:\n|$)", re.MULTILINE)
ROLE = re.compile(r" ?\{(?P<name>[\w:]+)\}`(?P<text>[^`]+)`(?P<after> ?)")
TARGET = re.compile(r"(?:(?P<text>.*?)\s*<)?(?P<label>[\w-]+)>?")
DIRECTIVE = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[\w-]+)\} ?(?P<title>.*)\n"
    r"(?P<body>(?:.*\n)*?)(?P=fence)$",
    re.MULTILINE,
)
OPTION = re.compile(r"^:(\w+): ?(.*)\n", re.MULTILINE)
#: What is no prose: code and formulas.
KEPT = re.compile(r"(```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$)", re.DOTALL)
EMPHASIS = re.compile(
    r"(?<![*\\])\*(?![*\s])([^*\n]*[\u3400-\u9fff][^*\n]*)(?<!\s)\*(?!\*)"
)
#: Lines of one Chinese paragraph: Markdown would put a space between them.
BROKEN = re.compile(
    rf"(?:(?<=[{WIDE}])\n(?=[^\s|>#:+<$-])|(?<=[\u3400-\u9fff])\n(?=[\u3400-\u9fff]))"
)
TITLES = {"note": "注", "tip": "小贴士", "warning": "警告", "important": "重要"}


class Untranslatable(ValueError):
    """What stands in a chapter and has no form outside the site."""


@dataclasses.dataclass(frozen=True)
class Book:
    """What a text refers to.

    `links` holds the address of each label, `cite` writes works, given by their keys,
    in a language, `works` all that were cited so far.
    """

    links: dict[str, str]
    cite: Callable[[list[str], str, str], str]
    works: Callable[[str], str]


def half(text: str, language: str) -> str:
    """One half of "English · 中文"; a text without a Chinese half as it is."""
    english, _, chinese = text.partition(SEPARATOR)
    if english.strip() == chinese.strip() or HAN.search(chinese):
        return (english if language == "en" else chinese).strip()
    return text


def shared(text: str, language: str) -> str:
    """A text of both languages, headings and tables, in one of them."""
    return "\n".join(_line(line, language) for line in LABEL.sub("", text).split("\n"))


def _line(line: str, language: str) -> str:
    """One line: a heading, a row of a table, or words."""
    mark, title = re.fullmatch(r"(#+ )?(.*)", line).groups()
    if not title.startswith("|"):
        return (mark or "") + half(title, language)
    cells = re.split(r"(?<!\\)\|", title)[1:-1]
    return f"| {' | '.join(half(cell.strip(), language) for cell in cells)} |"


def code(source: str, language: str) -> str:
    """Code with its comments and texts "English · 中文" in one language."""

    def text(match: re.Match) -> str:
        return match[1] + half(match[2], language) + match[3]

    source = re.sub(r"(\")([^\"\n]* · [^\"\n]*)(\")", text, source)
    return re.sub(r"(# )([^\"\n]* · [^\"\n]*)()$", text, source, flags=re.MULTILINE)


def markdown(text: str, language: str, book: Book, *, solved: bool = True) -> str:
    """A cell's text as each Jupyter program shows it.

    Args:
        solved: whether solutions stay in.

    Raises:
        Untranslatable: for a role, a directive or a label that is not known.
    """
    text = COMMENT.sub("", LABEL.sub("", text)).strip()
    text = DIRECTIVE.sub(lambda found: _directive(found, language, book, solved), text)
    text = ROLE.sub(lambda found: _role(found, language, book), text)
    if left := re.search(r"^(?::{3,}|`{3,}\{).*|\{[\w:]+\}`", text, re.MULTILINE):
        raise Untranslatable(f"{left[0]!r} has no form outside the site")
    if language == "zh":
        text = _chinese(text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _directive(found: re.Match, language: str, book: Book, solved: bool) -> str:
    """A bibliography, a fold, or a note as a quotation."""
    name, title, body = found["name"], found["title"], found["body"]
    options = dict(OPTION.findall(body))
    body = OPTION.sub("", body).strip()
    if name == "bibliography":
        return book.works(language)
    if name == "admonition" and options.get("class") == "dropdown":
        if not solved and is_solution(title):
            return ""
        return f"<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>"
    if name == "admonition" or name in TITLES:
        title = title or (name.capitalize() if language == "en" else TITLES[name])
        lines = [f"**{title}**", "", *body.split("\n")]
        return "\n".join(f"> {line}".rstrip() for line in lines)
    raise Untranslatable(f"the directive {name!r} has no form outside the site")


def is_solution(title: str) -> bool:
    """Whether a fold of this title holds a solution."""
    return title in ("Solution", "解答")


def solution(text: str) -> str:
    """What the solution in an exercise says; empty if it has none."""
    folds = {found["title"]: found["body"] for found in DIRECTIVE.finditer(text)}
    bodies = [body for title, body in folds.items() if is_solution(title)]
    return OPTION.sub("", bodies[0]).strip() if bodies else ""


def _role(found: re.Match, language: str, book: Book) -> str:
    """A link, or a citation; in Chinese its brackets need no spaces around."""
    name, text = found["name"], found["text"]
    before = " " if found[0].startswith(" ") else ""
    if name in ("cite:p", "cite:t"):
        keys = [key.strip() for key in text.split(",")]
        written = book.cite(keys, name[-1], language)
        before = "" if written.startswith("（") else before
        after = "" if written.endswith("）") else found["after"]
        return before + written + after
    if name == "eq":  # its number is the site's alone
        return f"{before}({text}){found['after']}"
    if name != "ref":
        raise Untranslatable(f"the role {name!r} has no form outside the site")
    target = TARGET.fullmatch(text)
    if target is None or target["label"] not in book.links:
        raise Untranslatable(f"{{ref}}`{text}` leads nowhere")
    title = target["text"] or target["label"]
    return f"{before}[{title}]({book.links[target['label']]}){found['after']}"


def _chinese(text: str) -> str:
    """Chinese prose in one line a paragraph, emphasized by weight: it has no slant."""
    pieces = KEPT.split(text)
    pieces[::2] = [EMPHASIS.sub(r"**\1**", piece) for piece in pieces[::2]]
    return BROKEN.sub("", "".join(pieces))

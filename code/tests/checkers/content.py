"""What a MyST text consists of: its blocks, and in each what two languages share.

Uses markdown-it-py with the plug-ins of MyST, so that a text is read as the site
reads it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

DIRECTIVE = re.compile(r"\{([\w:.-]+)\}\s*(.*)", re.S)
LITERAL = {"math", "code", "code-block", "code-cell", "raw", "mermaid", "bibliography"}
REFERENCES = {"ref", "numref", "eq", "doc", "term"}
PICTURES = {"image", "figure"}


@dataclass
class Leaf:
    """One paragraph, list item, table cell or title.

    `prose` is its text with "M" for a formula, code or citation, 〇 for a reference;
    `raw` is its source; `shared` maps formula, code, link, image, citation, reference,
    label and other kinds to what stands there.
    """

    where: str
    prose: str = ""
    raw: str = ""
    shared: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Content:
    """The blocks of a text in order (`skeleton`) and its leaves."""

    skeleton: list[str] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)

    @property
    def prose(self) -> str:
        """The text of all leaves, one paragraph a line group."""
        return "\n\n".join(leaf.prose for leaf in self.leaves)


@cache
def parser() -> MarkdownIt:
    """Return the Markdown parser with the extensions that the book switches on."""
    return (
        MarkdownIt("commonmark")
        .enable("table")
        .use(front_matter_plugin)
        .use(myst_block_plugin)
        .use(myst_role_plugin)
        .use(footnote_plugin)
        .disable("footnote_inline")
        .use(dollarmath_plugin, allow_labels=True, double_inline=False)
        .use(amsmath_plugin)
        .use(colon_fence_plugin)
        .use(deflist_plugin)
    )


@cache
def read(source: str) -> Content:
    """Read a MyST text; every check asks for it again."""
    content = Content()
    _walk(parser().parse(source), content, "")
    return content


def _walk(tokens: list[Token], content: Content, inside: str) -> None:
    """Add the blocks of `tokens` to `content`; `inside` names what they stand in."""
    place = _Place(inside)
    for index, token in enumerate(tokens):
        place.enter(token)
        match token.type:
            case "heading_open":
                content.skeleton.append(f"{inside}heading {token.tag[1:]}")
            case "bullet_list_open" | "ordered_list_open":
                kind = token.type.removesuffix("_open").replace("_", " ")
                count = _children(tokens[index:], "list_item_open")
                content.skeleton.append(f"{inside}{kind} of {count}")
            case "table_open":
                rows = _children(tokens[index:], "tr_open")
                columns = _children(tokens[index:], "th_open")
                content.skeleton.append(f"{inside}table of {rows} × {columns}")
            case "paragraph_open" if not place.in_list:
                content.skeleton.append(f"{inside}paragraph")
            case "blockquote_open" | "hr" | "dl_open" | "front_matter":
                content.skeleton.append(inside + token.type.removesuffix("_open"))
            case "math_block" | "math_block_label" | "amsmath":
                _formula_block(token, content, inside)
            case "fence" | "colon_fence" | "code_block":
                _fence(token, content, inside)
            case "myst_target":
                leaf = Leaf(inside + "label")
                leaf.shared["label"].append(token.content)
                content.leaves.append(leaf)
            case "html_block":
                _shared(content, inside + "HTML", "HTML", token.content)
            case "inline":
                leaf = Leaf(place.name(), raw=token.content)
                _inline(token.children or [], leaf)
                content.leaves.append(leaf)


def _children(tokens: list[Token], kind: str) -> int:
    """Count the `kind` tokens one list or table holds itself."""
    count, opened = 0, tokens[0]
    for token in tokens[1:]:
        if token.level == opened.level and token.nesting == -1:
            break
        direct = token.level == opened.level + 1
        count += token.type == kind and (direct or opened.type == "table_open")
    return count


class _Place:
    """Where in a text the walk is, to say it in messages."""

    def __init__(self, inside: str):
        self.inside = inside
        self.depth = self.paragraphs = self.items = self.cells = 0
        self.kind = ""

    @property
    def in_list(self) -> bool:
        return self.depth > 0

    def enter(self, token: Token) -> None:
        self.depth += (token.type == "list_item_open") - (
            token.type == "list_item_close"
        )
        self.items += token.type == "list_item_open"
        self.cells += token.type in ("td_open", "th_open")
        self.paragraphs += token.type == "paragraph_open" and not self.in_list
        if token.type in ("td_open", "th_open", "heading_open", "paragraph_open"):
            self.kind = token.type

    def name(self) -> str:
        if self.kind == "heading_open":
            name = "heading"
        elif self.kind in ("td_open", "th_open"):
            name = f"table cell {self.cells}"
        elif self.in_list:
            name = f"list item {self.items}"
        else:
            name = f"paragraph {self.paragraphs}"
        return self.inside + name


def _shared(content: Content, where: str, kind: str, text: str) -> None:
    leaf = Leaf(where)
    leaf.shared[kind].append(text.strip())
    content.skeleton.append(where)
    content.leaves.append(leaf)


def _formula_block(token: Token, content: Content, inside: str) -> None:
    _shared(content, inside + "formula block", "formula", squeeze(token.content))
    if token.type == "math_block_label":
        content.leaves[-1].shared["label"].append(token.info)


def _fence(token: Token, content: Content, inside: str) -> None:
    """Read a code fence or a directive; prose directives are walked into."""
    match = DIRECTIVE.match(token.info.strip())
    if not match:
        info = token.info.strip() or "plain"
        _shared(content, f"{inside}code ({info})", "code block", token.content)
        return
    name, argument = match[1], match[2].strip()
    options, body = directive_parts(token.content)
    number = sum(kind.startswith(inside + name) for kind in content.skeleton) + 1
    where = f"{inside}{name} {number}"
    if name in LITERAL:
        kind = "formula" if name == "math" else "code block"
        text = f"{argument}\n{body}"
        _shared(content, where, kind, squeeze(text) if name == "math" else text)
    else:
        leaf = Leaf(f"{where} title", raw=argument)
        if name in PICTURES:
            leaf.shared["image"].append(argument)
        else:
            _inline(parser().parseInline(argument)[0].children or [], leaf)
        content.skeleton.append(where)
        content.leaves.append(leaf)
        _walk(parser().parse(body), content, f"{where}, ")
    for key, value in options.items():
        kind = "label" if key in ("name", "label") else f"option {key}"
        if key == "alt":
            content.leaves.append(Leaf(f"{where} alt", value, value))
        else:
            content.leaves[-1].shared[kind].append(value)


def directive_parts(text: str) -> tuple[dict[str, str], str]:
    """Cut the text of a directive into its `:key: value` options and its body."""
    rows = text.split("\n")
    options = {}
    while rows and (match := re.match(r":([\w-]+):\s*(.*)$", rows[0])):
        options[match[1]] = match[2].strip()
        rows.pop(0)
    return options, "\n".join(rows)


def _inline(tokens: list[Token], leaf: Leaf) -> None:
    for token in tokens:
        for kind, value in _spans(token):
            leaf.shared[kind].append(value)
        leaf.prose += _stand_in(token)
        if token.type == "image":
            leaf.prose += " "
            _inline(token.children or [], leaf)


def _spans(token: Token) -> Iterator[tuple[str, str]]:
    """What an inline token adds to what both languages share."""
    match token.type:
        case "math_inline" | "math_inline_double":
            yield "formula", squeeze(token.content)
        case "code_inline":
            yield "code", token.content
        case "link_open":
            yield "link", str(token.attrGet("href"))
        case "image":
            yield "image", str(token.attrGet("src"))
        case "footnote_ref":
            yield "footnote", str(token.meta.get("label"))
        case "myst_role":
            name, text = token.meta["name"], token.content
            if name.startswith("cite"):
                for key in text.split(","):
                    yield "citation", f"{name} {key.strip()}"
            elif name == "math":
                yield "formula", squeeze(text)
            else:
                target = re.search(r"<([^<>]+)>\s*$", text)
                yield "reference", f"{name} {target[1] if target else text}"


def _stand_in(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "code_inline" | "math_inline" | "math_inline_double":
            return "M"
        case "myst_role":
            if token.meta["name"] not in REFERENCES:
                return "M"
            title = re.match(r"(.+?)\s*<[^<>]+>\s*$", token.content)
            return title[1] if title else "〇"
    return ""


def squeeze(formula: str) -> str:
    """A formula without what may differ: blanks, and words in \\text."""
    text = re.sub(r"\\(text|mbox|textrm)\{[^{}]*\}", r"\\text{}", formula.strip())
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", text)

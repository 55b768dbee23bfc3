"""What a text opens and never closes: fences, comments, HTML elements, formulas.

Markdown closes an open fence or comment at the end of its text, so it would swallow the
break that ends a language block, and with it the code cells after the block. An open
HTML element or comment does the same to the page when a browser reads it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

#: What HTML opens outside of its elements, and what closes it.
DECLARATIONS = {"<!--": "-->", "<?": "?>", "<![CDATA[": "]]>"}
#: Elements that have no end, and those whose end may be left out.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "wbr"}
ENDS_BY_ITSELF = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option"}
#: A directive whose content is no Markdown.
VERBATIM = re.compile(
    r"\{(code|code-block|code-cell|sourcecode|literalinclude|math|raw|eval-rst|mermaid)\}"
)
DIRECTIVE = re.compile(r"\{[\w:.-]+\}")
FORMULA = re.compile(r"\$\$|\\begin\{")


class Balance(HTMLParser):
    """The HTML elements that are open, with the lines where they begin."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []
        self.faults: list[tuple[int, str]] = []
        self.line = 1

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Note an element that begins."""
        if tag not in VOID:
            self.open.append((tag, self.line))

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        """Note nothing: in SVG `<path/>` is whole."""

    def handle_endtag(self, tag: str) -> None:
        """Close the last element of this name, and what stands open inside it."""
        if tag not in [name for name, _ in self.open]:
            self.faults.append((self.line, f"</{tag}> closes what nothing has opened"))
            return
        while (last := self.open.pop())[0] != tag:
            self.complain(*last)

    def complain(self, tag: str, line: int) -> None:
        """Report an element that is not closed, if it has to be."""
        if tag not in ENDS_BY_ITSELF:
            self.faults.append((line, f"<{tag}> is never closed"))

    def end(self) -> None:
        """Report what is still open."""
        while self.open:
            self.complain(*self.open.pop())


def faults(source: str, config: MdParserConfig) -> list[tuple[int, str]]:
    """Return what a Markdown text opens and never closes, with the line of each."""
    return sorted(find(source, create_md_parser(config, RendererHTML), 0))


def find(source: str, parser: object, above: int) -> Iterator[tuple[int, str]]:
    """Yield the faults of a text that begins below so many lines of its page."""
    lines, balance, line = source.split("\n"), Balance(), above + 1
    for token in parser.parse(source):
        line = above + token.map[0] + 1 if token.map else line
        balance.line = line
        if token.type in ("fence", "colon_fence"):
            yield from fence_faults(token, lines, parser, line)
        elif token.type == "myst_block_break":
            balance.end()
        for piece in [token, *(token.children or [])]:
            yield from text_faults(piece, balance, line)
    balance.end()
    yield from balance.faults


def fence_faults(
    token: Token, lines: list[str], parser: object, line: int
) -> Iterator[tuple[int, str]]:
    """Yield the faults of a fence and, if it is a directive, of what stands in it."""
    last = lines[token.map[1] - 1].strip(" \t>")
    is_closed = token.map[1] - token.map[0] > 1 and last.startswith(token.markup)
    if not is_closed or last.strip(token.markup[0]):
        opening = lines[token.map[0]].strip()
        yield line, f'the fence "{opening[:50]}" is never closed'
    elif DIRECTIVE.match(token.info.strip()) and not VERBATIM.match(token.info.strip()):
        yield from find(token.content, parser, line)


def text_faults(token: Token, balance: Balance, line: int) -> Iterator[tuple[int, str]]:
    """Yield the faults of a piece of HTML or text; HTML elements go into a balance."""
    if token.type in ("html_block", "html_inline"):
        rest = token.content
        for opening, closing in DECLARATIONS.items():
            whole = re.escape(opening) + ".*?" + re.escape(closing)
            rest = re.sub(whole, "", rest, flags=re.S)
            if opening in rest:
                yield line, f'"{opening}" is never closed by "{closing}"'
                rest = rest.partition(opening)[0]
        balance.feed(rest)
    elif token.type == "text" and (formula := FORMULA.search(token.content)):
        yield line, f'the formula that begins with "{formula[0]}" is never closed'

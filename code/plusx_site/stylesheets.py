"""Style sheets without what no page of the site uses.

The theme brings all of Bootstrap and an icon font, MyST-NB the looks of widgets, and
ours explain themselves. A rule stays if every class that it
names is a word of a page or a script; what is no rule of classes stays as well.
"""

import re
from collections.abc import Iterator
from pathlib import Path

ICON_RULE = re.compile(r"[^{}@]*\.(?:svg-inline--fa|fa[srb]?)\b[^{}]*\{[^{}]*\}")
ICON_FONT = re.compile(
    r"@font-face\{[^}]*Font Awesome[^}]*\}"
    r"|@(?:-webkit-)?keyframes fa-[a-z-]+\{(?:[^{}]*\{[^{}]*\})*\}"
)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
#: What selectors ask for in brackets may be one of several, or none.
BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
#: At-rules that hold rules; what others hold has no classes.
NESTING = ("@media", "@supports", "@layer")


def without_icons(css: str) -> str:
    """Return a style sheet without Font Awesome; icons.css replaces it."""
    return ICON_FONT.sub("", ICON_RULE.sub("", css))


def without_comments(css: str) -> str:
    """Return a style sheet without what only its authors read."""
    return COMMENT.sub("", css)


def words(site: Path) -> set[str]:
    """Return all words of the pages and scripts of a site, classes among them."""
    files = [*site.rglob("*.html"), *site.rglob("*.js")]
    return set().union(*(re.findall(r"[\w-]+", f.read_text("utf-8")) for f in files))


def only_used(css: str, known: set[str]) -> str:
    """Return a style sheet without the selectors that name a class no page has."""
    return "".join(
        kept for head, body in rules(css) if (kept := used_rule(head, body, known))
    )


def used_rule(head: str, body: str | None, known: set[str]) -> str:
    """Return what stays of a rule, or an empty text."""
    if body is None:
        return head
    if head.startswith(NESTING):
        inside = only_used(body, known)
        return f"{head}{{{inside}}}" if inside else ""
    if head.startswith("@"):
        return f"{head}{{{body}}}"
    used = [one for one in selectors(head) if is_used(one, known)]
    return f"{','.join(used)}{{{body}}}" if used else ""


def is_used(selector: str, known: set[str]) -> bool:
    """Tell whether every class that a selector needs is known.

    A script may put a class together: of `bs-tooltip-auto` it may hold `bs-` alone.
    """
    if "\\" in selector:
        return True
    beginnings = tuple(word for word in known if word.endswith("-") and len(word) > 2)
    names = set(CLASS.findall(BRACKETS.sub("", selector))) - known
    return all(name.startswith(beginnings) for name in names)


def selectors(head: str) -> list[str]:
    """Return the selectors of a rule; a comma in brackets parts none."""
    return re.split(r",(?![^(]*\))(?![^\[]*\])", head)


def rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield the head and the body of each rule; a statement has no body."""
    start = place = 0
    while place < len(css):
        place = next_sign(css, place)
        if place == len(css) or css[place] == ";":
            yield css[start : place + 1], None
        else:
            end = closing(css, place)
            yield css[start:place].strip(), css[place + 1 : end]
            place = end
        place += 1
        start = place


def next_sign(css: str, start: int) -> int:
    """Return the place of the next brace or semicolon outside of texts."""
    sign = re.compile(r"""[{;]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
    for found in sign.finditer(css, start):
        if found[0] in "{;":
            return found.start()
    return len(css)


def closing(css: str, opening: int) -> int:
    """Return the place of the brace that closes another one, outside of texts."""
    depth = 0
    sign = re.compile(r"""[{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")
    for found in sign.finditer(css, opening):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    raise ValueError(f"a style sheet never closes {css[opening - 40 : opening + 1]!r}")

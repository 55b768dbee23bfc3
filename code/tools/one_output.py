"""A stored output in one language, as a kernel of that language would have made it.

Whatever is in the other language has its class and is cut out; what was hidden by an
inline style shows. The still picture for programs that do not trust a notebook is made
anew out of the drawing, and the words for those without HTML from its name.
"""

import re
from urllib.parse import quote

OTHER = {"en": "lang-zh", "zh": "lang-en"}
#: Scripts and style sheets write both languages themselves; they stay as they are.
PIECE = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
TAG = re.compile(r"<(/?)([\w-]+)")
CLASSES = re.compile(r'\sclass="([^"]*)"')
HIDDEN = re.compile(r'(?: style="display:none"|;display:none)(?=[";\s>])')
DRAWING = re.compile(
    r'(?P<before>aria-label="(?P<name>[^"]*)"[^>]*></span>\s*)(?P<svg><svg .*?</svg>)'
    r'(?P<between>.*?<img[^>]*?) alt="[^"]*" src="data:image/svg[^"]*"',
    re.DOTALL,
)
SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
DEFINITIONS = re.compile(r"<defs>.*?</defs>", re.DOTALL)
DEFINED = re.compile(r'<[^<>]*\bid="([^"]+)"[^<>]*/>')
USED = re.compile(r'(?:href="|url\()#([^")]+)')
ROOT = re.compile(r"<svg ([^>]*)>")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
MARKUP = re.compile(r"<[^>]*>")


def output(stored: dict, language: str) -> dict:
    """A stored output of a cell, in one language."""
    data = dict(stored.get("data", {}))
    if "text/html" not in data:
        return stored
    whole = markup("".join(data["text/html"]), language)
    data["text/html"] = whole
    if words := spoken(whole):
        data["text/plain"] = words
    return {**stored, "data": data}


def markup(text: str, language: str) -> str:
    """HTML without what is in the other language."""
    kept, skipped, depth = [], "", 0
    for match in PIECE.finditer(text):
        piece, tag = match[0], TAG.match(match[0])
        if depth:
            if tag and tag[2] == skipped and not piece.endswith("/>"):
                depth += -1 if tag[1] else 1
            continue
        names = _classes(piece) if tag and not match[1] else []
        if OTHER[language] in names or "lang-sep" in names:
            skipped, depth = tag[2], 1
            continue
        kept.append(_shown(piece, names, language))
    return DRAWING.sub(_still, SVG.sub(_used_alone, "".join(kept)))


def _classes(tag: str) -> list[str]:
    """The classes of an element."""
    found = CLASSES.search(tag)
    return found[1].split() if found else []


def _shown(piece: str, names: list[str], language: str) -> str:
    """A piece that shows in this language, and an element that knows its language."""
    if f"lang-{language}" in names:
        return HIDDEN.sub("", piece)
    if piece.startswith("<") and "data-language=" in piece[:200]:
        head, end, rest = piece.partition(">")
        named = re.sub(r'data-language="\w+"', f'data-language="{language}"', head)
        return named + end + rest
    return piece


def _used_alone(drawing: re.Match) -> str:
    """A drawing without the glyphs that only the other language has."""
    used = set(USED.findall(drawing[0]))

    def kept(defined: re.Match) -> str:
        return defined[0] if defined[1] in used else ""

    return DEFINITIONS.sub(lambda place: DEFINED.sub(kept, place[0]), drawing[0])


def _still(found: re.Match) -> str:
    """A drawing with its picture, black on white, and its name as the alternative."""
    image = f'{found["between"]} alt="{found["name"]}" src="{_address(found["svg"])}"'
    return found["before"] + found["svg"] + image


def _address(drawing: str) -> str:
    """A drawing as the address of an image."""
    had = dict(ATTRIBUTE.findall(ROOT.match(drawing)[1]))
    kept = {k: v for k, v in had.items() if k.startswith("xmlns") or k == "fill"}
    width, height = had["viewBox"].split()[2:]
    size = {"viewBox": had["viewBox"], "width": width, "height": height}
    size["style"] = "background:#fff;color:#000"
    named = " ".join(f'{name}="{value}"' for name, value in (kept | size).items())
    text = ROOT.sub(f"<svg {named}>", drawing, count=1).replace('"', "'")
    return "data:image/svg+xml," + quote(text, safe=" '=/:;,()+.-*!")


def spoken(text: str) -> str:
    """What an output says where no HTML is shown: a figure's name, a table's rows."""
    if found := re.search(r'aria-label="([^"]*)"', text):
        return found[1]
    if 'class="plusx-table"' not in text:
        return ""
    rows = map(CELL.findall, ROW.findall(text))
    return "\n".join("  ".join(MARKUP.sub("", cell) for cell in row) for row in rows)

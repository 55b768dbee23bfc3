"""Text that carries both languages: "English · 中文".

Outside a language block one text can stand for both languages: a heading, a caption, a
table cell, a term. Written with a middle dot between two spaces, it is shown as two
spans, of which the page shows one or both. A Chinese half is recognised by a Han
character, so a dot between other words is left alone.
"""

import re

from docutils import nodes

SEPARATOR = " · "
#: What a language is called in cell tags and classes, and in the `lang` attribute.
LANGUAGES = {"en": "en", "zh": "zh-Hans"}
#: The ranges of Han characters, for a class; scripts say `\p{Script=Han}`.
RANGES = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN = re.compile(f"[{RANGES}]")


def split(text: str) -> tuple[str, str] | None:
    """Return the English and the Chinese half of a text, or None without both."""
    english, _, chinese = map(str.strip, text.partition(SEPARATOR))
    if english and (HAN.search(chinese) or english == chinese):
        return english, chinese
    return None


def once(text: str) -> str:
    """Return a text that is the same in both languages once; any other as it is."""
    halved = split(text)
    return halved[0] if halved and halved[0] == halved[1] else text


def slug(title: str) -> str:
    """Return the anchor of a heading, made of its English half alone.

    Used as `myst_heading_slug_func`; lower case, words joined by hyphens.
    """
    words = re.sub(r"[^\w\- ]", "", title.split(SEPARATOR)[0].strip().lower())
    return re.sub(r"\s+", "-", words)


def classes(language: str) -> list[str]:
    """Return the classes of a node in one language.

    Docutils writes a class `language-X` as the attribute `lang="X"`.
    """
    return [f"lang-{language}", f"language-{LANGUAGES[language]}"]


def spans(english: str, chinese: str) -> str:
    """Return the HTML of a text in both languages; the halves are HTML already."""
    return (
        f'<span class="lang-en" lang="en">{english}</span>'
        f'<span class="lang-sep">{SEPARATOR}</span>'
        f'<span class="lang-zh" lang="zh-Hans">{chinese}</span>'
    )


def split_node(node: nodes.Element) -> bool:
    """Turn the children of a docutils node into two spans; tell whether it did.

    Markup on either side of the dot (code, emphasis, formulas) stays what it is. Of two
    sides that are the same one stays, and is noted as the text of both languages.
    """
    for i, child in enumerate(node.children):
        if not isinstance(child, nodes.Text) or SEPARATOR not in child:
            continue
        left, right = child.split(SEPARATOR, 1)
        english = [*node.children[:i], nodes.Text(left.rstrip())]
        chinese = [nodes.Text(right.lstrip()), *node.children[i + 1 :]]
        texts = ["".join(c.astext() for c in side) for side in (english, chinese)]
        if not split(SEPARATOR.join(texts)):
            continue
        if texts[0] == texts[1]:
            node[:], node["one_text"] = english, True
            return True
        node[:] = [
            nodes.inline("", "", *english, classes=classes("en")),
            nodes.inline("", SEPARATOR, classes=["lang-sep"]),
            nodes.inline("", "", *chinese, classes=classes("zh")),
        ]
        return True
    return False


def is_split(node: nodes.Element) -> bool:
    """Tell whether `split_node` has found both languages in a node."""
    first = node.children[0] if node.children else None
    return "one_text" in node or "lang-en" in getattr(first, "attributes", {}).get(
        "classes", ()
    )

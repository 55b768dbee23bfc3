"""Pages with one fault each, and what the build has to say about it.

Each is a pair: its cells or its text, and the message with the number of the cell.
"""

from .cells import code, markdown

Pages = dict[str, tuple[list[dict] | str, str]]

PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
TITLE = markdown("# A title · 题目")
PAIR = (markdown("Some words.", "en"), markdown("几个字。", "zh"))
ERROR = {
    "output_type": "error",
    "ename": "ValueError",
    "evalue": "expected 3 channels, got 1",
    "traceback": [],
}


def pages() -> Pages:
    """Return all faulty pages by their names."""
    return {
        **pairing(),
        **headings(),
        **outputs(),
        **unclosed(),
        **untranslated(),
        **references(),
        **files(),
    }


def pairing() -> Pages:
    """Return pages on which the blocks do not follow each other as they must."""
    alone = "English block without its Chinese one right after it"
    return {
        "english-alone": ([TITLE, *PAIR, PAIR[0]], f"cell 4: {alone}"),
        "code-between": (
            [TITLE, PAIR[0], code("x = 1"), PAIR[1]],
            f"cell 2: {alone}",
        ),
        "heading-between": (
            [TITLE, PAIR[0], markdown("## Next · 接着"), PAIR[1]],
            f"cell 2: {alone}",
        ),
        "chinese-alone": (
            [TITLE, *PAIR, PAIR[1]],
            "cell 4: Chinese block without its English one right before it",
        ),
        "french": (
            [TITLE, *PAIR, markdown("Quelques mots.", "fr")],
            "cell 4: unknown language tag lang-fr",
        ),
        "misspelt": (
            [TITLE, markdown("Some words.", "eng"), PAIR[1]],
            "cell 2: unknown language tag lang-eng",
        ),
        "tagged-code": (
            [TITLE, *PAIR, code("x = 1", tags=["lang-en"])],
            "cell 4: tag lang-en on a code cell",
        ),
    }


def headings() -> Pages:
    """Return pages with a heading or a paragraph in one language."""
    return {
        "heading-inside": (
            [TITLE, markdown("Words.\n\n## More · 更多\n\nWords.", "en"), PAIR[1]],
            "cell 2: a heading inside the English block",
        ),
        "half-heading": (
            [TITLE, *PAIR, markdown("## Only English")],
            'cell 4: heading without a Chinese half: "Only English"',
        ),
        "deeper-text": (
            [TITLE, *PAIR, markdown("", None, "deeper"), *PAIR],
            "cell 4: the tag deeper belongs on the cell of a heading",
        ),
        "untagged": (
            [TITLE, *PAIR, markdown("Nobody translated this.")],
            'cell 4: prose outside a language block: "Nobody translated this."',
        ),
    }


def outputs() -> Pages:
    """Return pages with a hole where an output should stand."""
    return {
        "never-run": (
            [TITLE, *PAIR, code("x = 1"), code("x + 1", count=None)],
            "cell 5: code never executed",
        ),
        "no-output": (
            [TITLE, *PAIR, code("x = 1\nprint(x)")],
            "cell 4: stored output missing",
        ),
        "no-figure": (
            [TITLE, *PAIR, code("figures.show(figure)")],
            "cell 4: stored output missing",
        ),
        "error": (
            [TITLE, *PAIR, code("net(x)", ERROR)],
            "cell 4: stored error ValueError: expected 3 channels, got 1",
        ),
    }


def unclosed() -> Pages:
    """Return pages on which something is opened and never closed."""
    texts = {
        "fence-colons": (":::{note}\n文字。", 'the fence ":::{note}" is never closed'),
        "fence-code": ("```python\nx", 'the fence "```python" is never closed'),
        "fence-in-list": ("- 一\n\n  ```\n  x", 'the fence "```" is never closed'),
        "fence-in-quote": ("> ~~~\n> x", 'the fence "> ~~~" is never closed'),
        "fence-in-note": (
            "::::{note}\n:::{tip}\n文字。\n::::",
            'the fence ":::{tip}" is never closed',
        ),
        "comment": ("<!-- 以后再写\n\n文字。", '"<!--" is never closed by "-->"'),
        "comment-in-html": ("<div><!-- x</div>", '"<!--" is never closed by "-->"'),
        "element": ("<div>\n\n文字。", "<div> is never closed"),
        "element-in-line": ("一个<b>字。", "<b> is never closed"),
        "element-unopened": ("文字。</div>", "</div> closes what nothing has opened"),
        "script": ("<script>\n\n文字。", "<script> is never closed"),
        "formula": ("$$\ny = x", 'the formula that begins with "$$" is never closed'),
    }
    return {
        f"open-{name}": (
            [TITLE, PAIR[0], markdown(text, "zh"), code("x = 1")],
            f"cell 3: {message}",
        )
        for name, (text, message) in texts.items()
    }


def untranslated() -> Pages:
    """Return pages with words outside the blocks in one language, in many places."""
    words = "Words for one language"
    texts = {
        "list": f"- {words}",
        "quotation": f"> {words}",
        "note": f":::{{note}}\n{words}\n:::",
        "note-title": f":::{{admonition}} {words}\n几个字。 · 几个字。\n:::",
        "definition": f"term · 术语\n: {words}",
        "term": f"{words}\n: A word. · 一个词。",
        "cell": f"| a | b |\n|---|---|\n| {words} | 1 |",
        "head": f"| {words} | b |\n|---|---|\n| 1 | 2 |",
        "caption": f"```{{list-table}} {words}\n* - 1\n  - 2\n```",
        "rubric": f"```{{rubric}} {words}\n```",
        "link": f"[{words}](https://example.org)",
        "chinese": "几个字，只有中文读者看得懂。",
    }
    found = {
        name: "prose outside a language block: "
        + ('"几个字' if name == "chinese" else f'"{words}"')
        for name in texts
    }
    found["chinese"] = 'prose outside a language block: "几个字，只有'
    texts["html"] = f"<p>{words}</p>"
    found["html"] = f'HTML outside a language block: "{words}"'
    texts["picture"] = f"![{words}]({PICTURE})"
    found["picture"] = f'a picture described in one language: "{words}"'
    return {
        f"for-all-{name}": ([TITLE, *PAIR, markdown(text)], f"cell 4: {found[name]}")
        for name, text in texts.items()
    } | {
        "for-all-footnote": (
            [
                TITLE,
                markdown("Words.[^n]\n\n[^n]: A note.", "en"),
                markdown("几个字。[^n]", "zh"),
            ],
            'a footnote of both languages in one: "A note."',
        ),
    }


def references() -> Pages:
    """Return pages with a reference that leads nowhere, or nowhere for some readers."""
    place = markdown("(place)=\nSome words.", "en")
    equation = markdown("$$a = b$$ (eq-one)\n\nSee {eq}`eq-one`.", "en")
    return {
        "one-sided-equation": (
            [TITLE, equation, markdown("见 {eq}`eq-one`。", "zh")],
            'cell 3: "(1)" leads from the Chinese text into the English block',
        ),
        "one-sided-place": (
            [TITLE, place, markdown("见{ref}`这里 <place>`。", "zh")],
            'cell 3: "这里" leads from the Chinese text into the English block',
        ),
        "one-sided-table": (
            [
                TITLE,
                markdown("(elsewhere)=\nSome words.", "en"),
                PAIR[1],
                markdown("- {ref}`there · 那里 <elsewhere>`"),
            ],
            "leads from both languages into the English block",
        ),
        "citation": (
            [TITLE, markdown("{cite:p}`nobody1999`", "en"), PAIR[1]],
            'cell 2: WARNING: could not find bibtex key "nobody1999"',
        ),
        "link": (
            [TITLE, markdown("{ref}`nowhere`", "en"), PAIR[1]],
            "cell 2: WARNING: undefined label: 'nowhere'",
        ),
    }


def files() -> Pages:
    """Return files that are no notebook, or hold what a notebook does not."""
    conflict = '{\n<<<<<<< HEAD\n "cells": []\n=======\n "cells": []\n>>>>>>> b\n}'
    tags = [TITLE, {**PAIR[0], "metadata": {"tags": None}}]
    number = [TITLE, *PAIR, {**PAIR[0], "metadata": {"tags": [3]}}]
    return {
        "empty.ipynb": ("", "expected a notebook, got an empty file"),
        "cut.ipynb": ('{"cells": [', "line 1: expected JSON"),
        "conflict.ipynb": (conflict, "line 2: a merge left a conflict, <<<<<<<"),
        "old.ipynb": (
            '{"nbformat": 3, "worksheets": []}',
            "expected nbformat 4, got 3",
        ),
        "list.ipynb": ("[]", "expected a notebook, got a JSON list"),
        "tags-null": (tags, "cell 2: tags: expected a list of texts, got null"),
        "tags-number": (number, "cell 4: tags: expected a list of texts, got [3]"),
        "no-source": (
            [TITLE, {"cell_type": "markdown", "metadata": {}, "source": None}],
            "cell 2: source: expected a text, got null",
        ),
        "no-kind": (
            [TITLE, {**PAIR[0], "cell_type": "heading"}],
            "cell 2: cell_type: expected one of markdown, code, raw",
        ),
        "plain-tags.md": (
            '# A title · 题目\n\n+++ {"tags": null}\n\n## More · 更多\n',
            "line 3: the tags of a block break are a list of texts, got null",
        ),
        "plain-break.md": (
            "# A title · 题目\n\n+++ {tags}\n\n## More · 更多\n",
            "line 3: expected JSON after +++, got {tags}",
        ),
        "plain-fence.md": (
            '# A title · 题目\n\n+++ {"tags": ["lang-en"]}\n\n```\nx\n',
            'line 5: the fence "```" is never closed',
        ),
    }

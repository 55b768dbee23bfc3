"""Miniature books: a few pages, built with the configuration of the real one.

`good_pages()` has one of everything an author writes; `faulty_pages()` has one fault a
page, named after it. A book is a dictionary of page names and their cells (a notebook)
or their text (a plain Markdown page).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class Built(NamedTuple):
    """What building a book left: the exit status, the site, the log."""

    status: int
    site: Path
    log: str

    def page(self, name):
        """Return the text of a built page."""
        return (self.site / "chapters" / f"{name}.html").read_text("utf-8")


def text(source, language=None):
    """Return a Markdown cell, of one language or of both."""
    tags = {"tags": [f"lang-{language}"]} if language else {}
    return {"cell_type": "markdown", "metadata": tags, "source": source}


def code(source, *outputs, count=1, tags=()):
    """Return a code cell with stored outputs; `count` is None if it never ran."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }


def printed(output):
    """Return what `print` leaves in a notebook."""
    return {"output_type": "stream", "name": "stdout", "text": output}


def shown(html):
    """Return what a cell that ends with an HTML object leaves in a notebook."""
    return {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}


def write(folder, pages):
    """Write the sources of a book into a folder; the first page is the way in."""
    chapters = folder / "chapters"
    chapters.mkdir(parents=True)
    (folder / "code").symlink_to(ROOT / "code")
    (folder / "_config.yml").symlink_to(ROOT / "_config.yml")
    (chapters / "references.bib").symlink_to(ROOT / "chapters" / "references.bib")
    for name, page in pages.items():
        if isinstance(page, str):
            (chapters / f"{name}.md").write_text(page, "utf-8")
            continue
        cells = [{**cell, "id": f"cell-{i}"} for i, cell in enumerate(page)]
        notebook = {
            "cells": cells,
            "metadata": {"kernelspec": KERNEL},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (chapters / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    first, *others = [f"chapters/{name}" for name in pages]
    part = {"caption": "The part · 这一部分", "chapters": [{"file": o} for o in others]}
    contents = {"format": "jb-book", "root": first, "parts": [part]}
    (folder / "_toc.yml").write_text(json.dumps(contents), "utf-8")
    return folder


def build(folder):
    """Build a book as `make book` does; its site is kept when a page is faulty."""
    command = "from jupyter_book.cli.main import main; main()"
    options = ["build", str(folder), "-W", "-n", "--keep-going"]
    done = subprocess.run(
        [sys.executable, "-c", command, *options],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "NO_COLOR": "1"},
    )
    site = folder / "_build" / "html"
    return Built(done.returncode, site, done.stdout + done.stderr)


FIGURE = """<figure class="plusx-figure" id="fig-mini">
<svg viewBox="0 0 300 60" role="img" aria-label="A line. · 一条线。">
<path d="M10 50L290 10" stroke="currentColor"/>
<g class="lang-en"><text x="20" y="20">plain</text></g>
<g class="lang-zh" style="display:none"><text x="20" y="20">普通</text></g></svg>
<figcaption><span class="lang-en" lang="en">Five runs.</span>
<span class="lang-zh" lang="zh-Hans" style="display:none">五次运行。</span></figcaption>
</figure>"""
INDEX = """# A small book · 一本小书

+++ {"tags": ["lang-en"]}

It begins with {ref}`ch-mini`.

+++ {"tags": ["lang-zh"]}

从{ref}`ch-mini`读起。

+++

## The map · 地图

| chapter · 章 | question · 问题 |
|---|---|
| {ref}`ch-mini` | Why? · 为什么？ |
"""
ENGLISH = """Train a network with 20 layers {cite:p}`he2015deep`, then *read on*.[^one]

It is the second paragraph; see {ref}`sec-formula`.

- one
- two

[^one]: An English note.
"""
CHINESE = """先训练一个 20 层的网络 {cite:p}`he2015deep`，再*往下读*。[^yi]

这是第二段，见 {ref}`sec-formula`。

- 一
- 二

[^yi]: 一条中文注。
"""
TWO_WORKS = "{cite:p}`he2015deep,ioffe2015batch`"
ASIDES = """:::{note}
A remark.
:::

:::{admonition} Hint
:class: dropdown
Think of $x$.
:::
"""
ASIDES_ZH = """:::{note}
一点说明。
:::

:::{admonition} 提示
:class: dropdown
想想 $x$。
:::
"""


def paragraphs(count):
    """Return pairs of blocks that are numbered, to find one's place again."""
    pairs = []
    for number in range(1, count + 1):
        english = f"Idea {number}. " + "A network of many layers is hard to train. " * 6
        chinese = f"要点 {number}。" + "层数多的网络很难训练。" * 6
        pairs += [text(english + "\n\n" + english, "en")]
        pairs += [text(chinese + "\n\n" + chinese, "zh")]
    return pairs


def good_pages():
    """Return a book without a fault that holds one of everything."""
    chapter = [
        text("(ch-mini)=\n# Deeper was worse · 更深反而更差"),
        text(ENGLISH, "en"),
        text(CHINESE, "zh"),
        code("print(1 + 1)", printed("2\n")),
        text("(sec-formula)=\n## What ResNet adds · 为什么 ResNet 更好"),
        text("$$\ny = x + F(x)\n$$ (eq-mini)"),
        text(ASIDES, "en"),
        text(ASIDES_ZH, "zh"),
        text("| depth · 深度 | error · 误差 |\n|---|---|\n| 20 | 3 |"),
        code("show()", shown(FIGURE), tags=["hide-input"]),
        code("print('long')", printed("long\n"), tags=["hide-cell"]),
        text(":::{tip}\nFor both. · 给两种读者。\n:::"),
        *paragraphs(30),
        text("## Further reading · 延伸阅读"),
        text("```{bibliography}\n:filter: docname in docnames\n```"),
    ]
    second = [
        text("# One addition · 一次加法"),
        text("Again {cite:t}`he2015deep`; both " + TWO_WORKS + " said so.", "en"),
        text("又是 {cite:t}`he2015deep` 的话；两篇 " + TWO_WORKS + " 都说过。", "zh"),
        text("## Further reading · 延伸阅读"),
        text("```{bibliography}\n:filter: docname in docnames\n```"),
    ]
    return {"index": INDEX, "mini": chapter, "second": second}


TITLE = text("# A title · 题目")
PAIR = (text("Some words.", "en"), text("几个字。", "zh"))
ERROR = {
    "output_type": "error",
    "ename": "ValueError",
    "evalue": "expected 3 channels, got 1",
    "traceback": [],
}


def faulty_pages():
    """Return pages with one fault each, and what the build has to say about it.

    Returns a dictionary of page names and pairs of their cells and the message.
    """
    alone = "English block without its Chinese one right after it"
    return {
        "english-alone": ([TITLE, *PAIR, PAIR[0]], f"cell 4: {alone}"),
        "code-between": (
            [TITLE, PAIR[0], code("x = 1"), PAIR[1]],
            f"cell 2: {alone}",
        ),
        "heading-between": (
            [TITLE, PAIR[0], text("## Next · 接着"), PAIR[1]],
            f"cell 2: {alone}",
        ),
        "chinese-alone": (
            [TITLE, *PAIR, PAIR[1]],
            "cell 4: Chinese block without its English one right before it",
        ),
        "french": (
            [TITLE, *PAIR, text("Quelques mots.", "fr")],
            "cell 4: unknown language tag lang-fr",
        ),
        "misspelt": (
            [TITLE, text("Some words.", "eng"), PAIR[1]],
            "cell 2: unknown language tag lang-eng",
        ),
        "tagged-code": (
            [TITLE, *PAIR, code("x = 1", tags=["lang-en"])],
            "cell 4: tag lang-en on a code cell",
        ),
        "heading-inside": (
            [TITLE, text("Words.\n\n## More · 更多\n\nWords.", "en"), PAIR[1]],
            "cell 2: a heading inside the English block",
        ),
        "half-heading": (
            [TITLE, *PAIR, text("## Only English")],
            'cell 4: heading without a Chinese half: "Only English"',
        ),
        "untagged": (
            [TITLE, *PAIR, text("Nobody translated this.")],
            'cell 4: prose outside a language block: "Nobody translated this."',
        ),
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
        "citation": (
            [TITLE, text("{cite:p}`nobody1999`", "en"), PAIR[1]],
            'cell 2: WARNING: could not find bibtex key "nobody1999"',
        ),
        "link": (
            [TITLE, text("{ref}`nowhere`", "en"), PAIR[1]],
            "cell 2: WARNING: undefined label: 'nowhere'",
        ),
    }

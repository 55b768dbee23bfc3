"""A miniature chapter without a fault, for tests that plant one."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import refresh

from .cells import code, markdown, notebook, printed, shown

FIGURE = """<figure class="plusx-figure" id="fig-mini">
<div><span class="lang-en" lang="en" role="img" aria-label="A line."></span>\
<span class="lang-zh" lang="zh-Hans" role="img" aria-label="一条线。"></span>
<svg viewBox="0 0 9 9"><g class="lang-en"><path d="M0 1"/></g>\
<g class="lang-zh" style="display:none"><path d="M0 2"/></g></svg></div>
<figcaption><span class="lang-en" lang="en">Five runs.</span>\
<span class="lang-zh" lang="zh-Hans">五次运行。</span></figcaption>
</figure>"""

ENGLISH = """Train a plain network with 20 layers and 1,438 images {cite:p}`he2015deep`.
Its training error is 3.7 ± 1.2 % after *ten* epochs; see {ref}`ch-mini` and `fit`.

- Put $x + F(x)$ in.
- Read [the paper](https://example.org/paper).

$$
y = x + F(x)
$$

| depth | error |
|---|---|
| 20 | 3.7 |

:::{admonition} Note
:class: dropdown
A skip connection, $\\sigma'(z) \\le 0.25$.
:::
"""
CHINESE = """用 1,438 张图训练一个 20 层的普通网络 {cite:p}`he2015deep`。
训练*十*轮以后，训练误差是 3.7 ± 1.2 %；见 {ref}`ch-mini` 和 `fit`。

- 加上 $x + F(x)$。
- 读一读[论文](https://example.org/paper)。

$$
y = x + F(x)
$$

| 深度 | 误差 |
|---|---|
| 20 | 3.7 |

:::{admonition} 注
:class: dropdown
一条跳跃连接，$\\sigma'(z) \\le 0.25$。
:::
"""
EXERCISE = """**Exercise {n} (predict)**. What happens?

:::{{admonition}} Hint
:class: dropdown
Think.
:::

:::{{admonition}} Solution
:class: dropdown
Nothing.
:::
"""
ZH_EXERCISE = """**练习 {n}（猜一猜）**。会发生什么？

:::{{admonition}} 提示
:class: dropdown
想一想。
:::

:::{{admonition}} 解答
:class: dropdown
什么都不会发生。
:::
"""
SET_UP = """import os
import subprocess
import sys
from importlib.util import find_spec

BOOK = "https://example.org/mini"
if os.path.isdir("../code/plusx"):  # in a clone of the book: its own code
    sys.path.insert(0, os.path.abspath("../code"))

import torch

from plusx import figures

torch.set_num_threads(1)
# Figures and tables outside the site speak English; "zh" is Chinese, "both" is both.
# 不在网站上看时，图和表里的文字是英文：改成 "zh" 就是中文，改成 "both" 就是中英对照。
figures.use(language="en")
"""
DRAW = """figures.show(
    fig, name="mini",
    alt=("A line.", "一条线。"), caption=("Five runs.", "五次运行。"),
)"""


def chapter() -> list[dict]:
    """Return the cells of a chapter that has no fault."""
    words = "This sentence is only here to make the chapter long enough.\n" * 100
    cells = [
        markdown("(ch-mini)=\n# A small chapter · 小小的一章"),
        markdown("You will see a number.", "en"),
        markdown("你会看到一个数。", "zh"),
        code(SET_UP),
        markdown("## A question? · 一个问题？"),
        markdown(ENGLISH, "en"),
        markdown(CHINESE, "zh"),
        code(DRAW, shown(FIGURE)),
        *[code(f"print({n})", printed(f"{n}\n")) for n in range(14)],
        markdown("## Summary · 小结"),
        markdown(words, "en"),
        markdown("这里只有一句话，重复许多遍。\n" * 100, "zh"),
        markdown("## Exercises · 练习"),
    ]
    for n in range(1, 5):
        cells.append(markdown(EXERCISE.format(n=n), "en"))
        cells.append(markdown(ZH_EXERCISE.format(n=n), "zh"))
    return [*cells, markdown("## Further reading · 延伸阅读")]


def write(path: Path, cells: list[dict], sealed: bool = True) -> Path:
    """Write a notebook as `make refresh` would leave it."""
    book = nbformat.from_dict(notebook(cells))
    ran = (cell for cell in book.cells if cell.get("execution_count"))
    for number, cell in enumerate(ran, start=1):
        cell.execution_count = number
    if sealed:
        book.metadata["plusx"] = {"outputs": refresh.seal(book)}
    nbformat.write(book, path)
    return path


def replace(old: str, new: str, cell: int | None = None) -> Callable:
    """Return a change of a chapter: one text replaced, in one cell or where it stands.

    Raises:
        ValueError: when the text is not there: the planted fault would be none.
    """

    def change(cells: list[dict]) -> list[dict]:
        before = json.dumps(cells)
        for index, changed in enumerate(cells):
            if cell in (None, index):
                changed["source"] = changed["source"].replace(old, new)
        if json.dumps(cells) == before:
            raise ValueError(f"{old!r} is not in the chapter")
        return cells

    return change

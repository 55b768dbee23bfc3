"""The pages of a miniature book without a fault: one of everything."""

from .cells import code, markdown, printed, shown

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
#: A first page that leads nowhere, for books of faults.
TITLE_PAGE = "# A small book · 一本小书\n"
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
FORMULA = "(sec-formula)=\n## What ResNet adds · 为什么 ResNet 更好"
TWO_WORKS = "{cite:p}`he2015deep,ioffe2015batch`"
#: What needs no language: names, formulas, code, spans, and pairs in any place.
NEUTRAL = """| net · 网络 | code · 代码 |
|---|---|
| ResNet-56 | `net(x)` |
| $x$ | [top · 顶部](#resnet-56) |

- U-Net
- a list item · 列表里的一项

<div><span class="lang-en" lang="en">raw words</span>
<span class="lang-zh" lang="zh-Hans">几个字</span></div>

![A sign. · 一个标志。](data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=)
"""
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
        pairs += [markdown(english + "\n\n" + english, "en")]
        pairs += [markdown(chinese + "\n\n" + chinese, "zh")]
    return pairs


def good_pages():
    """Return a book without a fault that holds one of everything."""
    chapter = [
        markdown("(ch-mini)=\n# Deeper was worse · 更深反而更差"),
        markdown(ENGLISH, "en"),
        markdown(CHINESE, "zh"),
        code("print(1 + 1)", printed("2\n")),
        markdown(FORMULA, None, "deeper"),
        markdown("$$\ny = x + F(x)\n$$ (eq-mini)"),
        markdown(ASIDES, "en"),
        markdown(ASIDES_ZH, "zh"),
        markdown("| depth · 深度 | error · 误差 |\n|---|---|\n| 20 | 3 |"),
        code("show()", shown(FIGURE), tags=["hide-input"]),
        code("print('median')", printed("median\n"), tags=["hide-cell"]),
        markdown(":::{tip}\nFor both. · 给两种读者。\n:::"),
        *paragraphs(30),
        markdown("## Further reading · 延伸阅读"),
        markdown("```{bibliography}\n:filter: docname in docnames\n```"),
    ]
    second = [
        markdown("# One addition · 一次加法"),
        markdown("Again {cite:t}`he2015deep`; both " + TWO_WORKS + " said so.", "en"),
        markdown(
            "又是 {cite:t}`he2015deep` 的话；两篇 " + TWO_WORKS + " 都说过。", "zh"
        ),
        markdown("(sec-same)=\n## ResNet-56 · ResNet-56"),
        markdown("It is *deep*; see {ref}`sec-same`.", "en"),
        markdown("它\n**很**\n深；\n见 {ref}`sec-same`。", "zh"),
        markdown(NEUTRAL),
        code("%%capture kept\nprint('caught')"),
        code("print('nothing', end='')"),
        code("plt.show()"),
        markdown("## Further reading · 延伸阅读"),
        markdown("```{bibliography}\n:filter: docname in docnames\n```"),
    ]
    return {"index": INDEX, "mini": chapter, "second": second}

"""The Chinese is written, not translated: habits that a program can see."""

from pathlib import Path

import pytest
from books import chapter as minibook
from checkers import chinese

ROOT = Path(__file__).parents[3]
CHAPTERS = ROOT / "chapters"
PAGES = sorted(p for p in CHAPTERS.iterdir() if p.suffix in (".ipynb", ".md"))
SAYING = (".py", ".js", ".toml", ".html")
CODE = sorted(
    path
    for room in ("plusx", "plusx_site", "tools")
    for path in (ROOT / "code" / room).rglob("*")
    if path.suffix in SAYING and "vendor" not in path.parts
)
TITLES = {"更深反而更差"}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_are_written_in_chinese(page):
    """Texts, headings, captions, labels and alternative texts of a page."""
    found = chinese.faults(page, chinese.titles(CHAPTERS))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "page", sorted(CHAPTERS.glob("[0-9]*.ipynb")), ids=lambda path: path.name
)
def test_chapters_give_new_terms_with_their_english(page):
    """Where a chapter brings a term in, its English follows in brackets."""
    assert chinese.first_uses(page, int(page.name[:2])) == []


def test_chinese_readme_is_written_in_chinese():
    """README.zh.md keeps the same rules."""
    text = (ROOT / "README.zh.md").read_text("utf8")
    assert chinese.markup_faults(text, chinese.titles(CHAPTERS)) == []


def test_code_speaks_chinese():
    """Bets, checks, words of the interface, labels and what commands print."""
    found = [message for path in CODE for message in chinese.code_faults(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("照{ref}`更深反而更差 <ch-degradation>` 的道理", "whole title"),
        ("先看{ref}`ch-degradation`再说", "whole title"),
        ("先看[更深反而更差](#ch-degradation)再说", "whole title"),
        ("这张图没有说明，深的网络难训练。", "没有说明"),
        ("总得有人管住这个和。", "for a sum"),
        ("各项的和是零。", "for a sum"),
        ("开头几个块的分支长。", "for a norm"),
        ("画的是梯度长度。", "for a norm"),
        ("残差流越来越短，梯度变长。", "for a norm"),
        ("一共 27 块。", "measure word"),
        ("少了一块，不要紧。", "measure word"),
        ("每块两层。", "measure word"),
        ("那篇文章说过。", "论文"),
        ("这是为什么？，再看下一张图。", "a question inside"),
        ("{ref}`毁在哪里？ <postmortem-x>`来试。", "link with a question"),
        ("照 {cite:p}`he2015deep` 的做法。", "as a noun"),
        ("见 {cite:p}`he2015deep`。", "as a noun"),
        ("批量归一化（BN）（见上）很常用。", "two brackets"),
        ("批量归一化（BN）{cite:p}`ioffe2015batch`。", "two brackets"),
        ("全卷积网络（相加 {cite:p}`long2015fully`）。", "two brackets"),
        ("分数用 *Dice 系数*来算。", "emphasis dots"),
        ("误差升到百分之六十以上。", "percentage"),
        ("误差是 63.3 % ± 11.4 %。", "spread"),
        ("误差是 63.3±11.4 %。", "spread"),
        ("0 是“什么都不说”。", "什么都不传"),
        ("从零出发更慢。", "零初始化"),
        ("第 3 章会推导这个数。", "a chapter does nothing"),
        ("误差没有变。可见，深度不是原因。", "needs no 可见"),
        ("从图上看不出原因。", "看不出"),
        ("阴影是一个标准差。", "色带"),
        ("深的网络练不起来。", "训练得起来"),
        ("初始权重取平常的值。", "通常的"),
    ],
)
def test_habits_of_a_translator_are_found(text, rule):
    """Each rule finds what it is for, and nothing else is found with it."""
    found = chinese.markup_faults(text, TITLES)
    assert found and all(rule in message for message in found), found


@pytest.mark.parametrize(
    "text",
    [
        "{ref}`第 1 章 <ch-degradation>`的道理，见{ref}`那一节 <a-b>`。",
        "{ref}`更深反而更差 <ch-degradation>`",
        "这张图还不能说明深的网络难训练；没有说明书。",
        "一篇流传很广的科普文章（下称“那篇科普文”），那篇科普文说过。",
        "像素数之和除以 2，总和与求和都行，你和我。",
        "一步的步长是 0.001，序列长度是 64，分支的范数更大。",
        "12 个块里的第 3 个块，一个块比一个块大；两块 GPU。",
        "问题是：为什么？下面来看。“怎么办？”",
        "照 {cite:t}`he2015deep` 的做法，退化依旧 {cite:p}`he2015deep`。",
        "*就是*这样；论文 *Identity Mappings* 里写了；**ResNet 块**（block）。",
        "63.3 ± 11.4 %，缩到百分之一，多出百分之几？±1 都行。",
        "到第 3 章再推导；肉眼可见的差别，色带窄；深的网络训练得起来。",
    ],
)
def test_good_chinese_is_left_alone(text):
    """What is said well raises no alarm."""
    assert chinese.markup_faults(text, TITLES) == []


def test_faults_are_found_in_every_kind_of_text(tmp_path):
    """A text, a heading, a caption and an alternative text, each with its cell."""
    for old, new, cell in [
        ("一个问题？", "第 3 块？", 4),
        ("五次运行。", "五块。", 7),
        ("一条线。", "这篇文章。", 7),
        ("一条跳跃连接", "一块跳跃连接", 6),
    ]:
        cells = minibook.replace(old, new, cell)(minibook.chapter())
        path = minibook.write(tmp_path / "01_mini.ipynb", cells)
        found = [m for m in chinese.faults(path) if "whole title" not in m]
        assert found, new
        assert all(f"cell {cell + 1}" in message for message in found)


def test_code_that_speaks_badly_is_found(tmp_path):
    """In a table, a script and a template; a comment is for those who write code."""
    for name, text, count in [
        ("a.toml", 'x = ["block 3", "第 3 块"]\n# 第 3 块', 1),
        ("a.js", "// 第 3 块\nsay(`block · 第 ${n} 个块，一块`);", 1),
        ("a.html", "<p>block · 一块</p>", 1),
        ("a.py", 'A = "block · 一块"', 1),
        ("b.py", 'A = "block · 一个块"', 0),
    ]:
        (tmp_path / name).write_text(text, "utf8")
        assert len(chinese.code_faults(tmp_path / name)) == count, name


def test_terms_without_english_are_found(tmp_path):
    """The English must follow at once, the first time."""
    for text, late in [
        ("训练误差（training error）小，训练误差大。", 0),
        ("训练误差小，训练误差（training error）大。", 1),
    ]:
        cells = minibook.chapter()
        cells = minibook.replace("训练误差", text, 6)(cells)
        path = minibook.write(tmp_path / "01_mini.ipynb", cells)
        found = [m for m in chinese.first_uses(path, 1) if "训练误差" in m]
        assert len(found) == late

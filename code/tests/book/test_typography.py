"""Chinese is set as Chinese is set, and terms are the ones of the table."""

from pathlib import Path

import pytest
from books import chapter as minibook
from checkers import terms, typography
from checkers.books import Pair

ROOT = Path(__file__).parents[3]
CHAPTERS = ROOT / "chapters"
PAGES = sorted(p for p in CHAPTERS.iterdir() if p.suffix in (".ipynb", ".md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_are_set_as_chinese_is_set(page):
    """Spacing, punctuation, quotes and emphasis of every Chinese text."""
    found = typography.faults(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_pages_use_the_terms_of_the_table(page):
    """No forbidden rendering, and each English term has its Chinese one."""
    found = terms.faults(page)
    assert not found, "\n".join(found)


def test_chinese_readme_is_set_as_chinese_is_set():
    """README.zh.md keeps the same rules."""
    text = (ROOT / "README.zh.md").read_text("utf8")
    assert typography.chinese_faults(text) + terms.forbidden_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "误差是 69.7 ± 5.3 %，也就是 0.1 %、0.2 % 之外的 $x_l$ 的三倍。",
        "用 `BN`（批量归一化），见何恺明等人 {cite:p}`he2015deep`；参看 {ref}`ch-x`。",
        "**要点**。后文*就是*这样，“引号”也对，普通-56 两样都更差。",
        "深度 8–56 层，σ′ ≤ 0.25，1×1 卷积，+x 是什么？……没有——",
        "代码 `x = 1,y` 和公式 $f(x,y),g$ 不算标点。\n另起一行。",
        "[链接](https://example.org/a,b)里的逗号不算。\n\n```\n代码,里的也不算。\n```",
        "| 深度 | 误差，% |\n|---|---|\n| 20 层 | 3.7 |",
        "20、32、44 层；A、B、C 三种（见下）；H(x) = F(x) + x。",
        "x 和 F(x) 对不上；形状是 (2, 16, 8, 8)，也就是 (N, C, H, W) 的次序。",
    ],
)
def test_typography_leaves_good_chinese_alone(text):
    """Formulas, code, links, percentages and names raise no false alarm."""
    assert typography.chinese_faults(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一个20层的网络。", "20 层"),
        ("误差是$x$的三倍。", "误差是 M"),
        ("用`fit`训练。", "用 M 训练"),
        ("没有理由更高,真的。", "half-width punctuation beside Han"),
        ("残差网络 (ResNet) 更好。", "half-width bracket in Chinese"),
        ("ResNet(残差网络)更好。", "half-width bracket in Chinese"),
        ("残差网络更好.", "half-width full stop after Han"),
        ("残差网络 。更好", "blank beside full-width punctuation"),
        ('他说"更好"。', "straight quotes"),
        ("他说「更好」。", "quotes of another region"),
        ("更好...", "three dots"),
        ("更好--真的", "hyphens as a dash"),
        ("５６ 层。", "full-width digits"),
        ("训练误差 69.7% 更高。", "right before %"),
        ("这句话在中间\n断开了。", "a line that ends inside a sentence"),
        ("这是**要点。**后文。", "stars that are no emphasis"),
        ("这是**要点。** 后文。", "punctuation inside the emphasis"),
    ],
)
def test_typography_catches_a_planted_fault(text, expected):
    """Each rule finds what it is for."""
    found = typography.chinese_faults(text)
    assert any(expected in message for message in found), found


def test_typography_reads_headings_captions_and_alternative_texts(tmp_path):
    """A fault in any Chinese text of a notebook is found, with its cell."""
    for old, new, cell in [
        ("一个问题？", "一个20层的问题？", 4),
        ("五次运行。", "五次运行.", 7),
        ("一条线。", "一条线,两条线。", 7),
    ]:
        cells = minibook.replace(old, new, cell)(minibook.chapter())
        path = minibook.write(tmp_path / "01_mini.ipynb", cells)
        found = typography.faults(path)
        assert found, new
        assert all(f"01_mini.ipynb, cell {cell + 1}" in m for m in found)


def test_typography_finds_nothing_in_a_good_book(tmp_path):
    """The miniature chapter has no fault before one is planted."""
    path = minibook.write(tmp_path / "01_mini.ipynb", minibook.chapter())
    assert typography.faults(path) + terms.faults(path) == []


def test_terms_table_contradicts_itself_nowhere():
    """No term twice, no rendering that one line asks for and another forbids."""
    assert terms.table_faults() == []


def test_terms_table_faults_are_found(tmp_path):
    """A line with a missing field and a contradiction are found."""
    path = tmp_path / "terms.csv"
    head = ",".join(terms.FIELDS)
    path.write_text(f"{head}\nlayer,层,,yes,1,\n", "utf8")
    assert "line 2: not 9 fields" in terms.table_faults(path)[0]
    path.write_text(
        f"{head}\nlayer,,层,,,,yes,1,\nsublayer,,子层,,,层,yes,6,\n", "utf8"
    )
    assert "'层' holds '层', which 'sublayer' forbids" in terms.table_faults(path)


@pytest.mark.parametrize(
    ("old", "new", "cell", "expected"),
    [
        ("一条跳跃连接", "一条身份映射", 6, "'身份映射': write '恒等映射'"),
        ("一个问题？", "快捷键？", 4, "'快捷键': write '快捷连接'"),
        ("一条线。", "残差模块。", 7, "'残差模块': write '残差块'"),
        ("五次运行。", "同一函数，五次。", 7, "'同一函数': write '恒等映射'"),
        ("一条跳跃连接", "一条连线", 6, "English 'skip connection', but no 跳跃连接"),
        ("训练误差", "训练的误差", 6, "English 'training error', but no 训练误差"),
    ],
)
def test_terms_catch_a_planted_fault(tmp_path, old, new, cell, expected):
    """A forbidden or missing rendering is found in text, heading, caption, alt."""
    cells = minibook.replace(old, new, cell)(minibook.chapter())
    path = minibook.write(tmp_path / "01_mini.ipynb", cells)
    found = terms.faults(path)
    assert any(expected in message for message in found), found
    assert all("01_mini.ipynb" in m and f"cell {cell + 1}" in m for m in found)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("跳跃连接，也叫残差连接。", True),
        ("残差连接就是快捷连接。", True),
        ("残差连接很有用。", False),
        ("批归一化很有用。", False),
        ("批量归一化，也译作批归一化。", True),
    ],
)
def test_a_synonym_stands_beside_the_term(text, good):
    """Whoever knows the thing by another name learns the book's; no text has but it."""
    assert (terms.alone_in(text) == []) is good


@pytest.mark.parametrize(
    ("english", "chinese", "good"),
    [
        ("Batch normalisation helps.", "批量归一化有用。", True),
        ("Residual blocks help.", "残差块有用。", True),
        ("Residual-block design.", "块的设计。", False),
        ("The code says `skip connection`.", "代码里是 `skip`。", True),
        ("*Identity Mappings in Nets*.", "*Identity Mappings in Nets*。", True),
        ("Identity mappings help.", "Identity mappings 有用。", False),
    ],
)
def test_terms_know_variants_code_and_titles(english, chinese, good):
    """Plural, spelling and code are no faults, nor are titles left in English."""
    found = terms.missing_in(Pair("page", "page", "text", english, chinese))
    assert (found == []) is good


def test_chapters_use_the_terms_they_introduce():
    """The glossary sends nobody to a chapter that does not have the term."""
    assert terms.chapter_faults(CHAPTERS) == []


def test_chapters_that_lack_their_terms_are_found(tmp_path):
    """The miniature chapter knows the plain network, not the Jacobian."""
    minibook.write(tmp_path / "01_mini.ipynb", minibook.chapter())
    found = terms.chapter_faults(tmp_path)
    assert "01_mini.ipynb: 'degradation problem' is not in its English" in found
    assert "01_mini.ipynb: 退化问题 is not in its Chinese" in found
    assert not [message for message in found if "plain network" in message]
    assert not [message for message in found if "Jacobian" in message]


def test_glossary_explains_each_term_of_the_table():
    """Every line of terms.csv has its entry in both languages, and no other has."""
    assert terms.glossary_faults(CHAPTERS / "glossary.md", CHAPTERS) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("**seed**", "**seeds**", "no entry for 'seed'"),
        ("**随机种子**", "**种子**", "its partner is '种子', not '随机种子'"),
        ("**seed** · 随机种子", "**seed** · 种子", "must name the term in both"),
        (" · seed：", "：", "must name the term in both"),
        ("短路连接、", "", "must name '短路连接', which others say"),
        ("; also called Kaiming initialization", "", "must name 'Kaiming init"),
        (
            "of a run. [Chapter 1](#ch-degradation)",
            "of a run.",
            "must link to (#ch-deg",
        ),
    ],
)
def test_glossary_faults_are_found(tmp_path, old, new, expected):
    """A missing entry, a wrong rendering and a missing link are found."""
    text = (CHAPTERS / "glossary.md").read_text("utf8")
    assert old in text
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    (chapters / "01_degradation.ipynb").touch()
    (tmp_path / "_toc.yml").write_text("- file: chapters/01_degradation\n", "utf8")
    page = chapters / "glossary.md"
    page.write_text(text.replace(old, new), "utf8")
    found = terms.glossary_faults(page, chapters)
    assert any(expected in message for message in found), found

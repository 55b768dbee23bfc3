"""What a cell has printed, in both languages: phrases, numbers, columns, warnings."""

import re
from types import SimpleNamespace

import pytest

from plusx_site import printed


def chinese(line):
    """A printed line as a Chinese page shows it."""
    html = re.sub(r'<span class="lang-en".*?</span>', "", printed.speak(line))
    return re.sub("<[^>]*>", "", html)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain-56: training error ≈ 59.2 %", "普通-56: 训练误差 ≈ 59.2 %"),
        ("plain_norm: error ≈ 1 %", "plain_norm: 误差 ≈ 1 %"),
        ("101 factors of  2.00", "101 个因子，都是 2.00"),
        ("gradient exactly 0 in step 20", "第 20 步梯度正好是 0"),
        ("99 % of e after 50 blocks", "过了 50 个块，是 e 的 99 %"),
        (
            "plain-56 more than 5 points above ResNet-56",
            "普通-56 比 ResNet-56 高 5 个百分点以上",
        ),
        ("conv1.weight = 1.5e-07", "conv1.weight = 1.5e-07"),
    ],
)
def test_line_is_said_in_chinese(line, expected):
    """Longest phrase first, numbers where Chinese wants them, names as they are."""
    assert chinese(line) == expected
    assert printed.left_over(line) == []


def test_english_stays_to_the_letter():
    """Without the Chinese spans the line is what was printed."""
    line = " plain-56, clipped: 78.9 & mean < 3"
    html = re.sub(r'<span class="lang-zh".*?</span>', "", printed.speak(line))
    assert (
        re.sub("<[^>]*>", "", html).replace("&amp;", "&").replace("&lt;", "<") == line
    )


def test_columns_keep_their_width():
    """A phrase between blanks is as wide in Chinese; in a sentence it is not."""
    column = "    edge   elsewhere"
    widths = re.findall(r"min-width:(\d+)ch(;text-align:right)?", printed.speak(column))
    assert widths == [("4", ";text-align:right"), ("9", ";text-align:right")]
    assert printed.speak("largest      2.9").count("min-width:7ch") == 1
    assert "min-width" not in printed.speak("training error in %, mean 3")


def test_phrases_have_as_many_numbers_in_both_languages():
    """And no English phrase holds Chinese."""
    for english, said in printed.phrases().items():
        assert english.count("#") == said.count("#"), english
        assert english.isascii() or not re.search(r"[\u4e00-\u9fff]", english)


def test_several_numbers_are_told_apart():
    """Chinese often turns their order round, so each has its index: #1, #2."""
    for english, said in printed.phrases().items():
        if (count := english.count("#")) > 1:
            indices = sorted(re.findall(r"#(\d?)", said))
            assert indices == [str(k) for k in range(1, count + 1)], english


def page(text, caplog):
    """The body of a page with one printed text, and what is reported."""
    stream = f'<div class="output stream"><div class="highlight"><pre>{text}</pre>'
    context = {"body": stream}
    printed.speak_page(SimpleNamespace(), "chapters/x", "", context, None)
    return context["body"], caplog.text


def test_ticks_and_escapes_survive(caplog):
    """Tags stay, and what was escaped is escaped once."""
    body, said = page('<span class="check">✓ above 3</span>\nx &lt; 2', caplog)
    assert '<span class="check">✓ <span class="lang-en" lang="en">above 3' in body
    assert "x &lt; 2</pre>" in body and "高于 3" in body and not said


def test_word_without_chinese_is_reported(caplog):
    """Planted: a word that no phrase covers is named, with its page."""
    body, said = page("wobbly error ≈ 3", caplog)
    assert '"wobbly"' in said and "wobbly" in body


def test_printed_code_stays(caplog):
    """The source of a function is no English."""
    code = "def step() -&gt; None:\n    pass  # the first of both"
    body, said = page(code, caplog)
    assert code in body and not said

"""What a query means, by the script of the search page in V8, without a page."""

import json
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from plusx_site import search

SCRIPT = Path(search.__file__).parent / "static" / "query.js"
KNOWN = ["normal", "color", "gradient", "resnet", "label", "center", "batchnorm1d"]


@pytest.fixture(scope="module")
def ask():
    """A function that evaluates an expression of the script `query`."""
    with MiniRacer() as engine:
        engine.eval(f"var window = this; {SCRIPT.read_text('utf-8')}; 0")
        engine.eval("var query = window.plusxQuery; 0")
        yield lambda code: json.loads(engine.eval(f"JSON.stringify({code})"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ＲｅｓＮｅｔ－５６", "resnet-56"),
        ("  Skip   Connection ", "skip connection"),
        ("網路與殘差", "网路与残差"),
        ("“degradation”", "degradation"),
    ],
)
def test_plain_is_how_the_book_writes(ask, query, expected):
    """Full-width letters, capitals, quotes and traditional characters."""
    traditional = json.dumps([list("網网"), list("與与"), list("殘残")])
    assert ask(f"query.plain({query!r}, new Map({traditional}))") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("nn.batchnorm1d", ["nn.batchnorm1d"]),
        ("x + f(x)", ["x", "f(x)"]),
        ("+1", ["+1"]),
        ("skip connection.", ["skip", "connection"]),
        ("resnet-56", ["resnet", "56"]),
        ("训练loss，退化", ["训练", "loss", "退化"]),
        ("__proto__", ["__proto__"]),
    ],
)
def test_tokens_keep_code_whole(ask, query, expected):
    """A dotted name, a call and a signed number are one word each."""
    assert [token["text"] for token in ask(f"query.tokens({query!r})")] == expected


@pytest.mark.parametrize(
    ("word", "is_whole", "text", "expected"),
    [
        ("x", True, "max", False),
        ("x", True, "a x b", True),
        ("grad", False, "gradient", True),
        ("nn", True, "channels nn.ReLU", True),
        ("nn", True, "channels", False),
        ("x+f(x)", True, "x + f(x)", True),
        ("nn.relu", True, "annXrelu", False),
        ("网络", False, "残差网络", True),
        ("resnet", False, "用resnet训练", True),
    ],
)
def test_pattern_begins_at_a_word(ask, word, is_whole, text, expected):
    """Short words count whole, others from their beginning, Chinese anywhere."""
    pattern = f"query.pattern({word!r}, {json.dumps(is_whole)})"
    assert ask(f'new RegExp({pattern}, "u").test({text!r})') is expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("normalisation", ["normal"]),
        ("colour", ["color"]),
        ("centre", ["center"]),
        ("labelled", ["label"]),
        ("gradeint", ["gradient"]),
        ("gradint", ["gradient"]),
        ("batchnorm", ["batchnorm"]),
        ("resnet", ["resnet"]),
        ("zebra", []),
        ("lab", []),
    ],
)
def test_spelled_knows_two_spellings_and_one_typo(ask, word, expected):
    """A word of the book is taken as it is; else its other spelling, then a typo."""
    stem = "(w) => w.replace(/(ization|ed)$/, '')"
    known = json.dumps(KNOWN)
    is_known = f"(w) => {known}.includes(w)"
    assert ask(f"query.spelled({word!r}, {stem}, {is_known}, {known})") == expected


def test_namesakes_are_one_group():
    """Names of the book and what it avoids lead to each other, each name once."""
    groups = search.synonyms()
    names = [name for group in groups for name in group]
    assert len(names) == len(set(names))
    (group,) = [group for group in groups if "捷径" in group]
    assert {"skip connection", "短路连接", "残差连接"} <= set(group)
    (group,) = [group for group in groups if "批量归一化" in group]
    assert {"批标准化", "batch norm"} <= set(group)
    (group,) = [group for group in groups if "过拟合" in group]
    assert {"overfitting", "过度拟合"} <= set(group)


def test_traditional_characters_are_those_of_the_book():
    """A pair for each other form of a character of the book, and for no other."""
    found = search.traditional("残差连接的网络为里")
    assert {"殘残", "連连", "網网", "絡络", "爲为", "為为", "裏里", "裡里"} <= set(
        found
    )
    assert {pair[1] for pair in found} <= set("残差连接的网络为里")
    assert "殘残" not in search.traditional("残殘")  # the book itself writes it

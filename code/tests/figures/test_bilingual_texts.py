"""Texts in two languages: one type, in two forms."""

import re
from pathlib import Path

import pytest

from plusx import bilingual

PACKAGE = Path(bilingual.__file__).parent


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("depth · 深度", ("depth", "深度")),
        (("depth", "深度"), ("depth", "深度")),
        (["depth", "深度"], ("depth", "深度")),
        ("ReLU", ("ReLU", "ReLU")),
        ("a · b · 甲", ("a", "b · 甲")),
    ],
)
def test_halves_takes_both_forms(text, pair):
    """A label is cut at its first dot; what is in one piece stands for both."""
    assert bilingual.halves(text) == pair
    assert bilingual.halves(bilingual.label(pair)) == pair


@pytest.mark.parametrize("text", ["深度", ("depth",), ("a", "b", "c"), (1, 2), None, 3])
def test_halves_refuses_anything_else(text):
    """The error shows both forms and what came."""
    with pytest.raises(ValueError, match="中文' or a pair, got"):
        bilingual.halves(text)


def test_label_refuses_a_dot_that_would_cut_it_elsewhere():
    """The English half of a pair must come back whole."""
    with pytest.raises(ValueError, match="English half: 'a · b'"):
        bilingual.label(("a · b", "甲"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "net"), ("zh", "网络"), ("both", "net · 网络")]
)
def test_spoken_is_in_the_language_asked_for(language, said):
    """One half, or both in one piece."""
    assert bilingual.spoken(("net", "网络"), language) == said


def test_only_one_module_defines_what_a_text_is():
    """No other module of the package has its own pair, range or check."""
    own = re.compile(
        r"^(?:Pair|Text|HAN)\b.*=|^def (?:halves|check_pair)\b|u3400|u4e00", re.M
    )
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "bilingual.py":
            assert not own.search(path.read_text("utf8")), path

"""figures.show and figures.use: what they refuse, and what they say then."""

import pytest
from showing import curve, show

from plusx import figures

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    "pair",
    [
        "English",
        ("English",),
        ("English", ""),
        (" ", "中文"),
        ("English", "not Chinese"),
        ("中文", "English"),
        ["English", "中文", "もう一つ"],
        None,
    ],
)
@pytest.mark.parametrize("what", ["alt", "caption"])
def test_show_refuses_a_text_in_one_language(what, pair):
    """An alternative text and a caption are pairs, or there is no figure."""
    with pytest.raises(ValueError, match=f"{what} must be a pair"):
        show(curve(), **{what: pair})


@pytest.mark.parametrize("name", ["", "Depth", "1st", "a b", "a_b", None])
def test_show_refuses_a_name_that_is_no_id(name):
    """Names are small letters, digits and hyphens."""
    with pytest.raises(ValueError, match="name must be like"):
        show(curve(), name)


def test_show_names_a_character_without_a_glyph():
    """The error says which character, where, and the command that mends it."""
    with pytest.raises(ValueError, match=r"'龘' \(U\+9F98\).*font_subset\.py"):
        show(curve("rare · 龘"))


def test_show_refuses_han_without_english():
    """A Chinese label with no English half would show in the English mode."""
    with pytest.raises(ValueError, match="普通网络"):
        show(curve("普通网络"))


def test_show_refuses_han_in_the_english_half():
    """The English layer's fonts have no Han at all."""
    with pytest.raises(ValueError, match="lang-en half"):
        show(curve("plain 网 · 普通网络"))


def test_use_refuses_another_language():
    """The error lists what there is."""
    with pytest.raises(ValueError, match=r"'zh'.*'fr'"):
        figures.use("fr")

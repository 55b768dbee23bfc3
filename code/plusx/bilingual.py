"""A text in English and in Chinese: a pair, or one label "English · 中文".

Whatever is in one language on a page has the class `lang-en` or `lang-zh`.
"""

import html
import re

HAN = re.compile(r"[\u3007\u3400-\u9fff]")
SEPARATOR = " · "
LANGUAGES = ("en", "zh", "both")
CODES = {"lang-en": "en", "lang-zh": "zh-Hans"}
LAYERS = tuple(CODES)
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
Pair = tuple[str, str]
Text = str | Pair


def halves(text: Text) -> Pair:
    """The English and the Chinese half of a text; a text in one piece twice.

    Args:
        text: "English · 中文", a pair of both, or what is the same in both languages.

    Raises:
        ValueError: for anything else, and for Han characters in no Chinese half.
    """
    if isinstance(text, str):
        english, _, chinese = text.partition(SEPARATOR)
        pair = english, chinese or english
        lost = not chinese and HAN.search(text)
    else:
        pair = tuple(text) if isinstance(text, tuple | list) else ()
        lost = len(pair) != 2 or not all(isinstance(half, str) for half in pair)
    if lost:
        raise ValueError(f"expected 'English{SEPARATOR}中文' or a pair, got {text!r}")
    return pair


def check_pair(what: str, text: Text) -> Pair:
    """The halves of a text that must be there in English and in Chinese.

    Raises:
        ValueError: says what the text is for, and what came.
    """
    try:
        english, chinese = halves(text)
    except ValueError:
        english = chinese = ""
    if not english.strip() or not HAN.search(chinese) or HAN.search(english):
        raise ValueError(f"{what} must be a pair (English, Chinese), got {text!r}")
    return english, chinese


def label(text: Text) -> str:
    """A text in one piece, as a figure takes it: "English · 中文".

    Raises:
        ValueError: as `halves`, and for an English half that would be cut in two.
    """
    english, chinese = halves(text)
    if SEPARATOR in english:
        raise ValueError(f"expected no {SEPARATOR!r} in the English half: {english!r}")
    return english if english == chinese else f"{english}{SEPARATOR}{chinese}"


def spoken(text: Text, language: str) -> str:
    """A text in one language, or in "both"."""
    english, chinese = halves(text)
    return {"en": english, "zh": chinese, "both": label((english, chinese))}[language]


def paragraphs(text: Text) -> str:
    """A text as one paragraph in each language; a bare notebook shows both."""
    return "".join(
        f'<p class="{layer}" lang="{CODES[layer]}">{html.escape(half, quote=False)}</p>'
        for layer, half in zip(LAYERS, halves(text), strict=True)
    )


def power(log10: float) -> str:
    """A number given by its logarithm, in two figures: 0.38, or 1.5 × 10⁻¹⁷."""
    if -3 <= log10 < 4:
        return f"{float(f'{10**log10:.2g}'):g}"
    exponent = int(log10 // 1)
    mantissa = round(10 ** (log10 - exponent), 1)
    if mantissa == 10:
        mantissa, exponent = 1.0, exponent + 1
    return f"{mantissa} × 10{str(exponent).translate(RAISED)}"

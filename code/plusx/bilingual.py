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


def check_pair(what: str, pair: Pair) -> None:
    """Check that a text is there in English and in Chinese.

    Raises:
        ValueError: says what the text is for, and what came.
    """
    good = (
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(isinstance(text, str) and text.strip() for text in pair)
    )
    if not good or not HAN.search(pair[1]) or HAN.search(pair[0]):
        raise ValueError(f"{what} must be a pair (English, Chinese), got {pair!r}")


def halves(label: str) -> tuple[str, str]:
    """The English and the Chinese half of a label; a label in one piece twice.

    Raises:
        ValueError: for a label with Han characters and no English half.
    """
    english, _, chinese = label.partition(SEPARATOR)
    if not chinese and HAN.search(label):
        raise ValueError(f"expected a label 'English{SEPARATOR}中文', got {label!r}")
    return english, chinese or english


def paragraphs(pair: Pair) -> str:
    """A text as one paragraph in each language; a bare notebook shows both."""
    return "".join(
        f'<p class="{layer}" lang="{CODES[layer]}">{html.escape(text, quote=False)}</p>'
        for layer, text in zip(LAYERS, pair, strict=True)
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

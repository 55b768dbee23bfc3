"""Find the numbers in a text, in both languages, with their values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from plusx.bilingual import HAN

# ０–９ ． ， ％ and the minus sign, each one character for one character.
FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {
    0xFF0E: ".",
    0xFF05: "%",
    0x2212: "-",
}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SCALES = {
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "千": 3,
    "万": 4,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "万亿": 12,
}
TEN = r"10(?:\s*\^\s*\{?\s*(?P<powerN>-?\d+)\s*\}?|(?P<raisedN>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))"
NUMBER = re.compile(
    rf"""(?:(?<![A-Za-z0-9_.)}}\]])(?<!{HAN.pattern})(?P<sign>-))?(?<![A-Za-z0-9_.])
    (?:{TEN.replace("N", "1")}
    |(?P<digits>\d{{1,3}}(?:(?:,|\{{,\}}|\\,)\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)
     (?:[eE](?P<exponent>[-+]?\d+)(?![A-Za-z0-9])
       |\s*(?:\\times|\\cdot|×)\s*{TEN.replace("N", "2")}
       |\s*(?P<scale>thousand|million|billion|trillion|万亿|千万|百万|亿|万|千)
        (?![A-Za-z克米兆瓦])
     )?)""",
    re.X,
)
PERCENT = re.compile(r"\s*(?:\\?%|percent|\\,\s*\\?%)")
# A spread, 3.7 ± 1.2 or ± 5, not the sign in 1 ± α.
SPREAD_AFTER = re.compile(r"\s*(?:±|\\pm)\s*\d")
SPREAD_BEFORE = re.compile(r"(?:^|[^A-Za-zα-ω})\s]|[^A-Za-zα-ω})\s]\s)(?:±|\\pm)\s*$")


@dataclass(frozen=True)
class Number:
    """A number as it stands in a text.

    `result` says that it looks like the result of a measurement or calculation: a
    decimal point, a percent sign, ±, a thousands comma or a power of ten.
    """

    text: str
    value: Decimal
    start: int
    end: int
    result: bool

    @property
    def half_unit(self) -> Decimal:
        """Half a unit of the last digit that is written."""
        digits = re.sub(r"[,{}\\]", "", self.text).lstrip("-")
        mantissa = re.match(r"\d+(?:\.\d+)?", digits)
        if not mantissa or re.match(r"-?10[\s^⁰¹²³⁴⁵⁶⁷⁸⁹⁻]", self.text):
            return Decimal(0)
        written = Decimal(mantissa[0])
        places = -int(written.as_tuple().exponent)
        factor = self.value / written if written else Decimal(1)
        return abs(factor) * Decimal(1).scaleb(-places) / 2


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers that stand in `text` as digits, from left to right."""
    text = text.translate(FULL_WIDTH)
    for match in NUMBER.finditer(text):
        after, before = text[match.end() :], text[: match.start()]
        if re.match(r"\.\d", after):  # 1.2.3 is a version, no number
            continue
        shown = match[0]
        result = bool(
            re.search(r"[.]|\d(?:,|\{,\}|\\,)\d", shown)
            or any(match[k] for k in ("power1", "raised1", "exponent", "scale"))
            or match["power2"]
            or match["raised2"]
            or PERCENT.match(after)
            or SPREAD_AFTER.match(after)
            or SPREAD_BEFORE.search(before)
        )
        yield Number(shown, _value(match), match.start(), match.end(), result)


def _value(match: re.Match) -> Decimal:
    power = 0
    for name in ("power1", "power2", "exponent"):
        if match[name]:
            power = int(match[name])
    for name in ("raised1", "raised2"):
        if match[name]:
            power = int(match[name].translate(RAISED))
    power += SCALES.get(match["scale"] or "", 0)
    digits = re.sub(r"[,{}\\]", "", match["digits"] or "1")
    value = Decimal(digits).scaleb(power)
    return -value if match["sign"] else value

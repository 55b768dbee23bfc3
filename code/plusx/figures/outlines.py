"""The outline of an SVG path, written in fewer characters.

Matplotlib writes every point from the origin. From the point before, numbers are small
and repeat, so that what a browser loads is a quarter smaller; the drawing is the same.
"""

import re
from collections.abc import Iterator

#: A command with its numbers; those of Matplotlib, all of them absolute.
COMMAND = re.compile(r"([MLCQ])([^A-Za-z]*)|[zZ]")
ABSOLUTE = re.compile(r"(?:[MLCQ][-\d. ]*|[zZ])*")
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
SMALL = 20  # the reach of an outline, as of a marker
POINTS = {"M": 1, "L": 1, "C": 3, "Q": 2}


def relative(outline: str) -> str:
    """The same outline, each point told from where the command began.

    Points are rounded before they are subtracted, so no error adds up: to tenths, which
    on a page are fractions of a pixel, or, in a small outline, to hundredths.

    Args:
        outline: the attribute `d` of a path. With other commands than M, L, C, Q and z
            it is returned as it is.
    """
    if not ABSOLUTE.fullmatch(outline):
        return outline
    reach = max((abs(float(n)) for n in NUMBER.findall(outline)), default=0)
    return "".join(_commands(outline, digits=2 if reach < SMALL else 1))


def _commands(outline: str, digits: int) -> Iterator[str]:
    unit = 10**digits
    now = start = (0, 0)
    before = ""
    for command, text in (found.groups() for found in COMMAND.finditer(outline)):
        if command is None:
            now, before = start, ""
            yield "z"
            continue
        values = [round(float(number) * unit) for number in NUMBER.findall(text)]
        points = list(zip(values[::2], values[1::2], strict=True))
        for k in range(0, len(points), POINTS[command]):
            group = points[k : k + POINTS[command]]
            steps = [x - a for point in group for x, a in zip(point, now, strict=True)]
            name, now = command.lower(), group[-1]
            if command == "M":
                start = now
            if command == "L" and 0 in steps:
                name = "v" if steps[0] == 0 else "h"
                steps = [sum(steps)]
            yield _joined([_number(step, unit) for step in steps], name, before)
            before = name


def _joined(numbers: list[str], name: str, before: str) -> str:
    """Numbers behind their command, which a repeated one leaves out."""
    text = "" if name == before and name != "m" else name
    for number in numbers:
        apart = number[0] != "-" and not text[-1:].isalpha()
        text += " " * apart + number
    return text


def _number(step: int, unit: int) -> str:
    """A step in as few characters as it needs."""
    text = f"{step / unit:.{len(str(unit)) - 1}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return re.sub(r"^(-?)0(?=\.)", r"\1", text)

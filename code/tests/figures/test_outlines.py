"""Outlines in fewer characters, read back by the parser of fontTools."""

import re

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path

from plusx.figures import outlines

OUTLINES = [
    "M0 0L0 3",
    "M38.33 -507.21L47.31 -507.21L47.31 -509.59L56.29 -511.35z",
    "M0 2.25C0.6 2.25 1.17 2.01 1.59 1.59C2.01 1.17 2.25 0.6 2.25 0z",
    "M52 271C52 91 170 -13 303 -13zM303 63Q209 63 146 146L146 146L199 696z",
    "M10 10L20 20zL5 5",
    "M-0.5 0.25L0.5 -0.25M1 1L2 1L2 2",
    "",
]


def drawn(outline):
    """What a pen is told."""
    pen = RecordingPen()
    parse_path(outline, pen)
    return [
        (command, [value for point in points for value in point])
        for command, points in pen.value
    ]


@pytest.mark.parametrize("outline", OUTLINES)
def test_relative_outline_draws_the_same(outline):
    """Every point is where it was, to a tenth; of a small outline to a hundredth."""
    reach = max(map(float, re.findall(r"[\d.]+", outline + "0")))
    near = 0.0051 if reach < 20 else 0.051
    for (command, found), (expected, points) in zip(
        drawn(outlines.relative(outline)), drawn(outline), strict=True
    ):
        assert command == expected
        assert found == pytest.approx(points, abs=near)


def test_rounding_does_not_add_up():
    """A thousand steps of a third end within half a tenth of the true end."""
    points = " ".join(f"L{k / 3:.4f} {k / 7:.4f}" for k in range(1, 1001))
    end = drawn(outlines.relative(f"M0 0{points}".replace(" L", "L")))[-2][1]
    assert end == pytest.approx((1000 / 3, 1000 / 7), abs=0.051)


@pytest.mark.parametrize("outline", ["M0 0H5", "m1 1l2 2", "M0 0A1 1 0 0 1 2 2"])
def test_other_commands_stay(outline):
    """What Matplotlib does not write is left alone."""
    assert outlines.relative(outline) == outline


def test_curve_of_a_figure_is_a_third_shorter():
    """Neighbouring points share most of their digits."""
    points = [f"{38.33 + 8.98 * k:.2f} {-507.2 - 2 * k:.2f}" for k in range(30)]
    outline = "M" + "L".join(points)
    assert len(outlines.relative(outline)) < 2 / 3 * len(outline)

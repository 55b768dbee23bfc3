"""The colors of the book: one meaning, one marker and one dash each, in every place.

Figures take a color as Matplotlib knows it (`figures.PLAIN`), explorers by its name
("plain"); `look` understands both. Orange is a plain net and blue a residual one, a
dash tells depths apart, and every other contrast has the other four.
"""

import json
from dataclasses import dataclass

INK = "#000000"  # drawn in the text color of the page
PAPER = "#fffffe"  # drawn in the background color of the page


@dataclass(frozen=True)
class Look:
    """How a series looks.

    Attributes:
        color: where no theme is known: contrast of 3:1 with white and with #14181e.
        light: the shade of the book's light theme, as the variable `--plusx-NAME`.
        dark: the shade of its dark theme.
        marker: as Matplotlib calls it.
        mark: the same as an SVG path round 0, for explorers.
        dash: on and off, in widths of the line; empty for a solid line.
    """

    name: str
    color: str
    light: str
    dark: str
    marker: str
    mark: str
    dash: tuple[float, ...] = ()

    @property
    def variable(self) -> str:
        """The color of the page's theme, and where it has none, the color."""
        return f"var(--plusx-{self.name},{self.color})"


_CIRCLE, _SQUARE = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M-4-4h8v8h-8z"
_UP, _DOWN, _DIAMOND = "M0-5L5 4H-5z", "M0 5L5-4H-5z", "M0-5L5 0L0 5L-5 0z"
_PLUS = "M-2-5h4v3h3v4h-3v3h-4v-3h-3v-4h3z"
LOOKS = (
    Look("plain", "#ca5009", "#bd4a08", "#f2894a", "o", _CIRCLE),
    Look("residual", "#2c88e2", "#1d6fc0", "#6bb1f5", "s", _SQUARE),
    Look("green", "#0c7857", "#0c7857", "#43bd93", "^", _UP, (5, 2)),
    Look("rose", "#d75791", "#c23d7c", "#ee86b3", "v", _DOWN, (6, 2, 1, 2)),
    Look("purple", "#7e4fbf", "#6f42b5", "#b294ea", "D", _DIAMOND, (2, 1.5)),
    Look("ochre", "#b38f19", "#8f6f0c", "#d3b049", "P", _PLUS, (1, 1.2)),
)
NAMES = tuple(one.name for one in LOOKS)
SERIES = tuple(one.color for one in LOOKS)
PLAIN, RESIDUAL, GREEN, ROSE, PURPLE, OCHRE = SERIES
VARIABLES = {
    **{one.color: one.variable for one in LOOKS},
    PAPER: "var(--pst-color-background,Canvas)",
}
BY_DEPTH = {20: (1, 1.2), 32: (2, 1.5), 44: (5, 2), 56: (), 110: (6, 2, 1, 2)}


def look(color: str) -> Look:
    """The look of a series, by its name or its color.

    Raises:
        ValueError: for a color outside the palette.
    """
    for one in LOOKS:
        if color in (one.name, one.color):
            return one
    raise ValueError(f"color must be one of {NAMES} or {SERIES}, got {color!r}")


def style(color: str) -> dict:
    """Color, marker and dash of a series, for `ax.plot(x, y, **style(PLAIN))`.

    Raises:
        ValueError: for a color outside the palette.
    """
    found = look(color)
    return {
        "color": found.color,
        "marker": found.marker,
        "linestyle": linestyle(found.dash),
    }


def linestyle(dash: tuple[float, ...]) -> str | tuple:
    """A dash as Matplotlib takes it."""
    return (0, dash) if dash else "-"


def depth_dash(depth: int) -> tuple[float, ...]:
    """The dash of a net of so many layers, plain or residual: 56 layers are solid.

    Raises:
        ValueError: for a depth that has none.
    """
    if depth not in BY_DEPTH:
        raise ValueError(f"expected one of {list(BY_DEPTH)} layers, got {depth!r}")
    return BY_DEPTH[depth]


def for_scripts() -> str:
    """The looks by name as JSON, for the base of the explorers."""
    looks = {one.name: [one.variable, one.mark, one.dash] for one in LOOKS}
    return json.dumps(looks, separators=(",", ":"))

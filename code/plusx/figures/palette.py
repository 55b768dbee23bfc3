"""The colors of the book: one meaning, one marker and one dash each."""

# Each has a contrast of at least 3:1 with white and with #14181e; the pages give each
# theme its own shade of them by the style sheet's variables.
PLAIN, RESIDUAL = "#ca5009", "#2c88e2"
GREEN, ROSE, PURPLE, OCHRE = "#0c7857", "#d75791", "#7e4fbf", "#b38f19"
INK = "#000000"  # drawn in the text color of the page
PAPER = "#fffffe"  # drawn in the background color of the page
LOOKS = {
    PLAIN: ("plain", "o", "-"),
    RESIDUAL: ("residual", "s", "-"),
    GREEN: ("green", "^", (0, (5, 2))),
    ROSE: ("rose", "v", (0, (6, 2, 1, 2))),
    PURPLE: ("purple", "D", (0, (2, 1.5))),
    OCHRE: ("ochre", "P", (0, (1, 1.2))),
}
SERIES = tuple(LOOKS)
VARIABLES = {
    **{color: f"var(--plusx-{name[0]},{color})" for color, name in LOOKS.items()},
    PAPER: "var(--pst-color-background,Canvas)",
}


def style(color: str) -> dict:
    """Color, marker and dash of a series, for `ax.plot(x, y, **style(PLAIN))`.

    Raises:
        ValueError: for a color outside the palette.
    """
    if color not in LOOKS:
        raise ValueError(f"color must be one of {SERIES}, got {color!r}")
    _, marker, dash = LOOKS[color]
    return {"color": color, "marker": marker, "linestyle": dash}

"""A figure as the output of a cell: inline SVG in both languages."""

from matplotlib.figure import Figure

from plusx.bilingual import Text, check_pair, spoken
from plusx.figures import html, svg
from plusx.figures.house import language
from plusx.figures.palette import VARIABLES


def show(
    figure: Figure,
    *,
    name: str,
    alt: Text,
    caption: Text,
    live: bool = False,
) -> html.Output:
    """The figure as an HTML output with inline SVG, in both languages.

    Args:
        name: unique in the book, as in "depth-error"; begins every id.
        alt: what a reader who cannot see it must know, in both languages.
        caption: in both languages.
        live: says that the drawing rests on numbers trained or timed in the cell, so
            that it differs from machine to machine.

    Raises:
        ValueError: for a missing text, or a label that the fonts cannot draw.
    """
    html.check_name(name)
    told = check_pair("caption", caption)
    drawing = still(figure, name=name, alt=alt, live=live)
    return html.Output(
        html.figure(name, drawing, told, language()), spoken(alt, language())
    )


def still(figure: Figure, *, name: str, alt: Text, live: bool = False) -> str:
    """The drawing alone as HTML, with its name for screen readers; closes the figure.

    Raises:
        ValueError: for a missing text, or a label that the fonts cannot draw.
    """
    import matplotlib.pyplot as plt

    names = check_pair("alt", alt)
    _put_ylabels_on_top(figure)
    try:
        picture = svg.clean(svg.render(figure), f"fig-{name}", VARIABLES)
    finally:
        plt.close(figure)
    return html.drawing(picture, names, live=live, language=language())


def _put_ylabels_on_top(figure: Figure) -> None:
    """Set labels of y axes upright above them: no reader tilts a phone."""
    axes = [ax for ax in figure.axes if ax.yaxis.get_label_position() == "left"]
    if not any(ax.get_ylabel() for ax in axes):
        return
    for ax in axes:
        if title := ax.get_title(loc="left"):
            ax.set_title(title, loc="left", pad=25)
        ax.annotate(
            ax.get_ylabel(),
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 7),
            textcoords="offset points",
            fontsize=ax.yaxis.label.get_fontsize(),
            color=(0, 0, 0, 0.8),
            annotation_clip=False,
        )
        ax.set_ylabel("")

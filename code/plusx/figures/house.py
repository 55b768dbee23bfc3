"""The house style of Matplotlib, and the language of labels in a bare notebook."""

import matplotlib as mpl
from cycler import cycler

from plusx.bilingual import LANGUAGES
from plusx.figures import svg
from plusx.figures.palette import SERIES, style

_language = "en"


def use(language: str = "en") -> None:
    """Set the house style and the language of labels in a bare notebook.

    Args:
        language: "en", "zh" or "both" (English labels, both captions). The book's
            pages switch by themselves.

    Raises:
        ValueError: for another language.
    """
    global _language
    if language not in LANGUAGES:
        raise ValueError(f"expected one of {LANGUAGES}, got {language!r}")
    _language = language
    mpl.rcParams.update(_house_style())


def language() -> str:
    """The language of labels in a bare notebook, as `use` set it."""
    return _language


def _house_style() -> dict:
    """The rcParams: thin axes, light grid, text that a phone can show."""
    faint, soft = (0, 0, 0, 0.14), (0, 0, 0, 0.5)
    lines = [style(color)["linestyle"] for color in SERIES]
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": soft,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelsize": 11,
        "axes.linewidth": 0.8,
        "axes.prop_cycle": cycler(color=SERIES) + cycler(linestyle=lines),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 12,
        "figure.constrained_layout.hspace": 0.06,
        "figure.constrained_layout.use": True,
        **dict.fromkeys(("axes.facecolor", "figure.facecolor"), "none"),
        "savefig.facecolor": "none",
        "figure.figsize": (5, 3.2),
        "font.family": [svg.LATIN, svg.CHINESE, svg.SYMBOLS],
        "font.size": 11,
        "grid.color": faint,
        "grid.linewidth": 0.7,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 4.5,
        "mathtext.fontset": "custom",
        "mathtext.rm": svg.LATIN,
        "mathtext.it": "DejaVu Sans:italic",
        "mathtext.bf": "DejaVu Sans:bold",
        "mathtext.cal": "DejaVu Sans:italic",
        "mathtext.fallback": "stix",
        "svg.fonttype": "path",
        "svg.hashsalt": "plusx",
        "xtick.color": soft,
        "xtick.labelcolor": (0, 0, 0, 0.8),
        "xtick.labelsize": 10,
        "xtick.major.size": 3,
        "xtick.minor.size": 0,
        "ytick.color": soft,
        "ytick.labelcolor": (0, 0, 0, 0.8),
        "ytick.labelsize": 10,
        "ytick.left": False,
        "ytick.minor.size": 0,
    }

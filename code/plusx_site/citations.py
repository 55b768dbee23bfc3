"""Citations by author and year in round brackets: (He et al., 2016)."""

import dataclasses

import sphinxcontrib.bibtex.plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

NAME = "author_year_round"


@dataclasses.dataclass
class RoundReferenceStyle(AuthorYearReferenceStyle):
    """The style `author_year` with round brackets instead of square ones."""

    bracket_parenthetical: BracketStyle = dataclasses.field(
        default_factory=lambda: BracketStyle(left="(", right=")")
    )
    bracket_textual: BracketStyle = dataclasses.field(
        default_factory=lambda: BracketStyle(left="(", right=")")
    )


def setup(app):
    """Register the style, for `bibtex_reference_style`."""
    sphinxcontrib.bibtex.plugin.register_plugin(
        "sphinxcontrib.bibtex.style.referencing", NAME, RoundReferenceStyle
    )

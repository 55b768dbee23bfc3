"""Bets: the reader says what an experiment will show before the page shows it.

Every bet of the book stands in `bets.toml`, in both languages, with the place of its
truth in a record; where a cell computes the truth, the cell hands it over. `show` ends
a cell that asks, `overview` lists all bets with what the reader placed. Nothing leaves
the reader's browser, and without a script the question stands there as text.
"""

from plusx.bets.element import overview, show

__all__ = ["overview", "show"]

"""Explorers: figures that a reader moves without a kernel.

`show` writes a custom element, its data and its script into one HTML output. It works
on the book's pages, from a file, in Colab and in JupyterLab. Where no script runs, and
in print, the still figure inside stands in its place.

| kind       | what computes the curves                     | data                     |
|------------|----------------------------------------------|--------------------------|
| "product"  | the browser, by the recursion of `gradients` | `product()`              |
| "table"    | nobody: all curves were made beforehand      | `table(...)`             |
| "curves"   | nobody: recorded runs, read at a cursor      | `pictures.trained`       |
| "deletion" | nobody: errors that the cell has measured    | `pictures.deletion`      |
| "film"     | nobody: recorded frames, as bars that play   | `pictures.film`          |
| "story"    | nobody: four steps and a block, drawn        | `story()`                |
"""

from plusx.explorer.controls import choice, setting, several, slider
from plusx.explorer.element import script, show
from plusx.explorer.product import product
from plusx.explorer.story import still_story, story
from plusx.explorer.tables import table

__all__ = [
    "choice",
    "product",
    "script",
    "setting",
    "several",
    "show",
    "slider",
    "still_story",
    "story",
    "table",
]

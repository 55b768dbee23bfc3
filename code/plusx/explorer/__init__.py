"""Explorers: figures that a reader moves without a kernel.

`show` writes a custom element, its data and its script into one HTML output. It works
on the book's pages, from a file, in Colab and in JupyterLab. Where no script runs, and
in print, the still figure inside stands in its place.

| kind       | what computes the curves                     | data                   |
|------------|----------------------------------------------|------------------------|
| "product"  | the browser, by the recursion of `gradients` | `product()`            |
| "table"    | nobody: all curves were made beforehand      | `table(...)` or        |
|            |                                              | `spectrum(...)`        |
| "curves"   | nobody: recorded runs, read at a cursor      | `plusx.curves`         |
| "deletion" | nobody: errors that the cell has measured    | `experiments.deletion` |
"""

from plusx.explorer.controls import choice, slider, table
from plusx.explorer.element import script, show
from plusx.explorer.product import product

__all__ = ["choice", "product", "script", "show", "slider", "table"]

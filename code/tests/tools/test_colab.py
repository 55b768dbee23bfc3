"""What a run as in Colab must show: the stored figures, and widgets where a lab is."""

import colab

FIGURE = (
    '<figure class="plusx-figure" id="fig-a"><p class="lang-en"><p class="lang-zh">'
)


def notebook(source, *outputs):
    """A notebook of one cell of code."""
    data = [{"data": output} for output in outputs]
    return {"cells": [{"cell_type": "code", "source": source, "outputs": data}]}


def test_a_figure_that_is_missing_is_named():
    """Stored, but not shown by the fresh run."""
    stored = notebook("figures.show(f)", {"text/html": FIGURE})
    assert colab.differences(stored, stored) == []
    found = colab.differences(stored, notebook("figures.show(f)"))
    assert found == ["cell 1 shows the figures [], expected ['fig-a']"]


def test_a_lab_shows_its_widget_and_its_figure_in_it():
    """The stored lab is a still figure; live it is a widget, or a fault."""
    stored = notebook("labs.push()", {"text/html": FIGURE})
    live = notebook("labs.push()", {colab.WIDGET: {}})
    assert colab.differences(stored, live) == []
    found = colab.differences(stored, notebook("labs.push()"))
    assert found == ["cell 1 is a live lab and shows no widget"]

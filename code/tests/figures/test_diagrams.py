"""Diagrams: boxes, arrows, and residual blocks made of them."""

import pytest
from showing import drawing, show

from plusx.figures import diagrams

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("order", "boxes", "circles"), [("post", 6, 1), ("pre", 6, 1), ("plain", 6, 0)]
)
def test_residual_block_has_its_layers_and_its_plus(order, boxes, circles):
    """Two convolutions, norms and ReLUs; a circle exactly where something is added."""
    texts = [t.get_text() for t in diagrams.residual_block(order).ax.texts]
    names = [text for text in texts if "$" not in text]
    assert len(names) == boxes
    assert sorted(names) == sorted(2 * [diagrams.CONV, diagrams.NORM, diagrams.RELU])
    patches = diagrams.residual_block(order).ax.patches
    found = [p for p in patches if type(p).__name__ == "Circle" and p.get_fill()]
    assert len(found) == circles


def test_residual_block_stays_within_its_diagram():
    """Everything lies in the paper, also when three stand side by side."""
    width, height = 3 * diagrams.COLUMN, diagrams.block_height("pre")
    diagram = diagrams.Diagram(width, height)
    for column, order in enumerate(diagrams.ORDERS):
        diagrams.residual_block(order, diagram, column * diagrams.COLUMN)
    box = [float(n) for n in drawing(show(diagram.figure)).get("viewBox").split()]
    assert box == pytest.approx([0, 0, 7.2 * width, 7.2 * height], abs=0.02)


def test_residual_block_refuses_another_order():
    """The error lists the orders."""
    with pytest.raises(ValueError, match=r"'pre'.*'mid'"):
        diagrams.residual_block("mid")


def test_diagram_box_knows_its_edges():
    """Arrows start from the middles of a box's edges."""
    box = diagrams.Diagram(20, 20).box(10, 5, "layer · 层", width=8, height=4)
    assert (box.top, box.bottom) == ((10, 7), (10, 3))
    assert (box.left, box.right) == ((6, 5), (14, 5))


def test_diagram_arrow_rounds_its_corners():
    """The path runs straight, turns within the corner's reach, and ends where told."""
    path = diagrams._rounded([(0, 0), (10, 0), (10, 10)], 2)
    assert path.vertices.tolist() == [[0, 0], [8, 0], [10, 0], [10, 2], [10, 10]]


def test_diagram_refuses_what_cannot_be_drawn():
    """One point is no arrow, and no paper has no height."""
    with pytest.raises(ValueError, match="two points"):
        diagrams.Diagram(20, 20).arrow((1, 1))
    with pytest.raises(ValueError, match="20 × 0"):
        diagrams.Diagram(20, 0)

"""Block diagrams in the style of the figures: boxes, arrows, the circle with a plus.

    diagram = Diagram(34, 20)
    layer = diagram.box(17, 14, "layer · 层")
    plus = diagram.plus(17, 6)
    diagram.arrow(layer.bottom, plus.top)
    figures.show(diagram.figure, name=…, alt=…, caption=…)

Coordinates are tenths of an inch, y upwards; a figure of width 50 fills the column of a
page, and text has the same size as in the other figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from plusx import bilingual
from plusx.bilingual import Text
from plusx.figures.palette import INK, RESIDUAL

Point = tuple[float, float]

ORDERS = ("post", "pre", "plain")
CONV, NORM, RELU = "conv 3×3 · 3×3 卷积", "BN", "ReLU"
LAYERS = {
    "post": (CONV, NORM, RELU, CONV, NORM),
    "pre": (NORM, RELU, CONV, NORM, RELU, CONV),
    "plain": (CONV, NORM, RELU, CONV, NORM),
}
COLUMN = 24  # width of one block with its name and its shortcut
STEP = 4.6  # from one layer to the next


@dataclass(frozen=True)
class Node:
    """Something that arrows start from and lead to, centered at (x, y)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> Point:
        """The middle of the upper edge."""
        return self.x, self.y + self.height / 2

    @property
    def bottom(self) -> Point:
        """The middle of the lower edge."""
        return self.x, self.y - self.height / 2

    @property
    def left(self) -> Point:
        """The middle of the left edge."""
        return self.x - self.width / 2, self.y

    @property
    def right(self) -> Point:
        """The middle of the right edge."""
        return self.x + self.width / 2, self.y


class Diagram:
    """An empty drawing of a width and a height in tenths of an inch."""

    def __init__(self, width: float, height: float):
        if width <= 0 or height <= 0:
            raise ValueError(f"expected a positive size, got {width} × {height}")
        self.width, self.height = width, height
        self.figure = plt.figure(figsize=(width / 10, height / 10), layout="none")
        self.ax = self.figure.add_axes((0, 0, 1, 1))
        self.ax.set(xlim=(0, width), ylim=(0, height))
        self.ax.set_axis_off()

    def box(
        self,
        x: float,
        y: float,
        label: Text = "",
        *,
        width: float = 12,
        height: float = 3.2,
        color: str = INK,
        fill: float = 0.05,
        dashed: bool = False,
    ) -> Node:
        """A rounded box centered at (x, y); `fill` is the opacity of its color."""
        shape = {"boxstyle": "round,pad=0,rounding_size=0.6", "linewidth": 0}
        corner = (x - width / 2, y - height / 2)
        ground = FancyBboxPatch(corner, width, height, **shape, color=color, alpha=fill)
        shape["linewidth"] = 1
        edge = FancyBboxPatch(
            corner,
            width,
            height,
            **shape,
            fill=False,
            edgecolor=color,
            linestyle=(0, (3, 2)) if dashed else "-",
            alpha=0.6 if color == INK else 1,
        )
        self.ax.add_patch(ground)
        self.ax.add_patch(edge)
        self.text(x, y, label)
        return Node(x, y, width, height)

    def plus(self, x: float, y: float, *, color: str = RESIDUAL) -> Node:
        """The circle with a plus: the addition."""
        radius = 1.3
        self.ax.add_patch(Circle((x, y), radius, color=color, alpha=0.12, linewidth=0))
        circle = Circle((x, y), radius, fill=False, edgecolor=color, linewidth=1.5)
        self.ax.add_patch(circle)
        arm = radius * 0.55
        for ends in (((x - arm, x + arm), (y, y)), ((x, x), (y - arm, y + arm))):
            self.ax.plot(*ends, color=color, linewidth=1.5, linestyle="-")
        return Node(x, y, 2 * radius, 2 * radius)

    def text(
        self,
        x: float,
        y: float,
        label: Text,
        *,
        color: str = INK,
        align: str = "center",
        size: float = 10,
    ) -> Node:
        """A label at (x, y), in the middle of its height; takes no room for arrows."""
        if label:
            place = {"ha": align, "va": "center_baseline"}
            self.ax.text(x, y, bilingual.label(label), color=color, size=size, **place)
        return Node(x, y, 0, 2.4)

    def arrow(
        self,
        *points: Point,
        color: str = INK,
        width: float = 1.2,
        head: bool = True,
        corner: float = 1.2,
    ) -> None:
        """A line through points, its corners rounded, with an arrow head at its end.

        Raises:
            ValueError: for fewer than two points.
        """
        if len(points) < 2:
            raise ValueError(f"an arrow needs two points or more, got {points}")
        patch = FancyArrowPatch(
            path=_rounded(points, corner),
            arrowstyle="-|>,head_length=4,head_width=2.2" if head else "-",
            mutation_scale=1,
            linewidth=width,
            color=color,
            fill=head,
            joinstyle="miter",
            capstyle="butt",
        )
        self.ax.add_patch(patch)


def _rounded(points: Sequence[Point], corner: float) -> Path:
    """A polyline whose inner corners are quadratic curves of a given reach."""
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [
            _towards(here, before, corner),
            here,
            _towards(here, after, corner),
        ]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _towards(start: Point, goal: Point, distance: float) -> Point:
    """The point a distance away from start, at most half the way to goal."""
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    share = min(distance / length, 0.5) if length else 0
    return start[0] + share * dx, start[1] + share * dy


def residual_block(order: str = "post", diagram: Diagram | None = None, x: float = 0):
    """A block from its input at the top to its output at the bottom.

    Args:
        order: "post" for relu(x + F(x)) of He et al. 2015 (Fig. 2), "pre" for
            x + F(x) with norm and ReLU inside F (He et al. 2016, Fig. 1b), "plain"
            for the same layers as "post" without a shortcut.
        diagram: where to draw; a new one of the right size when not given.
        x: the left edge of the block's column, which is `COLUMN` wide.

    Returns:
        the diagram.

    Raises:
        ValueError: for another order.
    """
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}, got {order!r}")
    if diagram is None:
        diagram = Diagram(COLUMN, block_height(order))
    middle = x + 11
    y = diagram.height - 1.6
    start = below = diagram.text(middle, y, "$x$")
    layers = []
    for label in LAYERS[order]:
        y -= STEP if layers else STEP + 1.2
        fill = 0.14 if label == CONV else 0.04
        layers.append(diagram.box(middle, y, label, fill=fill))
        diagram.arrow(below.bottom, layers[-1].top)
        below = layers[-1]
    _name_branch(diagram, layers, x + 3.6)
    if order != "plain":
        y -= STEP
        plus = diagram.plus(middle, y)
        diagram.arrow(below.bottom, plus.top)
        _shortcut(diagram, start, plus, middle + 8.5)
        below = plus
    if order != "pre":
        y -= STEP
        layer = diagram.box(middle, y, RELU, fill=0.04)
        diagram.arrow(below.bottom, layer.top)
        below = layer
    output = {"post": r"$\mathrm{relu}(x + F(x))$", "pre": "$x + F(x)$"}
    end = diagram.text(middle, y - STEP, output.get(order, r"$\mathrm{relu}(F(x))$"))
    diagram.arrow(below.bottom, end.top)
    return diagram


def _name_branch(diagram: Diagram, layers: Sequence[Node], side: float) -> None:
    """A bracket left of the layers, with their name F(x)."""
    high, low = layers[0].top[1], layers[-1].bottom[1]
    points = (side + 0.8, high), (side, high), (side, low), (side + 0.8, low)
    diagram.arrow(*points, head=False, width=0.8, corner=0.6)
    diagram.text(side - 0.7, (high + low) / 2, "$F(x)$", align="right")


def _shortcut(diagram: Diagram, start: Node, plus: Node, side: float) -> None:
    """The path from below the input, round the layers, into the circle."""
    fork = start.bottom[1] - 0.9
    points = (start.x, fork), (side, fork), (side, plus.y), plus.right
    diagram.arrow(*points, color=RESIDUAL, width=2)
    height = (fork + plus.y) / 2
    diagram.text(side + 0.9, height, "$x$", color=RESIDUAL, align="left")


def block_height(order: str) -> float:
    """How high a diagram must be for the block of an order."""
    return 4.4 + STEP * (len(LAYERS[order]) + 2 + (order == "post"))

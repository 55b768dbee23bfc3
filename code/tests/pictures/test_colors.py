"""One meaning a color and one name a net, in figures and explorers of records."""

import ast
import json
import re
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from plusx import explorer, figures, playground, records
from plusx.bilingual import halves
from plusx.figures import palette
from plusx.pictures import film, shortcut_scale, trained, transformer
from plusx.pictures.spectra import VARIANTS, spectrum

pytestmark = pytest.mark.usefixtures("english")
NAMED = {  # what a series in these colors is called in English, and no other one
    "plain": r"plain(-\d+)?(,.*)?|no skip",
    "residual": r"residual|ResNet-\d+(,.*)?|skip|h \+ F\(h\)",
}
WRITTEN = {  # what stands beside these colors in the cells of the chapters
    "PLAIN": re.compile(r"plain|no skip"),
    "RESIDUAL": re.compile(r"residual|ResNet|\+x|skip"),
}
RENAMED = re.compile(r"residual-[\d{].* · |残差-[\d{]")
CHAPTERS = sorted((Path(__file__).parents[3] / "chapters").glob("*.ipynb"))
DRIFTED = re.compile(r"residual-\d|Plain|resnet", re.A)


def faults(series):
    """What is wrong with the colors of (label, color)."""
    for label, color in series:
        english, look = halves(label)[0], palette.look(color).name
        if DRIFTED.search(english):
            yield f"{english}: a net is plain-56 or ResNet-56"
        for name, pattern in NAMED.items():
            if bool(re.fullmatch(pattern, english)) != (look == name):
                yield f"{english} is {look}"


def lines(figure):
    """The labels and colors of the lines of a figure that have a name."""
    found = [
        (line.get_label(), line.get_color())
        for ax in figure.axes
        for line in ax.lines
        if not line.get_label().startswith("_")
    ]
    plt.close(figure)
    return [(label, color) for label, color in found if color != figures.INK]


def group():
    """The recorded nets of the trainer on digits."""
    return trained.select(trained.load_all(), "short", "digits")


def of_transformer(name):
    """A figure of the record "transformer"."""
    return getattr(transformer, name)(records.load("transformer"))


OF_TRANSFORMER = (
    "order_gradients", "warmup", "without_skips", "diversity", "bare_gradients",
    "collapsed", "stream", "early_read_out",
)  # fmt: skip
DRAWN = {name: partial(of_transformer, name) for name in OF_TRANSFORMER}
DRAWN["trained"] = lambda: trained.figure(group())
DRAWN["film"] = lambda: film.figure(records.load("film"))
DRAWN["shortcut_scale"] = lambda: shortcut_scale.figure(records.load("shortcut_scale"))
EXPLORERS = {
    "product": explorer.product,
    "spectrum": lambda: spectrum(records.load("spectra")),
    "transformer": lambda: transformer.table(records.load("transformer")),
    "scale": lambda: shortcut_scale.explorer_data(records.load("shortcut_scale")),
    "curves": lambda: trained.explorer_data(group()),
}


@pytest.mark.parametrize("name", DRAWN)
def test_lines_of_a_figure_have_the_colors_of_their_nets(name):
    """Orange is plain, blue is residual, and nothing else is either."""
    found = lines(DRAWN[name]())
    assert found
    assert list(faults(found)) == []


@pytest.mark.parametrize("name", EXPLORERS)
def test_series_of_an_explorer_have_the_colors_of_their_nets(name):
    """The same in explorers, whose series have names and colors as data."""
    series = EXPLORERS[name]()["series"]
    assert list(faults((one["name"], one["color"]) for one in series)) == []


def test_lab_of_spectra_has_the_colors_of_its_explorer():
    """The variants are one table for both."""
    assert list(faults(VARIANTS.values())) == []


@pytest.mark.parametrize(
    ("label", "color"),
    [
        ("seed 0 · 随机种子 0", figures.RESIDUAL),
        ("post-norm · 后置", figures.PLAIN),
        ("plain-20 · 普通-20", figures.OCHRE),
        ("ResNet-20", figures.GREEN),
        ("residual-56 · 残差-56", figures.RESIDUAL),
    ],
)
def test_another_contrast_in_these_colors_is_found(label, color):
    """Each of these was once drawn so."""
    assert list(faults([(label, color)]))


def test_playground_has_these_colors_for_its_two_nets_alone():
    """Each color stands once in its style sheet, where a pane gets that of its net."""
    style = playground.script()
    for name, pane in (("plain", ".pg-pane {"), ("residual", "[data-kind=residual] {")):
        variable = palette.look(name).variable
        assert style.count(variable) == 1
        rule = style[: style.index(variable)].rpartition("\\n")[2]
        assert pane in rule and rule.endswith("--kind: ")


def test_nets_of_a_figure_differ_by_depth_in_their_dash():
    """Two nets of a color have two dashes, as the explorer's series have."""
    found = trained.explorer_data(group())["series"]
    looks = [(one["color"], tuple(one["dash"])) for one in found]
    assert len(set(looks)) == len(looks)
    figure = trained.figure(group())
    drawn = {
        (line.get_color(), line.get_linestyle()) for line in figure.axes[0].get_lines()
    }
    plt.close(figure)
    assert len(drawn) == len(found)


def rows(tree):
    """The rows of a cell's tables: tuples, entries of a dictionary, arguments."""
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            inside.update(node.values)
            yield from zip(node.keys, node.values, strict=True)
        elif isinstance(node, ast.Tuple) and node not in inside:
            yield node.elts
        elif isinstance(node, ast.Call):
            yield node.args


def miscolored(cell):
    """The rows of a cell in which orange is no plain net or blue no residual one."""
    for row in rows(ast.parse(cell)):
        parts = [part for one in row for part in ast.walk(one)]
        found = [p.value for p in parts if isinstance(p, ast.Constant)]
        words = [word for word in found if isinstance(word, str) and word != "color"]
        text = " ".join(words)
        flat = [part for one in row for part in (one, *getattr(one, "elts", ()))]
        for name in {part.attr for part in flat if isinstance(part, ast.Attribute)}:
            if text and name in WRITTEN and not WRITTEN[name].search(text):
                yield f"{name} in {text!r}"
        yield from (f"{w!r} is no ResNet" for w in words if RENAMED.search(w))


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda path: path.stem)
def test_figures_of_a_chapter_keep_the_meaning_of_the_colors(page):
    """In every cell that draws: orange is plain and blue residual."""
    cells = json.loads(page.read_text("utf8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert [fault for cell in code for fault in miscolored(cell)] == []


@pytest.mark.parametrize(
    "cell",
    [
        'looks = {"paper": ("resnet56", 64_000, figures.PLAIN)}',
        'rows = [("post", "post · 后激活", figures.PLAIN)]',
        'figures.band(ax, kept, spreads, "56 layers · 56 层", figures.RESIDUAL)',
        'rows = [("residual", "residual-56 · 残差-56", figures.RESIDUAL)]',
        'colors = {"no norm": figures.PLAIN}',
    ],
)
def test_miscolored_rows_of_a_cell_are_found(cell):
    """Each of these once stood in a chapter, or nearly so."""
    assert list(miscolored(cell))

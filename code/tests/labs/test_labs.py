"""The live labs: their views at the ends of every slider, their front ends."""

import math
import re
import subprocess
import sys

import pytest

from plusx import explorer, figures, labs
from plusx.explorer.product import SCALES
from plusx.labs import views

LABS = {
    "product": labs.product,
    "spectrum": labs.spectrum,
    "push": labs.push_to_zero,
    "collapse": labs.collapse,
}


@pytest.fixture(autouse=True)
def live(english, monkeypatch):
    """A reader's kernel: English labels, and nobody says that the book runs itself."""
    monkeypatch.delenv("PLUSX_STATIC", raising=False)


def ends(control):
    """Both ends of a slider, or all options of a list."""
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [value for _, value in control.options]


def sentence(html):
    """The English sentence under a view."""
    html = getattr(html, "data", html)
    return re.search(r'<figcaption><span class="lang-en"[^>]*>(.*?)</span>', html)[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_lab_draws_at_the_ends_of_every_control(name):
    """Each end gives a picture and a sentence of its own, and no error."""
    lab = LABS[name]()
    *controls, picture = lab.children
    for control in controls:
        opened = control.value
        for value in ends(control):
            drawn, picture.value = picture.value, ""
            control.value = value
            html = picture.value or drawn  # it opens on this end
            assert "<svg" in html
            assert not re.search("nan|inf", sentence(html), re.I)
        control.value = opened


@pytest.mark.slow
@pytest.mark.parametrize("depth", [1, 200])
@pytest.mark.parametrize("weight", [-8.0, 0.0, 8.0])
def test_product_view_stands_the_corners(depth, weight):
    """The largest and smallest products are finite numbers or exactly 0."""
    for start in views.STARTS:
        html = views.product_view(depth, weight, "relu", "one", "after", start)
        assert not re.search("nan|inf", sentence(html), re.I)


def test_product_view_says_the_known_product():
    """σ′(0) = 1/4: ten steepest blocks give 0.25^10 and 1.25^10."""
    html = views.product_view(10, 1.0, "sigmoid", "one", "branch", "steepest")
    assert f"{0.25**10 * 1e7:.1f} × 10⁻⁷ in the plain" in sentence(html)
    assert f"{1.25**10:.2g} in the residual" in sentence(html)


def test_product_view_says_zero_and_sign():
    """w = −4 at the steepest point gives F′ = −1: (−1)^3 and exactly 0."""
    html = views.product_view(3, -4.0, "sigmoid", "one", "branch", "steepest")
    assert "is −1 in the plain chain and 0 in the residual" in sentence(html)


def test_spectrum_view_of_zero_branches_is_the_identity():
    """x + 0·F(x) has singular values 1, all of them above the floor."""
    html = views.spectrum_view("zero", 5, 8, 0)
    assert "the largest singular value is 1; 8 of 8" in sentence(html)


@pytest.mark.slow
def test_lab_redraws_when_a_slider_moves():
    """The picture follows the slider and agrees with the view."""
    lab = labs.product(depth=10)
    depth, picture = lab.children[0], lab.children[-1]
    before = picture.value
    depth.value = 20
    settings = (20, 1.0, "sigmoid", "one", "branch", "path")
    assert picture.value.endswith(views.product_view(*settings).data)
    assert picture.value != before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "blocks L"), ("zh", "块数 L"), ("both", "blocks L · 块数 L")],
)
def test_lab_labels_follow_the_language(language, label):
    """Sliders speak the language of the notebook."""
    figures.use(language)
    assert labs.product().children[0].description == label


@pytest.mark.slow
@pytest.mark.parametrize("name", LABS)
def test_lab_is_a_still_picture_where_the_book_runs_itself(name, monkeypatch):
    """No widget, whose ids are chance, gets into a stored output."""
    monkeypatch.setenv("PLUSX_STATIC", "1")
    first, second = LABS[name](), LABS[name]()
    assert first.data == second.data
    assert all(text in first.data for text in labs.STATIC)
    assert "<svg" in first.data and "data-live" in first.data
    assert repr(first) == sentence(first.data)


def test_lab_of_products_has_the_controls_of_its_explorer():
    """The same sliders and options, in the same order, with the same labels."""
    *built, _ = labs.product().children
    specs = explorer.product()["controls"]
    assert [control.description for control in built] == [s["label"][0] for s in specs]
    assert [control.value for control in built] == [s["value"] for s in specs]
    for control, spec in zip(built, specs, strict=True):
        if "options" in spec:
            found = [(name, value) for name, value in control.options]
            assert found == [(o["label"][0], o["value"]) for o in spec["options"]]
        else:
            assert (control.min, control.max) == (spec["min"], spec["max"])


def test_lab_of_products_agrees_with_its_explorer(browserless):
    """Torch and the browser say the same product, to the figures of the sentence."""
    data = explorer.product()
    state = {control["id"]: control["value"] for control in data["controls"]}
    view = browserless("product", data, state)
    log = float(re.search(r"(\S+)\|1 in the plain", view["readout"][0])[1])
    assert f"{10 ** (log + 65):.1f} × 10⁻⁶⁵ in the plain" in sentence(
        views.product_view(**state)
    )


@pytest.mark.slow
def test_lab_needs_no_widgets_where_the_book_runs_itself():
    """The book is executed without touching ipywidgets."""
    code = (
        "import os, sys; os.environ['PLUSX_STATIC'] = '1'; from plusx import labs;"
        "labs.product(), labs.spectrum(); print(*sys.modules)"
    )
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "plusx.labs" in modules
    assert "ipywidgets" not in modules


def test_scales_are_those_of_the_labels():
    """1/√L and 1/L at L = 4."""
    found = {name: scale(4) for name, scale in views.SCALES.items()}
    labels = dict(zip(found, SCALES.values(), strict=True))
    assert labels == {"one": "1", "sqrt": "1/√L", "linear": "1/L"}
    assert found == {"one": 1, "sqrt": pytest.approx(1 / math.sqrt(4)), "linear": 0.25}

"""The playground for a phone, for each language and theme, without a script."""

import re
import sys
from pathlib import Path

import pytest
from playground_tab import idle, points, press

from plusx import playground

pytestmark = pytest.mark.browser
AXE = Path(sys.prefix, "npm/node_modules/axe-core/axe.min.js")
HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[a-z]{4,}")
NAMES = re.compile(r"sigmoid|tanh|PyTorch|ReLU|step|NaN")


@pytest.mark.parametrize("size", playground.SIZES)
def test_phone_shows_both_nets_and_takes_taps(open_page, size):
    """Side by side at 390 px, nothing sticks out, buttons are for fingers."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    tab = open_page(f"{size}-zh-light", **phone)
    idle(tab)
    first, second = (pane.bounding_box() for pane in tab.locator(".pg-pane").all())
    assert first["y"] == second["y"] and second["x"] > first["x"] + first["width"]
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    for target in tab.locator(".pg-bar button, .pg-options label, .pg-switch").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24
    tab.get_by_role("button", name="走一步").tap()
    idle(tab)
    assert points(tab) == [1, 1]
    tab.locator("label", has_text="不用").first.tap()
    idle(tab)
    assert points(tab) == [0, 0]


@pytest.mark.parametrize("size", playground.SIZES)
def test_playground_speaks_the_language_of_the_page(open_page, size):
    """English mode shows no Han, Chinese mode no English word, both shows both."""
    texts = {}
    for mode in ("en", "zh", "both"):
        tab = open_page(f"{size}-{mode}-light", setting="norm=off&layers=60")
        press(
            tab, {"zh": "走一步"}.get(mode, "One step" + " · 走一步" * (mode == "both"))
        )
        idle(tab)
        names = tab.locator("[aria-label]").evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => e.ariaLabel).join()"
        )
        texts[mode] = tab.locator(".pg-ui").inner_text() + names
    assert not HAN.search(texts["en"])
    assert not WORD.search(NAMES.sub("", texts["zh"]))
    assert HAN.search(texts["both"]) and WORD.search(texts["both"])
    bare = open_page(f"{size}-bare")
    assert not HAN.search(bare.locator(".pg-ui").inner_text())


@pytest.mark.parametrize("size", playground.SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_playground_has_no_barrier_that_axe_knows(open_page, size, theme):
    """Contrast, names and roles, after a step, in both themes."""
    tab = open_page(f"{size}-en-{theme}")
    press(tab, "One step")
    idle(tab)
    tab.add_script_tag(content=AXE.read_text("utf8"))
    found = tab.evaluate(
        """() => axe.run("plusx-playground", { resultTypes: ["violations"] }).then(
          (found) => found.violations.map((one) => one.help + one.nodes[0].html))"""
    )
    assert found == []


def test_still_figure_stands_in_without_a_script_and_on_paper(open_page):
    """The recorded experiment stands there, and no control that could not work."""
    tab = open_page(java_script_enabled=False)
    assert tab.locator(".plusx-still svg").is_visible()
    assert tab.get_by_role("button").count() == 0
    tab = open_page()
    tab.emulate_media(media="print")
    assert tab.locator(".plusx-still svg").is_visible()
    assert tab.locator(".pg-ui").is_hidden()

"""Present mode: figures and code grow, the contents make room, the place is kept."""

import pytest

pytestmark = pytest.mark.browser
PAGE = "chapters/01_degradation.html?lang=en"
SIZES = """() => {
  const widths = (name) => [...document.querySelectorAll(name)].map((one) =>
    one.getBoundingClientRect().width);
  const of = (name) => widths(name).find((width) => width > 0); // a still is hidden
  const style = (name) => getComputedStyle(document.querySelector(name));
  const letters = (name) => parseFloat(style(name).fontSize);
  return { figure: of("article .plusx-drawing svg"), text: letters("article p"),
           code: letters("article .cell_input pre") };
}"""
CONTENTS = ".bd-sidebar-primary"


@pytest.fixture
def tab(visit, server):
    """A chapter on a projector's screen."""
    reader = visit(viewport={"width": 1440, "height": 900})
    return reader.open(f"{server.address}/{PAGE}")


def test_key_enlarges_and_gives_back(tab):
    """Text and code grow by half, a figure with them; the key undoes it, or Escape."""
    before = tab.evaluate(SIZES)
    tab.keyboard.press("p")
    after = tab.evaluate(SIZES)
    assert after["figure"] > 1.3 * before["figure"]
    assert after["text"] == pytest.approx(1.5 * before["text"])
    assert after["code"] == pytest.approx(1.5 * before["code"])
    assert not tab.locator(CONTENTS).is_visible()
    for key in ("p", "p", "Escape"):
        tab.keyboard.press(key)
    assert tab.evaluate(SIZES) == before and tab.locator(CONTENTS).is_visible()


def test_mode_lasts_from_page_to_page(tab, server):
    """The button says whether it is on; the next page begins with it."""
    button = tab.locator(".present-button")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    tab.goto(f"{server.address}/chapters/02_residual.html")
    assert button.get_attribute("aria-pressed") == "true"
    assert not tab.locator(CONTENTS).is_visible()


def test_place_is_kept(tab):
    """The heading that one reads stays where it is."""
    heading = tab.locator("#run-the-bet > h2")
    heading.evaluate(
        "e => scrollBy({top: e.getBoundingClientRect().top - 90, behavior: 'instant'})"
    )
    before = heading.bounding_box()["y"]
    tab.keyboard.press("p")
    assert heading.bounding_box()["y"] == pytest.approx(before, abs=40)


def test_letters_that_are_typed_change_nothing(tab):
    """A p in the search field is a letter."""
    tab.keyboard.press("Control+k")
    tab.keyboard.type("pp p")
    assert (
        tab.evaluate("document.documentElement.hasAttribute('data-present')") is False
    )

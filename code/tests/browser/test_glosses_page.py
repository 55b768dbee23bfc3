"""A term of the glossary at its first use: by pointer, by keys, by touch, as a file."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PAGE = "chapters/02_residual.html?lang="
TERM = {"en": ("residual block", "残差块"), "zh": ("残差块", "residual block")}


@pytest.mark.parametrize("mode", TERM)
def test_term_says_what_it_means_to_pointer_and_keys(visit, address, mode):
    """Hover and focus show the entry in the page's language; Escape takes it away."""
    tab = visit().open(f"{address}/{PAGE}{mode}")
    here, other = TERM[mode]
    term = tab.locator(f".lang-{mode} .gloss-term", has_text=here).first
    tip = tab.locator(".gloss-tip")
    assert tip.is_hidden()
    term.hover()
    expect(tip).to_contain_text(other)
    assert tip.inner_text().startswith(here)
    tab.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    term.focus()
    expect(tip).to_be_visible()
    described = tab.locator(f"#{term.get_attribute('aria-describedby')}")
    assert described.text_content() == tip.text_content()
    tab.keyboard.press("Enter")
    expect(tip).to_be_hidden()


def test_tip_stays_in_the_window_of_a_phone(visit, server):
    """A tap shows it, within 390 px and legible; a tap elsewhere takes it away."""
    options = {"has_touch": True, "is_mobile": True}
    reader = visit(viewport={"width": 390, "height": 800}, **options)
    tab = reader.open(f"{server.address}/{PAGE}en")
    terms, tip = tab.locator(".lang-en .gloss-term:visible"), tab.locator(".gloss-tip")
    for k in range(0, 10, 3):
        entry = tab.locator(f"[id='{terms.nth(k).get_attribute('aria-describedby')}']")
        terms.nth(k).tap()
        # The tip of the term before may still stand there.
        expect(tip).to_have_text(entry.text_content())
        expect(tip).to_be_visible()
        box = tip.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["height"] > 20
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    # The page may move under the pointer while it loads: what was tapped stays open.
    tab.mouse.move(1, 1)
    tab.wait_for_timeout(400)
    expect(tip).to_be_visible()
    tab.locator("article h1").first.tap()
    expect(tip).to_be_hidden()


def test_text_is_whole_without_a_script(visit, server):
    """The term stands in its sentence, and no entry shows."""
    tab = visit(java_script_enabled=False).open(f"{server.address}/{PAGE}en")
    assert tab.locator(".lang-en .gloss-term", has_text="residual block").count() == 1
    assert tab.locator(".gloss-entries").is_hidden()

"""How two languages stand on a page: position, columns, phones, paper, no script."""

import pytest
from switching import MODES, PHONE, WIDE, mode, place_of, shows, switch

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("screen", [WIDE, PHONE])
def test_reading_position_is_kept(read, screen):
    """The paragraph at the reading line stays there through every switch."""
    tab = read("mini.html?lang=en", **screen)
    line = tab.locator(".bd-header-article").bounding_box()["height"] + 16
    tab.evaluate(
        "y => scrollBy({top: y, behavior: 'instant'})", place_of(tab, "7") - line + 10
    )
    for chosen in ("zh", "both", "en", "both", "zh", "en"):
        switch(tab, chosen)
        assert abs(place_of(tab, "7") - line) < 30, chosen


def test_position_inside_a_paragraph_is_kept(read):
    """Half way through a long paragraph, the switch stays in that paragraph."""
    tab = read("mini.html?lang=en", **PHONE)
    tab.evaluate(
        "y => scrollBy({top: y, behavior: 'instant'})", place_of(tab, "5") + 40
    )
    for chosen in ("zh", "both", "en"):
        switch(tab, chosen)
        assert -200 < place_of(tab, "5") < 72, chosen


def test_top_of_the_page_stays_the_top(read):
    """Who has not begun to read is not moved."""
    tab = read("mini.html?lang=en")
    switch(tab, "both")
    assert tab.evaluate("scrollY") == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1200, 1440])
@pytest.mark.parametrize("chosen", MODES)
def test_nothing_sticks_out(read, chosen, width):
    """No page scrolls sideways, in any mode and width."""
    tab = read(f"mini.html?lang={chosen}", width=width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_pairs_stand_side_by_side_on_a_wide_screen(read):
    """In two columns each block begins at the height of its partner."""
    tab = read("mini.html?lang=both")
    tops = tab.evaluate(
        "[...document.querySelectorAll('article .lang-pair')].flatMap(pair => {"
        " const [en, zh] = pair.children;"
        " return [...en.children].map((c, i) => [c, zh.children[i]].map(e => {"
        "  const s = e.firstElementChild?.matches('li') ? e.firstElementChild : e;"
        "  const r = s.getBoundingClientRect(); return [r.left, r.top]; })); })"
    )
    assert len(tops) == 65
    for (left, top), (left_zh, top_zh) in tops:
        assert left_zh > left + 300
        assert abs(top - top_zh) < 3


def test_pairs_stand_one_above_the_other_on_a_phone(read):
    """The Chinese block comes below its English one, marked as belonging to it."""
    tab = read("mini.html?lang=both", **PHONE)
    english = tab.locator("article .lang-pair > .lang-en").first.bounding_box()
    chinese = tab.locator("article .lang-pair > .lang-zh").first
    assert chinese.bounding_box()["y"] >= english["y"] + english["height"]
    assert chinese.evaluate("e => getComputedStyle(e).borderLeftWidth") == "3px"


def test_page_contents_are_at_hand_side_by_side(read):
    """Where two columns take the room, the page's contents open by a button."""
    tab = read("mini.html?lang=both")
    assert not shows(tab, "#pst-page-toc-nav")
    tab.click(".secondary-toggle >> visible=true")
    tab.click("#pst-page-toc-nav a >> nth=0")
    assert tab.url.endswith("#what-resnet-adds")


def test_page_without_script_shows_both(read, good_book):
    """Without JavaScript both languages can be read, and no dead switch shows."""
    tab = read(
        (good_book.site / "chapters/mini.html").as_uri(), java_script_enabled=False
    )
    assert shows(tab, ".lang-pair > .lang-en") and shows(tab, ".lang-pair > .lang-zh")
    assert shows(tab, "article h1 .lang-en") and shows(tab, "article h1 .lang-zh")
    assert not shows(tab, ".lang-switch")
    tab.click("article details > summary >> nth=0")
    assert shows(tab, "details .fold-body")


def test_switch_works_by_keyboard(read):
    """Tab reaches the buttons, which show it; the space bar presses them."""
    tab = read("mini.html?lang=en")
    for _ in range(30):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.dataset.set") == "zh":
            break
    assert (
        tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    )
    tab.keyboard.press("Space")
    assert mode(tab) == ("zh", "zh-Hans")
    assert tab.evaluate("document.activeElement.dataset.set") == "zh"


def test_switch_is_a_named_group_of_toggles(read):
    """Screen readers hear what the group is for and which button is pressed."""
    tab = read("mini.html?lang=zh")
    group = tab.get_by_role("group", name="语言")
    assert group.get_by_role("button", pressed=True).inner_text() == "中文"
    assert group.get_by_role("button", name="中英对照").count() == 1
    assert group.get_by_role("button", name="English").count() == 1


def test_switch_can_be_touched(read):
    """On a phone each button is as large as a finger needs, in any font."""
    tab = read("mini.html", **PHONE)
    for button in tab.locator(".lang-switch button").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44


def test_print_opens_the_folds_in_light_colours(read):
    """On paper nothing is folded away nor dark; afterwards it is as before."""
    tab = read("mini.html", color_scheme="dark")
    state = (
        "[document.querySelectorAll('details.fold[open]').length,"
        " document.documentElement.dataset.theme]"
    )
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(state) == [4, "light"]
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(state) == [0, "dark"]

"""The language switch on a real page, in Chromium."""

import functools
import http.server
import threading

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MODES = ("en", "zh", "both")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that does not write to the terminal."""

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(good_book):
    """The address of the good book, served on localhost."""
    handler = functools.partial(Quiet, directory=str(good_book.site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/chapters/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(chromium, address):
    """A function that opens a page as a new reader: `visit(page, **context)`."""
    contexts = []

    def open_page(page="mini.html", viewport=WIDE, locale="en-GB", **options):
        context = chromium.new_context(viewport=viewport, locale=locale, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.goto(page if "://" in page else address + page)
        return tab

    yield open_page
    for context in contexts:
        context.close()


def mode(tab):
    """Return the mode of a page and the language it declares."""
    return tuple(
        tab.evaluate(
            "[document.documentElement.dataset.lang, document.documentElement.lang]"
        )
    )


def switch(tab, to):
    """Press a button of the switch; Playwright's own click may scroll the page."""
    box = tab.locator(f".lang-switch [data-set={to}]").bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def follow(tab, link):
    """Click a link and wait for its page."""
    with tab.expect_navigation():
        tab.click(link)


def shows(tab, selector):
    """Tell whether an element can be seen."""
    return tab.locator(selector).first.is_visible()


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en-GB", "en"), ("zh-CN", "zh"), ("zh-TW", "zh"), ("de-DE", "en")],
)
def test_first_visit_follows_the_browser(visit, locale, expected):
    """A new reader gets the language of the browser."""
    assert mode(visit(locale=locale))[0] == expected


def test_choice_is_kept_on_the_next_page(visit):
    """What was chosen before counts more than the browser's language."""
    tab = visit(locale="en-GB")
    switch(tab, "zh")
    follow(tab, ".right-next")
    assert mode(tab) == ("zh", "zh-Hans")
    tab.reload()
    assert mode(tab) == ("zh", "zh-Hans")


def test_address_counts_most_and_holds_for_the_visit(visit, address):
    """A link with `?lang=` overrules the choice, on the pages after it as well."""
    tab = visit(locale="en-GB")
    switch(tab, "both")
    tab.goto(address + "mini.html?lang=zh")
    assert mode(tab)[0] == "zh"
    follow(tab, ".right-next")
    assert mode(tab)[0] == "zh"
    fresh = tab.context.new_page()
    fresh.goto(address + "mini.html")
    assert mode(fresh)[0] == "both"


def test_unknown_language_in_the_address_is_ignored(visit):
    """A mistyped address falls back to the browser's language."""
    assert mode(visit("mini.html?lang=fr", locale="zh-CN"))[0] == "zh"


def test_address_of_the_site_hands_the_language_on(visit, address):
    """A link to the site as a whole may ask for a language as well."""
    tab = visit(address.removesuffix("chapters/") + "index.html?lang=zh")
    tab.wait_for_url("**/chapters/index.html?lang=zh")
    assert mode(tab) == ("zh", "zh-Hans")


def test_switch_overrules_the_address(visit):
    """After a switch the address says what is shown, so a reload keeps it."""
    tab = visit("mini.html?lang=zh")
    switch(tab, "en")
    assert "lang=en" in tab.url
    tab.reload()
    assert mode(tab) == ("en", "en")


def test_mode_is_set_before_the_first_paint(visit):
    """When the body begins, the language is known: nothing flickers."""
    tab = visit("about:blank")
    tab.context.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.seen) "
        "window.seen = document.documentElement.dataset.lang || 'none'; })"
        ".observe(document, {childList: true, subtree: true});"
    )
    tab.goto(visit("mini.html").url)
    assert tab.evaluate("window.seen") == "en"


@pytest.mark.parametrize(
    ("chosen", "english", "chinese", "title"),
    [
        ("en", True, False, "Deeper was worse — One +x"),
        ("zh", False, True, "更深反而更差 — One +x"),
        ("both", True, True, "Deeper was worse · 更深反而更差 — One +x"),
    ],
)
def test_switch_shows_text_title_and_words(visit, chosen, english, chinese, title):
    """Blocks, headings, captions, labels and the title follow the switch."""
    tab = visit("mini.html")
    switch(tab, "both" if chosen == "en" else "en")
    switch(tab, chosen)
    for part in ("article .lang-pair > ", "article h1 > ", "figcaption > ", "th p > "):
        assert shows(tab, f"{part}.lang-en") is english, part
        assert shows(tab, f"{part}.lang-zh") is chinese, part
    assert tab.title() == title
    pressed = tab.locator(".lang-switch [aria-pressed=true]")
    assert pressed.get_attribute("data-set") == chosen


def test_drawing_has_one_layer_of_labels(visit):
    """Side by side the labels in a drawing are English; they never overlap."""
    tab = visit("mini.html")
    for chosen, layer in (("en", "en"), ("zh", "zh"), ("both", "en")):
        switch(tab, chosen)
        other = "zh" if layer == "en" else "en"
        assert shows(tab, f".plusx-figure g.lang-{layer} text")
        assert not shows(tab, f".plusx-figure g.lang-{other} text")


def test_labels_follow_the_language(visit):
    """Screen readers hear the labels of the theme in the language of the page."""
    tab = visit("mini.html?lang=zh")
    found = tab.evaluate(
        "[...document.querySelectorAll('.bd-header-article button')]"
        ".map(b => b.getAttribute('aria-label') || b.textContent.trim())"
    )
    assert "浅色或深色" in found and "显示或隐藏目录" in found
    assert not [label for label in found if " · " in label]
    switch(tab, "en")
    assert tab.get_attribute(".bd-header-article .primary-toggle", "aria-label") == (
        "Toggle primary sidebar"
    )


def test_tooltip_follows_the_switch(visit):
    """The tooltips of the theme, made once, change with the language."""
    tab = visit("mini.html?lang=en")
    for chosen, words in (("zh", "浅色或深色"), ("en", "Color mode")):
        switch(tab, chosen)
        tab.hover(".theme-switch-button")
        assert tab.locator(".tooltip-inner").inner_text() == words
        tab.mouse.move(400, 400)
        tab.wait_for_selector(".tooltip", state="detached")


def place_of(tab, number):
    """Return the top of the numbered paragraph, in pixels; of the one on the screen
    where both languages have it.
    """
    return tab.evaluate(
        "n => [...document.querySelectorAll('article .lang-pair p:first-child')]"
        ".filter(p => p.getClientRects().length)"
        ".filter(p => p.textContent.match(/^(Idea|要点) (\\d+)/)?.[2] == n)"
        ".map(p => p.getBoundingClientRect().top)"
        ".sort((a, b) => Math.abs(a - 64) - Math.abs(b - 64))[0]",
        number,
    )


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_reading_position_is_kept(visit, viewport):
    """The paragraph at the reading line stays there through every switch."""
    tab = visit("mini.html?lang=en", viewport=viewport)
    line = tab.locator(".bd-header-article").bounding_box()["height"] + 16
    tab.evaluate(
        "y => scrollBy({top: y, behavior: 'instant'})", place_of(tab, "7") - line + 10
    )
    for chosen in ("zh", "both", "en", "both", "zh", "en"):
        switch(tab, chosen)
        assert abs(place_of(tab, "7") - line) < 30, chosen


def test_position_inside_a_paragraph_is_kept(visit):
    """Half way through a long paragraph, the switch stays in that paragraph."""
    tab = visit("mini.html?lang=en", viewport=PHONE)
    tab.evaluate(
        "y => scrollBy({top: y, behavior: 'instant'})", place_of(tab, "5") + 40
    )
    for chosen in ("zh", "both", "en"):
        switch(tab, chosen)
        assert -200 < place_of(tab, "5") < 72, chosen


def test_top_of_the_page_stays_the_top(visit):
    """Who has not begun to read is not moved."""
    tab = visit("mini.html?lang=en")
    switch(tab, "both")
    assert tab.evaluate("scrollY") == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1200, 1440])
@pytest.mark.parametrize("chosen", MODES)
def test_nothing_sticks_out(visit, chosen, width):
    """No page scrolls sideways, in any mode and width."""
    tab = visit(f"mini.html?lang={chosen}", viewport={"width": width, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_pairs_stand_side_by_side_on_a_wide_screen(visit):
    """In two columns each block begins at the height of its partner."""
    tab = visit("mini.html?lang=both")
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


def test_pairs_stand_one_above_the_other_on_a_phone(visit):
    """The Chinese block comes below its English one, marked as belonging to it."""
    tab = visit("mini.html?lang=both", viewport=PHONE)
    english = tab.locator("article .lang-pair > .lang-en").first.bounding_box()
    chinese = tab.locator("article .lang-pair > .lang-zh").first
    assert chinese.bounding_box()["y"] >= english["y"] + english["height"]
    assert chinese.evaluate("e => getComputedStyle(e).borderLeftWidth") == "3px"


def test_page_contents_are_at_hand_side_by_side(visit):
    """Where two columns take the room, the page's contents open by a button."""
    tab = visit("mini.html?lang=both")
    assert not shows(tab, "#pst-page-toc-nav")
    tab.click(".secondary-toggle >> visible=true")
    tab.click("#pst-page-toc-nav a >> nth=0")
    assert tab.url.endswith("#what-resnet-adds")


def test_page_without_script_shows_both(visit, good_book):
    """Without JavaScript both languages can be read, and no dead switch shows."""
    tab = visit(
        (good_book.site / "chapters/mini.html").as_uri(), java_script_enabled=False
    )
    assert shows(tab, ".lang-pair > .lang-en") and shows(tab, ".lang-pair > .lang-zh")
    assert shows(tab, "article h1 .lang-en") and shows(tab, "article h1 .lang-zh")
    assert not shows(tab, ".lang-switch")
    tab.click("article details > summary >> nth=0")
    assert shows(tab, "details .fold-body")


def test_switch_works_by_keyboard(visit):
    """Tab reaches the buttons, which show it; the space bar presses them."""
    tab = visit("mini.html?lang=en")
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


def test_switch_is_a_named_group_of_toggles(visit):
    """Screen readers hear what the group is for and which button is pressed."""
    tab = visit("mini.html?lang=zh")
    group = tab.get_by_role("group", name="语言")
    assert group.get_by_role("button", pressed=True).inner_text() == "中文"
    assert group.get_by_role("button", name="中英对照").count() == 1
    assert group.get_by_role("button", name="English").count() == 1


def test_switch_can_be_touched(visit):
    """On a phone each button is as high as a finger needs."""
    tab = visit("mini.html", viewport=PHONE)
    for button in tab.locator(".lang-switch button").all():
        box = button.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 36


def test_choice_travels_between_files(visit, good_book):
    """Opened from disk, a link carries the choice to the next page."""
    tab = visit((good_book.site / "chapters/mini.html").as_uri())
    switch(tab, "zh")
    follow(tab, ".right-next")
    assert mode(tab)[0] == "zh"
    assert "lang=zh" in tab.url


def test_return_by_history_follows_a_later_choice(visit):
    """Going back shows the language chosen in between."""
    tab = visit("mini.html", locale="en-GB")
    follow(tab, ".right-next")
    switch(tab, "zh")
    tab.go_back()
    assert mode(tab)[0] == "zh"


def test_print_opens_the_folds_in_light_colours(visit):
    """On paper nothing is folded away nor dark; afterwards it is as before."""
    tab = visit("mini.html", color_scheme="dark")
    state = (
        "[document.querySelectorAll('details.fold[open]').length,"
        " document.documentElement.dataset.theme]"
    )
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(state) == [4, "light"]
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(state) == [0, "dark"]

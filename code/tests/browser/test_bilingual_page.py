"""The language of a page: who chooses it, and what follows the choice."""

import pytest
from switching import follow, mode, shows, switch

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("en-GB", "en"), ("zh-CN", "zh"), ("zh-TW", "zh"), ("de-DE", "en")],
)
def test_first_visit_follows_the_browser(read, locale, expected):
    """A new reader gets the language of the browser."""
    assert mode(read(locale=locale))[0] == expected


def test_choice_is_kept_on_the_next_page(read):
    """What was chosen before counts more than the browser's language."""
    tab = read(locale="en-GB")
    switch(tab, "zh")
    follow(tab, ".right-next")
    assert mode(tab) == ("zh", "zh-Hans")
    tab.reload()
    assert mode(tab) == ("zh", "zh-Hans")


def test_address_counts_most_and_holds_for_the_read(read, mini):
    """A link with `?lang=` overrules the choice, on the pages after it as well."""
    tab = read(locale="en-GB")
    switch(tab, "both")
    tab.goto(mini + "mini.html?lang=zh")
    assert mode(tab)[0] == "zh"
    follow(tab, ".right-next")
    assert mode(tab)[0] == "zh"
    fresh = tab.context.new_page()
    fresh.goto(mini + "mini.html")
    assert mode(fresh)[0] == "both"


def test_unknown_language_in_the_address_is_ignored(read):
    """A mistyped address falls back to the browser's language."""
    assert mode(read("mini.html?lang=fr", locale="zh-CN"))[0] == "zh"


def test_address_of_the_site_hands_the_language_on(read, mini):
    """A link to the site as a whole may ask for a language as well."""
    tab = read(mini.removesuffix("chapters/") + "index.html?lang=zh")
    tab.wait_for_url("**/chapters/index.html?lang=zh")
    assert mode(tab) == ("zh", "zh-Hans")


def test_switch_overrules_the_address(read):
    """After a switch the address says what is shown, so a reload keeps it."""
    tab = read("mini.html?lang=zh")
    switch(tab, "en")
    assert "lang=en" in tab.url
    tab.reload()
    assert mode(tab) == ("en", "en")


def test_mode_is_set_before_the_first_paint(read):
    """When the body begins, the language is known: nothing flickers."""
    tab = read("about:blank")
    tab.context.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.seen) "
        "window.seen = document.documentElement.dataset.lang || 'none'; })"
        ".observe(document, {childList: true, subtree: true});"
    )
    tab.goto(read("mini.html").url)
    assert tab.evaluate("window.seen") == "en"


@pytest.mark.parametrize(
    ("chosen", "english", "chinese", "title"),
    [
        ("en", True, False, "Deeper was worse — One +x"),
        ("zh", False, True, "更深反而更差 — One +x"),
        ("both", True, True, "Deeper was worse · 更深反而更差 — One +x"),
    ],
)
def test_switch_shows_text_title_and_words(read, chosen, english, chinese, title):
    """Blocks, headings, captions, labels and the title follow the switch."""
    tab = read("mini.html")
    switch(tab, "both" if chosen == "en" else "en")
    switch(tab, chosen)
    for part in ("article .lang-pair > ", "article h1 > ", "figcaption > ", "th p > "):
        assert shows(tab, f"{part}.lang-en") is english, part
        assert shows(tab, f"{part}.lang-zh") is chinese, part
    assert tab.title() == title
    pressed = tab.locator(".lang-switch [aria-pressed=true]")
    assert pressed.get_attribute("data-set") == chosen


def test_page_without_its_styles_has_one_language(read):
    """A reader view drops what is hidden: the other language, and nothing else."""
    tab = read("mini.html?lang=en")
    hidden = """() => ["en", "zh"].map(name => [
      ...document.querySelectorAll(`article .lang-${name}:not(svg *)`)
    ].filter(part => part.hidden).length)"""
    counts = {}
    for chosen in ("en", "zh", "both"):
        switch(tab, chosen)
        counts[chosen] = tab.evaluate(hidden)
    assert counts["both"] == [0, 0]
    assert counts["en"][0] == counts["zh"][1] == 0
    assert counts["en"][1] == counts["zh"][0] > 32


def test_drawing_has_one_layer_of_labels(read):
    """Side by side the labels in a drawing are English; they never overlap."""
    tab = read("mini.html")
    for chosen, layer in (("en", "en"), ("zh", "zh"), ("both", "en")):
        switch(tab, chosen)
        other = "zh" if layer == "en" else "en"
        assert shows(tab, f".plusx-figure g.lang-{layer} text")
        assert not shows(tab, f".plusx-figure g.lang-{other} text")


def test_labels_follow_the_language(read):
    """Screen readers hear the labels of the theme in the language of the page."""
    tab = read("mini.html?lang=zh")
    found = tab.evaluate(
        "[...document.querySelectorAll('.bd-header-article button')]"
        ".map(b => b.getAttribute('aria-label') || b.textContent.trim())"
    )
    assert "配色" in found and "显示或隐藏目录" in found
    assert not [label for label in found if " · " in label]
    switch(tab, "en")
    assert tab.get_attribute(".bd-header-article .primary-toggle", "aria-label") == (
        "Toggle primary sidebar"
    )


def test_copy_button_follows_the_switch(read):
    """What the copy button says and is called is in the language of the page."""
    tab = read("mini.html?lang=en")
    tab.wait_for_selector(".copybtn", state="attached")
    for chosen, word in (("zh", "复制"), ("en", "Copy")):
        switch(tab, chosen)
        button = tab.locator(".copybtn").first
        assert button.get_attribute("aria-label") == word
        shown = button.evaluate("e => getComputedStyle(e, '::after').content")
        assert shown in (f'"{word}"', "attr(data-tooltip)")
        assert button.locator("title").count() == 0


def test_tooltip_follows_the_switch(read):
    """The tooltips of the theme, made once, change with the language."""
    tab = read("mini.html?lang=en")
    for chosen, words in (("zh", "配色"), ("en", "Color mode")):
        switch(tab, chosen)
        tab.hover(".theme-switch-button")
        assert tab.locator(".tooltip-inner").inner_text() == words
        tab.mouse.move(400, 400)
        tab.wait_for_selector(".tooltip", state="detached")


def test_choice_travels_between_files(read, good_book):
    """Opened from disk, a link carries the choice to the next page."""
    tab = read((good_book.site / "chapters/mini.html").as_uri())
    switch(tab, "zh")
    follow(tab, ".right-next")
    assert mode(tab)[0] == "zh"
    assert "lang=zh" in tab.url


def test_return_by_history_follows_a_later_choice(read):
    """Going back shows the language chosen in between."""
    tab = read("mini.html", locale="en-GB")
    follow(tab, ".right-next")
    switch(tab, "zh")
    tab.go_back()
    assert mode(tab)[0] == "zh"

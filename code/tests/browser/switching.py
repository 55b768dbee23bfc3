"""What tests of the language switch do to a page."""

MODES = ("en", "zh", "both")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


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

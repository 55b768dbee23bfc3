"""What a reader does with the playground in a tab, for tests."""


def wait_for(tab, condition):
    """Wait until something holds of `page`, the element."""
    text = f"(page => {condition})(document.querySelector('plusx-playground'))"
    tab.wait_for_function(text, timeout=300_000)


def idle(tab):
    """Wait until both nets have answered and the page shows it."""
    wait_for(tab, "page.data && page.nets.every(net => !net.busy) && !page.frame")


def press(tab, name):
    """Press a button and wait for what it leads to."""
    tab.get_by_role("button", name=name, exact=True).click()


def run_to_the_end(tab):
    """Train both nets until they are done."""
    press(tab, "Train")
    wait_for(tab, "page.ended && !page.running")
    idle(tab)


def pick(tab, group, option):
    """Press an option of a group, as a mouse does."""
    options = tab.get_by_role("group", name=group, exact=True)
    options.get_by_role("radio", name=option, exact=True).click(timeout=5000)


def points(tab):
    """How many points each curve has."""
    return tab.evaluate(
        "document.querySelector('plusx-playground').nets.map(n => n.points.length)"
    )

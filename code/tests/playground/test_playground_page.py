"""The playground in a browser: keys, drags, addresses, and what training shows."""

import re

import pytest
from playground_tab import idle, pick, points, press, run_to_the_end, wait_for

from plusx import playground

pytestmark = pytest.mark.browser


def test_page_is_ready_at_once_and_shows_the_first_look(open_page):
    """Controls stand there at once; both nets are seen before the first step."""
    times = []
    for _ in range(3):
        tab = open_page()
        ready = """performance.getEntriesByName("plusx-playground-ready")[0].startTime -
          performance.getEntriesByType("navigation")[0].responseEnd"""
        times.append(tab.evaluate(ready))
    print([round(time) for time in times])
    assert min(times) < 1000  # a quiet machine takes a tenth of that
    idle(tab)
    assert tab.locator(".pg-numbers").all_inner_texts()[0].startswith("loss ")
    assert tab.locator(".pg-strip rect").count() == 2 * 2 * 20
    assert tab.locator(".plusx-still").is_hidden()


def test_keys_train_pause_step_and_reset(open_page):
    """Everything works without a mouse: buttons by space, sliders by arrows."""
    tab = open_page(setting="layers=4")
    idle(tab)
    tab.get_by_role("button", name="Train", exact=True).focus()
    tab.keyboard.press("Space")
    wait_for(tab, "page.nets[0].points.length > 5")
    tab.keyboard.press("Space")
    idle(tab)
    (count, same), said = points(tab), tab.locator("output").inner_text()
    assert count == same and f"Paused at step {count}" in said
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    idle(tab)
    assert points(tab) == [count + 1, count + 1]
    slider = tab.get_by_role("slider", name="layers")
    slider.focus()
    tab.keyboard.press("ArrowRight")
    idle(tab)
    assert (slider.get_attribute("aria-valuetext"), points(tab)) == ("6", [0, 0])
    tab.keyboard.press("End")
    idle(tab)
    assert tab.locator(".pg-strip rect").count() == 2 * 2 * 50


def test_settings_stand_in_the_address(open_page):
    """A changed setting goes into the address, and the address opens with it."""
    tab = open_page()
    pick(tab, "batch normalization", "without")
    pick(tab, "activation", "tanh")
    tab.locator(".pg-pane").first.get_by_role("checkbox", name="+x").check()
    address = tab.url
    assert address.endswith("#fig-playground:norm=off&activation=tanh&x=11")
    again = open_page(setting=address.split("#fig-playground:")[1])
    residual = "page.querySelectorAll('.pg-pane[data-kind=residual]')"
    wait_for(again, f"{residual}.length === 2")
    assert again.get_by_role("radio", name="tanh").is_checked()
    again.evaluate("location.hash = '#fig-playground:layers=101&norm=maybe&seed=3'")
    wait_for(again, "page.state.seed === 3")
    state = again.evaluate("document.querySelector('plusx-playground').state")
    assert (state["layers"], state["norm"], state["activation"]) == (40, "on", "relu")


def test_nan_is_shown_as_a_result(open_page):
    """Sixty residual layers without norm: the page says so, and when."""
    tab = open_page(setting="layers=60&norm=off")
    for _ in range(4):
        press(tab, "One step")
        idle(tab)
    broken = tab.locator(".pg-pane.pg-broken")
    assert broken.get_attribute("data-kind") == "residual"
    assert re.match(r"NaN at step \d:", broken.locator(".pg-numbers").inner_text())
    assert tab.locator(".pg-chart text", has_text="NaN").count() == 1


def test_dragged_slider_builds_a_deeper_net(open_page):
    """The thumb follows the mouse, the blocks follow the thumb."""
    tab = open_page()
    slider = tab.get_by_role("slider", name="layers")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] * 0.39, middle)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.8, middle, steps=5)
    tab.mouse.up()
    idle(tab)
    layers = int(slider.get_attribute("aria-valuetext"))
    assert layers > 60 and f"layers={layers}" in tab.url
    assert tab.locator(".pg-strip rect").count() == 2 * layers


def test_measures_and_curves_change_what_is_drawn(open_page):
    """Each measure has its own axis and its own words."""
    tab = open_page(setting="layers=8")
    idle(tab)
    drawn = set()
    for measure in ("gradient", "relative update", "what is left of the input"):
        pick(tab, "each block, coloured by", measure)
        idle(tab)
        strip = tab.locator(".pg-strip").first
        assert strip.get_attribute("aria-label").startswith(measure)
        drawn.add(strip.inner_html() + tab.locator(".pg-hint").inner_text())
    assert len(drawn) == 3
    press(tab, "One step")
    pick(tab, "curve", "loss")
    wait_for(tab, "page.querySelector('.pg-chart').innerText.startsWith('loss')")


@pytest.mark.slow
def test_digits_replicate_the_recorded_bands(open_page):
    """At the experiment's settings its bands stand behind; the curve ends in them."""
    tab = open_page()
    pick(tab, "data", "digits")
    slider = tab.get_by_role("slider", name="layers")
    slider.fill("4")
    assert (
        tab.get_by_role("slider", name="learning rate").get_attribute("aria-valuetext")
        == "0.01"
    )
    idle(tab)
    assert tab.locator(".pg-band").count() == 2
    assert "five runs in PyTorch" in tab.locator(".pg-note").inner_text()
    run_to_the_end(tab)
    found = tab.evaluate(
        "document.querySelector('plusx-playground').nets.map(n => n.points.at(-1)[2])"
    )
    bands = playground.recorded()["bands"]
    for error, kind in zip(found, ("0/1/0/4", "1/1/0/4"), strict=True):
        band = bands[kind]
        assert abs(error - band["mean"][-1]) < 3 * band["std"][-1] + 0.3
    pick(tab, "activation", "tanh")
    idle(tab)
    assert tab.locator(".pg-band").count() == 0


@pytest.mark.slow
def test_challenges_are_ticked_by_the_readers_own_runs(open_page):
    """Killing the residual net: a run that learns, one switch, a run that does not."""
    tab = open_page(setting="layers=40")
    kill = tab.locator(".pg-challenges li").nth(1)
    run_to_the_end(tab)
    assert kill.get_attribute("data-won") == "false"
    pick(tab, "batch normalization", "without")
    run_to_the_end(tab)
    assert kill.get_attribute("data-won") == "true"
    assert "The addition alone is not enough" in kill.inner_text()
    both = tab.locator(".pg-challenges li").nth(2)
    assert both.get_attribute("data-won") == "true"
    cells = both.locator("td").all_inner_texts()
    assert cells[2] == "NaN" and cells[4].endswith("%")
    tab.reload()
    assert tab.locator(".pg-challenges [data-won=true]").count() == 2


def test_settings_change_nothing_on_the_page_around(open_page):
    """What stands below the playground does not move while it trains."""
    tab = open_page(setting="layers=4")
    idle(tab)
    height = "document.querySelector('.pg-ui').offsetHeight"
    before = tab.evaluate(height)
    press(tab, "Train")
    wait_for(tab, "page.nets[0].points.length > 20")
    assert tab.evaluate(height) == before

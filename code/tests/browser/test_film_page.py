"""The film of training and the story of chapter 1: played, stepped, switched."""

import pytest
from playwright.sync_api import expect

from plusx import records

pytestmark = pytest.mark.browser
STEPS = records.load("film")["config"]["frames"]


@pytest.fixture
def page(visit, explorer_folder):
    """An English page with explorers, from a file."""
    return visit().open(f"{explorer_folder.as_uri()}/en.html")


def heights(film):
    """How high the bars are, in percent of their rows."""
    bars = film.locator(".px-bars i")
    return bars.evaluate_all("bars => bars.map(bar => parseFloat(bar.style.height))")


def test_film_plays_and_pauses(page):
    """Play moves the slider and the bars; a pause or a hand on the slider stops it."""
    film = page.locator("#fig-film")
    play, slider = film.locator(".px-play"), film.get_by_role("slider", name="step")
    first = heights(film)
    assert len(first) == 2 * 3 * 27
    play.click()
    assert film.get_by_role("button", name="Pause").is_visible()
    expect(film.locator("output")).to_contain_text(f"After {STEPS[2]} steps")
    assert heights(film) != first
    assert film.locator("output").get_attribute("aria-live") == "off"
    play.click()
    assert film.get_by_role("button", name="Play").is_visible()
    play.click()
    slider.focus()
    slider.press("Home")
    assert film.get_by_role("button", name="Play").is_visible()
    assert heights(film) == first


def test_film_is_stepped_by_keys_up_to_its_end(page):
    """The last frame is epoch 10; another net has other bars; a task gets its tick."""
    film = page.locator("#fig-film")
    slider = film.get_by_role("slider", name="step")
    slider.focus()
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == str(STEPS[-1])
    assert "After epoch 10." in film.locator("output").inner_text()
    assert film.locator(".px-solved").count() == 1
    before = heights(film)
    film.get_by_role("radio", name="near identity").check(force=True)
    assert heights(film)[:27] == before[:27]
    assert heights(film)[27:54] != before[27:54]
    expected = records.load("film")["results"]["plain"]["frames"]["120"]["read"]
    assert heights(film)[:27] == pytest.approx(expected["mean"], abs=0.1)


def test_film_stands_still_where_motion_is_unwanted(visit, explorer_folder):
    """No button plays; the still figure stands below the bars, moved by hand."""
    reader = visit(reduced_motion="reduce")
    film = reader.open(f"{explorer_folder.as_uri()}/en.html").locator("#fig-film")
    assert film.locator(".px-play").is_hidden()
    assert film.locator(".plusx-still svg").is_visible()
    assert film.get_by_role("slider", name="step").is_visible()


def test_story_goes_by_steps_and_by_its_switch(page):
    """Nine blocks, then 27; the wire in step 4; x + F(x) with the switch alone."""
    story = page.locator("#fig-story")
    blocks, wires = story.locator(".px-strip > rect[rx]"), "path[d*='v-24']"
    counts = []
    for step in ("1.", "2.", "3.", "4."):
        story.locator("label", has_text=step).click()
        counts.append((blocks.count(), story.locator(f".px-strip > {wires}").count()))
    assert counts == [(9, 0), (27, 0), (27, 0), (27, 18)]
    assert "A wire round each inserted block" in story.locator("output").inner_text()
    formula = story.locator(".px-block text").last
    assert formula.text_content() == "F(x)"
    story.get_by_role("radio", name="with +x").check(force=True)
    assert formula.text_content() == "x + F(x)"
    assert "A residual block hands on" in story.locator("output").inner_text()

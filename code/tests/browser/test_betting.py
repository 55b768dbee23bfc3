"""Bets in a browser: placed by slider, button, pointer and keys; answers are covered.

The page is written here: three bets, each before a text that answers it, and the list
of all bets.
"""

import json

import pytest

from plusx import bets
from plusx.bets import table

pytestmark = pytest.mark.browser

CELL = '<div class="cell"><div class="cell_input">code</div>{}</div>'
OUTPUT = '<div class="cell_output">{}</div>'


def cell(inside):
    """A code cell of the site with its output."""
    return CELL.format(OUTPUT.format(inside))


def page_text():
    """A page with bets in sections of their own, as the site has them."""
    curve, number, choice = (
        cell(bets.show(id).data) for id in ("depth-curve", "longer", "addition-alone")
    )
    answer = cell('<p id="shown">output</p>') + '<p id="told">the answer</p>'
    return (
        "<!doctype html><html data-lang=en><meta charset=utf-8>"
        "<style>.lang-zh,.lang-sep{display:none}</style><article>"
        f'<section id="a"><h2>A</h2>{curve}{answer}</section>'
        '<section id="run-the-bet"><h2 id="head">B</h2><p id="next">more</p></section>'
        f'<section id="c"><h2>C</h2>{number}<p id="number">31.5</p></section>'
        f'<section id="d"><h2>D</h2>{choice}<p id="choice">x</p></section>'
        f'<section id="e">{cell(bets.overview().data)}</section></article>'
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The address of the page."""
    path = tmp_path_factory.mktemp("bets") / "page.html"
    path.write_text(page_text(), "utf8")
    return path.as_uri()


@pytest.fixture
def tab(chromium, written):
    """The page in a browser without a past; nothing goes wrong on it."""
    context = chromium.new_context(viewport={"width": 800, "height": 900})
    tab, faults = context.new_page(), []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(written)
    yield tab
    assert faults == []
    context.close()


def seen(tab, id):
    """Whether a reader sees the element of that id."""
    script = "id => getComputedStyle(document.getElementById(id)).visibility"
    return tab.evaluate(script, id) == "visible"


def box(tab, number):
    """A bet of the page."""
    return tab.locator("plusx-bet").nth(number)


def test_answers_are_covered_and_headings_are_not(tab):
    """Text and outputs behind a bet, and the section that it names; code stays."""
    covered = ("shown", "told", "next", "number", "choice")
    assert not any(seen(tab, id) for id in covered)
    assert seen(tab, "head")
    assert tab.locator(".cell_input").first.is_visible()


def test_a_number_is_bet_by_keys(tab):
    """Arrow keys move the slider; the lock opens the answer and compares."""
    slider = box(tab, 1).locator("input")
    slider.focus()
    for _ in range(3):
        slider.press("ArrowLeft")
    assert box(tab, 1).locator("output").inner_text() == "47.0\u00a0%"
    box(tab, 1).get_by_role("button", name="Lock my bet").press("Enter")
    assert seen(tab, "number")
    told = box(tab, 1).locator(".pb-result").inner_text()
    assert told == "You: 47.0\u00a0%. Measured: 31.5 ± 7.0\u00a0%."
    assert not seen(tab, "choice")


def test_a_choice_is_bet_by_pointer(tab):
    """Nothing can be locked before a choice is made."""
    lock = box(tab, 2).get_by_role("button", name="Lock my bet")
    assert lock.is_disabled()
    box(tab, 2).locator("input[value=residual]").check()
    lock.click()
    assert "Measured: the same." in box(tab, 2).inner_text()
    assert seen(tab, "choice")


def points(tab):
    """The heights of a drawn curve, as its points tell them."""
    sliders = box(tab, 0).locator("[role=slider]")
    return [int(s.get_attribute("aria-valuenow")) for s in sliders.all()]


def test_a_curve_is_drawn(tab):
    """A stroke sets the points it passes; the first one is given and stays."""
    assert points(tab) == [0] * 5
    picture = box(tab, 0).locator(".pb-picture").bounding_box()
    left, top = picture["x"], picture["y"]
    width, height = picture["width"], picture["height"]
    tab.mouse.move(left + 50, top + height / 2)
    tab.mouse.down()
    tab.mouse.move(left + width - 10, top + height / 2, steps=40)
    tab.mouse.up()
    drawn = points(tab)
    assert all(30 < value < 70 for value in drawn)
    box(tab, 0).locator("[role=slider]").last.press("ArrowUp")
    assert points(tab) == [*drawn[:-1], drawn[-1] + 1]
    box(tab, 0).get_by_role("button", name="Lock my bet").click()
    assert seen(tab, "told") and seen(tab, "next")
    assert "away from the measured one" in box(tab, 0).inner_text()


def test_bets_are_kept_and_taken_back(tab):
    """After a reload the bet stands; betting again covers the answer once more."""
    box(tab, 1).get_by_role("button", name="Lock my bet").click()
    tab.reload()
    assert seen(tab, "number")
    box(tab, 1).get_by_role("button", name="Bet again").click()
    assert not seen(tab, "number")


def test_one_switch_opens_everything(tab):
    """A reader who does not want to bet is not asked again."""
    box(tab, 1).get_by_role("button", name="Show me").click()
    assert "Measured: 31.5" in box(tab, 1).inner_text()
    box(tab, 1).get_by_role("button", name="Stop asking me").click()
    assert all(seen(tab, id) for id in ("shown", "told", "next", "number", "choice"))


@pytest.mark.parametrize("way", ["#told", "#run-the-bet", "?highlight=answer"])
def test_links_and_search_find_the_answer_open(tab, written, way):
    """Who was sent to a sentence sees it."""
    tab.goto("about:blank")
    tab.goto(written + way)
    assert seen(tab, "told")


def test_paper_shows_everything(tab):
    """In print the question and the answer stand there."""
    tab.emulate_media(media="print")
    assert seen(tab, "told") and seen(tab, "number")
    assert not box(tab, 1).locator("input").is_visible()


def test_without_a_script_everything_is_open(chromium, written):
    """The question is text, and nothing is covered."""
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(written)
    assert tab.get_by_text("Plain-56 trains for 60 epochs").first.is_visible()
    assert tab.locator("#told").is_visible()
    context.close()


def test_nothing_moves_when_a_bet_opens_its_answer(tab):
    """The answer keeps its place: it was hidden, not taken out."""
    place = "document.getElementById('told').offsetHeight"
    before = tab.evaluate(place)
    box(tab, 0).get_by_role("button", name="Show me").click()
    assert tab.evaluate(place) == before > 0


def test_storage_that_is_blocked_stops_nothing(chromium, written):
    """Where nothing can be stored, bets work until the page is left."""
    context = chromium.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw Error(); }});"
    )
    tab = context.new_page()
    tab.goto(written)
    box(tab, 1).get_by_role("button", name="Lock my bet").click()
    assert seen(tab, "number")
    context.close()


def test_overview_saves_and_loads_own_bets(tab, tmp_path):
    """A file holds what was placed; a file that holds none is named."""
    box(tab, 1).get_by_role("button", name="Lock my bet").click()
    rows = tab.locator("plusx-bets tbody tr")
    assert rows.nth(1).locator("td").all_inner_texts()[1:] == [
        "50.0\u00a0%", "31.5\u00a0%", "18.5\u00a0%",
    ]  # fmt: skip
    with tab.expect_download() as waiting:
        tab.get_by_role("button", name="Save my bets").click()
    mine = tmp_path / "mine.json"
    waiting.value.save_as(mine)
    tab.get_by_role("button", name="Forget all bets").click()
    assert rows.nth(1).locator("td").nth(1).inner_text() == "not placed yet"
    tab.set_input_files("plusx-bets input[type=file]", mine)
    tab.wait_for_function(
        "document.querySelectorAll('plusx-bets tbody tr')[1].innerText.includes('50.0')"
    )
    stranger = tmp_path / "stranger.json"
    stranger.write_text("[1, 2", "utf8")
    tab.set_input_files("plusx-bets input[type=file]", stranger)
    tab.wait_for_selector("text=holds no bets")


#: Three readers: what each placed; the last file holds what nobody can bet.
CLASS = (
    {"longer": 20, "addition-alone": "plain", "depth-curve": [0, 1, 2, 3, 4, 5]},
    {"longer": 40, "addition-alone": "residual", "sigmoid-product": 3},
    {"longer": 90, "addition-alone": "<b>", "depth-curve": [0, 1], "what": 1},
)


@pytest.fixture
def class_files(tmp_path):
    """The files of a class; only a cell knows the truth of `sigmoid-product`."""
    for number, placed in enumerate(CLASS):
        found = {id: {"value": value} for id, value in placed.items()}
        found.get("sigmoid-product", {})["truth"] = {"mean": 10.0, "std": None}
        text = json.dumps({"form": "one-plus-x bets 1", "bets": found})
        (tmp_path / f"{number}.json").write_text(text, "utf8")
    return sorted(tmp_path.glob("*.json"))


def test_overview_lays_a_class_over_what_was_measured(tab, class_files):
    """Dots and their median, lines, and how many chose what; nonsense is left out."""
    tab.set_input_files("plusx-bets input[type=file]", class_files)
    row = {
        id: tab.locator("plusx-bets tbody tr").nth(place)
        for place, id in enumerate(table.load_all())
    }
    row["longer"].locator("circle").first.wait_for()
    assert row["longer"].locator("circle").count() == 3
    assert "3 placed, median 40.0\u00a0%" in row["longer"].inner_text()
    assert row["depth-curve"].locator("svg path").count() == 1 + 1
    told = row["addition-alone"].locator("li").all_inner_texts()
    assert [text[0] for text in told] == ["1", "0", "1", "0"]
    assert told[2] == "1 × with +x ✓"
    assert row["sigmoid-product"].locator("circle").count() == 1
    assert row["turning"].locator(".po-class").count() == 0
    assert "A class of 3" in tab.locator("plusx-bets").inner_text()

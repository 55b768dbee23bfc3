"""The way through the course: the first page, the numbers, the self-checks."""

import pytest
from test_search_page import search

pytestmark = pytest.mark.browser
MODES = {
    "en": ("1\u2002Is deeper", "2\u2002H(x)"),
    "zh": ("1\u2002更深", "2\u2002H(x)"),
}
VERDICT = "details.verdict"


@pytest.mark.parametrize("mode", MODES)
def test_chapters_are_numbered_wherever_they_are_named(visit, address, mode):
    """Title, tab, contents, next page and search; headings below have no number."""
    first, second = MODES[mode]
    reader = visit()
    tab = reader.open(f"{address}/chapters/01_degradation.html?lang={mode}")
    assert tab.title().startswith(first.replace("\u2002", " "))
    assert tab.locator("article h1").first.inner_text().startswith(first)
    assert tab.locator(".prev-next-area .right-next").inner_text().find(second) > 0
    named = tab.locator(".bd-sidebar-primary .toctree-l1 > a").all_inner_texts()
    numbered = [name for name in named if name.strip()[:1].isdigit()]
    assert [name.strip()[0] for name in numbered] == list("12345678")
    assert numbered[0].strip().startswith(first)
    assert tab.locator("article :is(h2, h3) .section-number").count() == 0
    tab = search(reader, address, "退化问题", mode)
    titles = tab.locator("#search-results .search > li > a").all_inner_texts()
    assert any(title.startswith(first) for title in titles), titles


def test_each_chapter_has_its_small_picture(visit, server):
    """Eight rows, eight pictures, which a screen reader passes over."""
    tab = visit().open(f"{server.address}/chapters/index.html?lang=en")
    content = "cells => cells.map(cell => getComputedStyle(cell, '::after').content)"
    found = tab.locator("#the-chapters td:first-child p").evaluate_all(content)
    assert len(found) == len(set(found)) == 8
    assert all(f.startswith('url("data:') and f.endswith('/ ""') for f in found), found


def test_verdicts_are_covered_until_asked_for(visit, server):
    """Without JavaScript too: a verdict unfolds, with word, shape and its link."""
    for script in (True, False):
        reader = visit(java_script_enabled=script)
        tab = reader.open(f"{server.address}/chapters/index.html")
        covered = tab.locator(VERDICT)
        assert covered.count() == 13
        links = covered.locator("a")
        assert not any(link.is_visible() for link in links.all())
        wrong = covered.nth(2)
        wrong.locator("summary").click()
        assert "✗" in wrong.inner_text() and "wrong for that net" in wrong.inner_text()
        assert wrong.locator("a").is_visible()
        assert "04_postmortem.html" in wrong.locator("a").get_attribute("href")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_verdicts_have_three_colors(visit, server, scheme):
    """What holds, holds partly and is wrong differ in both color modes."""
    tab = visit(color_scheme=scheme).open(f"{server.address}/chapters/index.html")
    color = "spans => spans.map(span => getComputedStyle(span).color)"
    found = tab.locator(f"{VERDICT} > span").evaluate_all(color)
    assert len(found) == 13 and len(set(found)) == 3


def test_first_page_asks_before_it_answers(visit, server):
    """A bet stands on the first screens, and no measured figure beside it."""
    tab = visit().open(f"{server.address}/chapters/index.html?lang=en")
    assert tab.locator("plusx-bet [data-do=lock]").is_visible()
    assert "%" not in tab.locator("article").inner_text().replace(
        "training error, %", ""
    )


@pytest.mark.parametrize("script", [True, False])
def test_checks_unfold_one_answer_at_a_time(visit, server, script):
    """An answer shows its reason; another one of the question closes it."""
    reader = visit(java_script_enabled=script)
    tab = reader.open(f"{server.address}/chapters/01_degradation.html")
    answers = tab.locator(".plusx-checks li").first.locator("details")
    reasons = answers.locator("p")
    for index in (0, 1):
        answers.nth(index).locator("summary").click()
        shown = [reason.is_visible() for reason in reasons.all()]
        assert shown == [place == index for place in range(3)]
    assert "✓" in reasons.nth(1).inner_text()


def test_first_page_trains_two_nets_when_asked(visit, address):
    """No Worker runs before the playground is near; then both nets train on a click."""
    reader = visit(viewport={"width": 1280, "height": 400})
    tab = reader.open(f"{address}/chapters/index.html?lang=en")
    playground = tab.locator("plusx-playground")
    assert tab.workers == []
    playground.scroll_into_view_if_needed()
    playground.get_by_role("button", name="Train", exact=True).click()
    tab.wait_for_function(
        "document.querySelector('plusx-playground').nets.every(n => n.steps > 5)"
    )
    assert len(tab.workers) == 2
    assert reader.faults == []


@pytest.mark.parametrize("hash_first", [True, False])
def test_playground_loads_for_the_setting_that_an_address_asks_for(
    visit, address, hash_first
):
    """Far from the reader it is a still; a link to a setting brings it with that."""
    reader = visit(viewport={"width": 1280, "height": 400})
    page = f"{address}/chapters/01_degradation.html"
    setting = "#fig-playground:layers=60"
    tab = reader.open(page + setting * hash_first)
    if not hash_first:
        assert tab.locator("plusx-playground .pg-ui").count() == 0
        tab.evaluate("setting => { location.hash = setting }", setting)
    slider = "document.querySelector('plusx-playground [data-id=layers]')"
    tab.wait_for_function(f"{slider}?.value === '60'")
    assert reader.faults == []

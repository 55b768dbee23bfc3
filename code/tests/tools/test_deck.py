"""Slides and handout: every part in both languages, answers after their questions."""

import re

import deck
import handout
import pytest
import slides
from bs4 import BeautifulSoup

from plusx import records
from plusx.bets import table

LANGUAGES = pytest.mark.parametrize("language", deck.LANGUAGES)
HAN = re.compile(r"[\u4e00-\u9fff]")


def sections(language):
    """The slides of a language, those below each other in one list."""
    soup = BeautifulSoup(slides.page(language), "html.parser")
    tops = soup.select(".slides > section")
    return [top.find_all("section", recursive=False) or [top] for top in tops]


@pytest.mark.slow
@LANGUAGES
def test_slides_speak_one_language(language):
    """Each slide has a text of its language and, in English, none of the other."""
    assert len(sections(language)) == len(deck.load()) >= 15
    for slide in [one for parts in sections(language) for one in parts]:
        text = slide.get_text() + "".join(
            d["aria-label"] for d in slide.select(".figure")
        )
        assert bool(HAN.search(text)) == (language == "zh"), text


@LANGUAGES
def test_answers_stand_below_their_question(language):
    """What was measured is on the second slide of a bet, and not on the first."""
    for part, shown in zip(deck.load(), sections(language), strict=True):
        if "bet" in part:
            question, answer = shown
            told = deck.measured(part["bet"], language)
            assert told in answer.get_text() and told not in question.get_text()
            assert not question.select(".figure")


def test_measured_values_are_those_of_the_records():
    """A spread with its unit once, a choice by its label, without a deviation alone."""
    bets = table.load_all()
    found = records.load("degradation")["results"]["long"]["plain"]["56"]["last"]
    expected = f"Measured: {found['mean']:.1f} ± {found['std']:.1f} %"
    assert deck.measured(bets["longer"], "en") == expected
    assert deck.measured(bets["addition-alone"], "zh") == "测得：有 +x"
    assert "±" not in deck.measured(bets["what-is-left"], "en")


@LANGUAGES
def test_figures_have_labels_of_their_language_alone(language):
    """Nothing that the notebook hides in a reader's program stays hidden."""
    text = deck.figure("ten-depth", language)
    drawing = BeautifulSoup(text, "html.parser")
    assert {name for tag in drawing.select("g[class]") for name in tag["class"]} == {
        f"lang-{language}"
    }
    assert "display:none" not in text
    assert "viewBox=" in text
    assert bool(HAN.search(drawing.div["aria-label"])) == (language == "zh")


@pytest.mark.parametrize(
    ("slide", "message"),
    [
        ({"title": ["One", "One"], "text": ["a", "甲"]}, "slide 3, title"),
        ({"bet": "nobody"}, "expected a bet of the book, got 'nobody'"),
        ({"check": "longer"}, "expected a check of the book, got 'longer'"),
        ({"bet": "longer", "figure": "x"}, "shows a figure 'x'"),
        ({"bet": "dead-block"}, "no record holds the truth"),
    ],
)
def test_faults_of_a_slide_are_named(slide, message):
    """An untranslated text, and names that nothing in the book has."""
    with pytest.raises(ValueError, match=message):
        deck.complete(slide, 3)


@pytest.mark.browser
@LANGUAGES
def test_slides_fit_the_screen(chromium, tmp_path, monkeypatch, language):
    """No text or figure of a slide is cut at its edge."""
    if not slides.REVEAL.exists():
        pytest.fail("reveal.js is missing: make slides installs it")
    slides.write(tmp_path, slides.REVEAL)
    tab = chromium.new_page(viewport={"width": 1280, "height": 720})
    tab.goto((tmp_path / f"{language}.html").as_uri())
    tab.wait_for_function("window.Reveal && Reveal.isReady()")
    size = "(s => [s.scrollWidth, s.scrollHeight])(Reveal.getCurrentSlide())"
    for _ in range(tab.evaluate("Reveal.getTotalSlides()")):
        width, height = tab.evaluate(size)
        assert width <= 1280 and height <= 720, tab.url
        tab.evaluate("Reveal.next()")
    assert tab.evaluate("Reveal.isLastSlide()")
    tab.close()


@pytest.mark.browser
def test_handout_has_two_pages(chromium, tmp_path):
    """Each language fits on both sides of a sheet; answers are on the second one."""
    for language in deck.LANGUAGES:
        tab = chromium.new_page()
        tab.set_content(handout.page(language))
        printed = tab.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
        questions, answers = tab.locator("section").all_inner_texts()
        told = [deck.measured(part["bet"], language) for part in handout.parts()]
        assert len(told) == 6 and all(text in answers for text in told)
        assert not any(text in questions for text in told)
        tab.close()

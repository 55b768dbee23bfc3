"""The pictures for shared links: one a page, and each says what the page says."""

import cards
import pytest
from PIL import Image

PAGES = cards.pages(cards.ROOT)


@pytest.mark.parametrize("page", PAGES)
def test_cards_say_what_the_page_says(page):
    """Title and question in both languages, in a small file of the usual size."""
    path = cards.CARDS / f"{page}.png"
    said = cards.text(cards.ROOT, page)
    assert [len(halves) for halves in said] == [2, 2]
    assert cards.shown(path) == said
    with Image.open(path) as picture:
        assert picture.size == (1200, 630)
    assert path.stat().st_size < 30_000


def test_cards_of_pages_alone_are_kept():
    """No card is left of a page that is gone."""
    names = {path.stem for path in cards.CARDS.glob("*.png")}
    assert names == {*PAGES, *(f"icon-{size}" for size in cards.ICONS)}


def test_cards_out_of_date_are_found(tmp_path, monkeypatch):
    """A changed title makes its card, and only that, one to be drawn anew."""
    monkeypatch.setattr(cards, "pages", lambda root: ["glossary", "teach"])
    chapters = tmp_path / "chapters"
    chapters.mkdir()
    for name in ("index", "glossary", "teach"):
        text = (cards.ROOT / f"chapters/{name}.md").read_text("utf8")
        changed = text.replace("# Glossary ·", "# Words ·")
        (chapters / f"{name}.md").write_text(changed, "utf8")
    assert list(cards.outdated(tmp_path)) == ["glossary"]


@pytest.mark.browser
def test_cards_hold_their_text(chromium):
    """Nothing of the longest titles lies outside of the picture; there is ink."""
    texts = [cards.text(cards.ROOT, page) for page in PAGES]
    longest = max(texts, key=lambda said: len(said[0][0]))
    picture = cards.draw(chromium, longest).convert("L")
    left, top, right, bottom = picture.point(lambda v: 255 * (v < 200)).getbbox()
    assert left >= 70 and right <= 1130 and top >= 70 and bottom <= 560

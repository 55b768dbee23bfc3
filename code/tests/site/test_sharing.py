"""Addresses, languages, pictures and entries of pages: where the address is known."""

from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import address
import books
import pytest
from bs4 import BeautifulSoup

from plusx_site import sharing

SITE = "https://ada.github.io/one-plus-x/"
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The miniature book, built as GitHub's workflow does in a fork."""
    folder = tmp_path_factory.mktemp("published") / "book"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_ACTIONS", "true")
        patch.setenv("GITHUB_REPOSITORY", "Ada/one-plus-x")
        return books.build(books.write(folder, books.good_pages()))


def head(built, page):
    """The head of a page."""
    return BeautifulSoup((built.site / page).read_text("utf-8"), "html.parser").head


@pytest.mark.slow
def test_published_pages_name_their_address_and_languages(published):
    """Canonical address, one for each language, and the picture that is there."""
    found = head(published, "chapters/mini.html")
    own = f"{SITE}chapters/mini.html"
    assert found.select_one('link[rel="canonical"]')["href"] == own
    assert found.select_one('meta[property="og:url"]')["content"] == own
    named = {tag["hreflang"]: tag["href"] for tag in found.select("[hreflang]")}
    assert named == {
        "en": f"{own}?lang=en", "zh-Hans": f"{own}?lang=zh", "x-default": own,
    }  # fmt: skip
    picture = found.select_one('meta[property="og:image"]')["content"]
    assert picture == found.select_one('meta[name="twitter:image"]')["content"]
    assert (published.site / picture.removeprefix(SITE)).exists()
    assert len(found.select('meta[name="viewport"]')) == 1
    for name in ("twitter:card", "twitter:title", "twitter:description"):
        assert found.select_one(f'meta[name="{name}"]')["content"]


@pytest.mark.slow
def test_root_page_describes_the_first_page(published):
    """Who shares the bare address shares the first page."""
    found = head(published, "index.html")
    (first, *_) = books.good_pages()
    own = f"{SITE}chapters/{first}.html"
    assert found.select_one('link[rel="canonical"]')["href"] == own
    assert found.select_one('meta[property="og:title"]')["content"]
    assert found.select_one('meta[name="description"]')["content"]
    assert found.select_one('link[rel="icon"]')


@pytest.mark.slow
def test_site_map_lists_every_page_once(published):
    """All pages of the book, each with its languages; not the search nor the 404."""
    tree = ElementTree.parse(published.site / "sitemap.xml")
    found = [tag.text for tag in tree.findall("s:url/s:loc", MAP)]
    pages = [Path(name).stem for name in books.good_pages()]
    assert sorted(found) == sorted(f"{SITE}chapters/{page}.html" for page in pages)
    assert len(list(tree.iter("{http://www.w3.org/1999/xhtml}link"))) == 3 * len(pages)


@pytest.mark.slow
def test_missing_page_stands_at_any_depth(published, good_book):
    """The page for missing ones says so in both languages and finds its styles."""
    page = (published.site / "404.html").read_text("utf-8")
    assert 0 < page.index('<base href="/one-plus-x/"') < page.index('rel="stylesheet"')
    assert "Page not found" in page and "没有这一页" in page
    assert '<meta name="robots" content="noindex"' in page
    assert "<base" not in (good_book.site / "404.html").read_text("utf-8")


@pytest.mark.slow
def test_unknown_address_stands_nowhere(good_book):
    """No page names an address, a placeholder least of all; there is no site map."""
    assert not (good_book.site / "sitemap.xml").exists()
    for page in good_book.site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "hreflang" not in text and "og:url" not in text
        assert 'rel="canonical"' not in text and "og:image" not in text
    assert "url =" not in good_book.page("mini") and "@misc" in good_book.page("mini")


@pytest.mark.slow
def test_every_page_is_cited_with_its_address(published):
    """An entry for each language, with the title in it and the address of the page."""
    soup = BeautifulSoup(published.page("mini"), "html.parser")
    english, chinese = (tag.get_text() for tag in soup.select(".cite pre"))
    title = soup.select_one('meta[property="og:title"]')["content"]
    for half, entry in zip(title.split(" · "), (english, chinese), strict=True):
        assert f"  title = {{{{{half}}}}}," in entry
        assert f"  url = {{{SITE}chapters/mini.html}}," in entry
        assert entry.startswith("@misc{oneplusx_mini,") and entry.endswith("}")
    assert soup.select(".cite pre")[1]["lang"] == "zh-Hans"


def test_entries_escape_what_means_something_to_tex():
    """A percent sign or an ampersand of a title does not break a bibliography."""
    book = {"title": "Book", "author": "A & B", "year": "2026", "version": "1.0"}
    entry = sharing.bibtex("chapters/01_a", "50 % #1", "https://a.example/b_c", book)
    assert r"{{50 \% \#1}}" in entry and r"A \& B" in entry
    assert "url = {https://a.example/b_c}" in entry and "version 1.0" in entry
    assert entry.startswith("@misc{oneplusx_a,")


def test_pages_without_a_card_share_that_of_the_book():
    """The glossary has its own; a page that nobody has drawn has the book's."""
    assert sharing.card("chapters/glossary") == "_static/cards/glossary.png"
    assert sharing.card("chapters/nobody") == "_static/cards/index.png"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("git@github.com:Ada/one-plus-x.git", SITE),
        ("https://github.com/ada/one-plus-x", SITE),
        ("https://git.example/ada/one-plus-x", ""),
        (None, ""),
    ],
)
def test_address_comes_from_origin_at_home(tmp_path, monkeypatch, origin, expected):
    """By https and by ssh; elsewhere than on GitHub, or without one, there is none."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    config = "repository:\n  url: https://example.org/one-plus-x\n"
    (tmp_path / "_config.yml").write_text(config, "utf8")
    said = SimpleNamespace(stdout=origin or "")
    monkeypatch.setattr(address.repository.subprocess, "run", lambda *a, **k: said)
    assert address.find(tmp_path) == expected


def test_address_set_by_hand_stays(tmp_path):
    """A domain of one's own in `html_baseurl` is not replaced."""
    config = SimpleNamespace(html_baseurl="https://book.example/")
    address.set_address(SimpleNamespace(confdir=tmp_path), config)
    assert config.html_baseurl == "https://book.example/"


@pytest.mark.browser
def test_page_asked_for_in_a_language_is_canonical_in_it(chromium, published):
    """What a search engine sees of `?lang=zh` names itself, not another page."""
    tab = chromium.new_page()
    tab.goto(f"{(published.site / 'chapters/mini.html').as_uri()}?lang=zh")
    href = tab.locator('link[rel="canonical"]').get_attribute("href")
    assert href == f"{SITE}chapters/mini.html?lang=zh"
    tab.close()

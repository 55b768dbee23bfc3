"""A figure where a notebook is not trusted, and its name for screen readers."""

import re
import sys
from pathlib import Path

import pytest
from explorer_pages import ALT, PAGE

pytestmark = pytest.mark.browser
AXE = Path(sys.prefix, "npm/node_modules/axe-core/axe.min.js")
#: What JupyterLab takes out of an output that it does not trust (tried with 4.6).
STRIPPED = re.compile(
    r"<(style|svg|script)\b.*?</\1>|</?plusx-[a-z]+[^>]*>"
    r"| (?:role|aria-[a-z]+)=\"[^\"]*\"",
    re.S,
)


@pytest.fixture(scope="module")
def bodies(explorer_folder):
    """The body of the page with explorers: as it is, and without trust."""
    text = (explorer_folder / "en.html").read_text("utf8")
    body = re.search(r"<body>(.*)</body>", text, re.S)[1]
    return {"trusted": body, "untrusted": STRIPPED.sub("", body)}


@pytest.fixture
def show(visit, bodies, tmp_path):
    """A function that opens a bare notebook's output, trusted or not."""

    def open_page(kind, **options):
        page = PAGE.format(lang='lang="en"', style="", body=bodies[kind])
        (tmp_path / "bare.html").write_text(page, "utf8")
        return visit(**options).open((tmp_path / "bare.html").as_uri())

    return open_page


def test_untrusted_notebook_shows_a_picture_and_says_so(show):
    """Each figure has its notice, its alternative text and a picture that loads."""
    page = show("untrusted")
    assert page.locator("svg, script, plusx-product").count() == 0
    figures = page.locator("figure")
    for k in range(figures.count()):
        said = figures.nth(k).inner_text()
        assert "not trusted" in said and "没有受到信任" in said
        assert all(text in said for text in ALT)
        image = figures.nth(k).locator("img")
        assert image.is_visible()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert figures.count() == page.locator("img").count() > 4


def test_picture_of_an_untrusted_notebook_is_dark_on_light(show):
    """It has a ground of its own, so that a dark theme does not swallow it."""
    page = show("untrusted", color_scheme="dark")
    corner = page.locator("img").first.evaluate(
        """async image => {
          await image.decode();
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.drawImage(image, 0, 0);
          return [...canvas.getImageData(1, 1, 1, 1).data];
        }"""
    )
    assert corner == [255, 255, 255, 255]


def test_trusted_notebook_shows_nothing_of_it(show):
    """Notice and picture are hidden where the style sheet is left in."""
    page = show("trusted")
    assert page.locator(".px-untrusted").count() > 4
    assert not any(
        page.locator(".px-untrusted").nth(k).is_visible()
        for k in range(page.locator(".px-untrusted").count())
    )


@pytest.mark.parametrize(("mode", "place"), [("en", 0), ("zh", 1)])
def test_figure_is_read_in_the_language_of_the_page_alone(
    visit, explorer_folder, mode, place
):
    """Without a script the still figure is one image, with one name."""
    reader = visit(java_script_enabled=False)
    page = reader.open(f"{explorer_folder.as_uri()}/{mode}.html")
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    named = [
        node["name"]["value"]
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in ("image", "img")
    ]
    assert set(named) == {ALT[place]}
    assert len(named) == page.locator("figure").count()


@pytest.mark.parametrize("mode", ["en", "zh", "both"])
def test_explorers_have_no_barrier_that_axe_knows(visit, explorer_folder, mode):
    """Names, roles, contrast: nothing is violated in any mode."""
    page = visit().open(f"{explorer_folder.as_uri()}/{mode}.html")
    page.add_script_tag(content=AXE.read_text("utf-8"))
    found = page.evaluate(
        """() => axe.run("figure", { runOnly: ["wcag2a", "wcag2aa", "wcag22aa"] })
          .then(({ violations }) => violations.map(({ help }) => help))"""
    )
    assert found == []

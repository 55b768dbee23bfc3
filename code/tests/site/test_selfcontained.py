"""Pages that ask for nothing elsewhere and load nothing that they do not use."""

import re
from types import SimpleNamespace

import books
import pytest
from books.cells import markdown
from books.pages import TITLE_PAGE
from bs4 import BeautifulSoup
from docutils import nodes

from plusx_site import description, selfcontained, stylesheets

LEAVING = [
    ('<img src="https://example.org/a.png">', "https://example.org/a.png"),
    ("<script async src=//cdn.example/x.js></script>", "//cdn.example/x.js"),
    ('<link rel="stylesheet" href="http://example.org/a.css">', "http://example.org"),
    ('<div style="background: url(https://example.org/b.png)">', "https://example"),
    ("<style>@import 'https://example.org/c.css'</style>", "https://example.org/c"),
    ('<iframe title="a" src="https://example.org/">', "https://example.org/"),
    ('<svg><image xlink:href="https://example.org/d.svg"/>', "https://example.org/d"),
]
STAYING = [
    '<a href="https://example.org/paper">paper</a>',
    '<a class="reference external" href="https://example.org/">x</a>',
    '<img src="../_images/a.png">',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="#mj1"/></svg>',
    '<img src="data:image/png;base64,AAAA">',
    "<p>The address https://example.org is only text.</p>",
]


def script(name=None, body=None):
    """Return an entry of a page's scripts, as Sphinx has it."""
    return SimpleNamespace(filename=name, attributes={"body": body} if body else {})


@pytest.mark.parametrize(("html", "address"), LEAVING)
def test_request_outside_is_found(html, address):
    """Whatever a browser would fetch by itself counts as a request."""
    (found,) = selfcontained.requests(f"<p>words</p>{html}")
    assert found.startswith(address)


def test_page_has_each_script_once():
    """The first of equal ones stays; so do another one, and data."""
    one, other = "<script>\na();</script>", "<script>\nb();</script>"
    data = '<script type="application/json">1</script>'
    kept = f"<p>1</p>{one}{data}<style>x</style>{other}"
    again = f"<p>2</p>{one}{data}<style>x</style>{other}<p>3</p>"
    trimmed = selfcontained.without_repeats(kept + again)
    assert trimmed == f"{kept}<p>2</p>{data}<p>3</p>"


def letter(name, outline):
    """A letter of a figure, and where it is used."""
    return (
        f'<path d="{outline}" transform="scale(0.1)" id="fig-{name}" />',
        f'<use x="3" href="#fig-{name}" />',
    )


def test_figures_of_a_page_share_their_letters():
    """The first figure that has an outline keeps it, and the others refer to it."""
    (a, use_a), (b, use_b) = letter("one-0", "M0 0"), letter("one-1", "M1 1")
    (again, use_again), (new, use_new) = letter("two-0", "M1 1"), letter("two-1", "M2")
    elsewhere = '<a href="#fig-two">figure</a>'
    page = f"{a}{b}{use_a}{use_b}<p>x</p>{again}{new}{use_again}{use_new}{elsewhere}"
    assert selfcontained.with_each_letter_once(page) == (
        f"{a}{b}{use_a}{use_b}<p>x</p>{new}{use_b}{use_new}{elsewhere}"
    )


@pytest.mark.parametrize("html", STAYING)
def test_link_and_local_file_are_no_request(html):
    """A link waits for a click; a local file, data and names of formats are fine."""
    assert selfcontained.requests(html) == []


@pytest.mark.parametrize(
    ("asset", "body", "expected"),
    [
        (script("_static/copybutton.js?v=1"), '<div class="highlight">', True),
        (script("_static/copybutton.js?v=1"), "<p>no code</p>", False),
        (script("_static/design-tabs.js"), '<div class="sd-card">', False),
        (script("_static/design-tabs.js"), '<div class="sd-tab-set">', True),
        (script("_static/sphinx-thebe.js"), '<div class="cell">', False),
        (script(None, "const THEBE_JS_URL = '…'"), "", False),
        (script(None, "let toggleHintShow = '…';"), "", False),
        (script("_static/doctools.js"), "", True),
        (script("_static/bilingual.js"), "", True),
    ],
)
def test_asset_is_loaded_where_it_is_used(asset, body, expected):
    """Scripts and styles follow what stands on the page."""
    assert selfcontained.is_used(asset, body) is expected


def test_style_sheet_loses_its_icon_font_alone():
    """Rules of Font Awesome go, among them the font; the rules around them stay."""
    css = (
        "a{color:red}.fa-bars:before{content:'x'}@font-face{font-family:Font Awesome 6;"
        "src:url(fa.woff2)}@keyframes fa-spin{0%{opacity:0}to{opacity:1}}b{margin:0}"
        ".fas,.fa{font-weight:900}@media print{p{margin:0}}"
    )
    expected = "a{color:red}b{margin:0}@media print{p{margin:0}}"
    assert stylesheets.without_icons(css) == expected


def test_style_sheet_keeps_what_a_page_may_use():
    """A selector goes with a class that no page has; all that is uncertain stays."""
    css = (
        '@charset "x;{";:root{--a:1}.known,.gone{color:red}.gone b{top:0}'
        "@media print{.gone{top:0}}@media print{.known{top:0}.gone{top:0}}"
        "a:not(.gone){top:0}:is(.gone,.known) i,.known>.gone{top:0}"
        '.w-1\\/2{top:0}@keyframes gone{to{top:0}}.known:after{content:"}"}'
        ".bs-tip-auto{top:0}"
    )
    assert stylesheets.only_used(css, {"known", "bs-"}) == (
        '@charset "x;{";:root{--a:1}.known{color:red}'
        "@media print{.known{top:0}}"
        "a:not(.gone){top:0}:is(.gone,.known) i{top:0}"
        '.w-1\\/2{top:0}@keyframes gone{to{top:0}}.known:after{content:"}"}'
        ".bs-tip-auto{top:0}"
    )


def test_style_sheet_loses_its_comments():
    """What its authors tell each other goes, over several lines too."""
    css = "/* why */a{color:red}/* two\nlines */b{margin:0}"
    assert stylesheets.without_comments(css) == "a{color:red}b{margin:0}"


def test_broken_style_sheet_is_refused():
    """A brace that nothing closes is named instead of half a sheet being written."""
    with pytest.raises(ValueError, match=r"never closes '\.a\{'"):
        stylesheets.only_used(".a{color:red", {"a"})


def paragraph(language, text):
    """Return a block in a language with one paragraph."""
    block = nodes.container(classes=[f"lang-{language}"])
    return block.__iadd__(nodes.paragraph("", text))


def test_summary_is_the_first_paragraph_of_its_language():
    """Each language has its own description, cut at a word."""
    page = nodes.section()
    page += [paragraph("en", "Short words."), paragraph("zh", "短短几个字。")]
    assert description.summary(page, "en") == "Short words."
    assert description.summary(page, "zh") == "短短几个字。"
    long = nodes.section("", paragraph("en", "word, " * 100))
    cut = description.summary(long, "en")
    assert cut.endswith("word…") and len(cut) <= description.SUMMARY_LENGTH + 1


@pytest.mark.slow
def test_built_page_loads_local_files_that_exist(good_book):
    """Each script, style and picture of each page is a file of the site."""
    for page in good_book.site.rglob("*.html"):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        named = [tag["src"] for tag in soup.select("[src]")]
        named += [tag["href"] for tag in soup.select("link[href]")]
        files = [
            name.partition("?")[0] for name in named if name[:5] not in ("#", "data:")
        ]
        assert [name for name in named if re.match(r"(https?:)?//", name)] == []
        assert [name for name in files if not (page.parent / name).exists()] == []


@pytest.mark.slow
def test_built_site_has_no_dead_weight(good_book):
    """Font Awesome, thebe and translations of the theme are not in the site."""
    names = [path.name for path in good_book.site.rglob("*")]
    heavy = ("fontawesome", "thebe", "locales", "require")
    assert [name for name in names if any(word in name for word in heavy)] == []
    sheet = good_book.site / "_static" / "styles" / "pydata-sphinx-theme.css"
    assert "@font-face" not in sheet.read_text("utf-8")


@pytest.mark.slow
def test_built_page_describes_itself(good_book):
    """Search engines and previews get a title and a description in both languages."""
    soup = BeautifulSoup(good_book.page("mini"), "html.parser")
    description = soup.select_one('meta[name="description"]')["content"]
    assert description.startswith("Train a network with 20 layers")
    assert "先训练一个 20 层的网络" in description
    assert soup.select_one('meta[property="og:title"]')["content"].startswith("Deeper")
    icons = [link["href"].rpartition("/")[2] for link in soup.select('[rel="icon"]')]
    assert icons == ["icon-32.png", "favicon.svg"]


@pytest.mark.slow
def test_request_outside_fails_the_build_and_is_named(tmp_path):
    """A picture from elsewhere on one page fails the build with the page's name."""
    picture = "![a](https://example.org/a.png)"
    cells = [
        markdown("# A picture · 一幅图"),
        markdown(f"Look: {picture}", "en"),
        markdown(f"请看：{picture}", "zh"),
    ]
    pages = {"index": TITLE_PAGE, "bad": cells}
    built = books.build(books.write(tmp_path / "book", pages))
    assert built.status != 0
    (line, *_) = [li for li in built.log.splitlines() if "would ask for" in li]
    assert "chapters/bad" in line and "https://example.org/a.png" in line

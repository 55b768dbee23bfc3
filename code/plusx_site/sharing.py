"""Pages that are found, shared and cited: addresses, pictures, a site map, an entry.

Whatever needs the address of the site is written where Sphinx knows it
(`html_baseurl`), and left out elsewhere: no page names an address that is none. The
pictures are drawn by `code/tools/cards.py`.
"""

import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape as xml

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from .description import WAY_IN
from .two_languages import LANGUAGES, split

CARDS = Path(__file__).parent / "static" / "cards"
SIZE = (1200, 630)
#: No page of the book: neither in the site map nor to be found by a search engine.
APART = ("404", "search", "genindex")
HIDDEN = '\n    <meta name="robots" content="noindex" />'
ICON = '\n    <link rel="{rel}" href="{href}" sizes="{size}x{size}" />'


def in_language(address: str, language: str) -> str:
    """The address of a page in one language."""
    return f"{address}?lang={language}"


def translations(address: str) -> list[tuple[str, str]]:
    """The languages of a page, as search engines call them, each with its address."""
    named = [(code, in_language(address, key)) for key, code in LANGUAGES.items()]
    return [*named, ("x-default", address)]


def card(page: str) -> str:
    """The picture of a page below `_static`; the book's own where it has none."""
    name = f"{page.rpartition('/')[2]}.png"
    return f"_static/cards/{name if (CARDS / name).exists() else 'index.png'}"


def tags(page: str, base: str, address: str, title: str) -> str:
    """What the head of a page says of its address, its languages and its picture."""
    found = [
        ("property", "og:url", address),
        ("property", "og:image", urljoin(base, card(page))),
        ("property", "og:image:width", SIZE[0]),
        ("property", "og:image:height", SIZE[1]),
        ("property", "og:image:alt", title),
        ("name", "twitter:image", urljoin(base, card(page))),
    ]
    metas = [
        f'<meta {kind}="{name}" content="{escape(str(text))}" />'
        for kind, name, text in found
    ]
    links = [
        f'<link rel="alternate" hreflang="{code}" href="{escape(place)}" />'
        for code, place in translations(address)
    ]
    return "".join(f"\n    {line}" for line in metas + links)


def icons(pathto) -> str:
    """Pictures of the book for a tab that draws no SVG, and for a phone's screen."""
    sizes = {"icon": 32, "apple-touch-icon": 180}
    return "".join(
        ICON.format(
            rel=rel, href=pathto(f"_static/cards/icon-{size}.png", 1), size=size
        )
        for rel, size in sizes.items()
    )


def share_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Add to the head of a page what others need to link to it, and its entry."""
    base = app.config.html_baseurl
    head = icons(context["pathto"])
    address = context.get("pageurl") or ""
    if page in APART:
        head += HIDDEN
    if base and (doctree is not None or page == WAY_IN):
        address = target(app, base) if page == WAY_IN else address
        context["pageurl"] = address
        head += tags(page, base, address, plain(context.get("title", "")))
    if base and page == "404":  # it may stand at any depth
        head = f'\n    <base href="{escape(urlsplit(base).path)}" />{head}'
    context["metatags"] = context.get("metatags", "") + head
    if doctree is not None:
        title = plain(app.env.titles[page].astext())
        context["citations"] = [
            bibtex(page, half, address, edition(app))
            for half in split(title) or [title]
        ]


def target(app: Sphinx, base: str) -> str:
    """The address of the first page, to which that of the site leads."""
    return urljoin(base, app.builder.get_target_uri(app.config.root_doc))


def plain(title: str) -> str:
    """A title without markup and without breaks."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", title)).split())


def edition(app: Sphinx) -> dict[str, str]:
    """What is the same in the entries of all pages: book, authors, year, version."""
    known = {
        "title": app.config.html_title or app.config.project,
        "author": app.config.author,
        "year": app.config.copyright,
    }
    path = Path(app.confdir) / "CITATION.cff"
    said = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    return known | {key: said[key] for key in ("title", "version") if key in said}


def bibtex(page: str, title: str, address: str, book: dict[str, str]) -> str:
    """A page as an entry of BibTeX; without an address that nobody knows."""
    version = f", version {book['version']}" if "version" in book else ""
    fields = {
        "title": f"{{{title}}}",
        "author": f"{{{book['author']}}}",
        "howpublished": f"{book['title']}{version}",
        "year": book["year"],
    }
    name = re.sub(r"\W+", "_", re.sub(r"^\d+_", "", page.rpartition("/")[2]))
    lines = [f"  {key} = {{{tex(text)}}}," for key, text in fields.items() if text]
    lines += [f"  url = {{{address}}},"] if address else []
    return "\n".join([f"@misc{{oneplusx_{name},", *lines, "}"])


def tex(text: str) -> str:
    """A text in which no sign means anything to TeX."""
    return re.sub(r"([&%#_])", r"\\\1", text)


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """List the pages of the site with their languages, where its address is known."""
    base = app.config.html_baseurl
    if exception or app.builder.format != "html" or not base:
        return
    rows = []
    for page in sorted(app.env.all_docs):
        address = urljoin(base, app.builder.get_target_uri(page))
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{xml(place)}"/>'
            for code, place in translations(address)
        )
        rows.append(f"<url><loc>{xml(address)}</loc>{links}</url>\n")
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    names = f'xmlns="{space}" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    text = f"{head}<urlset {names}>\n{''.join(rows)}</urlset>\n"
    (Path(app.outdir) / "sitemap.xml").write_text(text, "utf-8")

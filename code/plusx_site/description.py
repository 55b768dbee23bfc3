"""What a page says about itself: for search engines, previews and shared links."""

import re
from html import escape

from docutils import nodes
from sphinx.application import Sphinx

SUMMARY_LENGTH = 180
#: The address of the site, which leads to its first page and says the same of itself.
WAY_IN = "index"
#: docutils writes it into the tags of a page, and Sphinx's own layout above them.
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')


def summary(doctree: nodes.Element, language: str) -> str:
    """Return the first sentences of a page in a language, or an empty text."""
    for block in doctree.findall(nodes.Element):
        if f"lang-{language}" not in block.get("classes", ()):
            continue
        for paragraph in block.findall(nodes.paragraph):
            text = " ".join(paragraph.astext().split())
            if len(text) <= SUMMARY_LENGTH:
                return text
            return text[:SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(",;:，；：") + "…"
    return ""


def describe_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Say in the head of a page what it is about, for search engines and previews."""
    if page == WAY_IN:
        doctree = app.env.get_doctree(app.config.root_doc)
        context["title"] = app.env.titles[app.config.root_doc].astext()
    if doctree is None:
        return
    english, chinese = (summary(doctree, language) for language in ("en", "zh"))
    title = re.sub(r"<[^>]+>", "", context.get("title", ""))
    found = [
        ("name", "description", " · ".join(filter(None, (english, chinese)))),
        ("property", "og:title", title),
        ("property", "og:description", english),
        ("property", "og:site_name", app.config.html_title or app.config.project),
        ("property", "og:type", "article"),
        ("property", "og:locale", "en_GB"),
        ("property", "og:locale:alternate", "zh_CN"),
        ("name", "twitter:card", "summary_large_image"),
        ("name", "twitter:title", title),
        ("name", "twitter:description", english),
    ]
    tags = "".join(
        f'\n    <meta {kind}="{name}" content="{escape(text)}" />'
        for kind, name, text in found
        if text
    )
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", "")) + tags

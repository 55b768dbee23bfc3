"""Pages that need nothing from elsewhere, and load nothing that they do not use.

No request leaves the site: a page that would make one is a warning, so the build fails.
What the theme and the extensions load on every page is left out where the page has no
use for it, and what no page uses is taken out of the site.
"""

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from . import stylesheets

logger = logging.getLogger(__name__)

#: Files by a part of their name, and what the text of a page holds when it uses them.
USED_WITH = {
    "clipboard": 'class="highlight',
    "copybutton": 'class="highlight',
    "mystnb": 'class="cell',
    "sphinx-design": "sd-",
    "design-tabs": "sd-tab",
    "rows.css": 'id="the-chapters"',
}
#: Files and inline scripts that no page of this book uses; folds.py makes the folds.
NEVER_USED = ("thebe", "THEBE", "toggle")
#: What the theme and Sphinx copy into every site and no page of this one loads.
DEAD_WEIGHT = (
    "locales",
    "vendor/fontawesome",
    "scripts/fontawesome.js*",
    "scripts/*.map",
    "styles/*.map",
    "sphinx-thebe.*",
    "togglebutton.*",
    "*webpack-macros.html",
    "*.png",
)
#: What each output brings that needs it; said again, it changes nothing on the page.
REPEATED = re.compile(r"<(script|style)>.*?</\1>", re.S)
#: A letter of a figure, drawn once in it and then used by its name.
LETTER = re.compile(r'<path d="([^"]*)" transform="([^"]*)" id="(fig-[^"]*)" />')
#: A reference that a browser follows by itself; a link waits for a click.
REQUEST = re.compile(
    r"""<(?!a\b)[a-z][\w-]*\b[^>]*?\s(?:src|srcset|data|poster|href|xlink:href)
        =["']?\s*((?:https?:)?//[^"'\s>]+)
      | (?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""",
    re.X | re.I,
)


def is_used(asset: object, body: str) -> bool:
    """Say whether a page with this text uses a script or a style sheet.

    Args:
        asset: an entry of `script_files` or `css_files` of a page.
        body: the HTML of the page's text.
    """
    name = Path(str(getattr(asset, "filename", asset) or "").partition("?")[0]).name
    code = getattr(asset, "attributes", {}).get("body") or ""
    if any(word in name or word in code for word in NEVER_USED):
        return False
    markers = [mark for part, mark in USED_WITH.items() if part in name]
    return all(mark in body for mark in markers)


def requests(html: str) -> list[str]:
    """Return the addresses outside the site that a browser would ask for."""
    return [one or other for one, other in REQUEST.findall(html)]


def without_repeats(body: str) -> str:
    """Leave out each script and style sheet that stood before, to the character."""
    seen: set[str] = set()

    def once(found: re.Match) -> str:
        new = found[0] not in seen
        seen.add(found[0])
        return found[0] * new

    return REPEATED.sub(once, body)


def with_each_letter_once(body: str) -> str:
    """Let the figures of a page share the letters that they have in common."""
    first: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}

    def once(found: re.Match) -> str:
        outline, scale, name = found.groups()
        names[name] = first.setdefault((outline, scale), name)
        return found[0] * (names[name] == name)

    def renamed(found: re.Match) -> str:
        return f'href="#{names.get(found[1], found[1])}"'

    return re.sub(r'href="#(fig-[^"]*)"', renamed, LETTER.sub(once, body))


def trim_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Leave out what a page does not use; refuse what would leave the site."""
    body = with_each_letter_once(without_repeats(context.get("body") or ""))
    context["body"] = body
    for kind in ("script_files", "css_files"):
        assets = context.get(kind, [])
        context[kind] = [asset for asset in assets if is_used(asset, body)]
    named = [str(getattr(f, "filename", f)) for f in context.get("script_files", [])]
    named += [str(getattr(f, "filename", f)) for f in context.get("css_files", [])]
    outside = [name for name in named if re.match(r"(?:https?:)?//", name)]
    for address in outside + requests(body):
        message = "the page would ask for %s, which is not part of the site"
        kind = {"type": "plusx", "subtype": "request"}
        logger.warning(message, address, location=page, **kind)


def clean_site(app: Sphinx, exception: Exception | None) -> None:
    """Take out of the built site what no page loads."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in DEAD_WEIGHT:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    known = stylesheets.words(Path(app.outdir))
    for sheet in static.rglob("*.css"):
        css = stylesheets.without_comments(sheet.read_text("utf-8"))
        if sheet.name == "pydata-sphinx-theme.css":
            css = stylesheets.without_icons(css)
        sheet.write_text(stylesheets.only_used(css, known), "utf-8")


def no_widget_scripts(app: Sphinx, config: Config) -> None:
    """Keep MyST-NB from loading the scripts of live widgets from a public server."""
    config.nb_ipywidgets_js = {}

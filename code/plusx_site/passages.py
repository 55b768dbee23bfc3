"""The pages as the search from the disk reads them, where no page may read another.

`search.js` shows passages of the pages that it finds. A server sends it those pages.
From the disk it loads `_static/passages/PAGE.js`, a script that hands over the page's
article without drawings and scripts.
"""

import json
import re
from pathlib import Path

from sphinx.application import Sphinx

ARTICLE = re.compile(r"<article\b.*</article>", re.S)
DRAWN = re.compile(r"<(svg|script|style)\b.*?</\1>", re.S)
FOLDER = "_static/passages"


def script(name: str, html: str) -> str:
    """Return the script of a page, or an empty text if it has no article."""
    if not (article := ARTICLE.search(html)):
        return ""
    text = json.dumps(DRAWN.sub("", article[0]), ensure_ascii=False)
    return f"plusxPassages({json.dumps(name)}, {text});\n"


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the scripts of all pages; the event `build-finished`."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for name in sorted(app.env.found_docs):
        page = site / f"{name}.html"
        path = site / FOLDER / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script(name, page.read_text("utf-8")), "utf-8")

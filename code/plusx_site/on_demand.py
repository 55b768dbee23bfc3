"""What a page loads when a reader comes near: scripts that say so, and their data.

`<script data-on-demand="NAME">` runs once the element with the id NAME is almost in
sight, or the address asks for a state of it (`#NAME:…`). What such scripts hold, code
and JSON, becomes files of the site, named by their content: a page that nobody scrolls
stays light, and pages share what they have in common. A file is loaded as a script,
since a page opened from the disk may not fetch.
"""

import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "_static/on-demand"
SCRIPT = re.compile(
    r'<script( type="application/json")? data-on-demand="([\w-]+)">(.*?)</script>',
    re.S,
)
LOADER = (Path(__file__).parent / "on_demand.js").read_text("utf-8")


def split(body: str, root: str) -> tuple[str, dict[str, str]]:
    """Take out of a page what it loads on demand.

    Args:
        body: the HTML of the page's text.
        root: the way from the page to the root of the site.

    Returns:
        the body with a loader where the code stood, and the new files by their names.
    """
    files: dict[str, str] = {}
    sources: dict[str, list[str]] = {}
    for json_type, name, text in SCRIPT.findall(body):
        if json_type:
            place = f"""document.querySelector('[data-on-demand="{name}"]')"""
            text = f"{place}.textContent = {json.dumps(text, ensure_ascii=False)};\n"
        file = hashlib.sha256(text.encode()).hexdigest()[:12] + ".js"
        files[file] = text
        sources.setdefault(name, []).append(f"{root}{FOLDER}/{file}")

    def lighter(found: re.Match) -> str:
        json_type, name, _ = found.groups()
        if json_type:
            return f'<script{json_type} data-on-demand="{name}"></script>'
        call = LOADER.replace('"NAME"', json.dumps(name))
        call = call.replace('"SOURCES"', json.dumps(sources[name]))
        return f"<script>\n{call}</script>"

    return SCRIPT.sub(lighter, body), files


def split_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Write the scripts of a page that wait for the reader into files of their own."""
    body, files = split(context.get("body") or "", "../" * page.count("/"))
    context["body"] = body
    folder = Path(app.outdir, FOLDER)
    for file, text in files.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, "utf-8")

"""A Sphinx extension: the copies of the chapters in the site, and the ways to them.

The header of a page offers its copies in the language of the page: to download, and
where the address of the repository is known to open in Colab or Kaggle. Both open
files of GitHub alone; the workflow that publishes puts the copies on a branch there.
"""

from pathlib import Path

import copies
import nbformat
import repository
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from plusx_site import notebook_form

logger = logging.getLogger(__name__)
FOLDER = "students"
CODES = {"en": "en", "zh": "zh-Hans"}
MENU = {
    "read": ("Notebook, to read", "笔记本，阅读用"),
    "work": ("Notebook, to work in", "笔记本，练习用"),
    "teach": ("Notebook, solutions at its end", "笔记本，解答在最后"),
}
PROGRAMS = {
    "Colab": repository.COLAB + "/{name}/blob/{file}",
    "Kaggle": "https://kaggle.com/kernels/welcome?src=https://github.com/{name}/blob/{file}",
}
OPEN = ("Open in {}", "在 {} 中打开")


def add_buttons(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Offer a page's copies instead of its source, which holds both languages."""
    path = Path(app.srcdir, f"{page}.ipynb")
    groups = {group.get("label"): group for group in context.get("header_buttons", [])}
    if "download-buttons" not in groups or not path.exists():
        return
    try:
        notebook_form.read(path.read_text("utf-8"))
    except notebook_form.NotebookError:  # said when it was read
        return
    kinds = copies.kinds(nbformat.read(path, 4))
    offered = groups["download-buttons"]
    others = [one for one in offered["buttons"] if one["type"] != "link"]
    offered["buttons"] = [*downloads(path.name, kinds, context["pathto"]), *others]
    url = repository.current(Path(app.srcdir))
    if url == repository.PLACEHOLDER:
        return
    launching = groups.get("launch-buttons")
    if launching is None:
        launching = launch_group()
        context["header_buttons"].insert(0, launching)
    launching["buttons"] += programs(path.name, kinds, url)


def launch_group() -> dict:
    """The theme's menu of programs, where it has none of its own."""
    words = {"tooltip": "Launch interactive content", "icon": "fas fa-rocket"}
    return {"type": "group", "label": "launch-buttons", "buttons": [], **words}


def downloads(name: str, kinds: tuple[str, ...], pathto) -> list[dict]:
    """A button for each copy; of a language that the page does not show, hidden."""
    return [
        button(f"{pathto(FOLDER, 1)}/{language}/{kind}/{name}", text, language, "code")
        for kind in kinds
        for language, text in zip(copies.LANGUAGES, MENU[kind], strict=True)
    ]


def programs(name: str, kinds: tuple[str, ...], url: str) -> list[dict]:
    """A button for each program and language: the copy to work in, if there is one."""
    kind = "work" if "work" in kinds else "read"
    owner = url.removeprefix("https://github.com/")
    made = []
    for program, form in PROGRAMS.items():
        for language, text in zip(copies.LANGUAGES, OPEN, strict=True):
            file = f"{repository.STUDENTS}/{language}/{kind}/{name}"
            address = form.format(name=owner, file=file)
            made.append(button(address, text.format(program), language, "play"))
    return made


def button(url: str, text: str, language: str, icon: str) -> dict:
    """A link in the form of the theme, with a text that knows its language."""
    text = f'<span lang="{CODES[language]}">{text}</span>'
    look = {"icon": f"fas fa-{icon}", "label": f"copy lang-{language}"}
    return {"type": "link", "url": url, "text": text, **look}


def write_copies(app: Sphinx, exception: Exception | None) -> None:
    """Write the copies into the site, in place of their sources.

    What has no form outside the site is a warning, so the build fails.
    """
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for source in site.glob("_sources/**/*.ipynb"):
        source.unlink()
    try:
        copies.write(Path(app.srcdir), site / FOLDER, site)
    except ValueError as problem:
        logger.warning("no copy in one language: %s", problem)


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in the build, after the theme has made its buttons."""
    app.connect("html-page-context", add_buttons, priority=600)
    app.connect("build-finished", write_copies)
    return {"parallel_read_safe": True}

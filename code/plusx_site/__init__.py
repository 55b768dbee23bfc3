"""The Sphinx extension of the book: its two languages, its look, its independence.

Every part is public Sphinx: events, transforms, nodes, templates. The parts know
nothing of the package `plusx`, and torch is not needed to build the site.
"""

from pathlib import Path

from . import bilingual, citations, folds, notebooks, references, texts

HERE = Path(__file__).parent
PARTS = ("formulas", "search", "selfcontained")
#: Sets the language before the first paint: the address, then what was chosen before,
#: then the browser's language. What an address asks for holds for the visit.
FIRST = (HERE / "first.js").read_text("utf-8")


def add_assets(app):
    """Let Sphinx find the templates, styles and scripts of this package."""
    app.config.html_static_path.append(str(HERE / "static"))


def setup(app):
    """Set up everything; the order of the scripts is the order of the page."""
    app.config.templates_path.append(str(HERE / "templates"))
    app.connect("builder-inited", add_assets)
    for part in (notebooks, bilingual, texts, folds, citations, references):
        part.setup(app)
    for part in PARTS:
        if (HERE / f"{part}.py").exists():
            app.setup_extension(f"plusx_site.{part}")
    app.add_js_file(None, body=FIRST, priority=1)
    app.add_js_file("bilingual.js", loading_method="defer")
    app.add_css_file("bilingual.css", priority=800)
    app.add_css_file("book.css", priority=800)
    safe = {"parallel_read_safe": True, "parallel_write_safe": True}
    return {"version": "1", "env_version": 1, **safe}

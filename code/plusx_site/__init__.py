"""The Sphinx extension of the book: its two languages, its look, its independence.

What happens to a cell on its way to the page, in this order:

1. `notebooks` reads it. Its form is checked (`notebook_form`), its stored output
   (`outputs`), and that it closes what it opens (`unclosed`); a cell of one language is
   put between two block breaks. MyST-NB makes a document of all cells.
2. `deeper` marks sections that can be left out; `bilingual` gathers what stands between
   two breaks into a block, and an English block and the Chinese one into a pair.
3. `transforms` gives notes a title, splits "English · 中文" outside the blocks (see
   `two_languages`) and joins the lines of Chinese; `untranslated` reports what one
   language's readers would miss; `folds` folds hints and solutions.
4. When all pages are read, `references` shows of each title the half that fits and
   reports links into the other language; `citations` writes Chinese citations,
   `glosses` marks the first use of a term, `tried` notes the sections that try a claim.
5. The page is written: `formulas` draws what is mathematical (by `mathjax`), `folds`
   folds code and puts it below its figure, `ticks` quiets lines that only check,
   `printed` says in Chinese what a cell has printed.
6. `description` says in its head what it is about, `sharing` where it stands, in which
   languages, and how to cite it; `on_demand` puts what a reader may never come to into
   files of its own, `selfcontained` leaves out what it does not use and
   reports what would leave the site, `theme_words` translates what the theme has
   written around it. `stylesheets` shortens the theme's style sheet.
7. `search` has put its words into the index; `passages` writes the pages' texts for a
   search from the disk.

Every part is public Sphinx: events, transforms, nodes, templates. The parts know
nothing of the package `plusx`, and torch is not needed to build the site.
"""

from collections.abc import Callable
from pathlib import Path

from sphinx.application import Sphinx

from . import (
    bilingual,
    citations,
    deeper,
    description,
    folds,
    formulas,
    glosses,
    notebooks,
    on_demand,
    passages,
    printed,
    references,
    search,
    selfcontained,
    sharing,
    ticks,
    transforms,
    tried,
    untranslated,
    verdicts,
)

HERE = Path(__file__).parent
#: What each kind of node, renderer or language needs, besides the steps below.
PARTS = (notebooks, bilingual, folds, citations, formulas, glosses, search, tried)
PARTS += (verdicts,)
#: All priorities, in the order in which things happen; Sphinx sorts by the number.
#: An event or a kind of transform, its priority, and what is called.
STEPS: tuple[tuple[str, int, Callable], ...] = (
    ("config-inited", 500, selfcontained.no_widget_scripts),
    ("builder-inited", 500, formulas.start),
    ("env-purge-doc", 500, references.forget_languages),
    ("env-before-read-docs", 500, tried.read_anew),
    ("source-read", 500, notebooks.on_source_read),
    ("transform", 195, deeper.MarkDeeper),
    ("transform", 200, bilingual.LanguageBlocks),
    ("transform", 205, transforms.TitleAdmonitions),
    ("transform", 210, transforms.SplitTexts),
    ("transform", 212, untranslated.FindUntranslated),
    ("transform", 215, transforms.JoinLines),
    ("transform", 216, transforms.KeepUnits),
    ("transform", 220, folds.FoldAdmonitions),
    ("transform", 630, transforms.CountFootnotes),  # docutils numbers them at 620
    ("doctree-read", 500, references.note_languages),
    ("doctree-read", 600, deeper.mark_contents),  # Sphinx makes them at 500
    ("env-before-read-docs", 500, glosses.forget),
    ("env-merge-info", 500, references.merge_languages),
    ("post-transform", 20, references.HalveReferences),  # Sphinx resolves them at 10
    ("post-transform", 21, references.FindOneSided),
    ("post-transform", 22, citations.ChineseCitations),
    ("post-transform", 23, tried.NoteClaims),
    ("post-transform", 24, glosses.MarkTerms),
    ("html-page-context", 400, glosses.add_entries),
    ("post-transform", 200, folds.CodeBelow),  # MyST-NB hides cells at 199
    ("html-page-context", 500, formulas.add_definitions),
    ("html-page-context", 500, ticks.tick_page),
    ("html-page-context", 501, printed.speak_page),
    ("html-page-context", 500, search.add_words),
    ("html-page-context", 900, description.describe_page),
    ("html-page-context", 910, sharing.share_page),
    ("html-page-context", 940, on_demand.split_page),
    ("html-page-context", 950, selfcontained.trim_page),  # behind other extensions
    ("build-finished", 500, formulas.finish),
    ("build-finished", 501, selfcontained.clean_site),
    ("build-finished", 502, sharing.write_sitemap),
    ("build-finished", 503, passages.write),
)
#: The scripts of a page: the language is chosen before the first paint.
INLINE = ((1, (HERE / "first.js").read_text("utf-8")), (600, search.MARKS))
DEFERRED = ("bilingual.js", "copying.js", "present.js")
STYLES = ((500, "formulas.css"), (500, "icons.css"), (800, "bilingual.css"))
STYLES += ((800, "book.css"), (800, "rows.css"))


def setup(app: Sphinx) -> dict[str, bool | int | str]:
    """Set up everything; the order of the scripts is the order of the page."""
    app.config.templates_path.append(str(HERE / "templates"))
    app.connect("builder-inited", add_static_files)
    for part in PARTS:
        part.setup(app)
    for kind, priority, action in STEPS:
        add_step(app, kind, priority, action)
    for priority, script in INLINE:
        app.add_js_file(None, body=script, priority=priority)
    for name in DEFERRED:
        app.add_js_file(name, loading_method="defer")
    for priority, name in STYLES:
        app.add_css_file(name, priority=priority)
    # MathJax runs in a V8 context, which does not survive a fork.
    safe = {"parallel_read_safe": True, "parallel_write_safe": False}
    return {"version": "1", "env_version": 2, **safe}


def add_static_files(app: Sphinx) -> None:
    """Let Sphinx find the styles and scripts of this package."""
    app.config.html_static_path.append(str(HERE / "static"))


def add_step(app: Sphinx, kind: str, priority: int, action: Callable) -> None:
    """Give a transform its priority, or connect a function to an event."""
    if kind == "transform":
        action.default_priority = priority
        app.add_transform(action)
    elif kind == "post-transform":
        action.default_priority = priority
        app.add_post_transform(action)
    else:
        app.connect(kind, action, priority=priority)

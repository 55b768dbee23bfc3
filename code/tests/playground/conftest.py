"""Pages with the playground, and a function that opens one."""

import books
import pytest

STATIC = books.ROOT / "code" / "plusx_site" / "static"
SITE = """<!doctype html><html lang="en" data-lang="{mode}" data-theme="{theme}"><head>
<title>Playground</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><style>{style}
body {{ background: var(--pst-color-background); color: var(--pst-color-text-base); }}
</style></head><body><main><h1>Playground</h1>{body}</main></body></html>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages with the playground: each size, language and theme, and a bare notebook."""
    import matplotlib as mpl

    from plusx import figures, playground

    folder = tmp_path_factory.mktemp("playground")
    style = "".join((STATIC / n).read_text() for n in ("bilingual.css", "book.css"))
    with mpl.rc_context():
        figures.use("en")
        bodies = {size: playground.show(size).data for size in playground.SIZES}
    for size, body in bodies.items():
        for mode in ("en", "zh", "both"):
            for theme in ("light", "dark"):
                page = SITE.format(mode=mode, theme=theme, style=style, body=body)
                (folder / f"{size}-{mode}-{theme}.html").write_text(page, "utf8")
        bare = f"<!doctype html><meta charset=utf-8><body>{body}"
        (folder / f"{size}-bare.html").write_text(bare, "utf8")
    return folder


@pytest.fixture
def open_page(chromium, folder):
    """A function that opens a page as a new reader, from a file; nothing goes wrong."""
    contexts, faults, asked = [], [], []

    def start(page="full-en-light", setting="", **options):
        contexts.append(chromium.new_context(**options))
        tab = contexts[-1].new_page()
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda said: faults.append(said.text))
        tab.on("request", lambda request: asked.append(request.url))
        address = (folder / f"{page}.html").as_uri()
        tab.goto(address + (f"#fig-playground:{setting}" if setting else ""))
        return tab

    yield start
    for context in contexts:
        context.close()
    assert faults == []
    assert [u for u in asked if not u.startswith(("file:", "blob:"))] == []

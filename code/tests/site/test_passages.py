"""Pages as the search from the disk reads them."""

import json
import re

import pytest

from plusx_site import passages

PAGE = """<body><nav>menu</nav><article class="bd-article"><h1>深 &amp; deep</h1>
<svg><path d="M0 0"/></svg><script>run()</script><style>p {}</style>
<p class="lang-en">A <b>word</b>.</p></article><footer>end</footer></body>"""


def handed_over(text):
    """The name and the article that a script hands over."""
    name, article = re.fullmatch(
        r"plusxPassages\((\".*?\"), (\".*\")\);\n", text
    ).groups()
    return json.loads(name), json.loads(article)


def test_article_is_handed_over_without_drawings():
    """Its words and marks stay; menus, drawings, scripts and styles do not."""
    name, article = handed_over(passages.script("chapters/x", PAGE))
    assert name == "chapters/x"
    assert article.startswith("<article") and article.endswith("</article>")
    assert '<p class="lang-en">A <b>word</b>.</p>' in article and "深" in article
    for lost in ("menu", "end", "<svg", "run()", "p {}"):
        assert lost not in article


def test_page_without_an_article_has_no_script():
    """A page of the theme, such as the search itself."""
    assert passages.script("search", "<body></body>") == ""


@pytest.mark.slow
def test_each_page_has_its_script(good_book):
    """Beside the site's scripts, by the page's name."""
    site = good_book.site
    pages = {path.stem for path in (site / "chapters").glob("*.html")}
    folder = site / passages.FOLDER / "chapters"
    assert {path.stem for path in folder.glob("*.js")} == pages
    for path in folder.glob("*.js"):
        assert handed_over(path.read_text("utf-8"))[0] == f"chapters/{path.stem}"

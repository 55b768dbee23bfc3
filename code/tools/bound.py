"""The pages of the site bound into one page in one language, for printing.

Every name on a page gets the page's before it, so that links lead within the book.
What answers an exercise moves into an appendix; what only a screen can do is left out.
"""

import html
import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag

LANGUAGES = {"en": "en", "zh": "zh-Hans"}
WORDS = {
    "subtitle": (
        "Residual and skip connections, tested",
        "残差连接与跳跃连接，用实验检验",
    ),
    "contents": ("Contents", "目录"),
    "solutions": ("Solutions", "解答"),
    "checks": ("Check yourself, answered", "“自测一下”的答案"),
    "see": ("Solution", "解答"),
    "rights": (
        "Text and figures CC BY 4.0, code MIT. What moves, asks for a bet or is folded"
        " away, such as the code of figures, is on the site.",
        "文字和图采用 CC BY 4.0，代码采用 MIT 许可。"
        "能拖动的、能下注的、折叠起来的（比如画图的代码），都在网站上。",
    ),
}
TITLES = ("Solution", "解答")
#: Pages that only a browser can fill.
SCREEN = ("experiments",)
LEFT_OUT = (
    "script, noscript, style, button, input, .headerlink, .px-untrusted, .px-ui,"
    " .lang-sep, .tex, .d-print-none, .formula-glyphs"
)
POINTERS = ("href", "xlink:href", "aria-labelledby", "aria-describedby", "for")
SHEETS = (
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "formulas.css",
    "bilingual.css",
    "book.css",
)


def say(key: str, language: str) -> str:
    """A word of this module in a language."""
    return WORDS[key][list(LANGUAGES).index(language)]


class Chapter:
    """A page of the site as a part of the book."""

    def __init__(self, path: Path, language: str):
        soup = BeautifulSoup(path.read_text("utf8"), "html.parser")
        self.name, self.language = path.stem, language
        glyphs = soup.select(".formula-glyphs [id]")
        self.glyphs = {glyph["id"]: str(glyph) for glyph in glyphs}
        self.article = soup.select_one("article.bd-article")
        other = next(key for key in LANGUAGES if key != language)
        unwanted = f"{LEFT_OUT}, .lang-{other}"
        for tag in self.article.select(unwanted):
            if not tag.decomposed:
                tag.decompose()
        for tag in self.article.select(f".lang-{language}[style]"):
            tag["style"] = tag["style"].replace("display:none", "")
        self.rename()
        self.solutions = self.take_solutions()

    def rename(self) -> None:
        """Put the page's name before every name on it, and lead links to them."""
        self.article["id"] = f"{self.name}--"
        for tag in self.article.find_all(True):
            if tag.get("id") and tag is not self.article:
                tag["id"] = f"{self.name}--{tag['id']}"
            for key in POINTERS:
                if key in tag.attrs:
                    tag[key] = self.target(tag[key], key)
            for key, value in tag.attrs.items():
                if isinstance(value, str) and "url(#" in value:
                    tag[key] = value.replace("url(#", f"url(#{self.name}--")

    def target(self, value: str, key: str) -> str:
        """Where a pointer of this page leads in the book."""
        if not key.endswith("href"):
            return " ".join(f"{self.name}--{name}" for name in value.split())
        if value.startswith("#"):
            is_glyph = value[1:] in self.glyphs
            return value if is_glyph else f"#{self.name}--{value[1:]}"
        page = re.fullmatch(r"(\w+)\.html(?:#(.*))?", value)
        return f"#{page[1]}--{page[2] or ''}" if page else value

    def take_solutions(self) -> list[Tag]:
        """Take what answers an exercise out of the chapter, a mark in its place."""
        found = []
        section = self.article.select_one(f'[id="{self.name}--exercises"]')
        for child in section.find_all("div", recursive=False) if section else ():
            for fold in child.select("details.fold"):
                self.take(fold, child, found)
            for fold in child.select("details.fold"):
                fold["open"] = ""  # a hint
        return found

    def take(self, fold: Tag, child: Tag, found: list[Tag]) -> None:
        """Move a solution, or the code of one, to those that were found."""
        is_code = "tag_hide-cell" in child.get("class", ())
        if not is_code and fold.summary.get_text(strip=True) not in TITLES:
            return
        if is_code:
            fold.summary.decompose()
            found.append(unfolded(fold))
            child.decompose()
            return
        name = f"{self.name}--solution-{len(found) + 1}"
        exercise = child.find("strong").get_text()
        mark = f'<p class="see"><a href="#{name}">{say("see", self.language)}</a></p>'
        fold.insert_before(BeautifulSoup(mark, "html.parser"))
        head = f'<h3 id="{name}">{html.escape(exercise)}</h3>'
        fold.summary.replace_with(BeautifulSoup(head, "html.parser"))
        found.append(unfolded(fold))

    def title(self) -> str:
        """The title of the page, with the number of a chapter."""
        return " ".join(self.article.h1.get_text(" ").split())

    def headings(self) -> list[tuple[str, str, int]]:
        """Name, title and level of the page and of its sections."""
        found = [(f"{self.name}--", self.title(), 1)]
        for section in self.article.select("section[id] > section[id]"):
            heading = section.find("h2", recursive=False)
            if heading:
                found.append((section["id"], heading.get_text(" ", strip=True), 2))
        return found

    def answers(self) -> str:
        """The solutions of the chapter, and its self-checks with their answers open."""
        checks = self.article.select_one(".plusx-checks")
        if not self.solutions and not checks:
            return ""
        parts = "".join(map(str, self.solutions))
        opened = ""
        if checks:
            body = str(checks).replace("<details", "<details open")
            opened = f"<h3>{say('checks', self.language)}</h3>{body}"
        return f"<h2>{html.escape(self.title())}</h2>{parts}{opened}"


def unfolded(fold: Tag) -> Tag:
    """What a fold holds, out of its page."""
    fold.name = "div"
    fold["class"] = ["solution"]
    return fold.extract()


def order(site: Path) -> list[Path]:
    """The pages in the order of the book's contents, as the first page lists them."""
    first = site / "chapters/index.html"
    soup = BeautifulSoup(first.read_text("utf8"), "html.parser")
    links = soup.select(".bd-sidebar-primary .toctree-l1 > a[href$='.html']")
    names = [Path(link["href"]).stem for link in links]
    listed = [first, *(site / f"chapters/{name}.html" for name in names)]
    return [path for path in dict.fromkeys(listed) if path.stem not in SCREEN]


def contents(entries: list[tuple[str, str, int]]) -> str:
    """The table of contents; the numbers of its pages are filled in later."""
    rows = "".join(
        f'<li class="level-{level}"><a href="#{name}">{html.escape(title)}</a>'
        f'<b class="page" data-of="{name}"></b></li>'
        for name, title, level in entries
    )
    return f"<ul>{rows}</ul>"


def bind(site: Path, language: str) -> str:
    """The whole book in one language as a page beside the folder of the site."""
    chapters = [Chapter(path, language) for path in order(site)]
    glyphs = {key: path for one in chapters for key, path in one.glyphs.items()}
    entries = [entry for one in chapters for entry in one.headings()]
    entries.append(("solutions--", say("solutions", language), 1))
    answers = "".join(one.answers() for one in chapters)
    sheets = "".join(
        f'<link rel="stylesheet" href="../{site.name}/_static/{name}">'
        for name in SHEETS
    )
    sheet = Path(__file__).with_name("paper.css").read_text("utf8")
    title = chapters[0].title()
    cover = (
        f'<section class="cover"><h1>{html.escape(title)}</h1>'
        f"<p>{say('subtitle', language)}</p><p>{say('rights', language)}</p></section>"
    )
    return (
        f'<!doctype html><html lang="{LANGUAGES[language]}" data-lang="{language}"'
        f' data-theme="light"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"{sheets}<style>{sheet}</style><body>"
        f'<svg width="0" height="0" style="position:absolute"><defs>'
        f"{''.join(glyphs.values())}</defs></svg>{cover}"
        f'<nav class="contents"><h1>{say("contents", language)}</h1>'
        f"{contents(entries)}</nav>{''.join(str(one.article) for one in chapters)}"
        f'<article class="bd-article answers" id="solutions--">'
        f"<h1>{say('solutions', language)}</h1>{answers}</article></body></html>"
    )

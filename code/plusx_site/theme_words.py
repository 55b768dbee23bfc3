"""The theme's own words in Chinese, and the page that shows them in both languages.

The templates of the theme are English. A finished page is read once more: a text
outside the article that stands in `WORDS`, or is written "English · 中文", becomes two
spans; an attribute such as `aria-label` or `title` gets both halves, of which the
script of the page shows the one of its language.
"""

import html
import re

from sphinx.jinja2glue import BuiltinTemplateLoader

from . import two_languages

WORDS = {
    # Header
    "Skip to main content": "跳到正文",
    "Toggle primary sidebar": "显示或隐藏目录",
    "Toggle secondary sidebar": "显示或隐藏本页目录",
    "Download this page": "下载本页",
    "Download notebook file": "下载笔记本",
    "Download source file": "下载源文件",
    "Print to PDF": "打印成 PDF",
    "Fullscreen mode": "全屏",
    "Color mode": "配色",
    "Light": "浅色",
    "Dark": "深色",
    "System Settings": "跟随系统",
    "Launch interactive content": "在线运行",
    "Launch on Colab": "在 Colab 上运行",
    "Launch on Binder": "在 Binder 上运行",
    "Source repositories": "源代码仓库",
    "Source repository": "源代码仓库",
    "Repository": "仓库",
    "Suggest edit": "建议修改",
    "Suggest edits": "建议修改",
    "Open an issue": "提交问题",
    "Open issue": "提交问题",
    "Back to top": "回到顶部",
    # Search
    "Search": "搜索",
    "Search...": "搜索……",
    "Search this book...": "搜索全书……",
    "Error": "错误",
    "Please activate JavaScript to enable the search functionality.": (
        "搜索需要启用 JavaScript。"
    ),
    # Navigation
    "Main": "全书",
    "Page": "本页",
    "Contents": "本页目录",
    "On this page": "本页目录",
    "previous": "上一页",
    "previous page": "上一页",
    "next": "下一页",
    "next page": "下一页",
    "Index": "索引",
    "Link to this heading": "本节的链接",
    "Link to this image": "此图的链接",
    "Link to this table": "此表的链接",
    "Link to this code": "这段代码的链接",
    "Link to this equation": "此公式的链接",
    "Link to this definition": "此定义的链接",
    "Link to this term": "此术语的链接",
    # Folded code
    "Code": "代码",
    "Code and output": "代码和输出",
    "Output": "输出",
    # Admonitions
    "Attention": "注意",
    "Caution": "当心",
    "Danger": "危险",
    "Hint": "提示",
    "Important": "重要",
    "Note": "注",
    "See also": "另见",
    "Tip": "提示",
    "Warning": "警告",
}
#: What a folded cell holds, by the prompt that MyST-NB gives it.
PROMPTS = {
    "Show code cell content": "Code and output",
    "Show code cell source": "Code",
    "Show code cell output": "Output",
    "Show code cell outputs": "Output",
}
#: The title that each kind of admonition has in English.
ADMONITIONS = {
    "attention": "Attention",
    "caution": "Caution",
    "danger": "Danger",
    "error": "Error",
    "hint": "Hint",
    "important": "Important",
    "note": "Note",
    "seealso": "See also",
    "tip": "Tip",
    "warning": "Warning",
}
ATTRIBUTES = "title|aria-label|placeholder|alt|data-bs-title"
ATTRIBUTE = re.compile(rf'(?<=\s)({ATTRIBUTES})="([^"]*)"')
#: What the search button shows, with its keys, is its name; a label would hide them.
SEARCH_LABEL = re.compile(
    r'(?P<start><button class="btn search-button-field[^>]*) aria-label="[^"]*"'
)
#: Comments, elements that are left alone, tags, texts; in this order.
PIECE = re.compile(
    r"<!--.*?-->|<(script|style|title|svg|article)\b.*?</\1>|<[^>]*>|[^<]+", re.S
)


def both(text: str) -> tuple[str, str] | None:
    """Return the English and the Chinese form of a text, or None."""
    if text in WORDS:
        return text, WORDS[text]
    return two_languages.split(text)


def spans_of(text: str) -> str | None:
    """Return the two spans of a text as HTML, or None if it has one form only."""
    found = both(html.unescape(text.strip()))
    if not found:
        return None
    english, chinese = (html.escape(form, quote=False) for form in found)
    return english if english == chinese else two_languages.spans(english, chinese)


def translate_attribute(match: re.Match[str]) -> str:
    """Return an attribute with both forms of its value."""
    found = both(html.unescape(match[2]))
    if not found:
        return match[0]
    value = two_languages.once(two_languages.SEPARATOR.join(found))
    return f'{match[1]}="{html.escape(value)}"'


def translate_page(page: str) -> str:
    """Return the HTML of a page with the theme's own words in both languages."""
    pieces, before = [], ""
    for match in PIECE.finditer(SEARCH_LABEL.sub(r"\g<start>", page)):
        piece = match[0]
        if piece.startswith("<"):
            is_marked_up = match[1] in (None, "article", "svg")
            out = ATTRIBUTE.sub(translate_attribute, piece) if is_marked_up else piece
        else:
            two = None if 'class="lang-' in before else spans_of(piece)
            out = piece.replace(piece.strip(), two) if two else piece
        pieces.append(out)
        before = piece
    return "".join(pieces)


class BilingualTemplates(BuiltinTemplateLoader):
    """Sphinx's templates, with the words of every page in both languages.

    Named in `_config.yml` as `template_bridge`.
    """

    def render(self, template: str, context: dict) -> str:
        """Render a page, then translate it."""
        return translate_page(super().render(template, context))

"""Write the book as PDF: `make pdf`, one file for each language in _build/paper.

Usage: .venv/bin/python code/tools/paper.py

Chromium prints the bound pages twice: the first time tells on which page a name stands,
the second one shows it, in the contents and behind links.
"""

from pathlib import Path

import bound
import browsing
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build/html"
OUT = ROOT / "_build/paper"
WIDTH = 665  # of what is printed on A4, in pixels
FOOTER = (
    '<div style="width:100%;font:8px sans-serif;color:#55606b;text-align:center">'
    '<span class="pageNumber"></span></div>'
)
# A number of a page is always three digits wide, so that the second print is the first.
FILL = """pages => {
  for (const place of document.querySelectorAll("[data-of]")) {
    place.textContent = String(pages[place.dataset.of] || 0).padStart(3, "\u2007");
  }
}"""
MARK = """() => {
  for (const link of document.querySelectorAll("article a[href^='#']")) {
    if (!link.textContent.trim() || link.closest("svg")) continue;
    const name = link.getAttribute("href").slice(1);
    if (!document.getElementById(name)) continue;
    const page = document.createElement("b");
    page.className = "page";
    page.dataset.of = name;
    link.after(page);
  }
}"""
CUT = """() => {
  const wide = document.body.clientWidth + 1;
  const blocks = ["pre", "table", "figure", "p", ".formula-block"];
  return [...document.querySelectorAll(blocks.map((name) => `article ${name}`).join())]
    .filter((e) => e.clientWidth && (e.scrollWidth > e.clientWidth + 2 ||
      e.getBoundingClientRect().right > wide))
    .map((e) => `${e.closest("[id]").id}, ${e.tagName}: ${e.textContent.slice(0, 60)}`);
}"""


def print_once(tab: Page, path: Path) -> dict[str, int]:
    """Print; return the page on which each name stands that a link leads to."""
    sides = {"top": "16mm", "bottom": "18mm", "left": "17mm", "right": "17mm"}
    tab.pdf(
        path=path,
        format="A4",
        margin=sides,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
        outline=True,
        tagged=True,
    )
    reader = PdfReader(path)
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def write(site: Path, out: Path, language: str, browser: Browser) -> Path:
    """Write the book in a language.

    Raises:
        RuntimeError: if a line would be cut, or the numbers of pages do not settle.
    """
    out.mkdir(parents=True, exist_ok=True)
    source, path = out / f"book-{language}.html", out / f"one-plus-x-{language}.pdf"
    source.write_text(bound.bind(site, language), "utf8")
    tab = browser.new_page(viewport={"width": WIDTH, "height": 1000})
    tab.emulate_media(media="print")
    tab.goto(source.as_uri())
    tab.evaluate(MARK)
    tab.evaluate(FILL, {})
    if cut := tab.evaluate(CUT):
        raise RuntimeError(f"wider than a page: {'; '.join(cut)}")
    first = print_once(tab, path)
    tab.evaluate(FILL, first)
    if print_once(tab, path) != first:
        raise RuntimeError("the numbers of pages did not settle")
    tab.close()
    return path


if __name__ == "__main__":
    with browsing.chromium() as browser:
        for language in bound.LANGUAGES:
            path = write(SITE, OUT, language, browser)
            print(f"{path.relative_to(ROOT)}: {len(PdfReader(path).pages)} pages")

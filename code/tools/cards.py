"""Draw the pictures for shared links, and the icons: a card for each page.

Usage: python code/tools/cards.py

A card shows the sign of the book, the page's title in both languages and the question
that the first page asks of it; an answer stands on none. Chromium draws them, 1200 by
630 pixels, with few colors. Each file holds the text that it shows, so that a test
sees a card that is out of date without Chromium.
"""

import html
import io
import json
import re
from pathlib import Path

import browsing
import yaml
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "code/plusx_site/static"
CARDS = STATIC / "cards"
ICONS = (32, 180)
COLORS = 16
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: 1040px; height: 470px; padding: 80px; background: #fff;
  color: #10161c; font-family: system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif;
  display: flex; flex-direction: column; justify-content: space-between; }}
header {{ display: flex; align-items: center; gap: 24px; font-size: 40px;
  font-weight: 700; }}
header svg {{ width: 84px; height: 84px; }}
h1 {{ margin: 0 0 14px; font-size: 58px; line-height: 1.15; text-wrap: balance; }}
h1 + h1 {{ font-size: 50px; color: #1d6fc0; }}
p {{ margin: 0; font-size: 29px; line-height: 1.45; color: #55606b; }}
</style><header>{sign}One +x</header>
<div>{titles}</div><div>{questions}</div>"""


def pages(root: Path) -> list[str]:
    """The pages of the book, as `_toc.yml` names them, the first page first."""
    contents = yaml.safe_load((root / "_toc.yml").read_text("utf8"))
    files = [entry["file"] for part in contents["parts"] for entry in part["chapters"]]
    return [Path(name).name for name in [contents["root"], *files]]


def text(root: Path, page: str) -> list[list[str]]:
    """What a card says: the halves of the title, then those of the page's question."""
    notebook = root / f"chapters/{page}.ipynb"
    if notebook.exists():
        cells = json.loads(notebook.read_text("utf8"))["cells"]
        source = "".join(cells[0]["source"])
    else:
        source = (root / f"chapters/{page}.md").read_text("utf8")
    title = re.search(r"(?m)^# (.+)$", source)[1].split(" · ")
    label = re.match(r"\(([\w-]+)\)=", source)
    first = (root / "chapters/index.md").read_text("utf8")
    row = (
        rf"(?m)^\|.*\{{ref\}}`(?:[^`]*<)?{label[1] if label else '-'}>?` \| ([^|]+) \|"
    )
    asked = re.search(row, first) or re.search(r"(?m)^(residual and .+)$", first)
    return [title, asked[1].strip().split(" · ")]


def draw(browser: Browser, said: list[list[str]]) -> Image.Image:
    """A card as a picture."""
    sign = (STATIC / "favicon.svg").read_text("utf8")
    titles, questions = said
    content = PAGE.format(
        sign=sign,
        titles="".join(f"<h1>{html.escape(half)}</h1>" for half in titles),
        questions="".join(f"<p>{html.escape(half)}</p>" for half in questions),
    )
    return screenshot(browser, content, 1200, 630)


def screenshot(browser: Browser, content: str, width: int, height: int) -> Image.Image:
    """What Chromium shows of a page of that size."""
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.set_content(content)
    shot = tab.screenshot(omit_background=True)
    tab.close()
    return Image.open(io.BytesIO(shot))


def icon(browser: Browser, size: int) -> Image.Image:
    """The sign of the book; a phone's screen gets a white ground."""
    sign = (STATIC / "favicon.svg").read_text("utf8")
    ground = "transparent" if size < 100 else "#fff"
    style = f"body{{margin:0;background:{ground}}}svg{{width:{size}px;height:{size}px}}"
    return screenshot(browser, f"<style>{style}</style>{sign}", size, size)


def shown(path: Path) -> list[list[str]] | None:
    """What a card that is there says; None of one that is not."""
    if not path.exists():
        return None
    with Image.open(path) as picture:
        return json.loads(picture.text["Description"])


def outdated(root: Path) -> dict[str, list[list[str]]]:
    """What the cards should say that say something else, by page."""
    wanted = {page: text(root, page) for page in pages(root)}
    return {k: said for k, said in wanted.items() if said != shown(CARDS / f"{k}.png")}


def write(browser: Browser, wanted: dict[str, list[list[str]]]) -> None:
    """Write cards, and the icons."""
    CARDS.mkdir(exist_ok=True)
    for page, said in wanted.items():
        note = PngInfo()
        note.add_itxt("Description", json.dumps(said, ensure_ascii=False))
        picture = draw(browser, said).convert("RGB").quantize(COLORS)
        picture.save(CARDS / f"{page}.png", pnginfo=note, optimize=True)
    for size in ICONS:
        icon(browser, size).save(CARDS / f"icon-{size}.png", optimize=True)


def main() -> None:
    """Draw what is out of date; Chromium is needed only for that."""
    wanted = outdated(ROOT)
    if wanted:
        with browsing.chromium() as browser:
            write(browser, wanted)
    print(f"cards: {len(wanted)} drawn, {len(pages(ROOT))} pages")


if __name__ == "__main__":
    main()

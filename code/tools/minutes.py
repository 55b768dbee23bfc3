"""State on the first page how long each page takes to read.

Usage: python code/tools/minutes.py

English at 150 words a minute, Chinese at 300 characters, 30 seconds for a formula on a
line of its own and 20 for a cell of code. Stated is the longer of the two languages:
minutes rounded up to five, and the sum of the chapters' minutes in whole hours. A
chapter's core is what stands before its exercises, without the sections tagged
`deeper`; a line is printed for each chapter.
"""

import json
import math
import re
from pathlib import Path

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
WORDS, CHARACTERS, FORMULA, CODE = 150, 300, 0.5, 20 / 60
FORMULAS = re.compile(r"\$\$.+?\$\$", re.S)
#: What is not read as words: formulas, code, targets of links, options, bibliographies.
UNREAD = re.compile(
    r"\$\$.+?\$\$|\$[^$\n]+\$|```.*?```|`[^`\n]*`|\{[^}\n]*\}|\]\([^)\n]*\)"
    r"|^:[^\n]*$|^\([^\n]*\)=$",
    re.S | re.M,
)
HAN = re.compile(r"[\u3400-\u9fff]")
ROW = re.compile(r"^(\| \d \| \{ref\}`(ch-[a-z0-9-]+)` .*\| )\d+ / \d+( \|)$", re.M)
#: Where the core of a chapter ends, and the tag of what is not of the core.
END, DEEPER = "## Exercises", "deeper"
SHORT = re.compile(r"(<ch-ten-minutes>.*\| )\d+( minutes · )\d+( 分钟 \|)$", re.M)
HOURS = re.compile(
    r"(<ch-degradation>.*\| about )\d+( hours · 大约 )\d+( 小时 \|)$", re.M
)


def minutes(cells: list[dict]) -> float:
    """How long the cells of a notebook take to read, in the slower language."""
    spent = {"en": 0.0, "zh": 0.0}
    for cell in cells:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        text = UNREAD.sub(" ", source)
        parts = {
            "en": len(re.findall(r"[A-Za-z][\w’'-]*", text)) / WORDS,
            "zh": len(HAN.findall(text)) / CHARACTERS,
        }
        for language, time in parts.items():
            if cell["cell_type"] == "code":
                spent[language] += CODE
            elif not {"lang-en", "lang-zh"} & set(tags) - {f"lang-{language}"}:
                spent[language] += time + FORMULA * len(FORMULAS.findall(source))
    return max(spent.values())


def core(cells: list[dict]) -> list[dict]:
    """The cells before the exercises that stand in no section tagged `deeper`."""
    found, is_core = [], True
    for cell in cells:
        if re.search(r"^## ", "".join(cell["source"]), re.M) and is_markdown(cell):
            is_core = DEEPER not in cell["metadata"].get("tags", [])
        if END in "".join(cell["source"]) and is_markdown(cell):
            break
        found += [cell] if is_core else []
    return found


def is_markdown(cell: dict) -> bool:
    """Whether a cell is text."""
    return cell["cell_type"] == "markdown"


def pages() -> dict[str, tuple[float, float]]:
    """The minutes of every notebook, core and whole, by the label it begins with."""
    found = {}
    for path in sorted(CHAPTERS.glob("*.ipynb")):
        cells = json.loads(path.read_text("utf8"))["cells"]
        label = re.match(r"\((ch-[a-z0-9-]+)\)=", "".join(cells[0]["source"]))[1]
        found[label] = (minutes(core(cells)), minutes(cells))
    return found


def stated(text: str, spent: dict[str, tuple[float, float]]) -> str:
    """The first page with the minutes of its rows, and the hours of all chapters."""
    labels = [row[2] for row in ROW.finditer(text)]
    hours = math.ceil(sum(round_up(spent[label][1]) for label in labels) / 60)
    short = round_up(spent["ch-ten-minutes"][1])
    text = ROW.sub(lambda row: row[1] + times(spent[row[2]]) + row[3], text)
    text = SHORT.sub(rf"\g<1>{short}\g<2>{short}\g<3>", text)
    return HOURS.sub(rf"\g<1>{hours}\g<2>{hours}\g<3>", text)


def times(spent: tuple[float, float]) -> str:
    """What a row states: minutes of the core / of the whole."""
    return " / ".join(str(round_up(time)) for time in spent)


def round_up(time: float) -> int:
    """Minutes in steps of five."""
    return 5 * math.ceil(time / 5)


if __name__ == "__main__":
    page, spent = CHAPTERS / "index.md", pages()
    page.write_text(stated(page.read_text("utf8"), spent), "utf8")
    for label, (inner, whole) in spent.items():
        print(f"{label:16} core {inner:5.1f} minutes, whole {whole:5.1f}")

"""The slides and the handout as parts: bets, checks, texts, and the book's figures.

`deck.toml` holds a table for each slide: a `bet` or a `check` by its id, or a `title`
with a `text`; perhaps the name of a `figure` of the book; after a bet, what it `told`
us. All texts are pairs, English and Chinese. A figure is the one that an executed
notebook holds, what was measured comes from the records: no number stands in the table.
"""

import html
import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from plusx.bets import table as bets
from plusx.bilingual import CODES, check_pair
from plusx.checks import table as checks

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("deck.toml")
LANGUAGES = dict(zip(("en", "zh"), CODES, strict=True))
WORDS = {
    "bet": ("Your bet?", "你猜多少？"),
    "vote": ("Your vote?", "你选哪个？"),
    "measured": ("Measured: {}", "测得：{}"),
    "drawn": ("The line with the band was measured.", "带色带的线是测得的。"),
    "right": ("Right: {}", "正确的是：{}"),
}
Slide = dict[str, Any]


def say(pair: tuple[str, str] | list[str], language: str) -> str:
    """The half of a pair in a language, for HTML."""
    return html.escape(pair[list(LANGUAGES).index(language)])


def load(path: Path = TABLE) -> list[Slide]:
    """All slides in order, each with its bet or its check.

    Raises:
        ValueError: names the slide, and the text that stands in one language, or the
            bet, check or figure that is none.
    """
    slides = tomllib.loads(path.read_text("utf8"))["slide"]
    return [complete(dict(slide), n) for n, slide in enumerate(slides, 1)]


def complete(slide: Slide, number: int) -> Slide:
    """A slide with what its ids name; raises as `load` does."""
    name = f"slide {number}"
    for key in ("title", "text", "told"):
        if key in slide:
            check_pair(f"{name}, {key}", tuple(slide[key]))
    for key, known in (("bet", bets.load_all()), ("check", checks.load_all())):
        if key in slide and slide[key] not in known:
            raise ValueError(
                f"{name}: expected a {key} of the book, got {slide[key]!r}"
            )
        if key in slide:
            slide[key] = known[slide[key]]
    if "figure" in slide and slide["figure"] not in figures():
        raise ValueError(f"{name}: no notebook shows a figure {slide['figure']!r}")
    if "bet" in slide and bets.truth(slide["bet"]) is None:
        raise ValueError(f"{name}: no record holds the truth of this bet")
    return slide


@cache
def figures() -> dict[str, str]:
    """The figures that the executed notebooks hold, by name, as HTML."""
    found = {}
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            for output in cell.get("outputs", ()):
                text = "".join(output.get("data", {}).get("text/html", ""))
                if text.startswith("<figure"):
                    found.setdefault(text.split('id="fig-', 1)[1].split('"')[0], text)
    return found


def figure(name: str, language: str) -> str:
    """A figure's drawing in one language, with its alternative text."""
    soup = BeautifulSoup(figures()[name], "html.parser")
    label = soup.select_one(f".plusx-drawing > .lang-{language}")["aria-label"]
    drawing = soup.select_one(".plusx-drawing svg")
    other = next(key for key in LANGUAGES if key != language)
    for layer in drawing.select(f".lang-{other}"):
        layer.decompose()
    for layer in [drawing, *drawing.select(f".lang-{language}")]:
        layer.attrs.pop("style", None)
        layer.attrs.pop("display", None)
    # The parser knows HTML, whose names have no capitals.
    text = str(drawing).replace("viewbox=", "viewBox=")
    return (
        f'<div class="figure" role="img" aria-label="{html.escape(label)}">{text}</div>'
    )


def asked(bet: Slide, language: str) -> str:
    """The question of a bet with a place to bet: a scale, options, or empty axes."""
    question = f"<h2>{say(bet['question'], language)}</h2>"
    if bet["kind"] == "choice":
        return question + options([o["label"] for o in bet["options"]], language)
    return question + (axes if bet["kind"] == "curve" else scale)(bet, language)


def options(labels: list, language: str) -> str:
    """Answers to choose from, with letters."""
    items = "".join(f"<li>{say(label, language)}</li>" for label in labels)
    return f'<ol class="options" type="A">{items}</ol>'


def scale(bet: Slide, language: str) -> str:
    """A line from the lowest number that one can bet to the highest."""
    ends = "".join(
        f'<text x="{x}" y="46" text-anchor="{anchor}">{shown(bet, bet[end])}</text>'
        for x, anchor, end in ((10, "start", "low"), (550, "end", "high"))
    )
    marks = "".join(f"M{10 + 54 * k} 14v12" for k in range(11))
    line = f'<path d="M10 20H550{marks}" stroke="currentColor" fill="none"/>'
    return (
        f'<svg class="scale" viewBox="0 0 560 52" aria-hidden="true">{line}{ends}</svg>'
    )


def axes(bet: Slide, language: str) -> str:
    """Empty axes for a curve: where one may draw, with the point that is given."""
    from plusx import records

    places = records.lookup(records.load(bet["record"]), bet["x"])
    first = bets.truth(bet)[0]["mean"]
    low, high = bet["low"], bet["high"]

    def down(value: float) -> float:
        return 200 - 180 * (value - low) / (high - low)

    span = places[-1] - places[0]
    across = {place: 60 + 480 * (place - places[0]) / span for place in places}
    below = "".join(
        f'<text x="{x:.0f}" y="222" text-anchor="middle">{place}</text>'
        for place, x in across.items()
    )
    beside = "".join(
        f'<text x="50" y="{down(v) + 5:.0f}" text-anchor="end">{v:.0f}</text>'
        f'<path d="M60 {down(v):.0f}H540" stroke="currentColor" opacity=".2"/>'
        for v in (low, (low + high) / 2, high)
    )
    point = f'<circle cx="60" cy="{down(first):.0f}" r="5"/>'
    named = " · ".join(say(bet[key], language) for key in ("x_label", "y_label"))
    return (
        f'<svg class="axes" viewBox="0 0 560 230" aria-hidden="true">'
        f"{beside}{below}{point}</svg><p>{named}</p>"
    )


def shown(bet: Slide, value: float) -> str:
    """A number as the bet writes it."""
    text = f"{value:.{bet['digits']}f}".replace("-", "−")
    return f"{text} {bet['unit']}" if bet["unit"] else text


def measured(bet: Slide, language: str) -> str:
    """What came out, in words."""
    truth = bets.truth(bet)
    if bet["kind"] == "curve":
        return say(WORDS["drawn"], language)
    if bet["kind"] == "choice":
        labels = {option["value"]: option["label"] for option in bet["options"]}
        return say(WORDS["measured"], language).format(say(labels[truth], language))
    number = shown(bet, truth["mean"])
    if truth["std"] is not None:
        # The unit stands once, behind both.
        plain = {**bet, "unit": ""}
        number = f"{shown(plain, truth['mean'])} ± {shown(bet, truth['std'])}"
    return say(WORDS["measured"], language).format(number)

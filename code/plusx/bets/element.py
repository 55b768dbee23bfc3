"""A bet, and the list of all bets, as the output of a cell."""

import html
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from plusx import figures, records
from plusx.bets import table
from plusx.bilingual import CODES, LAYERS, spoken
from plusx.figures.html import Output, without_comments
from plusx.figures.palette import LOOKS

SHOWN = ("id", "kind", "unit", "digits", "color", "low", "high", "step", "covers")


def show(id: str, truth: float | str | None = None):
    """The bet of that id as an output in HTML, and in words.

    Args:
        truth: what the cell has computed, where no record holds it: a number, or the
            value of the right option.

    Raises:
        ValueError: for an unknown bet, a truth that is missing or given twice, or one
            that the reader could not have bet.
    """
    bets = table.load_all()
    if id not in bets:
        raise ValueError(f"expected one of the bets {', '.join(bets)}, got {id!r}")
    bet = bets[id]
    recorded = table.truth(bet)
    if (recorded is None) == (truth is None):
        raise ValueError(
            f"bet {id}: expected a truth from a record or from the cell, "
            f"got {'none' if truth is None else 'both'}"
        )
    found = recorded if truth is None else given(bet, truth)
    if not table.within(bet, found):
        raise ValueError(f"bet {id}: expected a truth on its scale, got {found}")
    live = truth is not None and bet.get("live", False)
    markup = (
        f'<plusx-bet data-language="{figures.language()}">{question(bet)}'
        f"{data(entry(bet, found), live)}</plusx-bet>\n"
        f"<script>\n{script('bet')}</script>"
    )
    return Output(markup, spoken(bet["question"], figures.language()))


def given(bet: Mapping[str, Any], truth: float | str) -> Any:
    """The truth that a cell hands over, as a record's would be."""
    return truth if bet["kind"] == "choice" else table.point(truth)


def entry(bet: Mapping[str, Any], found: Any) -> dict[str, Any]:
    """What the page needs to know of a bet."""
    known = {key: bet[key] for key in SHOWN if key in bet}
    known |= {"question": bet["question"], "truth": found}
    if bet["kind"] == "choice":
        known["options"] = [
            {"value": option["value"], "label": option["label"]}
            for option in bet["options"]
        ]
    if bet["kind"] == "curve":
        known["x"] = records.lookup(records.load(bet["record"]), bet["x"])
        known |= {key: bet[key] for key in ("x_label", "y_label")}
    return known


def question(bet: Mapping[str, Any]) -> str:
    """The question in both languages, for eyes, for print and without a script."""
    return "".join(
        f'<p class="pb-question {layer}" lang="{CODES[layer]}">{html.escape(text)}</p>'
        for layer, text in zip(LAYERS, bet["question"], strict=True)
    )


def data(value: Any, live: bool = False) -> str:
    """JSON that may stand in a page."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    safe = text.replace("</", "<\\/")
    return f'<script type="application/json"{" data-live" * live}>{safe}</script>'


def overview():
    """All bets of the book, with what the reader placed and what was measured."""
    listed = [
        entry(bet, table.truth(bet)) | {"chapter": bet["chapter"]}
        for bet in table.load_all().values()
    ]
    markup = (
        f'<plusx-bets data-language="{figures.language()}">{data(listed)}'
        "</plusx-bets>\n"
        f"<script>\n{script('bet')}</script>\n<script>\n{script('overview')}</script>"
    )
    asked = [spoken(bet["question"], figures.language()) for bet in listed]
    return Output(markup, "\n".join(asked))


def script(name: str) -> str:
    """One of this room's scripts, its style sheet in it; no comments."""
    code, style = (
        (files("plusx.bets") / f"{name}.{ending}").read_text("utf8")
        for ending in ("js", "css")
    )
    colors = {look.name: look.color for look in LOOKS}
    code = without_comments(code).replace('"palette"', json.dumps(colors))
    return code.replace(f'"{name}.css"', json.dumps(style))

"""The table of all bets, and the truth of each from its record.

    [[bet]]
    id = "plain-56"                    # unique in the book
    chapter = "01_degradation"
    kind = "number"                    # or "choice", "curve"
    question = ["…", "…"]              # English, Chinese
    low = 0                            # a number or a curve: its range …
    high = 100
    step = 1                           # … and, of a number, the slider's step
    unit = "%"                         # behind every number; "" without one
    digits = 1                         # decimals shown
    color = "plain"                    # of what was measured
    record = "degradation"
    path = "results.long.plain.56.last"

A choice has `options`, each with a value, a label and, where a record decides, a path,
and `pick`, "lowest" or "highest". A curve has `x`, the path of its places, and `{x}` in
its path. Where the cell knows the truth, `record` is missing.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from plusx import records
from plusx.bilingual import check_pair

KINDS = ("number", "choice", "curve")


@cache
def load_all() -> dict[str, dict[str, Any]]:
    """All bets by id, in the order of the book.

    Raises:
        ValueError: names the bet and what is wrong with it.
    """
    text = (files("plusx.bets") / "bets.toml").read_text("utf8")
    bets = [check(dict(bet)) for bet in tomllib.loads(text)["bet"]]
    found = {bet["id"]: bet for bet in bets}
    if len(found) < len(bets):
        raise ValueError("bets: expected every id once")
    return found


def check(bet: dict[str, Any]) -> dict[str, Any]:
    """The bet with its defaults.

    Raises:
        ValueError: for an unknown kind, a missing text or a range that is none.
    """
    bet = {"unit": "", "digits": 0, "color": "plain", "covers": []} | bet
    if bet["kind"] not in KINDS:
        raise ValueError(f"bet {bet['id']}: expected {KINDS}, got {bet['kind']!r}")
    texts = [
        bet["question"],
        *(bet[key] for key in ("x_label", "y_label") if key in bet),
    ]
    for text in texts:
        check_pair(f"bet {bet['id']}", tuple(text))
    if bet["kind"] == "choice" and len(bet["options"]) < 2:
        raise ValueError(f"bet {bet['id']}: expected two options or more")
    if bet["kind"] != "choice" and not bet["low"] < bet["high"]:
        raise ValueError(f"bet {bet['id']}: expected low < high")
    return bet


def truth(bet: Mapping[str, Any]) -> Any:
    """What was measured, from the bet's record: a point, a value, a list of points.

    A point is a mean and a standard deviation, None where there is one number alone.
    Without a record the truth is None: a cell knows it.

    Raises:
        ValueError: when the record has no such place.
    """
    if "record" not in bet:
        return None
    record = records.load(bet["record"])
    if bet["kind"] == "number":
        return point(_at(record, bet["path"]))
    if bet["kind"] == "curve":
        places = records.lookup(record, bet["x"])
        return [
            point(records.lookup(record, bet["path"].replace("{x}", str(x))))
            for x in places
        ]
    chosen = {"lowest": min, "highest": max}[bet["pick"]](
        bet["options"],
        key=lambda option: point(records.lookup(record, option["path"]))["mean"],
    )
    return chosen["value"]


def _at(record: Mapping[str, Any], path: str | list[str]) -> Any:
    """The value at a dotted path, or at a list of steps where a step has a dot."""
    if isinstance(path, str):
        return records.lookup(record, path)
    for step in path:
        record = record[step]
    return record


def point(value: Any) -> dict[str, float | None]:
    """A spread, or a number, as mean and standard deviation."""
    if isinstance(value, Mapping):
        return {"mean": value["mean"], "std": value.get("std")}
    return {"mean": float(value), "std": None}


def within(bet: Mapping[str, Any], found: Any) -> bool:
    """Whether a reader can bet what was measured: it lies on the slider."""
    if bet["kind"] == "choice":
        return found in [option["value"] for option in bet["options"]]
    points = found if isinstance(found, list) else [found]
    return all(bet["low"] <= each["mean"] <= bet["high"] for each in points)

"""The table of bets, where their truths come from, and what a cell shows."""

import json
import re
from pathlib import Path

import pytest

from plusx import bets, records
from plusx.bets import element, table

CHAPTERS = Path(__file__).parents[3] / "chapters"
NUMBER = {
    "id": "n",
    "kind": "number",
    "question": ["How many?", "有多少？"],
    "low": 0,
    "high": 10,
    "step": 1,
}
CHOICE = {
    "id": "c",
    "kind": "choice",
    "question": ["Which?", "哪一个？"],
    "options": [
        {"value": "a", "label": ["plain", "普通"]},
        {"value": "b", "label": ["residual", "残差"]},
    ],
}


def data(output):
    """What an output hands to its script."""
    return json.loads(re.search(r'json"[^>]*>(.*?)</script>', output.data)[1])


def asked(chapter):
    """The ids of the bets that a chapter's cells show, in order."""
    cells = json.loads((CHAPTERS / f"{chapter}.ipynb").read_text("utf8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    return [id for text in code for id in re.findall(r'bets\.show\(\s*"([^"]+)"', text)]


@pytest.mark.parametrize("id", table.load_all())
def test_bets_can_be_won(id):
    """What a record says lies on the scale; what a cell knows has no record."""
    bet = table.load_all()[id]
    found = table.truth(bet)
    assert (found is None) == ("record" not in bet)
    assert found is None or table.within(bet, found)


def test_chapters_ask_every_bet_once():
    """No bet is forgotten, none is asked in two places or out of order."""
    wanted = {}
    for bet in table.load_all().values():
        wanted.setdefault(bet["chapter"], []).append(bet["id"])
    assert {chapter: asked(chapter) for chapter in wanted} == wanted


def test_ten_minutes_ask_bets_of_the_chapters_again():
    """Six bets of the chapters, none twice; one placed there is placed in both."""
    short = asked("ten_minutes")
    chapters = [bet["chapter"] for bet in table.load_all().values()]
    again = [id for chapter in sorted(set(chapters)) for id in asked(chapter)]
    assert len(short) == len(set(short)) == 6
    assert set(short) <= set(again)


def test_truth_is_that_of_the_record():
    """A number, a curve and a choice, looked up by hand."""
    found = records.load("degradation")["results"]
    bet = table.load_all()
    last = found["long"]["plain"]["56"]["last"]
    assert table.truth(bet["longer"]) == {k: last[k] for k in ("mean", "std")}
    train = found["conv"]["plain"]["train"]
    assert [p["mean"] for p in table.truth(bet["depth-curve"])] == [
        train[str(depth)]["mean"] for depth in (8, 14, 20, 32, 44, 56)
    ]
    lost = {kind: row["54"]["diverged"] for kind, row in found["mlp"].items()}
    del lost["residual_scaled"]
    assert table.truth(bet["addition-alone"]) == max(lost, key=lost.get)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "guess"}, "expected .*'guess'"),
        ({"question": ["How many?", "How many?"]}, "pair"),
        ({"low": 10}, "low < high"),
        ({"kind": "choice", "options": CHOICE["options"][:1]}, "two options"),
    ],
)
def test_faults_of_a_bet_are_named(change, message):
    """An unknown kind, a text in one language, an empty range, nothing to choose."""
    with pytest.raises(ValueError, match=f"(?s){message}"):
        table.check(NUMBER | change)


@pytest.fixture
def small(monkeypatch):
    """A book with two bets whose truth a cell knows."""
    found = {bet["id"]: table.check(dict(bet)) for bet in (NUMBER, CHOICE)}
    monkeypatch.setattr(table, "load_all", lambda: found)


@pytest.mark.usefixtures("small")
def test_cells_hand_over_their_truth():
    """A number becomes a point without a band, a choice stays as it is."""
    assert data(bets.show("n", truth=3))["truth"] == {"mean": 3.0, "std": None}
    assert data(bets.show("c", truth="b"))["truth"] == "b"


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bets.show("z"), "one of the bets n, c, got 'z'"),
        (lambda: bets.show("n"), "got none"),
        (lambda: bets.show("n", truth=11), "on its scale"),
        (lambda: bets.show("c", truth="d"), "on its scale"),
    ],
)
def test_bets_that_cannot_be_shown_are_refused(call, message):
    """An unknown bet, no truth, and truths that no reader could have bet."""
    with pytest.raises(ValueError, match=message):
        call()


def test_recorded_bets_take_no_other_truth():
    """A cell cannot overrule the record."""
    with pytest.raises(ValueError, match="got both"):
        bets.show("longer", truth=31.5)


def test_question_stands_without_a_script():
    """Both languages are text in the element; a script cannot break out of its JSON."""
    output = bets.show("longer").data
    for text in table.load_all()["longer"]["question"]:
        assert f">{text}</p>" in output.replace("&#x27;", "'")
    assert element.data({"a": "</script>"}).count("</script>") == 1


def test_overview_lists_every_bet_in_order():
    """The last page knows all bets, also those whose truth a cell will tell."""
    listed = data(bets.overview())
    assert [bet["id"] for bet in listed] == list(table.load_all())
    assert any(bet["truth"] is None for bet in listed)

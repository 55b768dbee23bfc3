"""The explorer of scaled shortcuts shows the record, λ by λ."""

import pytest

from plusx import explorer, records
from plusx.pictures import shortcut_scale


@pytest.fixture(scope="module")
def record():
    """The recorded run."""
    return records.load("shortcut_scale")


@pytest.mark.parametrize("depth", ["20", "56"])
def test_lines_grow_to_the_chosen_scale(browserless, record, depth):
    """At each λ there is a point for each seed up to it, and the recorded mean."""
    data = shortcut_scale.explorer_data(record)
    found = record["results"][depth]
    for k, scale in enumerate(record["config"]["scales"]):
        view = browserless("table", data, {"depth": depth, "scale": scale})
        seen = record["config"]["scales"][: k + 1]
        for seed, series in enumerate(view["series"]):
            expected = [found[f"{100 * x:.0f}"]["train"]["values"][seed] for x in seen]
            assert series["points"] == [
                [x, error] for x, error in zip(seen, expected, strict=True)
            ]
        run = found[f"{100 * scale:.0f}"]["train"]
        assert [level["at"] for level in view["levels"]] == [run["mean"]]
        assert f"{run['mean']:.1f} ± {run['std']:.1f} %" in view["readout"][0]
        assert view["cursor"] == scale


def test_it_opens_on_lines_that_answer_nothing(record):
    """Two points a seed, no λ that the text asks about, and an open task."""
    data = shortcut_scale.explorer_data(record)
    opened = {control["id"]: control["value"] for control in data["controls"]}
    assert opened == {"depth": "56", "scale": 0.25}
    curves = data["curves"][explorer.setting("56", 0.25)]
    assert [len(curve) for curve in curves] == [2] * 5
    looks = {(one["color"], str(one.get("dash"))) for one in data["series"]}
    assert len(looks) == 5
    (task,) = data["tasks"]
    assert opened not in task["settings"]
    for one in task["settings"]:
        mean = record["results"]["56"][f"{100 * one['scale']:.0f}"]["train"]["mean"]
        assert one["scale"] != 1 and mean < 5

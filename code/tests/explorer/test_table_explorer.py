"""Explorers of a table, their controls, and the spectra, which are one."""

import pytest
from small_explorer import small_table

from plusx import explorer, records
from plusx.pictures.spectra import spectrum


def test_table_shows_the_curves_of_its_setting(browserless):
    """The slider chooses the curves; None is a gap and a curve may end early."""
    view = browserless("table", small_table(), {"depth": 20})
    assert [s["points"] for s in view["series"]] == [
        [[1, 9], [2, None], [3, 9]],
        [[1, 3], [2, 1]],
    ]
    assert view["readout"] == ["Twenty.", "二十层。"]


def test_table_focus_fades_the_other_series(browserless):
    """A focus chooses no curves, it says which one stands out."""
    names = {"plain": ("plain", "普通"), "residual": ("residual", "残差")}
    data = small_table(
        controls=[
            explorer.choice("net", ("net", "网络"), "plain", names),
            explorer.slider("depth", ("depth", "深度"), 8, values=[8, 20]),
        ],
        focus="net",
        readouts={
            f"{net}/{depth}": (f"{net} {depth}", f"网络 {net} {depth}")
            for net in names
            for depth in (8, 20)
        },
    )
    view = browserless("table", data, {"net": "residual", "depth": 8})
    assert [s["faint"] for s in view["series"]] == [True, False]
    assert view["readout"][0] == "residual 8"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"curves": {"8": [[1], [2]]}}, r"curves: missing \['20'\]"),
        ({"readouts": {"8": ("a", "甲")}}, r"readouts: missing \['20'\]"),
        (
            {"curves": {"8": [[1], [2]], "20": [[1], [2]], "32": [[1], [2]]}},
            r"not expected \['32'\]",
        ),
        ({"curves": {"8": [[1]], "20": [[1], [2]]}}, "'8': expected 2 curves"),
        ({"curves": {"8": [[1, 2, 3, 4], [2]], "20": [[1], [2]]}}, "up to 3 numbers"),
        ({"readouts": {"8": ("a", "b"), "20": ("a", "甲")}}, "readout '8'"),
        ({"series": {"a": (("a", "甲"), "teal"), "b": (("b", "乙"), "rose")}}, "teal"),
        ({"tasks": [(("Try.", "试。"), [])]}, "no setting solves it"),
        ({"tasks": [(("Try.", "试。"), [{"depth": 8}])]}, "solved before anything"),
        ({"tasks": [(("Try.", "试。"), [{"width": 20}])]}, "not on the controls"),
        ({"tasks": [("Try.", [{"depth": 20}])]}, "a task must be a pair"),
        ({"levels": {"8": [{"at": 1, "name": "只有中文"}]}}, "只有中文"),
    ],
)
def test_table_refuses_what_would_leave_a_hole(changes, message):
    """Each setting has its curves and its sentence, and no other has."""
    with pytest.raises(ValueError, match=message):
        small_table(**changes)


def test_table_has_one_axis_for_all_settings(browserless):
    """Ends that were not given hold every curve of every setting, and never move."""
    data = small_table()
    low, high = data["y"]["range"]
    assert low < 0 and high > 9  # the highest point stands at 20, the lowest at 8
    assert data["x"]["range"] == [1, 3]
    views = [browserless("table", data, {"depth": depth}) for depth in (8, 20)]
    assert views[0]["y"] == views[1]["y"]


@pytest.mark.parametrize("form", [tuple, list, " · ".join])
def test_table_takes_a_text_in_either_form(form):
    """Labels, names and sentences are the same, as a pair and in one piece."""
    pair = ("error (%)", "误差（%）")
    found = small_table(
        y_label=form(pair),
        series={"a": (form(pair), "plain"), "b": (form(pair), "rose")},
        readouts={"8": form(pair), "20": form(pair)},
        levels={"8": [{"at": 1, "name": form(pair)}]},
        controls=[explorer.slider("depth", form(pair), 8, values=[8, 20])],
    )
    assert found["y"]["label"] == found["readouts"]["8"] == list(pair)
    assert found["series"][0]["name"] == found["levels"]["8"][0]["name"] == list(pair)
    assert found["controls"][0]["label"] == list(pair)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (("56", 0.9), "56/0.9"),
        (("56", 1.0), "56/1"),
        ((8,), "8"),
        ((0.25, -2.0), "0.25/-2"),
    ],
)
def test_setting_is_named_as_a_script_names_it(browserless, values, name):
    """1.0 is "1" in a script: a table with decimals finds its curves."""
    assert explorer.setting(*values) == name
    if len(values) == 1:
        return
    first, second = values
    options = [
        explorer.choice("a", ("a", "甲"), "56", {"56": "56"})
        if isinstance(first, str)
        else explorer.slider("a", ("a", "甲"), first, values=[first]),
        explorer.slider("b", ("b", "乙"), second, values=[second]),
    ]
    data = small_table(
        controls=options,
        curves={name: [[1], [2]]},
        readouts={name: ("Here.", "在这里。")},
    )
    view = browserless("table", data, {"a": first, "b": second})
    assert view["readout"] == ["Here.", "在这里。"]


def test_controls_refuse_a_value_that_they_do_not_have():
    """A control opens on one of its own values."""
    with pytest.raises(ValueError, match="30 is not on it"):
        explorer.slider("depth", ("depth", "深度"), 30, values=[8, 20])
    with pytest.raises(ValueError, match="9 is not on it"):
        explorer.slider("weight", ("weight", "权重"), 9, low=-8, high=8)
    with pytest.raises(ValueError, match="'c' is not one of"):
        explorer.choice("net", ("net", "网络"), "c", {"a": "A", "b": "B"})
    with pytest.raises(ValueError, match="label of net"):
        explorer.choice("net", ("net", "net"), "a", {"a": "A"})


def test_spectrum_holds_the_record(browserless):
    """At each setting the curve that stands out is the record's, number by number."""
    record = records.load("spectra")
    data = spectrum(record)
    for variant in record["config"]["variants"]:
        for depth in record["config"]["depths"]:
            view = browserless("table", data, {"variant": variant, "depth": depth})
            (found,) = [s for s in view["series"] if not s["faint"]]
            expected = record["results"][variant][str(depth)]
            assert [y for _, y in found["points"]] == expected["spectrum"]
            floors = [level["at"] for level in view["levels"]]
            resolved = expected["resolved"] == record["config"]["width"]
            assert floors == ([] if resolved else [expected["floor"]])

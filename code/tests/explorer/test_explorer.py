"""The explorers' data and scripts, checked without a browser."""

import gzip
import json
import math
import re

import matplotlib.pyplot as plt
import pytest

from plusx import bilingual, explorer, gradients, records
from plusx.explorer.element import KINDS, LARGEST
from plusx.pictures.spectra import spectrum

pytestmark = pytest.mark.usefixtures("english")
ALT = ("Two curves.", "两条曲线。")
CAPTION = ("Move the sliders.", "拖动滑块。")
STARTS = {"path": 0.5, "steepest": None}
SCALES = {
    "one": lambda depth: 1.0,
    "sqrt": lambda depth: depth**-0.5,
    "linear": lambda depth: 1 / depth,
}


def small_table(**changes):
    """The arguments of a table with one slider and two series."""
    arguments = {
        "controls": [explorer.slider("depth", ("depth", "深度"), 8, values=[8, 20])],
        "x": [1, 2, 3],
        "x_label": ("epoch", "轮"),
        "y_label": ("error (%)", "误差（%）"),
        "series": {
            "plain": (("plain", "普通"), "plain"),
            "residual": (("residual", "残差"), "residual"),
        },
        "curves": {"8": [[3, 2, 1], [3, 1, 0]], "20": [[9, None, 9], [3, 1]]},
        "readouts": {"8": ("Eight.", "八层。"), "20": ("Twenty.", "二十层。")},
    }
    arguments.update(changes)
    controls = arguments.pop("controls")
    return explorer.table(controls, **arguments)


def show(kind="table", data=None, **options):
    """The HTML of an explorer."""
    figure, ax = plt.subplots()
    ax.plot([1, 2], label="plain · 普通")
    options = {"name": "try", "alt": ALT, "caption": CAPTION, **options}
    data = small_table() if data is None else data
    return explorer.show(kind, data, still=figure, **options).data


# ---- The product explorer agrees with torch ----


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("place", gradients.PLACES)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("activation", gradients.ACTIVATIONS)
def test_product_agrees_with_autograd(browserless, activation, scale, place, start):
    """Each partial product of both chains is that of `gradients`, weight by weight."""
    config = explorer.product()
    for depth, weight in [(1, 1.0), (7, -4.0), (40, 8.0), (200, -0.25), (200, 0.0)]:
        state = {
            "depth": depth,
            "weight": weight,
            "activation": activation,
            "scale": scale,
            "place": place,
            "start": start,
        }
        view = browserless("product", config, state)
        common = {"activation": activation, "start": STARTS[start]}
        alpha = SCALES[scale](depth)
        for series, factors in zip(
            view["series"],
            (
                gradients.chain_factors(depth, weight, residual=False, **common),
                gradients.chain_factors(
                    depth, weight, scale=alpha, place=place, **common
                ),
            ),
            strict=True,
        ):
            expected = gradients.cumulative_product(factors)
            found = [float(y) for _, y in series["points"][1:]]
            assert found == pytest.approx(expected.log10.tolist(), abs=1e-7)
            assert told(view)[series["id"]][1] == expected.sign[-1].item()


def told(view):
    """The logarithm and the sign of both products, from the English sentence."""
    found = re.findall(r"(\S+)\|(\S+) in the (plain|residual)", view["readout"][0])
    logs = {"-Infinity": -math.inf}
    return {
        chain: (logs.get(log) or float(log), int(sign)) for log, sign, chain in found
    }


@pytest.mark.parametrize("weight", [-4.0, -1.0, 0.5, 8.0])
def test_product_without_activation_is_a_power(browserless, weight):
    """F(h) = α w h gives w^L for the plain and (1 + α w)^L for the residual chain."""
    depth = 60
    state = {**defaults(explorer.product()), "activation": "linear", "weight": weight}
    view = browserless("product", explorer.product(), {**state, "depth": depth})
    plain, residual = (told(view)[chain][0] for chain in ("plain", "residual"))
    assert plain == pytest.approx(depth * math.log10(abs(weight)))
    grown = abs(1 + weight)
    assert residual == (
        pytest.approx(depth * math.log10(grown)) if grown else -math.inf
    )


def defaults(data):
    """The state in which an explorer opens."""
    return {control["id"]: control["value"] for control in data["controls"]}


def test_product_reads_out_what_it_draws(browserless):
    """The sentence holds the depth and the ends of both lines, in both languages."""
    data = explorer.product(depth=3, weight=1.0)
    view = browserless("product", data, defaults(data))
    ends = [line["points"][-1][1] for line in view["series"]]
    for sentence in view["readout"]:
        assert " 3 " in sentence and "{" not in sentence
        assert [float(log) for log in re.findall(r"(\S+?)\|", sentence)] == ends


def test_product_keeps_its_axes(browserless):
    """No setting moves the axes, so that no two lines look alike that are not."""
    data = explorer.product()
    views = [
        browserless("product", data, {**defaults(data), "weight": w, "depth": depth})
        for w, depth in ((1, 100), (8, 100), (-8, 200), (0, 1))
    ]
    assert all(view["x"] == views[0]["x"] for view in views)
    assert all(view["y"] == views[0]["y"] for view in views)
    falls = [view["series"][0]["points"][40][1] for view in views[:2]]
    low, high = views[0]["y"]["range"]
    assert (falls[0] - falls[1]) / (high - low) > 0.1  # a tenth of the chart, at sight


def test_product_tasks_open_unsolved_and_can_be_solved(browserless):
    """Weight 1 without an activation keeps the plain chain; one block may kill both."""
    data = explorer.product()
    opened = defaults(data)
    assert browserless("product", data, opened)["done"] == [False, False]
    for changes, done in (
        ({"activation": "linear"}, [True, False]),
        ({"activation": "linear", "weight": -1}, [True, True]),
        ({"activation": "linear", "weight": -1, "depth": 99}, [False, False]),
        ({"place": "after"}, [False, True]),
        ({"weight": 8}, [False, False]),
    ):
        assert browserless("product", data, {**opened, **changes})["done"] == done


# ---- Tables ----


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


# ---- The spectrum explorer shows the record ----


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


@pytest.mark.parametrize(
    ("log10", "text"),
    [
        (0, "1"),
        (math.log10(0.96), "0.96"),
        (math.log10(4230), "4200"),
        (-17.2, "6.3 × 10⁻¹⁸"),
        (15.7, "5.0 × 10¹⁵"),
        (-3.0000001, "1.0 × 10⁻³"),
        (-64.8327, "1.5 × 10⁻⁶⁵"),
    ],
)
def test_power_writes_two_figures(log10, text):
    """Near one as a decimal, far from it as a power of ten."""
    assert bilingual.power(log10) == text


# ---- What show writes ----


def test_show_holds_its_data_and_the_still_figure():
    """The element holds its data first, then the picture that needs no script."""
    html = show()
    tag = re.search(r"<plusx-table (.*?)>(.*)</plusx-table>", html, re.S)
    assert 'data-language="en"' in tag[1]
    text = re.match(
        r"\s*<script type=\"application/json\">(.*?)</script>", tag[2], re.S
    )
    assert json.loads(text[1]) == json.loads(json.dumps(small_table()))
    assert "<style>" not in tag[2].partition("px-untrusted")[0]
    assert 'class="plusx-still"' in tag[2]
    assert f'aria-label="{ALT[0]}"' in tag[2]


def test_show_marks_live_data_and_its_still():
    """`data-live` stands on both where numbers came from the cell, and nowhere else."""
    live = show(live=True)
    assert live.count("data-live") == 3  # the data, the still figure, its picture
    assert '<script type="application/json" data-live>' in live
    assert re.search(r"<svg[^>]* data-live=", live)
    assert "data-live" not in show()


def test_show_keeps_a_script_in_the_data_harmless():
    """A text cannot close the script element that holds it."""
    data = small_table(readouts={"8": ("</script>", "甲"), "20": ("b", "乙")})
    assert show(data=data).count("</script>") == 3


def test_show_writes_the_same_bytes_again():
    """The stored output of an explorer does not change from run to run."""
    assert show() == show()


@pytest.mark.parametrize("kind", KINDS)
def test_script_is_light(kind):
    """Chart, base and model weigh under 9 kB compressed."""
    assert len(gzip.compress(explorer.script(kind).encode())) < 9000


def test_data_is_light():
    """The data of chapter 3's explorers stay under 40 kB, as does any other."""
    for data in (explorer.product(), spectrum(records.load("spectra"))):
        assert len(json.dumps(data, ensure_ascii=False).encode()) < LARGEST
    data = small_table(readouts={"8": ("a" * 40_000, "甲"), "20": ("b", "乙")})
    with pytest.raises(ValueError, match="at most 40000 bytes"):
        show(data=data)


def test_show_refuses_an_unknown_kind_or_a_missing_text():
    """The error says what there is, or which text is not in both languages."""
    with pytest.raises(ValueError, match="'product', 'table'"):
        show("spectrum")
    with pytest.raises(ValueError, match="caption must be a pair"):
        show(caption="Move.")
    with pytest.raises(ValueError, match="name must be like"):
        show(name="Try it")

"""Chapter 5: recorded curves, and the explorer of them."""

import copy
import json
import statistics

import matplotlib.pyplot as plt
import pytest

from plusx import explorer, records
from plusx.pictures import trained
from plusx.train import recipes


@pytest.fixture
def digits_group():
    """The records of the trainer on digits."""
    return trained.select(trained.load_all(), "short", "digits")


def made_up(name, seeds=3, epochs=165, **config):
    """A record as the trainer writes it for a GPU run of the paper's recipe."""
    record = copy.deepcopy(records.load("resnet56-short-digits"))
    recipe = {"name": "paper", **vars(recipes.find("paper", "resnet56"))}
    record["config"] |= {"net": name, "recipe": recipe, "data": "cifar10", **config}
    record["name"] = f"{name}-paper"
    runs = [
        {"seed": seed}
        | {what: [90.0 - 0.5 * epoch - seed for epoch in range(epochs)] for what in (
            "train_error", "test_error", "train_loss", "test_loss")}
        for seed in range(seeds)
    ]  # fmt: skip
    record["results"] |= {"runs": runs, "epochs": epochs, "test_images": 10_000}
    for what in trained.ERRORS:
        last = [run[what][-1] for run in runs]
        record["results"][what] = records.spread(last)
    record["provenance"] |= {"device": "made up", "seeds": list(range(seeds))}
    return record


# ---- Records ----


def test_records_of_the_digits_are_there(digits_group):
    """The chapter draws four nets, three seeds each, in the order of its tables."""
    assert list(digits_group) == ["plain20", "plain56", "resnet20", "resnet56"]
    for record in digits_group.values():
        assert record["provenance"]["seeds"] == [0, 1, 2]
        assert record["results"]["test_images"] == 359


def test_records_of_the_digits_show_degradation(digits_group):
    """Plain-56 stays far above the other three, as the chapter says."""
    errors = {
        net: record["results"]["train_error"]["mean"]
        for net, record in digits_group.items()
    }
    assert errors.pop("plain56") > 40
    assert max(errors.values()) < 5


def test_records_of_the_laptop_show_degradation():
    """On photographs depth costs the plain net much and the residual net little."""
    group = trained.select(trained.load_all(), "laptop", "cifar10")
    assert list(group) == ["plain20", "plain56", "resnet20", "resnet56"]
    for record in group.values():
        assert record["provenance"]["seeds"] == [0, 1, 2]
        assert record["results"]["test_images"] == 10_000
        assert "JPEG q75" in record["provenance"]["data"]
        assert not record["provenance"]["commit"].endswith("-dirty")
    for what in trained.ERRORS:
        error = {net: record["results"][what]["mean"] for net, record in group.items()}
        assert error["plain56"] - error["plain20"] > 20
        assert abs(error["resnet56"] - error["resnet20"]) < 5


def test_figure_reaches_as_far_as_short_runs(digits_group):
    """Only long trainings are zoomed to the paper's range; few epochs are points."""
    laptop = trained.select(trained.load_all(), "laptop", "cifar10")
    paper = {"resnet56": made_up("resnet56")}
    seen = {}
    for name, group in (("laptop", laptop), ("digits", digits_group), ("paper", paper)):
        figure = trained.figure(group)
        ax = figure.axes[0]
        seen[name] = ax.get_ylim()[1] > 60, ax.lines[0].get_marker() not in ("", "None")
        plt.close(figure)
    assert seen == {
        "laptop": (True, True), "digits": (True, False), "paper": (False, False)
    }  # fmt: skip


def test_select_leaves_other_blocks_and_recipes_out():
    """Option C, pre-activation and held-out runs are other experiments."""
    usual = made_up("resnet56")
    others = [
        made_up("resnet56", option="C"),
        made_up("resnet56", order="pre"),
        made_up("resnet56", validation=True),
        made_up("resnet56", data="digits"),
    ]
    assert trained.select([*others, usual], "paper", "cifar10") == {"resnet56": usual}
    assert trained.select([usual], "fast", "cifar10") == {}
    chosen = trained.select([*others, usual], "paper", "cifar10", option="C")
    assert chosen == {"resnet56": others[0]}


def test_a_record_that_is_dropped_in_is_taken_in(tmp_path, monkeypatch):
    """A new file in the folder appears in the group, the figure and the table."""
    for net in ("plain20", "resnet110"):
        path = tmp_path / f"{net}-paper.json"
        path.write_text(json.dumps(made_up(net)), "utf8")
    monkeypatch.setattr(records, "FOLDER", tmp_path)
    group = trained.select(trained.load_all(), "paper", "cifar10")
    assert list(group) == ["plain20", "resnet110"]
    figure = trained.figure(group)
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]
    plt.close(figure)
    table = trained.table(group).data
    assert "plain-20" in table and "ResNet-110" in table


def test_spreads_are_mean_and_deviation_over_seeds():
    """Three seeds one percent apart have that mean and a deviation of 1."""
    first = trained.spreads(made_up("resnet56"), "test_error")[0]
    assert first == {"mean": 89.0, "std": 1.0, "values": [90.0, 89.0, 88.0]}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        # 50,000 images make 390 whole batches of 128; 64,000 steps end in epoch 165.
        (made_up("resnet56"), [390, 780, 63_960, 64_000]),
        (made_up("resnet56", validation=True, epochs=183), [351, 702, 63_882, 64_000]),
    ],
)
def test_steps_end_where_the_recipe_does(record, expected):
    """Epochs have whole batches, and the last may be a short one."""
    found = trained.steps(record)
    assert found[:2] + found[-2:] == expected


def test_steps_of_the_digits_are_twenty_epochs(digits_group):
    """1,438 images make 11 batches."""
    assert trained.steps(digits_group["resnet56"]) == [11 * n for n in range(1, 21)]


def test_card_tells_where_a_record_comes_from(digits_group):
    """Device, seeds, data, commit and command stand on it."""
    record = digits_group["resnet56"]
    card, origin = trained.card(record).data, record["provenance"]
    for field in ("device", "torch", "precision", "data", "commit", "command"):
        assert origin[field] in card


def test_table_gives_the_last_epoch(digits_group):
    """Its figures are the mean and the deviation of the last values of the curves."""
    for record in digits_group.values():
        last = [run["test_error"][-1] for run in record["results"]["runs"]]
        told = record["results"]["test_error"]
        assert told["mean"] == pytest.approx(statistics.fmean(last), abs=0.01)
        assert told["std"] == pytest.approx(statistics.stdev(last), abs=0.02)
        cell = f"{told['mean']:.2f} ± {told['std']:.2f}"
        assert cell in trained.table(digits_group).data


def test_figure_names_each_net_once(digits_group):
    """A plain net has a name in each language, a ResNet the same one in both."""
    figure = trained.figure(digits_group)
    named = {line.get_label() for line in figure.axes[0].lines}
    plt.close(figure)
    plain = {"plain-20 · 普通-20", "plain-56 · 普通-56"}
    assert named == plain | {"ResNet-20", "ResNet-56"}


def test_figure_refuses_an_empty_group():
    """Without a record there is nothing to draw, and nothing is invented."""
    with pytest.raises(ValueError, match="at least one record, got none"):
        trained.figure({})


# ---- The explorer ----


@pytest.fixture
def view(browserless, digits_group):
    """A function from the state of the controls to what the explorer shows."""
    config = trained.explorer_data(digits_group)

    def ask(**state):
        usual = {control["id"]: control["value"] for control in config["controls"]}
        state = usual | {"what": "test_error"} | state
        return browserless("curves", config, state)

    return ask


def test_explorer_reads_off_the_recorded_means(view, digits_group):
    """At epoch 7 it says the means that the records have there."""
    for what in trained.ERRORS:
        english, chinese = view(what=what, epoch=7)["readout"]
        for net, record in digits_group.items():
            mean = trained.spreads(record, what)[6]["mean"]
            assert f"{trained.label(net)[0]} {mean:.2f}\u00a0%" in english
            assert f"{trained.label(net)[1]} {mean:.2f}\u00a0%" in chinese


def test_explorer_lays_the_chosen_nets_over_each_other(view):
    """All epochs of the chosen nets are drawn, and the cursor stands at one of them."""
    shown = view(epoch=5, nets=["plain56", "resnet56"])
    assert [series["id"] for series in shown["series"]] == ["plain56", "resnet56"]
    assert [len(series["points"]) for series in shown["series"]] == [20, 20]
    assert [series["at"][0] for series in shown["series"]] == [5, 5]
    assert shown["cursor"] == 5


def test_explorer_smooths_and_zooms(view, digits_group):
    """A window of three is the mean of three epochs; a part shows its epochs alone."""
    values = [s["mean"] for s in trained.spreads(digits_group["plain56"], "test_error")]
    (series,) = view(epoch=5, nets=["plain56"], smooth=3)["series"]
    assert series["points"][4][1] == pytest.approx(sum(values[3:6]) / 3)
    shown = view(epoch=20, nets=["plain56"], part="end")
    assert [x for x, _ in shown["series"][0]["points"]] == list(range(10, 21))


def test_explorer_has_a_logarithmic_axis(view):
    """10 % is drawn at 1, and 0 at the floor of 0.01 %."""
    linear = view(epoch=20, what="train_error")
    log = view(epoch=20, what="train_error", scale="log")
    assert log["y"]["log"] and not linear["y"]["log"]
    for one, other in zip(linear["series"], log["series"], strict=True):
        for (_, error), (_, height) in zip(one["points"], other["points"], strict=True):
            assert 10**height == pytest.approx(max(error, 0.01))


def test_explorer_shows_the_longest_group_light(digits_group):
    """Five nets of 165 epochs still fit into an explorer."""
    group = {net: made_up(net) for net in trained.DRAWN}
    html = explorer.show(
        "curves",
        trained.explorer_data(group),
        name="try-curves",
        alt=("Curves.", "曲线。"),
        caption=("Curves.", "曲线。"),
        still=trained.figure(digits_group),
    ).data
    assert "<plusx-curves" in html

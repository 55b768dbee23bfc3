"""Chapter 6: finished nets of others, and the figure of the paper."""

import copy

import matplotlib.pyplot as plt
import pytest

from plusx import figures, records
from plusx.pictures import finished, trained
from plusx.train import recipes

pytestmark = pytest.mark.usefixtures("english")


def results():
    """The record of the finished nets."""
    return records.load("finished_nets")["results"]


def by_label(figure):
    """The lines of a figure that have a name, by their name."""
    lines = [line for ax in figure.axes for line in ax.lines]
    plt.close(figure)
    return {line.get_label(): line for line in lines}


# ---- Finished nets ----


def test_branch_sizes_are_those_of_the_record():
    """Each author's line has the 27 ratios, ours the means over the seeds."""
    own = records.load("deletion")["results"]["residual-56"]["ratio"]
    kept = records.load("kept_nets")["results"]
    lines = by_label(finished.branch_sizes(results(), kept, own))
    quarter = kept["nets"]["resnet56-quarter"]["ratio"]
    assert list(lines[finished.QUARTER].get_ydata()) == quarter
    for net, (name, _) in finished.SHOWN.items():
        assert list(lines[name].get_ydata()) == results()["nets"][net]["ratio"]
    means = [block["mean"] for block in own]
    assert list(lines[finished.OWN].get_ydata()) == means
    assert list(lines[finished.OWN].get_xdata()) == list(range(1, 28))


def test_branch_sizes_take_no_color_of_plain_and_residual():
    """All four nets are residual: the contrast is another one."""
    own = records.load("deletion")["results"]["residual-56"]["ratio"]
    kept = records.load("kept_nets")["results"]
    lines = by_label(finished.branch_sizes(results(), kept, own)).values()
    colors = {line.get_color() for line in lines}
    assert not colors & {figures.PLAIN, figures.RESIDUAL} and len(colors) == 5


def test_lesion_table_names_the_worst_block():
    """Median and worst of made-up nets, ours first, blocks counted from one."""
    lesions = {"0": 30.0, "1": 20.0, "2": 70.0}
    made_up = {"first": 18.0, "lesions": lesions}
    table = finished.lesion_table(
        {"nets": {"who residual-56": made_up, "x plain-20": {}}},
        {"nets": {"plain20-quarter": {"first": 9.0, "lesions": {"0": 40.0}}}},
    )
    ours, theirs = (line.split() for line in str(table).splitlines()[1:])
    assert ours == ["ours,", "plain-20", "9.0", "40.0", "40.0", "1"]
    assert theirs == ["who,", "ResNet-56", "18.0", "30.0", "70.0", "3"]


# ---- The figure of the paper ----


def quarter(name, seeds=2, epochs=42):
    """A miniature record of the recipe `quarter`, errors falling by seed."""
    record = copy.deepcopy(records.load("resnet56-short-digits"))
    recipe = {"name": "quarter", **vars(recipes.find("quarter", name))}
    record["config"] |= {"net": name, "recipe": recipe, "data": "cifar10"}
    train = [[30 - 0.5 * e - seed for e in range(epochs)] for seed in range(seeds)]
    runs = [{"train_error": t, "test_error": [e + 4 for e in t]} for t in train]
    record["results"] |= {"runs": runs, "epochs": epochs}
    for what in trained.ERRORS:
        spread = records.spread([run[what][-1] for run in runs])
        record["results"][what] = spread
    return record


def test_paper_figure_has_thin_training_and_bold_test_errors():
    """Each net has both, in its panel; only the bold one has a name."""
    nets = ("plain20", "resnet20", "resnet56")
    figure = trained.paper_figure({net: quarter(net) for net in nets})
    panels = [ax.lines for ax in figure.axes]
    assert [len(lines) for lines in panels] == [2, 4]
    thin, bold = panels[0]
    assert thin.get_linewidth() < 1 < bold.get_linewidth()
    assert bold.get_label() == "plain-20 · 普通-20"
    assert thin.get_label().startswith("_")
    assert [bold.get_ydata()[0] - thin.get_ydata()[0]] == pytest.approx([4])
    assert bold.get_xdata()[0] == 0.39 and bold.get_xdata()[-1] == 16
    plt.close(figure)


def test_paper_figure_draws_what_is_there():
    """One kind of net makes one panel; without a record nothing is invented."""
    figure = trained.paper_figure({"resnet20": quarter("resnet20")})
    assert len(figure.axes) == 1
    plt.close(figure)
    with pytest.raises(ValueError, match="at least one record, got none"):
        trained.paper_figure({})


def test_paper_figure_shows_the_end_of_every_curve():
    """The axes end where the paper's do, or above a net that stayed higher."""
    for bad, top in ((9.0, 25), (30.0, 40)):
        group = {"resnet20": quarter("resnet20"), "plain56": quarter("plain56")}
        group["plain56"]["results"]["test_error"] |= {"mean": bad}
        figure = trained.paper_figure(group)
        assert [ax.get_ylim() for ax in figure.axes] == [(0, top)] * 2
        plt.close(figure)


def test_quarter_records_make_a_group_of_their_own():
    """They are never mixed with runs of the whole length."""
    found = [quarter("resnet20"), quarter("plain20")]
    assert list(trained.select(found, "quarter", "cifar10")) == ["plain20", "resnet20"]
    assert trained.select(found, "paper", "cifar10") == {}

"""The pictures of the recorded Transformers say what the record says."""

import matplotlib.pyplot as plt
import pytest

from plusx import records
from plusx.pictures import transformer as views

FIGURES = (
    views.order_gradients,
    views.warmup,
    views.without_skips,
    views.diversity,
    views.bare_gradients,
    views.collapsed,
    views.stream,
    views.early_read_out,
)


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_figures_draw_their_lines_in_both_languages(draw):
    """Each panel has named lines, and each name its Chinese half."""
    figure = draw(records.load("transformer"))
    for ax in figure.axes:
        names = [line.get_label() for line in ax.lines]
        names = [name for name in names if not name.startswith("_")]
        assert len(names) >= 2
        assert all(" · " in name for name in names)
    plt.close(figure)


def test_lines_given_as_logarithms_stand_at_their_powers():
    """The last point of the collapse is ten to the recorded mean."""
    record = records.load("transformer")
    figure = views.collapsed(record)
    line = next(li for li in figure.axes[0].lines if li.get_label() == views.BARE)
    mean = record["results"]["sweep"]["pre_bare"]["12"]["after"]["mean"][-1]
    assert line.get_ydata()[-1] == pytest.approx(10**mean, rel=1e-12)
    plt.close(figure)


def test_explorer_says_what_the_record_says():
    """One curve pair and one sentence for each setting, with the recorded loss."""
    record = records.load("transformer")
    table = views.table(record)
    assert len(table["curves"]) == len(table["readouts"]) == 20
    found = record["results"]["sweep"]["post_skip"]["8"]
    assert table["curves"]["post/skip/8"][1] == found["after"]["mean"]
    english, chinese = table["readouts"]["post/skip/8"]
    loss = f"{found['loss']['mean']:.2f} ± {found['loss']['std']:.2f}"
    assert english.startswith("post-norm, with skips, 8 blocks") and loss in english
    assert chinese.startswith("后置归一化，有跳跃连接，8 个块") and loss in chinese

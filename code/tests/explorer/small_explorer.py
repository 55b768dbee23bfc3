"""A small explorer for tests to look into."""

import matplotlib.pyplot as plt

from plusx import explorer

ALT = ("Two curves.", "两条曲线。")
CAPTION = ("Move the sliders.", "拖动滑块。")


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

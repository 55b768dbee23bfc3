"""Pages with explorers of each kind, under the style sheet of the book's languages."""

import books
import matplotlib.pyplot as plt

from plusx import explorer, records
from plusx.experiments import deletion
from plusx.networks import CifarNet
from plusx.pictures import deletion as pictures
from plusx.pictures import film, shortcut_scale, trained
from plusx.pictures.spectra import spectrum

ALT = ("Two curves.", "两条曲线。")
CAPTION = ("Move the sliders.", "拖动滑块。")
PAGE = """<!doctype html><html {lang}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body>{body}</body></html>"""


def deletions():
    """The data of a ResNet-20: each block costs its number, a tenth of that anew."""
    net = CifarNet(20, width=2, in_channels=1)
    costs = [float(index + 1) for index in deletion.deletable(net)]
    anew = [3 + cost / 10 for cost in costs]
    kept = [3 + cost for cost in costs]
    return pictures.explorer_data(net, kept, anew, intact=3.0, ratios=[0.5] * 9)


def write_page(folder):
    """A page with explorers, in each of the book's modes; return the folder."""
    style = books.ROOT / "code" / "plusx_site" / "static" / "bilingual.css"
    scale = shortcut_scale.explorer_data(records.load("shortcut_scale"))
    group = trained.select(trained.load_all(), "short", "digits")
    body = []
    for name, kind, data in (
        ("product", "product", explorer.product()),
        ("spectrum", "table", spectrum(records.load("spectra"))),
        ("again", "product", explorer.product(depth=5, weight=-1.0)),
        ("scale", "table", scale),
        ("curves", "curves", trained.explorer_data(group)),
        ("deletion", "deletion", deletions()),
        ("film", "film", film.explorer_data(records.load("film"))),
        ("story", "story", explorer.story()),
    ):
        figure, ax = plt.subplots()
        ax.plot([1, 2], [1, 2], label="plain · 普通")
        html = explorer.show(
            kind, data, name=name, alt=ALT, caption=CAPTION, still=figure
        )
        body.append(html.data)
    for mode in ("en", "zh", "both"):
        text = PAGE.format(
            lang=f'data-lang="{mode}"',
            style=style.read_text("utf-8"),
            body="\n".join(body),
        )
        (folder / f"{mode}.html").write_text(text, "utf-8")
    return folder

"""The explorers in a browser: what they show, by keyboard and touch, without a script.

The pages are written here, each with two explorers of one kind and one of two others,
under the style sheet that switches the languages of the book.
"""

import re

import pytest

from plusx import gradients, records
from plusx.bilingual import HAN

pytestmark = pytest.mark.browser
WORD = re.compile(r"[a-z]{4,}")
NAMES = re.compile(r"sigmoid|tanh|float64")  # they stand in Chinese sentences as well
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.fixture
def on_disk(explorer_folder):
    """The address of the pages as files; what hangs on it is tried over http too."""
    return explorer_folder.as_uri()


@pytest.fixture
def product(visit, on_disk):
    """The product explorer on an English page."""
    return visit().open(f"{on_disk}/en.html").locator("#fig-product")


def readout(figure):
    """What the explorer says, as the eye reads it."""
    return figure.locator("output").inner_text()


def products(figure):
    """The two numbers of the product explorer's sentence."""
    text = re.search(
        r"product is (.+) in the plain chain and (.+) in the", readout(figure)
    )
    return [number(text[1]), number(text[2])]


def number(text):
    """A number as the explorers write it."""
    mantissa, _, exponent = text.replace("−", "-").partition(" × 10")
    return float(mantissa) * 10.0 ** int(exponent.translate(SUPERSCRIPTS) or 0)


def expected(depth, weight, activation="sigmoid", scale=1.0, place="branch", start=0.5):
    """Both products by torch."""
    common = {"activation": activation, "start": start}
    plain = gradients.chain_factors(depth, weight, residual=False, **common)
    residual = gradients.chain_factors(
        depth, weight, scale=scale, place=place, **common
    )
    return [plain.prod().item(), residual.prod().item()]


def close(pair):
    """Three figures agree, or two beyond the decimals."""
    return pytest.approx(pair, rel=0.04)


def move(figure, label, key, times=1):
    """Press a key on the slider of a label."""
    slider = figure.get_by_role("slider", name=label)
    slider.focus()
    for _ in range(times):
        slider.press(key)


def test_product_opens_with_its_numbers(visit, explorers):
    """At 100 blocks and w = 1 both products are those of torch."""
    product = visit().open(f"{explorers}/en.html").locator("#fig-product")
    assert products(product) == close(expected(100, 1.0))


def test_product_follows_the_keyboard(product):
    """Arrow keys, Home and End move sliders and lists, and the numbers follow."""
    move(product, "weight w", "ArrowRight", 4)
    assert products(product) == close(expected(100, 2.0))
    move(product, "blocks L", "Home")
    assert products(product) == close(expected(1, 2.0))
    move(product, "blocks L", "End")
    move(product, "weight w", "Home")
    assert products(product) == close(expected(200, -8.0))
    product.get_by_role("radio", name="sigmoid").focus()
    product.page.keyboard.press("ArrowRight")
    assert products(product) == close(expected(200, -8.0, "tanh"))


def test_product_follows_every_choice(product):
    """Scale, place and start are those of `gradients.chain_factors`."""
    move(product, "weight w", "ArrowRight", 8)  # 3
    for label, settings in (
        ("1/√L", {"scale": 0.1}),
        ("f(h + α f(wh))", {"scale": 0.1, "place": "after"}),
        (
            "always at the steepest point",
            {"scale": 0.1, "place": "after", "start": None},
        ),
        ("1/L", {"scale": 0.01, "place": "after", "start": None}),
    ):
        product.get_by_role("radio", name=label, exact=True).check(force=True)
        assert products(product) == close(expected(100, 3.0, **settings))


def test_product_draws_what_it_says(product):
    """The curves end at the heights of the two numbers."""
    move(product, "blocks L", "Home")
    paths = product.locator(".px-chart g[data-series] path:first-child")
    ends = [paths.nth(k).get_attribute("d").split("L")[-1] for k in (0, 1)]
    y = [float(end.split()[1]) for end in ends]
    plain, residual = expected(1, 1.0)
    assert plain < residual
    assert y[0] > y[1]


def test_spectrum_reads_out_the_record(visit, on_disk):
    """Each variant at the ends of the depth slider says the record's largest value."""
    figure = visit().open(f"{on_disk}/en.html").locator("#fig-spectrum")
    record = records.load("spectra")["results"]
    for label, variant in (("plain", "plain"), ("h + F(h)/√L", "sqrt")):
        figure.get_by_role("radio", name=label, exact=True).check(force=True)
        for key, depth in (("Home", "1"), ("End", "100")):
            move(figure, "blocks L", key)
            says = re.search(r"largest singular value is (.+?), the", readout(figure))
            mean = record[variant][depth]["max"]["mean"]
            assert number(says[1]) == pytest.approx(10**mean, rel=0.06)


def test_deletion_follows_the_toggle_and_the_slider(visit, on_disk):
    """By keyboard: block 9 costs 9 points, 0.9 once the averages are estimated anew."""
    figure = visit().open(f"{on_disk}/en.html").locator("#fig-deletion")
    move(figure, "block taken away", "End")
    assert "Without block 9, averages as they are: 12.0\u00a0%" in readout(figure)
    lines = figure.locator(".px-chart g[data-series] path:not([d=''])")
    assert lines.count() == 2
    # Blocks 4 and 7 begin stages and stay: the line has two gaps.
    assert lines.first.get_attribute("d").count("M") == 3
    high = figure.locator(".px-chart").bounding_box()
    figure.get_by_role("radio", name="as they are").focus()
    figure.page.keyboard.press("ArrowRight")
    assert "Without block 9, averages estimated anew: 3.9\u00a0%" in readout(figure)
    assert lines.count() == 3
    assert figure.locator(".px-chart").bounding_box() == high
    move(figure, "block taken away", "ArrowLeft")
    assert "Without block 8" in readout(figure)
    move(figure, "block taken away", "ArrowLeft")
    assert "Without block 6" in readout(figure)


def test_two_explorers_of_a_kind_move_apart(product):
    """Each has its own state, also the one that was read after the first script."""
    again = product.page.locator("#fig-again")
    before = readout(again)
    move(product, "blocks L", "Home")
    assert readout(again) == before
    move(again, "blocks L", "ArrowRight")
    assert products(again) == close(expected(6, -1.0))


def test_explorers_answer_to_touch(visit, explorers):
    """A tap on a button and on a slider's track counts, at 390 px."""
    reader = visit(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    )
    figure = reader.open(f"{explorers}/en.html").locator("#fig-product")
    figure.locator("label", has_text="tanh").tap()
    assert products(figure) == close(expected(100, 1.0, "tanh"))
    slider = figure.get_by_role("slider", name="blocks L")
    slider.tap(position={"x": 2, "y": 10})
    assert products(figure) == close(expected(1, 1.0, "tanh"))
    wide = reader.tab.evaluate("document.documentElement.scrollWidth")
    assert wide == 390


@pytest.mark.parametrize("label", ["sigmoid", "1/√L"])
def test_targets_are_large_enough_for_a_finger(product, label):
    """At least 24 by 24 px (WCAG 2.2, 2.5.8)."""
    box = product.locator("label", has_text=label).first.bounding_box()
    assert min(box["width"], box["height"]) >= 24


def test_explorers_speak_the_language_of_the_page(visit, on_disk):
    """English mode shows no Han, Chinese mode no English word, both shows both."""
    texts = {}
    for mode in ("en", "zh", "both"):
        page = visit().open(f"{on_disk}/{mode}.html")
        texts[mode] = page.locator("body").inner_text()
    assert not HAN.search(texts["en"])
    assert not WORD.search(NAMES.sub("", texts["zh"]))
    assert HAN.search(texts["both"])
    assert WORD.search(texts["both"])


def test_explorers_name_their_parts_for_screen_readers(visit, on_disk):
    """Controls, groups and the spoken readout have names in the page's language."""
    figure = visit().open(f"{on_disk}/zh.html").locator("#fig-product")
    slider = figure.get_by_role("slider", name="块数 L")
    assert slider.get_attribute("aria-valuetext") == "100"
    assert figure.get_by_role("group", name="激活函数 f").count() == 1
    assert figure.get_by_role("status").get_attribute("aria-live") == "polite"


def test_still_figure_stands_in_without_a_script(visit, on_disk):
    """Without JavaScript the picture shows, and no control that could not work."""
    page = visit(java_script_enabled=False).open(f"{on_disk}/en.html")
    figure = page.locator("#fig-product")
    assert figure.locator(".plusx-still svg").is_visible()
    assert figure.get_by_role("slider").count() == 0


def test_still_figure_stands_in_on_paper(product):
    """Print shows the picture instead of the controls, the screen the reverse."""
    still, controls = product.locator(".plusx-still"), product.locator(".px-ui")
    assert (still.is_visible(), controls.is_visible()) == (False, True)
    product.page.emulate_media(media="print")
    assert (still.is_visible(), controls.is_visible()) == (True, False)


def test_explorers_are_ready_with_the_page(visit, explorers):
    """Each is there when the page has been read: nothing waits for a timer."""
    reader = visit()
    reader.tab.add_init_script(
        """document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
          const waiting = document.querySelectorAll(".plusx-explorer:not(.ready)");
          window.waiting = waiting.length;
        }))"""
    )
    assert reader.open(f"{explorers}/en.html").evaluate("window.waiting") == 0


def test_explorers_ask_for_nothing_and_complain_of_nothing(visit, explorers):
    """One request, for the page itself; no message in the console."""
    reader = visit()
    page = reader.open(f"{explorers}/en.html")
    move(page.locator("#fig-product"), "weight w", "End")
    asked = [url for url in reader.requests if "favicon" not in url]
    faults = [fault for fault in reader.faults if "favicon" not in fault]
    assert (asked, faults) == ([f"{explorers}/en.html"], [])

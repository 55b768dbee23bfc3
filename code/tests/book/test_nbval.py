"""What `make test` compares of a notebook: every stored output but the live numbers.

One run of nbval over a notebook whose stored outputs were changed by hand.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from books import chapter as minibook

CONFIG = Path(__file__).parents[1] / "nbval.cfg"
HTML = "from IPython.display import HTML\nHTML('''{}''')"


def html(source, stored):
    """Return a cell that shows one HTML text and has stored another."""
    return minibook.code(HTML.format(source), minibook.shown(stored))


def output(source, stored):
    """Return a cell that prints one text and has stored another."""
    return minibook.code(f"print({source!r})", minibook.printed(f"{stored}\n"))


LIVE = '<p>Same</p>\n<svg viewBox="0 0 9 9" data-live=""><path d="M0 {}"/>\n</svg>{}'
IMAGE = '<p>Same</p><img{} alt="a" src="data:image/svg+xml,{}"><p>{}</p>'
STILL = '<svg viewBox="0 0 9 9"><path d="M0 {}"/></svg>'
DATA = '<script type="application/json"{}>{{"kept":[{}]}}</script>\n<p>{}</p>'
BAR = "import sys\nprint('{}', file=sys.stderr)"
CELLS = {
    "same": (output("error 3.70", "error 3.70"), True),
    "live_number": (output("plain ≈ 69.7 %, kept", "plain ≈  9.1 %, kept"), True),
    "live_spread": (output("≈ 69.7 ± 5.3 %", "≈ 12 ± 1.25 %"), True),
    "live_power": (output("≈ 1.5e-65 | ≈ -2", "≈ 3e+04 | ≈ 1,438.5"), True),
    "other_number": (output("error 3.70", "error 3.71"), False),
    "number_after_live": (output("≈ 69.7 of 100", "≈ 69.7 of 101"), False),
    "words_round_live": (output("plain ≈ 69.7", "deep ≈ 69.7"), False),
    "verdict": (output("≈ 69.7, above 40: True", "≈ 69.7, above 40: False"), False),
    "not_a_number": (output("≈ 69.7", "≈ nan"), False),
    "live_drawing": (html(LIVE.format(1, ""), LIVE.format(2, "")), True),
    "caption_of_live": (html(LIVE.format(1, "a"), LIVE.format(2, "b")), False),
    "still_drawing": (html(STILL.format(1), STILL.format(2)), False),
    "still_beside_live": (
        html(LIVE.format(1, STILL.format(1)), LIVE.format(1, STILL.format(2))),
        False,
    ),
    "live_picture": (
        html(IMAGE.format(" data-live", 1, "a"), IMAGE.format(" data-live", 2, "a")),
        True,
    ),
    "words_after_live_picture": (
        html(IMAGE.format(" data-live", 1, "a"), IMAGE.format(" data-live", 2, "b")),
        False,
    ),
    "still_picture": (html(IMAGE.format("", 1, "a"), IMAGE.format("", 2, "a")), False),
    "live_data": (
        html(DATA.format(" data-live", 1, "a"), DATA.format(" data-live", 2, "a")),
        True,
    ),
    "words_after_live_data": (
        html(DATA.format(" data-live", 1, "a"), DATA.format(" data-live", 2, "b")),
        False,
    ),
    "live_explorer_gone": (html(DATA.format(" data-live", 1, "a"), "<p>a</p>"), False),
    "other_data": (html(DATA.format("", 1, "a"), DATA.format("", 2, "a")), False),
    "progress": (
        minibook.code(
            BAR.format(" 50%|##  | 5/10 [00:01<00:01, 4.9it/s]"),
            {
                "output_type": "stream",
                "name": "stderr",
                "text": "100%|####| 10/10 [00:02<00:00, 5.1it/s]\n",
            },
        ),
        True,
    ),
    "output_gone": (minibook.code("print(1)"), False),
    "never_run": (minibook.code("print(1)") | {"execution_count": None}, True),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Run nbval once; return for each cell whether it passed."""
    folder = tmp_path_factory.mktemp("books")
    minibook.write(folder / "mini.ipynb", [cell for cell, _ in CELLS.values()])
    command = [sys.executable, "-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval", "--nbval-sanitize-with", str(CONFIG), str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    found = re.findall(r"(?m)^(PASSED|FAILED) .*mini\.ipynb::Cell (\d+)", answer.stdout)
    numbers = {int(number): outcome == "PASSED" for outcome, number in found}
    return {name: numbers[index] for index, name in enumerate(CELLS)}


@pytest.mark.parametrize("name", CELLS)
def test_nbval_compares_all_but_live_numbers(outcomes, name):
    """A changed live number or drawing passes, any other changed output fails."""
    assert outcomes[name] is CELLS[name][1]


def test_sanitizers_take_no_time_on_a_long_drawing():
    """A drawing is one long line; no rule may read it again and again."""
    text = CONFIG.read_text(encoding="utf-8")
    path = "M41.3 -42.32 " * 20_000
    drawing = f'<svg viewBox="0 0 9 9"><path d="{path}"/></svg>'
    start = time.process_time()
    for rule in re.findall(r"^regex: (.*)$", text, re.MULTILINE):
        re.sub(rule, "", drawing)
    assert time.process_time() - start < 5

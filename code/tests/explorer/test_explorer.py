"""What `explorer.show` writes of an explorer's data, checked without a browser."""

import gzip
import json
import math
import re

import pytest
from small_explorer import ALT, show, small_table

from plusx import bilingual, explorer, records
from plusx.explorer.element import KINDS, LARGEST
from plusx.pictures.spectra import spectrum

pytestmark = pytest.mark.usefixtures("english")


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

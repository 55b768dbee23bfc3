"""figures.table: real cells in both languages, and columns of text without HTML."""

from xml.etree import ElementTree

import pytest

from plusx import figures

pytestmark = pytest.mark.usefixtures("english")
ROWS = [[("plain-56", "普通-56"), "63.3 ± 11.4", 5], ["ResNet-56", "0.9 ± 0.8", 1_000]]
HEADS = ["net · 网络", ("training error, %", "训练误差（%）"), "seeds · 种子数"]
NOTE = ("Last epoch.", "最后一轮。")


def element(shown):
    """The table element of an output."""
    return ElementTree.fromstring(shown.data).find("table")


def words(cell, layer):
    """What a cell says in a language: the text outside of spans counts in both."""
    found = [s.text for s in cell.iter("span") if s.get("class") == layer]
    return found[0] if found else cell.text


@pytest.mark.parametrize(("layer", "place"), [("lang-en", 0), ("lang-zh", 1)])
def test_table_has_every_cell_in_each_language(layer, place):
    """Heads, row names and numbers, once for each language."""
    table = element(figures.table(ROWS, HEADS, caption=NOTE))
    heads = [words(cell, layer) for cell in table.find("thead").iter("th")]
    expected = [
        ("net", "网络"),
        ("training error, %", "训练误差（%）"),
        ("seeds", "种子数"),
    ]
    assert heads == [pair[place] for pair in expected]
    rows = [[words(cell, layer) for cell in row] for row in table.find("tbody")]
    plain = ("plain-56", "普通-56")[place]
    assert rows == [[plain, "63.3 ± 11.4", "5"], ["ResNet-56", "0.9 ± 0.8", "1,000"]]
    assert words(table.find("caption"), layer) == NOTE[place]


def test_table_says_what_heads_and_rows_are():
    """Each head belongs to a column, each first cell to a row; numbers stand right."""
    table = element(figures.table(ROWS, HEADS))
    assert {cell.get("scope") for cell in table.find("thead").iter("th")} == {"col"}
    for row in table.find("tbody"):
        assert [cell.tag for cell in row] == ["th", "td", "td"]
        assert row[0].get("scope") == "row"
        aligned = [cell.get("style") for cell in row]
        assert aligned == ["text-align:left", *["text-align:right"] * 2]


@pytest.mark.parametrize(
    ("language", "hidden"), [("en", "lang-zh"), ("zh", "lang-en"), ("both", None)]
)
def test_table_of_a_bare_notebook_shows_its_language(language, hidden):
    """One language is hidden by an inline style; "both" hides nothing."""
    figures.use(language)
    spans = list(element(figures.table(ROWS, HEADS)).iter("span"))
    found = {s.get("class") for s in spans if s.get("style") == "display:none"}
    assert found == ({hidden, "lang-sep"} if hidden else set())


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ["net        training error, %  seeds",
                "plain-56         63.3 ± 11.4      5",
                "ResNet-56          0.9 ± 0.8  1,000"]),
        ("zh", ["网络       训练误差（%）  种子数",
                "普通-56      63.3 ± 11.4       5",
                "ResNet-56      0.9 ± 0.8   1,000"]),
    ],
)  # fmt: skip
def test_table_is_columns_where_no_html_is_shown(language, lines):
    """A Han character is two columns wide, so that the columns still stand."""
    figures.use(language)
    assert repr(figures.table(ROWS, HEADS)).splitlines() == lines


def test_table_keeps_markup_harmless():
    """What looks like a tag stays text."""
    shown = figures.table([["<b>", "a & b"]], ["x · 甲", "y · 乙"])
    assert "&lt;b&gt;" in shown.data and "a &amp; b" in shown.data


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["plain-56", "63.3"]], "expected 3 cells a row"),
        ([], "at least one row"),
        ([["普通-56", "63.3", 5]], "普通-56"),
        ([[("a",), "63.3", 5]], "or a pair"),
    ],
)
def test_table_refuses_what_would_leave_a_hole(rows, message):
    """A row without its cells, and a text in one language."""
    with pytest.raises(ValueError, match=message):
        figures.table(rows, HEADS)
    with pytest.raises(ValueError, match="caption must be a pair"):
        figures.table(ROWS, HEADS, caption="Last epoch.")

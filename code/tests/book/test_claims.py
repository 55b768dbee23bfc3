"""Every figure in the prose has a line in the ledger, and every line is true.

What each check is for is shown on the miniature chapter by a fault that is planted.
"""

from pathlib import Path

import pytest
from books import chapter as minibook
from checkers import claims, sources

from plusx import records

ROOT = Path(__file__).parents[3]
CHAPTERS = ROOT / "chapters"
FOLDER = ROOT / "code" / "plusx" / "records" / "claims"
PAGES = sorted(p for p in CHAPTERS.iterdir() if p.suffix in (".ipynb", ".md"))
LEDGER, FORM = claims.load(FOLDER)


def test_ledger_is_well_formed():
    """Every line has its fields, one source, an id of its own and a page."""
    stems = {path.stem for path in [*PAGES, ROOT / "README.md"]}
    strays = [path.name for path in FOLDER.glob("*.toml") if path.stem not in stems]
    assert FORM == [] and strays == []


@pytest.mark.parametrize("page", sorted({claim.page for claim in LEDGER}))
def test_ledger_agrees_with_its_sources(page):
    """Every value is what its record, calculation or paper says."""
    mine = [claim for claim in LEDGER if claim.page == page]
    keys = sources.keys(CHAPTERS / "references.bib")
    found = claims.source_faults(mine, sources.record, sources.compute, keys)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name
)
def test_pages_state_no_figure_without_a_claim(page):
    """Every result in the prose is on a line, every line stands in both languages."""
    found = claims.text_faults(LEDGER, page) + claims.paper_faults(LEDGER, page)
    assert not found, "\n".join(found)


@pytest.fixture
def book(tmp_path):
    """Return a function that writes a changed miniature book and checks it all."""

    def check(change=lambda cells: cells, ledger=minibook.LEDGER):
        path = minibook.write(tmp_path / "01_mini.ipynb", change(minibook.chapter()))
        (tmp_path / "01_mini.toml").write_text(ledger, "utf8")
        lines, found = claims.load(tmp_path)
        found += claims.source_faults(
            lines,
            lambda name, where: records.lookup(minibook.RECORD, where),
            sources.compute,
            {"he2015deep"},
        )
        found += claims.text_faults(lines, path)
        return found + claims.paper_faults(lines, path)

    return check


def test_ledger_of_a_good_book_has_no_fault(book):
    """The miniature chapter and its ledger agree before a fault is planted."""
    assert book() == []


@pytest.mark.parametrize(
    ("old", "new", "cell", "expected"),
    [
        # a wrong figure, in one language or the other
        (
            "3.7 ± 1.2",
            "3.9 ± 1.2",
            5,
            "cell 6 and cell 7 (text, en): 3.9 is on no line",
        ),
        (
            "3.7 ± 1.2",
            "3.9 ± 1.2",
            6,
            "cell 6 and cell 7 (text, zh): 3.9 is on no line",
        ),
        ("± 1.2", "± 2.1", 6, "(text, zh): 2.1 is on no line"),
        ("1,438", "1,483", 6, "(text, zh): 1,483 is on no line"),
        ("0.25", "0.52", 5, "(text, en): 0.52 is on no line"),
        ("| 20 | 3.7 |", "| 20 | 7.3 |", 6, "(text, zh): 7.3 is on no line"),
        # the line that has lost its text
        ("3.7 ± 1.2", "3.9 ± 1.2", 6, "claim 'error' of 01_mini: its snippets stand"),
        # a figure without a line
        ("You will see", "In 12 % of cases you see", 1, "(text, en): 12 is on no line"),
        ("你会看到", "2.5 次里你会看到", 2, "(text, zh): 2.5 is on no line"),
        ("Five runs.", "Five runs, 3.7 % each.", 7, "(caption, en): 3.7 is on no line"),
        ("一条线。", "一条线，到 10⁻⁵ 为止。", 7, "(alt, zh): 10⁻⁵ is on no line"),
        ("A question?", "A question of 1.5?", 4, "(shared, en and zh): 1.5 is on no"),
        # the right value, but outside the snippet
        ("You will see", "See 3.7 again,", 1, "(text, en): 3.7 is on no line"),
    ],
)
def test_ledger_catches_a_planted_figure(book, old, new, cell, expected):
    """A figure that is wrong or that nobody vouches for is found, with its cell."""
    found = book(minibook.replace(old, new, cell))
    assert any(expected in message for message in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('path = "results.mean"', 'path = "results.std"', "says 3.7, its source 1.17"),
        ('path = "results.mean"', 'path = "results.x"', "no step 'x'"),
        ('"1 / 4"', '"1 / 5"', "'slope' of 01_mini: says 0.25, its source 0.2"),
        ('"1 / 4"', '"open(1)"', "a claim cannot use the name 'open'"),
        ('"1 / 4"', '"math.__doc__"', "no private names"),
        ('"he2015deep"', '"he1999"', "no 'he1999' in references.bib"),
        ('"he2015deep"', '"he1999"', "01_mini.ipynb does not cite 'he1999'"),
        ('"Table 6"', '"somewhere"', "paper without where"),
        ('id = "spread"', 'id = "error"', "id 'error' stands 2 times"),
        ("value = 1438", "value = 1439", "1439 does not stand in its en snippet"),
        ('zh = "1,438 张图"', 'zh = "一些图"', "1438 does not stand in its zh snippet"),
        ('zh = "1,438 张图"', 'zh = "1,438 张照片"', "its snippets stand in no pair"),
        ('record = "mini"', 'rekord = "mini"', "unknown field rekord"),
        (
            "value = 1.2",
            "value = 1.2\ntolerance = 0.5",
            "more than a tenth of the value",
        ),
        ('computed = "1 / 4"', "", "expected one source"),
    ],
)
def test_ledger_catches_a_bad_line(book, old, new, expected):
    """A line that is false, has no true source or is malformed is found."""
    assert old in minibook.LEDGER
    found = book(ledger=minibook.LEDGER.replace(old, new, 1))
    assert any(expected in message for message in found), found


def test_ledger_catches_a_line_that_stands_twice(book):
    """The same number of the same snippet from the same source needs one line."""
    again = minibook.LEDGER.split("[[claim]]")[1].replace('"images"', '"again"')
    found = book(ledger=f"{minibook.LEDGER}\n[[claim]]{again}")
    assert found == ["claims 'images' and 'again' are the same"]


def test_ledger_allows_half_a_unit_of_the_last_digit():
    """3.7 stands for 3.65 to 3.75, 70 for 69.5 to 70.5, 1e-5 for 0.5e-5 to 1.5e-5."""
    for snippet, true, good in [
        ("3.7", 3.749, True),
        ("3.7", 3.751, False),
        ("70 %", 69.6, True),
        ("70 %", 69.4, False),
        ("1e-5", 1.4e-5, True),
        ("1e-5", 1.6e-5, False),
        (r"$4.9 \times 10^9$", 4.94e9, True),
        (r"$4.9 \times 10^9$", 4.96e9, False),
        ("1.7 million", 1_727_962, True),
        ("170 万", 1_727_962, False),
    ]:
        (number,) = claims.numbers(snippet)
        row = {"id": "a", "en": snippet, "zh": snippet, "value": number.value}
        claim = claims._claim({**row, "computed": repr(true)}, "page")
        found = claims.source_faults([claim], None, sources.compute, set())
        assert (found == []) is good, (snippet, true, found)


@pytest.mark.parametrize(
    "text",
    [
        "See section 4.1, §3.2, sections 1, 3.1 and 4.2, and Table 6.",
        "见第 1、3.1 和 4.2 节，§3.2，表 6。",
        "Python 3.11 to 3.13, CC BY 4.0, torch 2.13.0, arXiv:1512.03385, 2015-12-10.",
        "`lr=0.05` and {cite:p}`he2015deep` and [text](https://example.org/1.5/2.5).",
        "```python\nlr = 0.05\n```",
        "(fig-1.5)=\n56 layers, ResNet-56, 8 × 8, 3×3, 2015, $6n + 2$.",
    ],
)
def test_results_are_not_seen_where_there_are_none(text):
    """Sections, versions, dates, code, links and counts need no line."""
    assert claims.results(text) == []


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1.25 ** 100", 1.25**100),
        ("sum(1 / n for n in range(1, 4))", 11 / 6),
        ("math.sqrt(2) ** 2", 2.0),
        ("exp(0) + np.prod([2, 3])", 7),
        ("networks.count_parameters(networks.CifarNet(20))", 269_722),
    ],
)
def test_compute_knows_mathematics_and_the_package(expression, value):
    """What a claim may be computed with."""
    assert sources.compute(expression) == pytest.approx(value)

"""Every result in the prose has a row in the ledger, and every row is true.

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
BIBLIOGRAPHY = sources.keys(CHAPTERS / "references.bib")
LEDGER, FORM = claims.load(FOLDER)
# Of the miniature chapter.
RECORD = {"results": {"mean": 3.72, "std": 1.17, "values": [2.4, 4.1, 4.66]}}
MINE = r"""results = [
  ["=", "1797 * 4 // 5 + 1", "{} images", "{} 张图"],
  ["mini", "results", "{mean} ± {std} %"],
  ["he2015deep", "Table 6", "3.7"],
  ["=", "1 / 4", '\le {:.2f}'],
]
"""


def test_ledger_is_well_formed():
    """Every row has its parts, every file a page."""
    stems = {path.stem for path in [*PAGES, ROOT / "README.md"]}
    strays = [path.name for path in FOLDER.glob("*.toml") if path.stem not in stems]
    assert FORM == [] and strays == []


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name
)
def test_pages_state_the_results_of_the_ledger(page):
    """Each row has its source and stands in both languages; no result has no row."""
    mine = [row for row in LEDGER if row.page == page.stem]
    rows, found = claims.filled(mine, BIBLIOGRAPHY, sources.value)
    found += claims.text_faults(rows, page)
    found += claims.paper_faults(rows, page, BIBLIOGRAPHY)
    assert not found, "\n".join(found)


@pytest.fixture
def book(tmp_path):
    """Return a function that writes a changed miniature book and checks it all."""

    def value(source, place):
        if source == "mini":
            return records.lookup(RECORD, place)
        return sources.value(source, place)

    def check(change=lambda cells: cells, ledger=MINE):
        path = minibook.write(tmp_path / "01_mini.ipynb", change(minibook.chapter()))
        (tmp_path / "01_mini.toml").write_text(ledger, "utf8")
        rows, found = claims.load(tmp_path)
        rows, wrong = claims.filled(rows, {"he2015deep"}, value)
        found += wrong + claims.text_faults(rows, path)
        return found + claims.paper_faults(rows, path, {"he2015deep"})

    return check


def test_ledger_of_a_good_book_has_no_fault(book):
    """The miniature chapter and its ledger agree before a fault is planted."""
    assert book() == []


@pytest.mark.parametrize(
    ("old", "new", "cell", "expected"),
    [
        # a wrong figure, in one language or the other
        ("3.7 ± 1.2", "3.9 ± 1.2", 5, "cell 6 and cell 7 (text, en): 3.9 is on no row"),
        ("3.7 ± 1.2", "3.9 ± 1.2", 6, "cell 6 and cell 7 (text, zh): 3.9 is on no row"),
        ("± 1.2", "± 2.1", 6, "(text, zh): 2.1 is on no row"),
        ("1,438", "1,483", 6, "(text, zh): 1,483 is on no row"),
        ("0.25", "0.52", 5, "(text, en): 0.52 is on no row"),
        ("| 20 | 3.7 |", "| 20 | 7.3 |", 6, "(text, zh): 7.3 is on no row"),
        ("3.7 ± 1.2 %", "3.7 ± 1.2", 5, "(text, en): 3.7 is on no row"),
        # another number of seeds than the record's three
        ("1.2 %", "1.2 % (five seeds)", 5, "(en): (five seeds) stands there"),
        ("1.2 %", "1.2 %（五个随机种子）", 6, "(zh): （五个随机种子） stands"),
        # the row that has lost its text
        (
            "3.7 ± 1.2",
            "3.9 ± 1.2",
            6,
            "01_mini.toml, mini results (zh): '3.7 ± 1.2 %' does not stand there after"
            " '1,438 张图'",
        ),
        # right figures that have changed places
        ("1,438 张图", "3.7 ± 1.2 %、1,438 张图", 6, "(text, zh): 3.7 is on no row"),
        # a figure without a row
        ("You will see", "In 12 % of cases you see", 1, "(text, en): 12 is on no row"),
        ("你会看到", "2.5 次里你会看到", 2, "(text, zh): 2.5 is on no row"),
        ("Five runs.", "Five runs, 3.7 % each.", 7, "(caption, en): 3.7 is on no row"),
        ("一条线。", "一条线，到 10⁻⁵ 为止。", 7, "(alt, zh): 10⁻⁵ is on no row"),
        ("A question?", "A question of 1.5?", 4, "(shared, zh): 1.5 is on no row"),
        ("You will see", "See 3.7 again,", 1, "(text, en): 3.7 is on no row"),
    ],
)
def test_ledger_catches_a_planted_figure(book, old, new, cell, expected):
    """A figure that is wrong or that nobody vouches for is found, with its cell."""
    found = book(minibook.replace(old, new, cell))
    assert any(expected in message for message in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"results"', '"results.x"', "no step 'x'"),
        ('"mini"', '"maxi"', "'maxi' is no record and no work of references.bib"),
        ('"1 / 4"', '"1 / 5"', "'\\\\le 0.20' does not stand there"),
        ('"1 / 4"', '"open(1)"', "a claim cannot use the name 'open'"),
        ('"1 / 4"', '"math.__doc__"', "no private names"),
        ('"Table 6"', '"somewhere"', "expected a table, figure or section"),
        ('"3.7"', '"the same"', "expected the number that is printed there"),
        ("{mean} ±", "3.7 ±", "expected {} for every result, got '3.7 ± {std} %'"),
        ("{} 张图", "{} 张照片", "(zh): '1,438 张照片' does not stand there"),
        ('"{mean} ± {std} %"', '"{mean}"', "'3.7' does not stand there"),
        (
            ', "3.7"]',
            "]",
            "row 3: expected source, place, text and perhaps its Chinese",
        ),
        ("results = [", "result = [", "unknown key result"),
        ('"results"', '"results.mean and results.std"', "KeyError: 'mean'"),
    ],
)
def test_ledger_catches_a_bad_row(book, old, new, expected):
    """A row that is false, has no true source or is malformed is found."""
    assert old in MINE
    found = book(ledger=MINE.replace(old, new, 1))
    assert any(expected in message for message in found), found


def test_ledger_lets_the_number_of_seeds_stand(book):
    """Three runs are three seeds; what stands before the result says nothing of it."""
    said = ("(five seeds) 3.7 ± 1.2 % (three seeds)", "3.7 ± 1.2 %（三个随机种子）")
    for cell, new in zip((5, 6), said, strict=True):
        assert book(minibook.replace("3.7 ± 1.2 %", new, cell)) == []


def test_ledger_catches_a_work_that_is_not_cited(book):
    """A number of a paper stands in a chapter that cites the paper."""
    found = book(minibook.replace("{cite:p}`he2015deep`", ""))
    fault = "01_mini.toml, he2015deep Table 6: 01_mini.ipynb does not cite 'he2015deep'"
    assert found == [fault]


def test_ledger_catches_two_places_that_differ():
    """What is said of two at once holds for both."""
    row = claims.Row("page", "mini", "a and b", ("{:.2f}",), ("{:.2f}",))
    for other, good in ((0.344, True), (0.35, False)):
        look_up = {("mini", "a"): 0.341, ("mini", "b"): other}
        _, found = claims.filled([row], set(), lambda *key, of=look_up: of[key])
        assert (found == []) is good


@pytest.mark.parametrize(
    ("text", "value", "ways"),
    [
        ("{}", 3.749, {"3.7"}),
        ("{}", 24.85, {"24.8", "24.9"}),
        ("{:.0f} %", 69.5, {"69 %", "70 %"}),
        ("{}", 1438, {"1,438"}),
        ("{:.2f}", -0.041, {"-0.04"}),
        ("{:.1e}", 1.46e-65, {r"1.5 \times 10^{-65}"}),
        ("{:.0e}", 1e15, {"10^{15}"}),
        ("{mean} ± {std} %", {"mean": 63.27, "std": 11.41}, {"63.3 ± 11.4 %"}),
    ],
)
def test_ledger_fills_in_what_the_book_writes(text, value, ways):
    """Rounded as a reader rounds; a tie may go either way, and nothing else."""
    row = claims.Row("page", "mini", "results", (text,), (text,))
    ((filled,), found) = claims.filled([row], set(), lambda source, place: value)
    assert (set(filled.en), found) == (ways, [])


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
    """Sections, versions, dates, code, links and counts need no row."""
    assert list(claims.results(text)) == []


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

"""Every chapter has the form that readers rely on; each check is shown to bite."""

import re
from pathlib import Path

import pytest
from books import chapter as minibook
from checkers import books, form, shown

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "code" / "plusx"
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if path.name[0].isdigit()]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapters_have_the_form_of_a_chapter(chapter):
    """Parts, sizes, outputs, figures, shown code and seal of every notebook."""
    found = form.faults(chapter, PACKAGE)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "page", [path for path in NOTEBOOKS if path not in CHAPTERS], ids=lambda p: p.stem
)
def test_other_notebooks_are_stored_as_chapters_are(page):
    """A notebook that is no chapter has its outputs, and its seal, all the same."""
    book = books.cells(page)
    found = [*form.outputs(book), *form.figures(book), *form.places(book)]
    assert [*found, *form.seal(page)] == []


@pytest.mark.parametrize("chapter", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_install_from_the_address_of_the_book(chapter):
    """The set-up cell installs from the repository that _config.yml names."""
    config = (ROOT / "_config.yml").read_text("utf8")
    (address,) = re.findall(r"(?m)^repository:\n  url: (\S+)$", config)
    first = next(cell for cell in books.cells(chapter) if cell.kind == "code")
    assert form.INSTALL.match(first.source)[1] == address


@pytest.fixture
def check(tmp_path):
    """Return a function that writes a changed miniature chapter and checks it."""
    package = tmp_path / "plusx"
    package.mkdir()
    (package / "networks.py").write_text(
        'def double(x: int) -> int:\n    """Twice x."""\n    return x + x\n', "utf8"
    )

    def faults(change=lambda cells: cells, sealed=True):
        cells = change(minibook.chapter())
        path = minibook.write(tmp_path / "01_mini.ipynb", cells, sealed)
        return form.faults(path, package)

    return faults


def test_chapter_without_a_fault_passes(check):
    """The miniature chapter has the form before a fault is planted."""
    assert check() == []


def put(source, *outputs):
    """Return a change that puts a code cell after the drawing."""
    return lambda cells: [
        *cells[:8],
        minibook.code(source, *outputs),
        *cells[8:],
    ]


def deeper(index):
    """Return a change that tags a cell as the heading of what can be left out."""

    def change(cells):
        tagged = {**cells[index], "metadata": {"tags": ["deeper"]}}
        return [*cells[:index], tagged, *cells[index + 1 :]]

    return change


def cut(first, last):
    """Return a change that takes cells out."""
    return lambda cells: cells[:first] + cells[last:]


# In pieces: the house test forbids the whole in any file.
HOME = "/" + "home/me"
LONG = "\n".join(f"x = {n}" for n in range(26))
LINES = "\n".join(f"y = {n}" for n in range(10))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (minibook.replace("(ch-mini)=\n", "", 0), "cell 1: must begin with (ch-mini)="),
        (cut(1, 3), "cells 2 and 3 must be the promise"),
        (
            minibook.replace("torch.set_num_threads(1)\n", "", 3),
            "the set-up, lacks 'torch.set_num_threads(1)",
        ),
        (minibook.replace("import sys\n", "", 3), "lines that install plusx"),
        (put('"\\l"'), "cell 9: invalid escape sequence '\\l'"),
        (minibook.replace("## Summary · 小结", "## End · 完"), "no section 'Summary"),
        (
            minibook.replace("## Further reading · 延伸阅读", "x · 甲"),
            "'Further reading",
        ),
        (lambda cells: [*cells[:-1], *cells[22:23], cells[-1]], "the order is Summary"),
        (deeper(4), None),
        (deeper(5), "cell 6: the tag deeper belongs on the heading of a section"),
        (deeper(22), "cell 23: Summary closes every chapter"),
        (minibook.replace("} Hint", "} Tip", 26), "4 to 6 blocks 'Hint', got 3"),
        (minibook.replace("} Solution", "} Answer", 28), "'Solution', got 3"),
        (
            minibook.replace("Hint\n:class: dropdown", "Hint\n:class: tip", 26),
            "a block 'Hint' is not folded",
        ),
        (cut(8, 12), "expected 15 to 40 code cells, got 12"),
        (lambda c: c[:8] + 27 * [minibook.code("x = 1")] + c[8:], "code cells, got 43"),
        (put(LONG), "cell 9: 26 lines of code, more than 25"),
        (lambda c: c[:8] + 18 * [minibook.code(LINES)] + c[8:], "median of 10 lines"),
        (minibook.replace("This sentence is only", "This"), "English words, got"),
        (put("x = 1", minibook.printed("9" * 1_000_001)), "bytes, more than 1,000,000"),
        (put("x", minibook.printed("<object at 0x7f5a27b84200>")), "an address of an"),
        (
            put("x", minibook.printed("12345678-1234-1234-1234-123456789abc")),
            "cell 9: a random id in its output",
        ),
        (put(f"open('{HOME}/data')"), f"cell 9: an absolute path: {HOME}/data"),
        (put("x", minibook.printed("C:\\Users\\me")), "cell 9: an absolute path"),
        (put("# https://example.org/home/x\nx = 1"), None),
        (put("def double(x):\n    # anew\n    return x + x"), None),
        (
            put("def double(x):\n    return 2 * x"),
            "cell 9: double differs from networks",
        ),
        (put("def triple(x):\n    return 3 * x"), None),
    ],
)
def test_form_catches_a_planted_fault(check, change, expected):
    """Each fault of form is found and named; what is allowed passes."""
    found = check(change)
    if expected is None:
        assert found == []
    else:
        assert any(expected in message for message in found), found


def test_form_catches_cells_that_were_run_in_another_order(check, tmp_path):
    """The numbers of the code cells count up; one that never ran fails the build."""
    check()
    path = tmp_path / "01_mini.ipynb"
    text = path.read_text("utf8").replace(
        '"execution_count": 3,', '"execution_count": 9,'
    )
    path.write_text(text, "utf8")
    found = list(form.outputs(books.cells(path)))
    assert found == ["01_mini.ipynb, cell 9: executed as 9, stands as 3"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('aria-label="一条线。"', "", "no alternative text in zh"),
        ('aria-label="A line."', 'aria-label=""', "no alternative text in en"),
        ("五次运行。", "", "no caption in zh"),
        ('<g class="lang-zh"', "<g ", "labels in one language only"),
    ],
)
def test_form_catches_a_figure_of_one_language(check, old, new, expected):
    """Caption, alternative text and labels are there in both languages."""
    assert old in minibook.FIGURE
    figure = minibook.FIGURE.replace(old, new)
    found = check(put("figures.show(…)".replace("…", "fig"), minibook.shown(figure)))
    assert found == [f"01_mini.ipynb, cell 9, figure 1: {expected}"]


def test_form_catches_a_bitmap(check):
    """A PNG follows neither the theme nor the language."""
    data = {"image/png": "iVBORw0KGgo="}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    assert check(put("x", output)) == [
        "01_mini.ipynb, cell 9: a bitmap; end the cell with figures.show(…)"
    ]


def test_seal_catches_an_output_changed_by_hand(check, tmp_path):
    """Even where nbval ignores a number, the stored one is what was computed."""
    assert check(sealed=False) == ["01_mini.ipynb: no seal; run make refresh"]
    check(put("print(error)", minibook.printed("error ≈ 69.7 %\n")))
    path = tmp_path / "01_mini.ipynb"
    text = path.read_text("utf8")
    assert not list(form.seal(path))
    path.write_text(text.replace("≈ 69.7", "≈ 9.7"), "utf8")
    assert list(form.seal(path)) == [
        "01_mini.ipynb: stored outputs were changed by hand; run make refresh"
    ]


def test_definitions_are_those_of_what_is_taught():
    """The networks that chapters show are found in whichever module they stand."""
    found = shown.definitions(PACKAGE)
    assert {"BasicBlock", "CifarNet", "chain_factors"} <= set(found)
    assert "DataSet" not in found
    assert "DataSet" in shown.definitions(PACKAGE, "from plusx import data")


def test_definitions_count_experiments_only_where_they_are_named():
    """`run` of an experiment is no model for a chapter that does not use it."""
    names = {"experiments/degradation"}
    assert names & set(shown.definitions(PACKAGE).get("run", {})) == set()
    text = "from plusx.experiments.degradation import train_conv"
    assert names & set(shown.definitions(PACKAGE, text)["run"]) == names

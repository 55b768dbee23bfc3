"""The self-checks: their table, what a chapter shows, and what platforms read."""

import copy
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from plusx import checks
from plusx.checks import __main__ as command
from plusx.checks import element, export, table

CHAPTERS = Path(__file__).parents[3] / "chapters"
MISCONCEPTIONS = {
    "overfitting",
    "capacity",
    "vanishing in plain-56",
    "+1, so the product is near 1",
    "push any weight to 0",
    "a projection is harmless",
    "skip = ensemble",
    "the norm keeps gradients healthy, so all is well",
}
ROW = {
    "id": "n",
    "chapter": "01_degradation",
    "question": ["How many?", "有多少？"],
    "place": 2,
    "right": {"text": ["One: {1}", "一：{1}"], "reason": ["It = 1 # ~", "就是一。"]},
    "wrong": [
        {"text": ["a < b & c", "甲 < 乙"], "reason": ["No: \\1.", "不：\\1。"]},
        {"text": ["Three", "三"], "reason": ["Too many.", "太多。"]},
    ],
}


def changed(path, value):
    """The small question with one thing in it replaced, or left out."""
    row = copy.deepcopy(ROW)
    *way, last = path
    place = row
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return row


def read_gift(text):
    """Questions of a GIFT text: title, question, and answers (right, text, reason).

    Written from the description of the format: a backslash takes the meaning from the
    sign behind it.
    """
    plain = re.sub(r"(?m)^\$CATEGORY:.*$", "", text)
    sign = r"(?:\\.|[^\\~=#{}:])"
    form = re.compile(rf"::({sign}+)::({sign}+)\{{\s*((?:[=~]{sign}+#{sign}+)+)\}}")
    assert not form.sub("", plain).strip()

    def unescaped(part):
        return re.sub(r"\\(.)", r"\1", part).strip()

    return [
        (
            unescaped(title),
            unescaped(question),
            [
                (mark == "=", unescaped(answer), unescaped(reason))
                for mark, answer, reason in re.findall(
                    rf"([=~])({sign}+)#({sign}+)", answers
                )
            ],
        )
        for title, question, answers in form.findall(plain)
    ]


def read_moodle(text):
    """The same of a Moodle XML text; its texts are HTML once more."""

    def words(node, name):
        return BeautifulSoup(node.find(name).text, "html.parser").get_text()

    return [
        (
            question.find("name/text").text,
            words(question, "questiontext/text"),
            [
                (
                    answer.get("fraction") == "100",
                    words(answer, "text"),
                    words(answer, "feedback/text"),
                )
                for answer in question.findall("answer")
            ],
        )
        for question in ElementTree.fromstring(text).findall("question")
        if question.get("type") == "multichoice"
    ]


def expected(rows, half):
    """What a platform should find, straight from the table."""
    return [
        (
            row["id"],
            row["question"][half],
            [(a["right"], a["text"][half], a["reason"][half]) for a in row["answers"]],
        )
        for row in rows
    ]


READERS = [(export.gift, read_gift), (export.moodle, read_moodle)]


def test_every_misconception_is_met():
    """Each that the book refutes has a question; each chapter has some."""
    rows = table.load_all().values()
    assert {row["refutes"] for row in rows} - {""} == MISCONCEPTIONS
    chapters = {path.stem for path in CHAPTERS.glob("0*.ipynb")}
    assert {row["chapter"] for row in rows} == chapters


def test_right_answers_stand_in_no_fixed_place():
    """Who always takes the same place is right less than half of the time."""
    places = [row["place"] for row in table.load_all().values()]
    assert max(places.count(place) for place in set(places)) < len(places) / 2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["question"], ["How many?", "How many?"], "check n must be a pair"),
        (["wrong", 0, "reason"], None, "a reason must be a pair"),
        (["right", "text"], ["One", ""], "an answer must be a pair"),
        (["wrong"], ROW["wrong"][:1], "two wrong answers"),
        (["place"], 4, "a place of the right answer"),
    ],
)
def test_faults_of_a_question_are_named(path, value, message):
    """A text in one language, no reason, nothing to choose, no place."""
    with pytest.raises(ValueError, match=message):
        table.complete(changed(path, value))


def test_questions_stand_once_and_are_few():
    """An id twice, or five questions for a chapter, is refused."""
    with pytest.raises(ValueError, match="every id once"):
        table.collect([ROW, ROW])
    with pytest.raises(ValueError, match="at most 4 checks, got 5"):
        table.collect([ROW | {"id": str(n)} for n in range(5)])


def test_unknown_chapter_has_no_questions():
    """The message lists the chapters."""
    with pytest.raises(ValueError, match=r"one of 01_degradation, .*'09_x'"):
        checks.show("09_x")


def test_answers_unfold_without_a_script():
    """One answer of a question is open at a time; each says right or wrong, and why."""
    page = BeautifulSoup(checks.show("01_degradation").data, "html.parser")
    assert not page("script")
    rows = table.of("01_degradation")
    for item, row in zip(page("li"), rows, strict=True):
        folds = item("details")
        assert {fold["name"] for fold in folds} == {f"pc-{row['id']}"}
        for fold, answer in zip(folds, row["answers"], strict=True):
            for text in answer["text"]:
                assert text in fold.summary.get_text()
            said = fold.p.get_text()
            assert all(reason in said for reason in answer["reason"])
            assert ("Right." in said, "✓" in said) == (answer["right"],) * 2


def test_answers_are_text_and_no_markup():
    """A sign of HTML in a text stays a sign."""
    found = element.question(table.complete(ROW))
    assert "a &lt; b &amp; c" in found
    assert BeautifulSoup(found, "html.parser").find("b").get_text().startswith("✗")


@pytest.mark.parametrize(("write", "read"), READERS)
@pytest.mark.parametrize("language", export.LANGUAGES)
def test_exports_are_read_back(write, read, language):
    """Question, answers, reasons and which is right, also of awkward texts."""
    rows = [*table.load_all().values(), table.complete(ROW)]
    found = read(write(rows, language))
    assert found == expected(rows, export.LANGUAGES[language])


@pytest.mark.parametrize(("write", "read"), READERS)
def test_readers_see_a_wrong_answer_marked_right(write, read):
    """The readers above are no mirrors: a changed file reads differently."""
    rows = [table.complete(ROW)]
    text = write(rows, "en")
    swapped = text.replace('"100"', '"0"').replace("\t=", "\t~")
    assert swapped != text
    assert read(swapped) != expected(rows, 0)


def test_command_writes_four_files(tmp_path, capsys):
    """Two formats in two languages; a wrong call says how to call."""
    assert command.main([str(tmp_path / "new")]) == 0
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {
        f"questions-{a}.{b}" for a in ("en", "zh") for b in ("xml", "gift")
    }
    assert f"{len(table.load_all())} questions" in capsys.readouterr().out
    assert command.main([]) == command.main(["--help"]) == 2
    assert "usage" in capsys.readouterr().err


def test_chapters_show_their_questions():
    """The last cell before the exercises, in every chapter."""
    for path in sorted(CHAPTERS.glob("0*.ipynb")):
        cells = json.loads(path.read_text("utf8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        at = sources.index("## Exercises · 练习")
        assert f'checks.show("{path.stem}")' in sources[at - 1], path.name

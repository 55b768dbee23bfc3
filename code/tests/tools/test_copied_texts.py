"""Texts of the copies in one language: what each program shows of them."""

import re

import one_language
import pytest
import works

BIB = """
@article{one2015, author = {One, Ada}, title = {A}, journal = {J}, year = {2015}}
@article{two2016, author = {One, Ada and Two, Bo}, title = {B}, year = {2016a}}
@article{many2020, author = {M{\\"u}ller, C and One, A and Two, B}, title = {C},
  year = {2020}}
"""
PLACES = {"ch-x": "../x.html#ch-x"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Three works: of one author, of two and of three."""
    path = tmp_path_factory.mktemp("works") / "works.bib"
    path.write_text(BIB, "utf8")
    return works.load(path)


@pytest.fixture
def book(data):
    """A book with a place to link to and works to cite."""
    return one_language.Book(
        PLACES,
        lambda keys, kind, language: works.cite(data, keys, kind, language),
        lambda language: works.bibliography(data, {"one2015"}, language),
    )


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("See {ref}`chapter 4 <ch-x>`.", "en", "See [chapter 4](../x.html#ch-x)."),
        ("As {cite:p}`one2015,two2016` say.", "en",
         "As (One, 2015; One and Two, 2016a) say."),
        ("{cite:t}`many2020` says.", "en", "Müller et al. (2020) says."),
        ("如 {cite:p}`many2020`，有 {cite:p}`two2016` 说。", "zh",
         "如（Müller 等，2020），有（One 和 Two，2016a）说。"),
        ("{cite:t}`many2020` 说。", "zh", "Müller 等人（2020）说。"),
        ("它*更差*，\n不是 *bad*。\n完", "zh", "它**更差**，不是 *bad*。完"),
        ("第一行\n接着说，\n- 一项\n- 两项", "zh", "第一行接着说，\n- 一项\n- 两项"),
        ("式 $a*b*c$。\n$$x$$", "zh", "式 $a*b*c$。\n$$x$$"),
        ("% a comment\n(ch-x)=\nText", "en", "Text"),
        (":::{note}\nOne.\n\nTwo.\n:::", "en", "> **Note**\n>\n> One.\n>\n> Two."),
        (":::{admonition} Hint\n:class: dropdown\nTry.\n:::", "en",
         "<details>\n<summary>Hint</summary>\n\nTry.\n\n</details>"),
        ("```{bibliography}\n:filter: docname in docnames\n```", "en",
         "**References**\n\n- Ada One. A. *J*, 2015."),
    ],
)  # fmt: skip
def test_texts_are_what_every_program_shows(book, text, language, expected):
    """Links, citations, folds, notes, emphasis, lines."""
    assert one_language.markdown(text, language, book) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{ref}`x <nowhere>`", "leads nowhere"),
        ("{doc}`x`", "the role 'doc'"),
        (":::{figure} x.png\n:::", "the directive 'figure'"),
        (":::{note}\nnever closed", ":::{note}"),
    ],
)
def test_what_has_no_form_outside_the_site_is_named(book, text, found):
    """It would stand raw in a notebook."""
    with pytest.raises(one_language.Untranslatable, match=re.escape(found)):
        one_language.markdown(text, "en", book)


def test_table_and_heading_of_both_languages_are_halved():
    """Cells that say the same in both languages stay."""
    text = (
        "(ch-x)=\n## Nets · 网络\n\n| net · 网络 | 8.75 |\n|---|---|\n| x · y | $a$ |"
    )
    assert one_language.shared(text, "zh").split("\n") == [
        "## 网络", "", "| 网络 | 8.75 |", "| --- | --- |", "| x · y | $a$ |",
    ]  # fmt: skip


def test_code_of_an_exercise_speaks_one_language():
    """Comments and messages are halved, other texts stay."""
    code = 'f(x)  # one · 一\nassert x, f"{x} · {y} 不对"\nprint("a · b", "# c")'
    assert one_language.code(code, "zh") == (
        'f(x)  # 一\nassert x, f"{y} 不对"\nprint("a · b", "# c")'
    )
    assert one_language.code(code, "en").startswith('f(x)  # one\nassert x, f"{x}"')

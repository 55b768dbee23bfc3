"""Copies of the chapters in one language: what stands in them, and what must not."""

import json
import re
from html import unescape
from pathlib import Path

import copies
import launching
import nbformat
import one_language
import one_output
import pytest
import repository
import works

ROOT = Path(__file__).resolve().parents[3]
URL = "https://github.com/some-owner/plus.x"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """All copies of the book: path below their folder, and content."""
    folder = tmp_path_factory.mktemp("students")
    paths = copies.write(ROOT, folder, folder)
    return {path.relative_to(folder): nbformat.read(path, 4) for path in paths}


def prose(notebook):
    """All text of a notebook."""
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def test_each_chapter_has_six_copies_and_they_are_notebooks(written):
    """Three kinds in two languages; a page without exercises is there to read."""
    found = {path.as_posix() for path in written}
    for path in (ROOT / "chapters").glob("*.ipynb"):
        kinds = copies.KINDS if path.name[0].isdigit() else ("read",)
        expected = {f"{la}/{k}/{path.name}" for la in copies.LANGUAGES for k in kinds}
        assert expected == {name for name in found if name.endswith(path.name)}
    for notebook in written.values():
        nbformat.validate(notebook)


def test_copies_hold_one_language(written):
    """No Chinese in an English text, no English heading in a Chinese one."""
    for path, notebook in written.items():
        text = prose(notebook)
        if path.parts[0] == "en":
            assert not one_language.HAN.search(text), path
            continue
        for heading in re.findall(r"^#+ (.*)", text, re.MULTILINE):
            assert one_language.HAN.search(heading), (path, heading)


def test_nothing_of_myst_is_left(written):
    """No role, directive, label or comment stands raw."""
    raw = re.compile(r"\{[\w:]+\}`|^(?::::|```\{|%|\([\w-]+\)=)", re.MULTILINE)
    for path, notebook in written.items():
        assert not raw.search(prose(notebook)), path


def test_pages_that_copies_link_are_there_and_have_the_place(written):
    """Each link into the book leads to a page and a label of the chapters."""
    places = set(copies.labels(ROOT).values())
    names = {path.stem for path in (ROOT / "chapters").iterdir()}
    for path, notebook in written.items():
        for page, language, label in re.findall(
            r"\]\([./]*(chapters/[\w]+\.html)\?lang=(\w+)#?([\w-]*)\)", prose(notebook)
        ):
            assert language == path.parts[0]
            assert (page, label) in places if label else Path(page).stem in names


def test_works_that_a_copy_cites_are_listed(written):
    """The list at the end holds the year of each citation, and no key is left."""
    for path, notebook in written.items():
        text, _, listed = prose(notebook).partition(works.TITLE[path.parts[0]])
        for year in re.findall(r"[(（，,] ?((?:19|20)\d\d[a-z]?)[)）]", text):
            assert not listed or year in listed, (path, year)


@pytest.mark.parametrize("language", copies.LANGUAGES)
def test_first_exercise_lacks_the_addition_and_its_solution_has_it(written, language):
    """Type the +x: the reader's cell runs without it."""
    paths = [Path(language, kind, "01_degradation.ipynb") for kind in copies.KINDS]
    read, work, teach = (written[path] for path in paths)
    sources = [cell.source for cell in work.cells if cell.cell_type == "code"]
    (start,) = [text for text in sources if text.startswith("def forward")]
    assert "self.shortcut(x) + y" not in start
    for notebook in (read, teach):
        solved = [c.source for c in notebook.cells if c.source.startswith("def forw")]
        assert "self.shortcut(x) + y" in solved[-1]


def test_work_has_no_solutions_and_teach_has_all_at_its_end(written):
    """What solves an exercise is in no cell to work in, and behind all of teach."""
    for path in sorted((ROOT / "chapters").glob("[0-9]*.ipynb")):
        source = nbformat.read(path, 4)
        solved = [c for c in source.cells if "solution" in copies.tags(c)]
        for language in copies.LANGUAGES:
            read, work, teach = (
                written[Path(language, kind, path.name)] for kind in copies.KINDS
            )
            word = {"en": "Solution", "zh": "解答"}[language]
            assert f"<summary>{word}</summary>" in prose(read)
            assert f"<summary>{word}</summary>" not in prose(work) + prose(teach)
            ids = [cell.id for cell in teach.cells]
            end = ids.index("solutions-teach")
            for cell in solved:
                assert cell.source not in [one.source for one in work.cells]
                assert ids.index(f"{cell.id}-solution") > end


def test_outputs_are_in_what_is_read_alone(written):
    """A notebook to work in is empty, one to read has what the site shows."""
    for path, notebook in written.items():
        outputs = [c.outputs for c in notebook.cells if c.cell_type == "code"]
        assert any(outputs) == (path.parts[1] == "read"), path
        for cell in notebook.cells:
            assert cell.get("execution_count") is None


def test_code_is_folded_by_the_marks_of_each_program(written):
    """JupyterLab, Colab and Kaggle: the set-up cell everywhere."""
    for notebook in written.values():
        setup = next(c for c in notebook.cells if c.cell_type == "code")
        assert setup.metadata.jupyter.source_hidden
        assert setup.metadata.cellView == "form"
        assert setup.metadata["_kg_hide-input"]


def test_code_sets_the_language_of_the_labels(written):
    """Figures that the reader's kernel draws speak the language of the copy."""
    for path, notebook in written.items():
        code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
        assert f'figures.use(language="{path.parts[0]}")' in code


def test_outputs_hold_one_language(written):
    """No element of the other language, and what was hidden shows."""
    for path, notebook in written.items():
        other = one_output.OTHER[path.parts[0]]
        for cell in notebook.cells:
            for out in cell.get("outputs", ()):
                html = out.get("data", {}).get("text/html", "")
                html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
                assert f'class="{other}' not in html, (path, cell.id)
                assert "display:none" not in html, (path, cell.id)


OUTPUT = (
    '<figure><div class="plusx-drawing"><span class="lang-en" lang="en" role="img" '
    'aria-label="A line."></span><span class="lang-zh" lang="zh-Hans" role="img" '
    'aria-label="一条线。" style="position:absolute;display:none"></span>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" fill="currentColor" '
    'style="width:100%"><defs><path id="e" d="M0 0" /><path d="M1 1" id="z" /></defs>'
    '<g><path d="M0 0"/></g><g class="lang-en"><g/><g>E<use href="#e" /></g></g>'
    '<g class="lang-zh" style="display:none"><g>Z<use href="#z" /></g></g></svg>\n'
    '<div class="px-untrusted"><style>.px-untrusted{display:none}</style>'
    '<p class="lang-en">See.</p><p class="lang-zh">看。</p>'
    '<img alt="A line." src="data:image/svg+xml,E"></div></div>'
    '<plusx-bet data-language="en"><script>x = `<b class="lang-en">`;</script>'
    '</plusx-bet><span class="lang-sep"> · </span></figure>'
)


def test_output_in_chinese_is_what_a_chinese_kernel_would_make():
    """Labels, name, picture and words change; scripts stay as they are."""
    made = one_output.output({"data": {"text/html": OUTPUT, "text/plain": "A"}}, "zh")
    html = made["data"]["text/html"]
    assert made["data"]["text/plain"] == "一条线。"
    assert "A line." not in html and ">E" not in html and "See." not in html
    assert '<defs><path d="M1 1" id="z" /></defs>' in html
    assert '<g class="lang-zh"><g>Z<use href="#z" /></g></g></svg>' in html
    assert 'style="position:absolute"' in html and 'alt="一条线。"' in html
    assert 'data-language="zh"' in html and '<b class="lang-en">' in html
    assert html.count("lang-sep") == 0 and html.endswith("</plusx-bet></figure>")
    picture = re.search(r'src="data:image/svg\+xml,([^"]*)"', html)[1]
    assert "width='40' height='20'" in picture and "Z%3Cuse" in picture


def test_output_in_english_keeps_its_words():
    """The English one loses the Chinese."""
    html = one_output.markup(OUTPUT, "en")
    assert not one_language.HAN.search(html) and 'd="M1 1"' not in html


def test_fault_names_the_file_and_the_cell(tmp_path):
    """A work that nobody knows, in the second cell of a planted chapter."""
    folder = tmp_path / "chapters"
    folder.mkdir()
    (tmp_path / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
    work = "@book{one2015, author = {One, Ada}, title = {A}, year = {2015}}"
    (folder / "references.bib").write_text(work, "utf8")
    cells = [copies.text("a", "# A · 甲"), copies.text("b", "{cite:p}`nobody`")]
    nbformat.write(copies.notebook(cells), folder / "01_a.ipynb")
    with pytest.raises(ValueError, match=r"01_a\.ipynb, cell 2: .*nobody"):
        copies.write(tmp_path, tmp_path / "out", tmp_path)


def test_links_lead_to_the_public_site_where_it_is_known(tmp_path, monkeypatch):
    """With an address a copy needs no clone; without, it looks beside itself."""
    assert copies.address(ROOT, tmp_path / "a/b", tmp_path) == "../../"
    monkeypatch.setattr(repository, "current", lambda root: URL)
    expected = "https://some-owner.github.io/plus.x/"
    assert copies.address(ROOT, tmp_path, tmp_path) == expected


def test_page_offers_its_copies_in_each_language(monkeypatch):
    """To download always; in Colab and Kaggle where GitHub has them."""
    names = [b["url"] for b in launching.downloads("a.ipynb", copies.KINDS, root_of)]
    assert len(names) == 6 and "../students/zh/teach/a.ipynb" in names
    opened = launching.programs("a.ipynb", ("read",), URL)
    labels = [b["label"] for b in opened]
    assert labels == ["copy lang-en", "copy lang-zh"] * 2
    for one in opened:
        assert "some-owner/plus.x/blob/students/" in one["url"]
        assert unescape(one["url"]) == one["url"]


def root_of(name, *_):
    """Sphinx's `pathto`, for a page in a folder."""
    return f"../{name}"


def test_copies_stay_small(written):
    """One language is lighter than two: no copy is above 800 kB."""
    for path, notebook in written.items():
        size = len(json.dumps(notebook, ensure_ascii=False).encode())
        assert size < 900_000, (path, size)

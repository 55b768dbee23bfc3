"""One public address: set in one place, found wherever it disagrees."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import repository
import setup_cell

ROOT = Path(__file__).resolve().parents[3]
URL = "https://github.com/some-owner/plus.x"
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
#: Contents of a book with one chapter.
SHORT = """\
format: jb-book
root: chapters/index
parts:
  - chapters:
      - file: chapters/01_degradation
"""


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """What of this repository can hold an address, copied, on nobody's machine."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    for path in repository.files(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def test_address_agrees_everywhere():
    """Notebooks, READMEs, citation, metadata and buttons fit `_config.yml`."""
    assert repository.disagreements(ROOT) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_begins_with_the_setup_cell(path):
    """The first code cell finds plusx or installs it from the book's address."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    first = next(cell for cell in cells if cell["cell_type"] == "code")
    assert "".join(first["source"]) == setup_cell.bilingual(repository.current(ROOT))


def test_placeholder_cannot_be_registered():
    """Until there is an address, pip is pointed to a host that is reserved for ever."""
    assert repository.PLACEHOLDER.split("/")[2] == "example.org"


def test_setting_an_address_reaches_every_file(copy):
    """After make repository nothing disagrees and the placeholder is gone."""
    changed = {path.name for path in repository.set_address(copy, URL)}
    assert {"_config.yml", "CITATION.cff", "README.md", "README.zh.md"} <= changed
    assert {path.name for path in NOTEBOOKS} <= changed
    assert repository.disagreements(copy) == []
    for path in repository.files(copy):
        assert repository.PLACEHOLDER not in path.read_text(encoding="utf-8")


def test_setting_an_address_and_the_placeholder_again_is_lossless(copy):
    """There and back gives the same bytes."""
    before = {path: path.read_bytes() for path in repository.files(copy)}
    start = repository.current(copy)
    repository.set_address(copy, URL)
    repository.set_address(copy, start)
    assert {path: path.read_bytes() for path in repository.files(copy)} == before


def test_setting_an_address_shows_the_buttons(copy):
    """Launch and edit buttons are on with an address and off without one."""
    config = copy / "_config.yml"
    buttons = re.compile(r"use_\w+_button: (\w+)|binderhub_url: \"(.*)\"", re.MULTILINE)

    def values():
        return {a or b for a, b in buttons.findall(config.read_text(encoding="utf-8"))}

    repository.set_address(copy, repository.PLACEHOLDER)
    assert values() == {"false", ""}
    repository.set_address(copy, URL)
    assert values() == {"true", repository.BINDER}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("origin", "address"),
    [
        (f"{URL}.git", URL),
        ("https://x-access-token:ghs_a1@github.com/some-owner/plus.x", URL),
        ("git@github.com:some-owner/plus.x.git", URL),
        ("ssh://git@github.com/some-owner/plus.x", URL),
        ("https://gitlab.com/some-owner/plus.x", repository.PLACEHOLDER),
        ("https://github.com.evil.org/some-owner/plus.x", repository.PLACEHOLDER),
        ("../plus.x", repository.PLACEHOLDER),
        ("", repository.PLACEHOLDER),
    ],
)
def test_address_comes_from_origin_where_there_is_none(copy, origin, address):
    """By https or ssh, never with a token; another host or a folder tells nothing."""
    repository.set_address(copy, repository.PLACEHOLDER)
    subprocess.run(["git", "init", "-q", str(copy)], check=True)
    if origin:
        command = ["git", "-C", str(copy), "remote", "add", "origin", origin]
        subprocess.run(command, check=True)
    assert repository.known(copy) == address
    repository.set_address(copy, "https://github.com/first/home")
    assert repository.known(copy) == "https://github.com/first/home"


@pytest.mark.parametrize("start", [repository.PLACEHOLDER, "https://github.com/a/b"])
def test_workflow_publishes_its_own_repository(copy, monkeypatch, start):
    """A fork's site shows the fork, whatever address it was given."""
    repository.set_address(copy, start)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_REPOSITORY", "some-owner/plus.x")
    assert repository.known(copy) == URL
    repository.set_address(copy, repository.known(copy))
    config = (copy / "_config.yml").read_text(encoding="utf-8")
    assert f"url: {URL}\n" in config and "use_edit_page_button: true" in config
    for path in copy.glob("chapters/*.ipynb"):
        assert repository.PLACEHOLDER not in path.read_text(encoding="utf-8")


def test_workflow_that_does_not_know_itself_publishes_nothing(copy, monkeypatch):
    """The placeholder is refused there: pip would be pointed to it."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    with pytest.raises(ValueError, match=r"expected https://github\.com/OWNER/NAME"):
        repository.known(copy)


def test_readme_links_each_chapter_to_colab_and_the_page(copy):
    """With an address, a README links what Colab opens and what Pages shows."""
    repository.set_address(copy, URL)
    for name in ("README.md", "README.zh.md"):
        text = (copy / name).read_text(encoding="utf-8")
        assert "https://some-owner.github.io/plus.x/" in text
        for path in (path for path in NOTEBOOKS if path.name[0].isdigit()):
            colab = "https://colab.research.google.com/github/some-owner/plus.x"
            language = "zh" if "zh" in name else "en"
            assert f"({colab}/blob/students/{language}/work/{path.name})" in text
            page = f"some-owner.github.io/plus.x/chapters/{path.stem}.html"
            assert page in text


@pytest.mark.slow
def test_pages_launch_and_edit_the_notebook_they_show(copy):
    """With an address, a chapter opens in Colab and Kaggle, in each language.

    One chapter stands for all; its links to the others lead nowhere here.
    """
    repository.set_address(copy, URL)
    (copy / "_toc.yml").write_text(SHORT)
    for path in (ROOT / "chapters").iterdir():
        if not (copy / "chapters" / path.name).exists():
            shutil.copy(path, copy / "chapters")
    for extensions in ("code/plusx_site", "code/tools"):
        shutil.copytree(ROOT / extensions, copy / extensions, dirs_exist_ok=True)
    command = "from jupyter_book.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", command, "build", str(copy), "-q"],
        check=True,
        capture_output=True,
    )
    text = (copy / "_build/html/chapters/01_degradation.html").read_text("utf8")
    for language in ("en", "zh"):
        file = f"some-owner/plus.x/blob/students/{language}/work/01_degradation.ipynb"
        assert f'href="{repository.COLAB}/{file}"' in text
        kaggle = "https://kaggle.com/kernels/welcome?src=https://github.com"
        assert f'href="{kaggle}/{file}"' in text
    binder = f"{repository.BINDER}/v2/gh/some-owner/plus.x/main?urlpath=lab/tree/"
    assert f'href="{binder}chapters/01_degradation.ipynb"' in text
    assert f'href="{URL}/edit/main/chapters/01_degradation.ipynb"' in text
    assert "_sources" not in text


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("CITATION.cff", "https://", "https://elsewhere.org/x", "CITATION.cff: https"),
        ("code/pyproject.toml", 'Repository = "', 'Repository = "https://a.b/', "a.b"),
        (
            "README.md",
            "<!-- address -->\n",
            "<!-- address -->\nMore\n",
            "md: a b",
        ),
        ("_config.yml", "edit_page_button: ", "edit_page_button: tr", "buttons"),
    ],
)
def test_a_place_that_disagrees_is_found(copy, name, old, new, found):
    """A planted other address, block or button is named with its file."""
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(found in line for line in repository.disagreements(copy))


def test_a_notebook_that_disagrees_is_found(copy):
    """A set-up cell that installs from elsewhere is named."""
    path = copy / "chapters" / NOTEBOOKS[0].name
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('= \\"https://', '= \\"https://evil.'), encoding="utf-8"
    )
    (line,) = repository.disagreements(copy)
    assert line.startswith(f"chapters/{path.name}: https://evil.")


def test_a_new_chapter_is_asked_for_and_written(copy):
    """A chapter that the READMEs do not list is found, and listed by the command."""
    shutil.copy(copy / "chapters" / NOTEBOOKS[0].name, copy / "chapters/99_new.ipynb")
    assert "out of date: run make repository" in repository.disagreements(copy)[0]
    changed = repository.set_address(copy, repository.current(copy))
    assert [path.name for path in changed] == ["README.md", "README.zh.md"]
    assert repository.disagreements(copy) == []


def test_a_forgotten_placeholder_is_found(copy):
    """With an address set, a placeholder in prose is named."""
    repository.set_address(copy, URL)
    path = copy / "CONTRIBUTING.md"
    path.write_text(f"See {repository.PLACEHOLDER}.\n", encoding="utf-8")
    expected = [f"CONTRIBUTING.md: {repository.PLACEHOLDER}"]
    assert repository.disagreements(copy) == expected


@pytest.mark.parametrize(
    "url",
    ["", "github.com/a/b", "http://github.com/a/b", "https://gitlab.com/a/b",
     "https://github.com/a", "https://github.com/a/b/c", "https://github.com/a/b c"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(copy, url):
    """Anything but a GitHub repository is refused, and nothing is written."""
    before = (copy / "_config.yml").read_bytes()
    with pytest.raises(ValueError, match=r"expected https://github\.com/OWNER/NAME, "):
        repository.set_address(copy, url)
    assert (copy / "_config.yml").read_bytes() == before


@pytest.mark.parametrize("url", [f"{URL}.git", f"{URL}/", f" {URL} "])
def test_an_address_may_end_in_git_or_a_slash(url):
    """What a browser or git shows is understood."""
    assert repository.checked(url) == URL


def test_command_says_what_is_wrong(monkeypatch, capsys):
    """A wrong address is one line and status 1."""
    monkeypatch.setattr(sys, "argv", ["repository.py", "https://gitlab.com/a/b"])
    assert repository.main() == 1
    assert capsys.readouterr().err.startswith("make: expected https://github.com/OWNER")

"""The versions that are pinned, and the test that runs the chapters on Colab's."""

import json
from pathlib import Path

import colab
import lock
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]


def test_constraints_hold_what_came_along():
    """Each line is exact, none repeats requirements.txt, and nothing is left open."""
    pinned = {
        r.name.lower() for r in lock.named((ROOT / "requirements.txt").read_text())
    }
    lines = (ROOT / "code/tools/constraints.txt").read_text().splitlines()[1:]
    limits = dict(line.split("==") for line in lines)
    assert not pinned & set(limits)
    assert set(lock.came_along([Requirement("jupyter-book")])) - pinned <= set(limits)
    assert {"jinja2", "pygments", "sphinx-external-toc"} <= set(limits)


def test_no_pin_refuses_the_first_release_of_the_oldest_python():
    """A distribution's Python may be years behind: Debian 12 has 3.11.2."""
    named = lock.named((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    limits = (ROOT / "code/tools/constraints.txt").read_text().splitlines()[1:]
    names = [pin.name for pin in named] + [line.split("==")[0] for line in limits]
    assert len(names) > 100
    assert lock.refusing(names) == []


def test_pin_that_wants_a_newer_python_is_named(tmp_path, monkeypatch):
    """Package, version and the wanted Python; what is not installed is passed over."""
    for name, wanted in (("aaa", ">=3.11.5"), ("bbb", ">=3.11")):
        folder = tmp_path / f"{name}-4.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 4\n"
        (folder / "METADATA").write_text(text + f"Requires-Python: {wanted}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    refused = lock.refusing(["aaa", "bbb", "not-installed"])
    assert refused == ["aaa 4 needs Python >=3.11.5"]


def test_colab_pins_are_exact():
    """Colab's versions are pinned one by one, the famous old ones among them."""
    lines = (ROOT / "code/tests/colab.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and line[0] != "#")
    assert pins["ipywidgets"] == "7.7.1"
    assert pins["ipython"] == "7.34.0"


def test_colab_notices_what_is_missing():
    """A figure, an explorer or a widget that a fresh run lacks is named by its cell."""
    figure = '<figure class="plusx-figure" id="fig-a"><g class="lang-en"/>{}</figure>'
    whole = figure.format('<g class="lang-zh"/>')

    def notebook(source, html):
        data = {"data": {"text/html": [html]}} if html else {}
        cell = {"cell_type": "code", "source": source, "outputs": [data]}
        return {"cells": [{"cell_type": "markdown"}, cell]}

    def found(source, stored, fresh):
        return colab.differences(notebook(source, stored), notebook(source, fresh))

    assert found("f()", whole, whole) == []
    assert found("f()", whole, "")[0].startswith("cell 2 shows the figures []")
    assert "without lang-zh" in found("f()", whole, figure)[0]
    assert "explorers" in found("f()", "<plusx-product>", "")[0]
    assert "live lab" in found("labs.product()", "", "")[0]
    assert "path of the checkout" in found("f()", whole, whole + str(ROOT))[0]
    assert json.dumps(notebook("f()", whole)).count("lang-zh") == 1

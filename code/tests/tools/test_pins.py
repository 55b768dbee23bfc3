"""The versions that are pinned, and the test that runs the chapters on Colab's."""

import contextlib
import json
import subprocess
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import colab
import lock
import pytest
from packaging.specifiers import SpecifierSet
from wheels import wheel

ROOT = Path(__file__).resolve().parents[3]


def pins(name: str) -> dict[str, str]:
    """The exact versions that a requirements file of ours names."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    named = (line.split("#")[0].strip() for line in lines)
    return dict(line.split("==") for line in named if line and line[0] != "-")


def test_constraints_hold_what_came_along():
    """Each line is exact, none repeats requirements.txt, what one needs is there."""
    own = {name.lower() for name in pins("requirements.txt")}
    limits = set(pins("code/tools/constraints.txt"))
    assert not own & limits
    assert {"jinja2", "pygments", "sphinx-external-toc", "soupsieve"} <= limits


def test_no_pin_refuses_the_first_release_of_the_oldest_python():
    """A distribution's Python may be years behind: Debian 12 has 3.11.2."""
    names = [*pins("requirements.txt"), *pins("code/tools/constraints.txt")]
    refused, seen = [], 0
    for name in names:
        with contextlib.suppress(PackageNotFoundError):  # for another system
            wanted = metadata(name).get("Requires-Python") or ""
            seen += 1
            refused += [name] if "3.11.0" not in SpecifierSet(wanted) else []
    assert seen > 90
    assert refused == []


@pytest.mark.slow
def test_lock_takes_what_the_first_release_can_take(tmp_path, monkeypatch):
    """Of two versions the newer one wants Python 3.11.5: the older one is taken."""
    wheel(tmp_path / "root", "root", needs="leaf")
    wheel(tmp_path / "leaf", "leaf")
    wheel(tmp_path / "leaf", "leaf", version="2", python=">=3.11.5")
    monkeypatch.setenv("PIP_INDEX_URL", tmp_path.as_uri())
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    listed = tmp_path / "requirements.txt"
    listed.write_text("root==1\n")
    assert lock.along(listed) == {"leaf": "1"}
    listed.write_text("leaf==2\n")
    with pytest.raises(subprocess.CalledProcessError):
        lock.along(listed)


def test_colab_pins_are_exact():
    """Colab's versions are pinned one by one, the famous old ones among them."""
    colab_has = pins("code/tests/colab.txt")
    assert colab_has["ipywidgets"] == "7.7.1"
    assert colab_has["ipython"] == "7.34.0"


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

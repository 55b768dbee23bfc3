"""Scripts that a page loads when a reader comes near."""

import json
import re
from types import SimpleNamespace

from plusx_site import on_demand

DATA = {"words": ["a <b>", "“乙”"], "end": "<\\/script>"}
ELEMENT = '<plusx-x id="fig-one"><script type="application/json" data-on-demand="{0}">'
PAGE = (
    '<figure id="fig-one">' + ELEMENT.format("fig-one") + json.dumps(DATA)
    + "</script></plusx-x></figure>\n"
    '<script data-on-demand="fig-one">\nrun("once");</script><p>after</p>'
)  # fmt: skip


def test_code_and_data_leave_the_page():
    """What was written on the page stands in two files, the data before the code."""
    body, files = on_demand.split(PAGE, "../")
    assert json.dumps(DATA) not in body
    assert 'run("once")' not in body
    assert body.startswith('<figure id="fig-one">' + ELEMENT.format("fig-one") + "</s")
    assert body.endswith("</script><p>after</p>")
    data, code = files.values()
    assert code == '\nrun("once");'
    place, text = re.fullmatch(r"(.*?)\.textContent = (.*);\n", data, re.S).groups()
    assert place == """document.querySelector('[data-on-demand="fig-one"]')"""
    assert json.loads(json.loads(text)) == json.loads(json.dumps(DATA))
    sources = [f"../_static/on-demand/{name}" for name in files]
    assert json.dumps(sources) in body


def test_equal_scripts_are_one_file():
    """Two pages with the same code and other data share the file of the code."""
    _, one = on_demand.split(PAGE, "../")
    _, two = on_demand.split(PAGE.replace("fig-one", "fig-two"), "")
    assert len(one) == len(two) == 2
    assert len(one.keys() & two.keys()) == 1


def test_other_scripts_stay():
    """A script that does not ask for it is left where it is."""
    page = '<script>a();</script><script type="application/json">1</script>'
    assert on_demand.split(page, "../") == (page, {})


def test_files_are_written_into_the_site(tmp_path):
    """What a page names lies in the site, relative to the page."""
    app, context = SimpleNamespace(outdir=tmp_path), {"body": PAGE}
    on_demand.split_page(app, "chapters/one", "", context, None)
    sources = re.findall(r"\.\./_static/on-demand/[\w.]+", context["body"])
    (tmp_path / "chapters").mkdir()
    held = [(tmp_path / "chapters" / one).read_text("utf-8") for one in sources]
    assert held == list(on_demand.split(PAGE, "../")[1].values())


def test_page_without_such_scripts_is_left_alone(tmp_path):
    """Nothing is written, and an empty page has a body."""
    context = {}
    on_demand.split_page(SimpleNamespace(outdir=tmp_path), "one", "", context, None)
    assert context == {"body": ""}
    assert list(tmp_path.iterdir()) == []

"""The link check: Sphinx's own, but for one rule of ours."""

import io

import pytest
from sphinx.application import Sphinx


@pytest.fixture
def check(tmp_path):
    """Return a function that builds one page's link check; what it says of a link."""

    def ask(link):
        (tmp_path / "index.rst").write_text(f"Page\n====\n\n{link}\n")
        app = Sphinx(
            tmp_path,
            None,
            tmp_path / "out",
            tmp_path / "trees",
            "linkcheck",
            {"extensions": "links", "linkcheck_timeout": "1"},
            status=None,
            warning=io.StringIO(),
        )
        app.build()
        return (tmp_path / "out" / "output.txt").read_text("utf8")

    return ask


@pytest.mark.filterwarnings("ignore:The default value for 'linkcheck")
def test_doi_is_asked_for_at_doi_org(check, monkeypatch):
    """Its own answer counts, not the publisher's; other links are asked themselves."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "[broken] https://doi.org/api/handles/10.1/x:" in check(
        "https://doi.org/10.1/x"
    )
    assert "[broken] http://doi.example/10.1/x:" in check("http://doi.example/10.1/x")

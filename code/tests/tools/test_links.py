"""The link check: what counts as alive, against a server that answers as told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import links
import pytest

STATUS = {"/ok": 200, "/gone": 404, "/refused": 403, "/slow-down": 429, "/broken": 500}


class Answers(BaseHTTPRequestHandler):
    """Answers with the status that the path names; `/moved` leads to `/gone`."""

    def do_GET(self):
        """Answer one request."""
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/gone")
        else:
            self.send_response(STATUS[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def address():
    """The address of the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/ok", ""),
        ("/gone", "HTTP 404"),
        ("/moved", "HTTP 404"),
        ("/refused", ""),
        ("/slow-down", ""),
        ("/broken", "HTTP 500"),
    ],
)
def test_answer_decides(address, path, reason):
    """A page that is there or refuses programs is alive; one that is gone is not."""
    assert links.ask(address + path, pause_s=0) == reason


def test_doi_is_alive_when_it_is_sent_on(address, monkeypatch):
    """For a DOI the redirection is the answer, wherever it leads."""
    assert links.ask(f"{address}/moved", pause_s=0) == "HTTP 404"
    monkeypatch.setattr(links, "DOI", (f"{address}/m",))
    assert links.ask(f"{address}/moved", pause_s=0) == ""
    monkeypatch.setattr(links, "DOI", (f"{address}/g",))
    assert links.ask(f"{address}/gone", pause_s=0) == "HTTP 404"


def test_no_answer_is_told_from_a_broken_link():
    """A machine without a network is not a book without links."""
    assert links.ask("http://127.0.0.1:9/", pause_s=0).startswith("no answer")


def test_links_are_collected_with_their_file(tmp_path):
    """Links in pages and documents are found once, placeholders and anchors are not."""
    page, document = tmp_path / "a.html", tmp_path / "README.md"
    page.write_text(
        '<a href="https://a.org/x?b=1&amp;c=2#part">a</a><a href="other.html">b</a>'
        '<a href="https://example.org/one-plus-x">c</a>',
        "utf8",
    )
    document.write_text("[a](https://a.org/x?b=1&c=2) [d](https://d.org/)", "utf8")
    assert links.external(tmp_path, [document]) == {
        "https://a.org/x?b=1&c=2": "a.html",
        "https://d.org/": "README.md",
    }

"""The built book, as files and over http, for tests in a browser."""

import gzip
import http.server
import os
import sys
import threading
import time
from functools import cache
from pathlib import Path

import books
import pytest
from visits import Visit

ROOT = books.ROOT
#: The site that is tested; the variable PLUSX_SITE names another one.
SITE = Path(os.environ.get("PLUSX_SITE", ROOT / "_build" / "html")).absolute()
LOCK = ROOT / "_build" / "building.lock"
#: What a server compresses; pictures and fonts are compressed already.
COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".txt"}


@cache
def content(path, changed_ns):
    """What is sent of a file as it was at a time: read and compressed once."""
    body = path.read_bytes()
    return gzip.compress(body) if path.suffix in COMPRESSED else body


class Server(http.server.ThreadingHTTPServer):
    """A server that compresses like those of the public web, and keeps count."""

    #: Connections that may wait: of 5, the default, a busy machine drops some.
    request_queue_size = 128

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = str(folder)
        self.sent = {}

    def handle_error(self, request, client_address):
        """Say nothing when a tab that was left has broken off what it asked for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self):
        """Return the address of the folder, without a final slash."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers with gzip where a server would, and notes the bytes of each answer."""

    def __init__(self, request, client, server):
        super().__init__(request, client, server, directory=server.folder)

    def do_GET(self):
        """Send a file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = content(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in COMPRESSED:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.sent[self.path.partition("?")[0]] = len(body)

    def log_message(self, *args):
        """Say nothing."""


def build_once():
    """Build the book if nobody has; with several workers, one does and others wait."""
    SITE.parent.mkdir(exist_ok=True)
    try:
        LOCK.mkdir()
    except FileExistsError:
        while LOCK.exists():
            time.sleep(0.5)
        return
    try:
        built = books.build(ROOT)
        assert built.status == 0, built.log
    finally:
        LOCK.rmdir()


@pytest.fixture(scope="session")
def site():
    """The folder of the built book; built first where it is missing."""
    if not (SITE / "searchindex.js").exists():
        build_once()
    return SITE


@pytest.fixture(scope="session")
def pages(site):
    """The pages of the book, as paths below its folder; index.html only leads on.

    The slides, which `make public` puts beside them, are none.
    """
    found = sorted([*site.glob("*.html"), *site.glob("chapters/*.html")])
    found = [path for path in found if 'http-equiv="Refresh"' not in path.read_text()]
    return [path.relative_to(site).as_posix() for path in found]


def serve(folder):
    """Yield a server of a folder on a free port of this machine."""
    serving = Server(folder)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()


@pytest.fixture(scope="session")
def server(site):
    """The book over http."""
    yield from serve(site)


@pytest.fixture(scope="session")
def mini(good_book):
    """The address of the good miniature book, over http."""
    for serving in serve(good_book.site):
        yield f"{serving.address}/chapters/"


@pytest.fixture(scope="session")
def explorer_folder(tmp_path_factory):
    """Pages with explorers of each kind."""
    import matplotlib as mpl
    from explorer_pages import write_page

    from plusx import figures

    with mpl.rc_context():
        figures.use("en")
        return write_page(tmp_path_factory.mktemp("explorers"))


@pytest.fixture(scope="module", params=["http", "file"])
def explorers(request, explorer_folder):
    """The address of the pages with explorers: over http, then as files."""
    if request.param == "file":
        yield explorer_folder.as_uri()
        return
    for serving in serve(explorer_folder):
        yield serving.address


@pytest.fixture(params=["http", "file"])
def address(request, site):
    """The address of the book: over http, then as files."""
    if request.param == "file":
        return site.as_uri()
    return request.getfixturevalue("server").address


@pytest.fixture
def visit(chromium):
    """A function that starts a visit by a new reader: `visit(locale="zh-CN", ...)`."""
    visits = []

    def start(**options):
        visits.append(Visit(chromium, **options))
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()


@pytest.fixture
def read(chromium, mini):
    """A function that opens a page of the miniature book as a new reader."""
    contexts = []

    def open_page(page="mini.html", width=1440, height=900, **options):
        viewport = {"width": width, "height": height}
        options = {"locale": "en-GB", **options}
        contexts.append(chromium.new_context(viewport=viewport, **options))
        tab = contexts[-1].new_page()
        tab.goto(page if "://" in page else mini + page)
        return tab

    yield open_page
    for context in contexts:
        context.close()

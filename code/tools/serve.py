"""Show a built site on localhost: `python code/tools/serve.py _build/html`."""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 8000


class Handler(SimpleHTTPRequestHandler):
    """Serves files that are looked at while they change, and keeps quiet."""

    def end_headers(self) -> None:
        """Tell the browser to ask again: the next build may differ."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args) -> None:
        """Say nothing about each request."""


def server(folder: Path, port: int = PORT) -> ThreadingHTTPServer:
    """A server for `folder` on this machine alone, on a free port if `port` is taken.

    Raises:
        ValueError: if the folder holds no built site.
    """
    if not (folder / "index.html").is_file():
        raise ValueError(f"expected a built site in {folder}, got none: run make book")
    handler = partial(Handler, directory=str(folder))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


def main() -> None:
    """Serve until Ctrl-C."""
    try:
        running = server(Path(sys.argv[1]))
    except ValueError as problem:
        sys.exit(f"make: {problem}")
    with running:
        address = f"http://127.0.0.1:{running.server_port}/"
        print(f"The book is at {address} until you press Ctrl-C.", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()

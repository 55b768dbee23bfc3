"""A reader's visit: what a page asks for, and what goes wrong on it."""


class Visit:
    """A page in a browser of its own, with what it asked for and what went wrong."""

    def __init__(self, chromium, **options):
        self.context = chromium.new_context(**options)
        self.tab = self.context.new_page()
        self.requests, self.faults = [], []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("requestfailed", self._note_failure)
        self.tab.on("response", self._note_status)
        self.tab.on("console", self._note_message)
        self.tab.on("pageerror", lambda error: self.faults.append(f"error: {error}"))

    def _note_failure(self, request):
        # A page that is left breaks off what it was still asking for.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url}")

    def _note_status(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _note_message(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def open(self, url, until="load"):
        """Open a page and wait until it is loaded; return the tab."""
        self.tab.goto(url, wait_until=until)
        return self.tab

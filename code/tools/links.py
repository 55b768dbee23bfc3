"""A Sphinx extension for `make links`: asks about a DOI at doi.org itself.

Sphinx's link check would follow a DOI to its publisher, and many refuse programs.
doi.org's own answer is 404 for a DOI that it does not know.
"""

from sphinx.application import Sphinx


def ask_at_home(_app: Sphinx, link: str) -> str | None:
    """The address where doi.org says whether it knows a DOI; None for other links."""
    if not link.startswith("https://doi.org/"):
        return None
    return link.replace("doi.org/", "doi.org/api/handles/", 1)


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in the link check."""
    app.connect("linkcheck-process-uri", ask_at_home)
    return {"parallel_read_safe": True}

"""A Sphinx extension: the site's own address, where the surroundings tell it.

A page's canonical address, its picture for shared links, the site map and the entry
that one cites are written with Sphinx's `html_baseurl`. `repository.known` says it: in
GitHub's workflow it is that of the repository that runs it, at home that of
`_config.yml` or of git's `origin`. Where nobody knows it, it stays empty, and none of
these is written.
"""

from pathlib import Path

import repository
from sphinx.application import Sphinx
from sphinx.config import Config


def find(root: Path) -> str:
    """The address of the site of the book in a folder, or an empty text."""
    url = repository.known(root)
    return "" if url == repository.PLACEHOLDER else repository.pages(url)


def set_address(app: Sphinx, config: Config) -> None:
    """Fill in `html_baseurl`, where it was not set by hand."""
    config.html_baseurl = config.html_baseurl or find(Path(app.confdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Look for the address as soon as the configuration is read."""
    app.connect("config-inited", set_address)
    return {"parallel_read_safe": True}

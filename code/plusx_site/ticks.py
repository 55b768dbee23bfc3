"""Lines of an output that only check: a quiet tick instead of ": True".

A chapter prints "plain-56 above 40 %: True" so that a test compares it on every
machine. For a reader it is no result; what the check is stays, small and behind a tick.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx

#: What a cell has printed: the text of a stream, no code.
STREAM = re.compile(
    r'(<div class="output stream[^>]*><div class="highlight"><pre>)(.*?)(</pre>)', re.S
)
CHECK = re.compile(r"^((?:<span></span>)?)([^\n<]*\S): True$", re.M)
TICK = r'\1<span class="check">✓ \2</span>'


def tick(body: str) -> str:
    """Return the HTML of a page with a tick at each line that only checks."""
    return STREAM.sub(lambda m: m[1] + CHECK.sub(TICK, m[2]) + m[3], body)


def tick_page(
    app: Sphinx,
    page: str,
    template: str,
    context: dict,
    doctree: nodes.document | None,
) -> None:
    """Write the ticks of a page; the event `html-page-context`."""
    context["body"] = tick(context.get("body") or "")

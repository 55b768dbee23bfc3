"""Ask every external link of the built site and the READMEs whether it is alive.

Usage: python code/tools/links.py _build/html

A DOI is alive when doi.org sends us on: many publishers refuse programs behind it.
What refuses programs, or asks for fewer requests, is not judged.
"""

import re
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r'href="(https?://[^"#]+)|\]\((https?://[^)#]+)')
DOI = ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/")
# Hosts that nobody answers at: reserved names and this machine.
SKIPPED = re.compile(r"https?://(?:example\.|localhost|127\.)")
REFUSED = {401, 403, 405, 406, 418, 429, 503, 999}
AGENT = {"User-Agent": "Mozilla/5.0 (link check of a book; once a week)"}


class Stay(urllib.request.HTTPRedirectHandler):
    """Takes a redirection as the answer."""

    def redirect_request(self, *arguments):
        """Follow nothing."""


def external(site: Path, documents: list[Path]) -> dict[str, str]:
    """Every external link, and the first file that has it."""
    found: dict[str, str] = {}
    for path in [*sorted(site.rglob("*.html")), *documents]:
        for groups in LINK.findall(path.read_text(encoding="utf-8")):
            link = unescape("".join(groups))
            if not SKIPPED.match(link):
                found.setdefault(link, path.name)
    return found


def ask(link: str, *, timeout_s: float = 20, pause_s: float = 3) -> str:
    """What is wrong with a link: empty, or a reason; network errors get three tries."""
    opener = urllib.request.build_opener(*([Stay] if link.startswith(DOI) else []))
    reason = ""
    for attempt in range(3):
        try:
            request = urllib.request.Request(link, headers=AGENT)
            with opener.open(request, timeout=timeout_s):
                return ""
        except urllib.error.HTTPError as answer:
            if answer.code in REFUSED or 300 <= answer.code < 400:
                return ""
            reason = f"HTTP {answer.code}"
            if answer.code < 500:
                break
        except (OSError, ValueError) as problem:
            reason = f"no answer ({problem})"
        time.sleep(pause_s * attempt)
    return reason


def main() -> int:
    """Print the links that are broken; return 1 if there are any."""
    links = external(Path(sys.argv[1]), sorted(ROOT.glob("*.md")))
    with ThreadPoolExecutor(8) as pool:
        reasons = list(pool.map(ask, links))
    broken = [(link, why) for link, why in zip(links, reasons, strict=True) if why]
    if broken and all(why.startswith("no answer") for why in reasons):
        print("make: no link answers; check the network and run make links again.")
        return 1
    for link, why in broken:
        print(f"{links[link]}: {link}: {why}")
    print(f"{len(links)} links, {len(broken)} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""The bibliography: each entry is cited, and no two look alike where they are."""

import re
from collections import Counter
from pathlib import Path

import pybtex.database
import pytest

CHAPTERS = Path(__file__).parents[3] / "chapters"


@pytest.fixture(scope="module")
def entries():
    """All entries of references.bib, by key."""
    return pybtex.database.parse_file(str(CHAPTERS / "references.bib")).entries


def test_references_are_all_cited(entries):
    """An entry that no page cites has no place in the list."""
    pages = [*CHAPTERS.glob("*.ipynb"), *CHAPTERS.glob("*.md")]
    texts = "".join(page.read_text("utf8") for page in pages)
    groups = re.findall(r"\{cite:[pt]\}`([^`]+)`", texts)
    cited = {key.strip() for group in groups for key in group.split(",")}
    assert set(entries) == cited


def test_references_differ_where_they_are_cited(entries):
    """Author and year tell any two apart: He et al., 2016a and 2016b."""

    def shown(entry):
        names = [" ".join(person.last_names) for person in entry.persons["author"]]
        return (*names[:1], "others") if len(names) > 2 else tuple(names)

    seen = Counter((*shown(e), e.fields["year"]) for e in entries.values())
    assert [label for label, count in seen.items() if count > 1] == []

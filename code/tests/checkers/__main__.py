"""Print every finding on the notebooks and pages that are named.

Usage, in code/tests:

    PYTHONPATH=../tools python -m checkers ../../chapters/01_degradation.ipynb …
"""

import sys
from pathlib import Path

from checkers import books, chinese, claims, form, parity, sources, terms, typography

CODE = Path(__file__).parents[2]


def main(names: list[str]) -> int:
    """Print the findings; return 1 when there are any."""
    ledger, found = claims.load(CODE / "plusx" / "records" / "claims")
    works = sources.keys(CODE.parent / "chapters" / "references.bib")
    for path in map(Path, names):
        for check in (
            books.language_faults,
            parity.faults,
            terms.faults,
            typography.faults,
        ):
            found += check(path)
        found += chinese.faults(path, chinese.titles(CODE.parent / "chapters"))
        if path.name[:2].isdigit():
            found += chinese.first_uses(path, int(path.name[:2]))
        mine = [row for row in ledger if row.page == path.stem]
        rows, wrong = claims.filled(mine, works, sources.value)
        found += wrong + claims.text_faults(rows, path)
        found += claims.paper_faults(rows, path, works)
        if path.suffix == ".ipynb":
            found += form.faults(path, CODE / "plusx")
    print("\n".join(found) or "nothing found")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

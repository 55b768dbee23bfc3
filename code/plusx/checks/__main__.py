"""Write the questions: python -m plusx.checks FOLDER."""

import sys
from pathlib import Path

from plusx.checks import export, table

USAGE = "usage: python -m plusx.checks FOLDER"


def main(arguments: list[str]) -> int:
    """Write a Moodle and a GIFT file for each language into a folder."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(USAGE, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(table.load_all().values())
    for language in export.LANGUAGES:
        for ending, write in (("xml", export.moodle), ("gift", export.gift)):
            path = folder / f"questions-{language}.{ending}"
            path.write_text(write(rows, language), "utf8")
            print(f"{path}: {len(rows)} questions")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

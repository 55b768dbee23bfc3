"""Is every file in its room, and does nothing look where it must not?"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOMS = {
    ".ci", ".github", ".gitattributes", ".gitignore", "CHANGELOG.md", "CITATION.cff",
    "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "README.zh.md", "binder",
    "_config.yml", "_toc.yml", "chapters", "code", "requirements.txt",
}  # fmt: skip
CHAPTER_FILES = (
    r"(?:\d\d_[a-z0-9]+|experiments|ten_minutes|trainer)\.ipynb"
    r"|(?:index|glossary|claims|teach|theories)\.md"
    r"|(?:bet|playground)\.html|references\.bib"
)
CODE_ROOMS = {
    "plusx", "plusx_site", "tests", "tools", "pyproject.toml", "LICENSE", "README.md",
}  # fmt: skip
MOST_LINES = 300
HEAVY = ("torch", "matplotlib", "sklearn", "IPython", "ipywidgets", "numpy", "scipy")
# The floors of plusx, lowest first: a room imports rooms of lower floors alone.
FLOORS = (
    {"bilingual", "gradients", "fitting", "networks", "data", "records"},
    {"figures", "train"},
    {"experiments"},
    {"explorer", "bets", "checks", "bench", "reproduce"},
    {"pictures", "playground"},
    {"labs"},
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Written with classes of one letter, so that this file does not hold what it forbids.
FORBIDDEN = [
    r"/[w]ork/(?:main|scratch|shared)",
    r"/[t]mp/|/[r]oot/|/[h]ome/\w+/",
    r"[p]ypi\.(?!org/(?:project|p)/)[\w.-]+",
    r"[r]egistry\.(?:[n]pmjs|[y]arnpkg)[\w.-]*",
    r"https?://(?:[l]ocalhost|127\.0\.0\.1|10\.\d+\.\d+\.\d+)[:/]\S*(?:simple|index/)",
    r"[i]ndex-url[ =]+http",
]
TEXT = {
    ".py", ".md", ".ipynb", ".toml", ".yml", ".yaml", ".txt", ".js", ".css", ".html",
    ".json", ".cfg", ".cff", ".bib", ".csv", ".sh", "",
}  # fmt: skip


def tracked(root: Path) -> list[str]:
    """Return the files that git has, or would have at the next commit."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True)
    return [name for name in answer.stdout.split("\n") if (root / name).is_file()]


def room_faults(names: Iterable[str]) -> Iterator[str]:
    """Say which files stand outside the rooms of the house."""
    for name in names:
        top, _, rest = name.partition("/")
        if top not in ROOMS:
            yield f"{name}: no room for it at the top level"
        elif top == "chapters" and not re.fullmatch(CHAPTER_FILES, rest):
            yield f"{name}: chapters/ holds NN_name.ipynb and the pages of the book"
        elif top == "code" and rest.split("/")[0] not in CODE_ROOMS:
            yield f"{name}: no room for it in code/"
        elif re.fullmatch(r"code/tests/test_\w+\.py", name):
            yield f"{name}: a test stands in the folder of its subject"


def length_faults(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Say which files of code are longer than a reader reads in one go."""
    for name in names:
        if re.fullmatch(r"code/(?!.*/vendor/).*\.(?:py|js|css)", name):
            lines = len((root / name).read_text("utf8").splitlines())
            if lines > MOST_LINES:
                yield f"{name}: {lines} lines; at most {MOST_LINES}"


def forbidden_strings(root: Path, names: Iterable[str]) -> Iterator[str]:
    """Find paths of a machine and hosts of package registries."""
    for name in names:
        if Path(name).suffix not in TEXT or "/static/vendor/" in name:
            continue
        text = (root / name).read_text("utf8", errors="replace")
        for pattern in FORBIDDEN:
            if match := re.search(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}, line {line}: {match[0]!r} has no place in the book"


def imports(path: Path) -> set[str]:
    """Return the dotted names of the modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            base = dots + (node.module or "")
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def import_faults(code: Path) -> Iterator[str]:
    """Check that site and package do not know each other, and layers look down."""
    for path in sorted((code / "plusx_site").rglob("*.py")):
        for name in sorted(imports(path)):
            if re.match(r"(torch|plusx)(\.|$)", name):
                yield f"{path.name} of plusx_site imports {name}"
    for path in sorted((code / "plusx").rglob("*.py")):
        yield from layer_faults(path, code / "plusx")


def layer_faults(path: Path, package: Path) -> Iterator[str]:
    """Check one module of plusx against the direction of imports."""
    room = path.relative_to(package).with_suffix("").parts[0]
    if room != "__init__" and room not in FLOOR:
        yield f"plusx.{room} stands on no floor"
    for name in sorted(imports(path)):
        first, _, rest = name.partition(".")
        other = rest.partition(".")[0]
        if first == "plusx_site":
            yield f"plusx.{room} imports {name}"
        elif first == "plusx" and other != room and not _below(other, room):
            yield f"plusx.{room} imports plusx.{other}, no floor below it"


def _below(other: str, room: str) -> bool:
    """Whether a room lies below another; what is no room is below all."""
    return FLOOR.get(other, -1) < FLOOR.get(room, 0)


def heavy_imports(statement: str, folder: Path) -> list[str]:
    """Return which heavy packages a fresh Python in `folder` loads for a statement."""
    script = f"import sys; {statement}; print([m for m in {HEAVY} if m in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return ast.literal_eval(answer.stdout)


def pins(text: str) -> dict[str, str]:
    """Return the pinned versions of a requirements file; names in lower case."""
    found = re.findall(r"(?m)^([A-Za-z0-9_.-]+)==(\S+)", text)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def project(code: Path) -> dict:
    """Return the project table of pyproject.toml."""
    return tomllib.loads((code / "pyproject.toml").read_text("utf8"))["project"]


def toc_files(text: str) -> list[str]:
    """Return the files that a table of contents names, without their ending."""
    return re.findall(r"(?m)^\s*(?:-\s*)?(?:file|root):\s*(\S+)\s*$", text)


def toc_faults(text: str, chapters: Path) -> Iterator[str]:
    """Check that the table of contents and the folder hold the same pages."""
    listed = toc_files(text)
    there = {
        f"chapters/{path.stem}"
        for path in chapters.iterdir()
        if path.suffix in (".ipynb", ".md")
    }
    for name in sorted(there - set(listed)):
        yield f"{name} is not in _toc.yml"
    for name in sorted(set(listed) - there):
        yield f"_toc.yml names {name}, which is not there"
    numbered = [name for name in listed if re.match(r"chapters/\d\d_", name)]
    if numbered != sorted(numbered):
        yield "the chapters in _toc.yml are out of order"


def version_faults(root: Path) -> Iterator[str]:
    """Check that every file that states the version states the same one."""
    version = project(root / "code")["version"]
    stated = {
        "CITATION.cff": r"(?m)^version: [\"']?([\w.]+)",
        "CHANGELOG.md": r"(?m)^## \[?v?(\d[\w.]*)",
        "code/plusx/__init__.py": r"(?m)^__version__ = \"([\w.]+)\"",
    }
    for name, pattern in stated.items():
        path = root / name
        match = re.search(pattern, path.read_text("utf8")) if path.exists() else None
        if match and match[1] != version:
            yield f"{name} says version {match[1]}, pyproject.toml {version}"

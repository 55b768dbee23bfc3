"""Wheels of one empty module, written by hand, for tests that need no network."""

import zipfile
from pathlib import Path

METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\nRequires-Python: {}\n"
WHEEL = (
    "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
)


def wheel(folder: Path, name: str, version="1", python=">=3.6", needs="") -> Path:
    """Write a wheel, and the link to it into the folder's page for pip."""
    info = f"{name}-{version}.dist-info"
    needed = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": METADATA.format(name, version, python) + needed,
        f"{info}/WHEEL": WHEEL,
    }
    files[f"{info}/RECORD"] = "".join(f"{inner},,\n" for inner in files)
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inner, text in files.items():
            archive.writestr(inner, text)
    with (folder / "index.html").open("a") as page:
        wanted = python.replace(">", "&gt;")
        page.write(
            f'<a href="{path.name}" data-requires-python="{wanted}">{name}</a>\n'
        )
    return path

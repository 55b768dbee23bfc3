"""Set the public address of the repository, and list what a new chapter lacks.

Usage: python3 code/tools/repository.py [https://github.com/OWNER/NAME]

`_config.yml` holds the address; notebooks, READMEs, citation and package metadata say
it again. Until it is known a reserved name that nobody can register stands there: pip
installs code from this address. Without an argument GitHub's workflows take their own
repository, so that a fork's site shows the fork; elsewhere git's remote `origin` is
taken where there is no address yet. The launch and edit buttons appear with an address.
Colab opens the copies in one language, which publishing puts on the branch `students`.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = "https://example.org/one-plus-x"
COLAB = "https://colab.research.google.com/github"
STUDENTS = "students"
BINDER = "https://mybinder.org"
BUTTONS = ("use_repository_button", "use_issues_button", "use_edit_page_button")
GITHUB = re.compile(r"https://github\.com/[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
# What git may call a repository on GitHub: by https, perhaps with a token, or by ssh.
REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?|git@|ssh://git@)github\.com[:/]([^/]+/[^/]+?)(?:\.git)?/?"
)
# Where an address of ours can stand; tools and tests write about addresses.
FILES = ("*.md", "*.cff", "_config.yml", "chapters/*.ipynb", "chapters/*.md")
PACKAGE_FILES = ("code/pyproject.toml", "code/plusx/**/*.py", "code/plusx_site/**/*.py")
USES = (
    re.compile(r"BOOK = \\?\"(https://[^\"\\]+)"),
    re.compile(r"repository-code: \"?(https://[^\"\s]+)"),
    re.compile(r"Repository = \"(https://[^\"]+)"),
    re.compile(r"git clone (https://\S+)"),
)
BLOCK = re.compile(r"(<!-- address -->\n)(.*?)(<!-- /address -->)", re.DOTALL)
WORDS = {
    "README.md": (
        "Read the book",
        "Chapter",
        "Run it",
        "Open in Colab",
        "This copy has no public address yet: where git's `origin` is on GitHub,"
        " `make repository` writes it here, into the notebooks, the launch buttons and"
        " the citation.",
    ),
    "README.zh.md": (
        "在线阅读",
        "章节",
        "运行",
        "在 Colab 中打开",
        "这份副本还没有公开地址：只要 git 的 `origin` 在 GitHub 上，运行"
        " `make repository`，地址就会写到这里，也写进笔记本、启动按钮和引用信息。",
    ),
}


def current(root: Path) -> str:
    """The address that `_config.yml` holds.

    Raises:
        ValueError: if there is none.
    """
    text = (root / "_config.yml").read_text(encoding="utf-8")
    found = re.search(r"^repository:\n(?:  .*\n)*?  url: (\S+)$", text, re.MULTILINE)
    if not found:
        raise ValueError("expected repository.url in _config.yml, got none")
    return found[1].strip("\"'")


def on_github() -> bool:
    """Whether a workflow of GitHub is running this."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def known(root: Path) -> str:
    """The address that the surroundings tell, or else the one there is.

    Raises:
        ValueError: if a workflow does not know its repository: what it publishes would
            point pip to the placeholder.
    """
    if on_github():
        return checked("https://github.com/" + os.environ.get("GITHUB_REPOSITORY", ""))
    if current(root) != PLACEHOLDER:
        return current(root)
    command = ["git", "-C", str(root), "remote", "get-url", "origin"]
    origin = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    found = REMOTE.fullmatch(origin)
    return f"https://github.com/{found[1]}" if found else PLACEHOLDER


def checked(url: str) -> str:
    """The address without `.git` and final slash.

    Raises:
        ValueError: if it is no GitHub repository (Colab and Pages need one).
    """
    plain = url.strip().rstrip("/").removesuffix(".git")
    if plain != PLACEHOLDER and not GITHUB.fullmatch(plain):
        raise ValueError(f"expected https://github.com/OWNER/NAME, got {url!r}")
    return plain


def set_address(root: Path, url: str) -> list[Path]:
    """Write the address everywhere; return the files that changed."""
    new, old = checked(url), current(root)
    changed = {}
    for path in files(root):
        before = path.read_text(encoding="utf-8")
        after = before.replace(old, new)
        if path.name == "_config.yml":
            after = buttons(after, on=new != PLACEHOLDER)
        if path.name in WORDS:
            after = BLOCK.sub(rf"\g<1>{block(root, path.name, new)}\g<3>", after)
        if after != before:
            changed[path] = after
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8")
    return sorted(changed)


def disagreements(root: Path) -> list[str]:
    """Each place whose address is not the one of `_config.yml`, as `file: address`."""
    url = current(root)
    wrong = []
    for path in files(root):
        text = path.read_text(encoding="utf-8")
        found = {match[1] for use in USES for match in use.finditer(text)}
        found |= {PLACEHOLDER} if PLACEHOLDER in text else set()
        problems = [address for address in sorted(found) if address != url]
        if path.name == "_config.yml" and text != buttons(text, on=url != PLACEHOLDER):
            problems.append(f"buttons that do not fit {url}")
        for match in BLOCK.finditer(text):
            if match[2] != block(root, path.name, url):
                problems.append("a block that is out of date: run make repository")
        wrong += [f"{path.relative_to(root)}: {problem}" for problem in problems]
    return wrong


def buttons(config: str, *, on: bool) -> str:
    """`_config.yml` with the launch and edit buttons on or off."""
    for name in BUTTONS:
        config = re.sub(rf"({name}:) \w+", rf"\1 {str(on).lower()}", config)
    value = f'"{BINDER}"' if on else '""'
    return re.sub(r"(binderhub_url:) \"[^\"]*\"", rf"\1 {value}", config)


def block(root: Path, readme: str, url: str) -> str:
    """What a README says about addresses: live link, badges, the chapters."""
    read, chapter, run, colab, unset = WORDS[readme]
    rows = [f"| {chapter} | {run} |", "|---|---|"]
    for path in sorted((root / "chapters").glob("[0-9]*.ipynb")):
        title, name = heading(path, readme), f"chapters/{path.name}"
        if url == PLACEHOLDER:
            rows.append(f"| {title} | [{name}]({name}) |")
            continue
        page = f"{pages(url)}chapters/{path.stem}.html"
        language = "zh" if readme == "README.zh.md" else "en"
        copy = f"{STUDENTS}/{language}/work/{path.name}"
        target = f"{COLAB}/{url.removeprefix('https://github.com/')}/blob/{copy}"
        badge = f"[![{colab}](.github/colab.svg)]({target})"
        rows.append(f"| [{title}]({page}) | {badge} |")
    table = "\n".join(rows) + "\n"
    if url == PLACEHOLDER:
        return f"{unset}\n\n{table}"
    state = f"{url}/actions/workflows/publish.yml"
    return (
        f"**[{read}]({pages(url)})** [![check]({state}/badge.svg)]({state})\n\n{table}"
    )


def heading(path: Path, readme: str) -> str:
    """A notebook's title in the README's language: the half at its side of ` · `."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    halves = (title[1] if title else path.stem).split(" · ")
    return halves[-1 if readme == "README.zh.md" else 0]


def pages(url: str) -> str:
    """Where GitHub Pages shows the repository's site."""
    owner, name = url.split("/")[-2:]
    return f"https://{owner.lower()}.github.io/{name}/"


def files(root: Path) -> list[Path]:
    """The files in which an address of ours can stand."""
    return sorted(path for glob in FILES + PACKAGE_FILES for path in root.glob(glob))


def main() -> int:
    """Set the address that is named, or the one that is known.

    Returns:
        0, or 1 after saying what is wrong.
    """
    try:
        changed = set_address(ROOT, sys.argv[1] if sys.argv[1:] else known(ROOT))
    except ValueError as problem:
        print(f"make: {problem}", file=sys.stderr)
        return 1
    for path in changed:
        print(path.relative_to(ROOT))
    print(f"{len(changed)} files changed; the address is {current(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

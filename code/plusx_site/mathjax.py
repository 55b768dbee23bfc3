"""MathJax in V8, in this process: TeX in, SVG and MathML out.

MathJax is that of the package `sphinx-mathjax-offline`; the V8 engine that of
`mini-racer`. Drawings are kept in a file, because MathJax needs some milliseconds a
formula and a book has more than a thousand.
"""

import hashlib
import importlib.util
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("mathjax_v8.js")
COMPONENTS = (
    "loader",
    "core",
    "adaptors/liteDOM",
    "input/tex-full",
    "output/svg",
    "output/svg/fonts/tex",
)
# What MathJax's files expect of a browser and a bare V8 does not have.
SHIM = """
var window = this, global = this;
var console = {log() {}, warn() {}, error() {}};
var MathJax = {loader: {load: []}, startup: {typeset: false}};
0;
"""
GLYPH = re.compile(r'<glyph((?: transform="[^"]*")?) d="([^"]*)"/>')
USE = re.compile(r'<use href="#(mj[0-9a-f]+)"')
ENTITY = re.compile(r"&#x([0-9A-F]+);")


class FormulaError(ValueError):
    """A formula that MathJax cannot read; the text is MathJax's reason."""


@dataclass(frozen=True)
class Drawing:
    """One formula: SVG content, its box (ex and viewBox units) and its MathML."""

    drawing: str
    width: str
    height: str
    drop: str
    view: str
    mathml: str


def mathjax_folder() -> Path:
    """Return the folder of MathJax's files inside the installed package.

    Raises:
        ModuleNotFoundError: if `sphinx-mathjax-offline` is not installed.
    """
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "formulas need the package sphinx-mathjax-offline: "
            "pip install -r requirements.txt"
        )
    return Path(spec.origin).parent / "static" / "mathjax"


class Engine:
    """MathJax in one V8 context; starting it takes about 0.3 s."""

    def __init__(self) -> None:
        from py_mini_racer import MiniRacer

        self._v8 = MiniRacer()
        self._v8.eval(SHIM)
        folder = mathjax_folder()
        for name in COMPONENTS:
            self._v8.eval((folder / f"{name}.js").read_text("utf8") + ";0")
        self._v8.eval(SCRIPT.read_text("utf8"))

    def render(self, tex: str, display: bool) -> dict[str, str]:
        """Return MathJax's answer for one formula: a drawing, or an `error`."""
        return json.loads(self._v8.call("render", tex, display))

    def close(self) -> None:
        """Free the V8 context."""
        self._v8.close()


class Formulas:
    """Drawings by TeX, kept in a file; MathJax starts at the first new formula.

    Args:
        store: the file that keeps drawings between builds, or `None`.
    """

    def __init__(self, store: Path | None = None) -> None:
        self.glyphs: dict[str, str] = {}
        self._store = store
        self._drawings: dict[str, Drawing] = {}
        self._engine: Engine | None = None
        self._edition = _edition()
        self._load()

    def render(self, tex: str, display: bool) -> Drawing:
        """Return the drawing of a formula.

        Raises:
            FormulaError: if MathJax cannot read it.
        """
        key = f"{'D' if display else 'I'}{tex}"
        if key not in self._drawings:
            self._engine = self._engine or Engine()
            answer = self._engine.render(tex, display)
            if "error" in answer:
                raise FormulaError(answer["error"])
            self._drawings[key] = self._shared(answer)
        return self._drawings[key]

    def definitions(self, html: str) -> str:
        """Return the hidden SVG with the outlines that `html` refers to."""
        used = sorted(set(USE.findall(html)))
        if not used:
            return ""
        paths = "".join(f'<path id="{key}" d="{self.glyphs[key]}"/>' for key in used)
        return (
            '<svg class="formula-glyphs" width="0" height="0" aria-hidden="true" '
            f'style="position:absolute"><defs>{paths}</defs></svg>\n'
        )

    def self_contained(self, html: str) -> str:
        """Return `html` with the outlines in the place of the references."""
        return USE.sub(lambda use: f'<path d="{self.glyphs[use[1]]}"', html)

    def close(self) -> None:
        """Write the store and free MathJax."""
        if self._engine:
            self._engine.close()
            self._engine = None
            self._save()

    def _shared(self, answer: dict[str, str]) -> Drawing:
        def use(glyph: re.Match[str]) -> str:
            key = "mj" + hashlib.sha1(glyph[2].encode()).hexdigest()[:7]
            self.glyphs[key] = glyph[2]
            return f'<use href="#{key}"{glyph[1]}/>'

        drawing = GLYPH.sub(use, answer["drawing"])
        return Drawing(**{**answer, "drawing": drawing, "mathml": _lean(answer)})

    def _load(self) -> None:
        try:
            stored = json.loads(self._store.read_text("utf8"))
        except (AttributeError, OSError, ValueError):
            return
        if stored.get("edition") == self._edition:
            self.glyphs = stored["glyphs"]
            self._drawings = {k: Drawing(**v) for k, v in stored["drawings"].items()}

    def _save(self) -> None:
        if self._store is None:
            return
        stored = {
            "edition": self._edition,
            "glyphs": self.glyphs,
            "drawings": {key: asdict(value) for key, value in self._drawings.items()},
        }
        self._store.parent.mkdir(parents=True, exist_ok=True)
        partial = self._store.with_suffix(".partial")
        partial.write_text(json.dumps(stored, ensure_ascii=False), "utf8")
        partial.replace(self._store)


def _edition() -> str:
    """Return what the stored drawings depend on besides their TeX."""
    sources = SCRIPT.read_bytes() + Path(__file__).read_bytes()
    core = (mathjax_folder() / "core.js").stat().st_size
    return f"{hashlib.sha1(sources).hexdigest()[:12]}-{core}"


def _lean(answer: dict[str, str]) -> str:
    """Return the MathML without indentation and drawing hints."""
    mathml = re.sub(r">\s+<", "><", answer["mathml"])
    mathml = re.sub(r' (?:data-mjx-\w+|stretchy|xmlns)="[^"]*"', "", mathml)

    def character(entity: re.Match[str]) -> str:
        char = chr(int(entity[1], 16))
        return entity[0] if char in "<>&\"'" else char

    return ENTITY.sub(character, mathml)

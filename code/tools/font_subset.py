"""Make the two small fonts that the figures draw their labels with.

Usage: python code/tools/font_subset.py [NotoSansCJK-Regular.ttc]

The source is Noto Sans CJK (SIL Open Font License), in Debian's package
fonts-noto-cjk. `PlusXSans.otf` has the Latin and Greek letters, `PlusXSansSC.otf` the
same and Han: the 3,755 characters of GB 2312 level 1, which cover everyday Chinese, so
that a label changed on a laptop or in Colab hardly ever needs a new font, and whatever
else stands in the package, the chapters and the glossary. Symbols that Noto draws as
wide as a Han character (×, ≈, →) are left out: Matplotlib takes them from DejaVu Sans.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from plusx.bilingual import HAN

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "code" / "plusx" / "figures" / "fonts"
SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x17F), *range(0x391, 0x3CA)]
DASHES = [0x2010, 0x2013, 0x2014, 0x2212]
QUOTES = [0x2018, 0x2019, 0x201C, 0x201D, 0x2026]
CHINESE_MARKS = [*QUOTES, *range(0x3001, 0x3018), *range(0xFF01, 0xFF5F)]
LICENCE_NOTE = "Subset of Noto Sans CJK SC; see OFL.txt."


def common_han() -> set[str]:
    """GB 2312 level 1: rows 16 to 55 of the standard."""
    pairs = bytes(
        b
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
        for b in (row, cell)
    )
    return set(pairs.decode("gb2312", errors="ignore"))


def texts() -> Iterator[str]:
    """Whatever may hold a label: the package, the chapters, the glossary."""
    for path in sorted((ROOT / "code" / "plusx").rglob("*.py")):
        yield path.read_text("utf8")
    for path in sorted((ROOT / "chapters").glob("*.md")):
        yield path.read_text("utf8")
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            yield "".join(cell["source"])


def source_font(path: Path) -> TTFont:
    """The simplified Chinese member of the collection.

    Raises:
        ValueError: when the collection has none.
    """
    for font in TTCollection(path).fonts:
        if font["name"].getDebugName(1) == "Noto Sans CJK SC":
            return font
    raise ValueError(f"expected a member 'Noto Sans CJK SC' in {path}")


def proportional(font: TTFont) -> dict[str, str]:
    """Glyph name → its proportional alternate (feature `pwid`)."""
    table = font["GSUB"].table
    mapping: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "pwid":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    part = getattr(part, "ExtSubTable", part)
                    mapping.update(part.mapping)
    return mapping


def narrow_quotes(font: TTFont) -> None:
    """Give the Latin font quotes and dots as wide as Latin ones, in place."""
    narrow = proportional(font)
    for table in font["cmap"].tables:
        if table.isUnicode() and hasattr(table, "cmap"):
            for code in QUOTES:
                glyph = table.cmap.get(code)
                table.cmap[code] = narrow.get(glyph, glyph)


def without_wide(font: TTFont, codes: list[int]) -> list[int]:
    """The characters that the font draws narrower than a Han character."""
    cmap, widths = font.getBestCmap(), font["hmtx"]
    return [code for code in codes if code in cmap and widths[cmap[code]][0] < 1000]


def write(font: TTFont, codes: list[int], family: str, path: Path) -> None:
    """Subset the font to some characters, rename and save it, without a date."""
    options = subset.Options(hinting=False, layout_features=["kern"])
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    names = font["name"]
    names.names = [
        n for n in names.names if n.nameID in (0, 13, 14) and n.langID == 0x409
    ]
    style = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "")}
    for number, text in {**style, 10: LICENCE_NOTE}.items():
        names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [family.replace(" ", "")]
    top = cff.topDictIndex[0]
    top.FullName = top.FamilyName = family
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(path)


def main(source: Path = SOURCE) -> None:
    """Write both fonts and say what is in them."""
    han = common_han() | set(HAN.findall("".join(texts())))
    latin = source_font(source)
    narrow_quotes(latin)
    codes = without_wide(latin, [*LATIN, *DASHES, *QUOTES])
    write(latin, codes, "PlusX Sans", FONTS / "PlusXSans.otf")
    chinese = source_font(source)
    codes = without_wide(chinese, [*LATIN, *DASHES]) + CHINESE_MARKS
    codes += [ord(character) for character in han]
    write(chinese, codes, "PlusX Sans SC", FONTS / "PlusXSansSC.otf")
    for path in sorted(FONTS.glob("*.otf")):
        print(f"{path.name}: {path.stat().st_size // 1000} kB")
    print(f"{len(han)} Han characters")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

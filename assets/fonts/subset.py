"""Makes the bundled fonts again from the full Inter (Debian package fonts-inter, or rsms/inter).

Usage: python subset.py FOLDER_OF_INTER_OTF    (needs fonttools and brotli)

Writes for Regular and SemiBold
  NAME.ttf    for the plots: outlines only; ascent and descent add up to 1.24 em, because plotters
              divides by 1.24 in its SVG and the font divides by its own height in its PNG
  NAME.woff2  for the page: the same characters, with kerning and tabular figures
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x1E9E, 0x1E9E),  # Latin
    (0x1EA0, 0x1EF9),  # Vietnamese
    (0x384, 0x3CE), (0x400, 0x45F), (0x490, 0x491),  # Greek, Cyrillic
    (0x2010, 0x2027), (0x2030, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122),  # punctuation
    (0x2190, 0x2193), (0x21B5, 0x21B5), (0x21E5, 0x21E5), (0x2423, 0x2423),  # arrows, visible space
    (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0xFFFD, 0xFFFD),
]


def options(flavor, features):
    o = subset.Options()
    o.flavor, o.layout_features, o.hinting, o.desubroutinize = flavor, features, False, True
    o.name_IDs, o.notdef_outline, o.recalc_timestamp = [0, 1, 2, 3, 4, 5, 6, 13, 14], True, False
    return o


def cut(font, o):
    s = subset.Subsetter(o)
    s.populate(unicodes=[c for low, high in RANGES for c in range(low, high + 1)])
    s.subset(font)


def to_truetype(font):
    order, glyphs, glyph_set = font.getGlyphOrder(), {}, font.getGlyphSet()
    for name in order:
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, max_err=font["head"].unitsPerEm / 1000, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in ("maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
                  "maxSizeOfInstructions maxComponentElements maxPoints maxContours maxCompositePoints "
                  "maxCompositeContours maxComponentDepth").split():
        setattr(maxp, field, 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    for table in ("CFF ", "VORG", "GPOS", "GSUB", "GDEF"):
        if table in font:
            del font[table]
    font.sfntVersion = "\000\001\000\000"


for name in ("Inter-Regular", "Inter-SemiBold"):
    path = Path(sys.argv[1]) / f"{name}.otf"
    font = TTFont(path, recalcTimestamp=False)
    cut(font, options(None, []))
    to_truetype(font)
    em = font["head"].unitsPerEm
    for table, up, down in (("hhea", "ascent", "descent"), ("OS/2", "sTypoAscender", "sTypoDescender")):
        setattr(font[table], up, round(em * 0.98))
        setattr(font[table], down, -round(em * 0.26))
    font.save(f"{name}.ttf")
    font = TTFont(path, recalcTimestamp=False)
    cut(font, options("woff2", ["kern", "tnum", "mark", "ccmp"]))
    font.flavor = "woff2"
    font.save(f"{name}.woff2")

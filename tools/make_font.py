"""Cut the bundled Chinese font out of Debian's `fonts-noto-cjk` (SIL OFL 1.1).

In: the package's NotoSansCJK-Regular.ttc (`apt-get install fonts-noto-cjk`). Out:
`alerts/fonts/NonsiteSansSC.otf`: all of GB 2312, ASCII and the marks captions use, so
that any street or firm a camera is named after can be written. Layout tables and
hints go: captions are set in one line at screen sizes.

Usage: python tools/make_font.py [PATH/NotoSansCJK-Regular.ttc]
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

SOURCE = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
TARGET = Path(__file__).resolve().parent.parent / "alerts/fonts/NonsiteSansSC.otf"
FAMILY = "Nonsite Sans SC"
SC = "Noto Sans CJK SC"
# Marks outside GB 2312 that captions and clause lines use.
MARKS = "≤≥≠±×÷°·–—…“”‘’→←↑↓−○●□■▲△✓✗＋〇²³½‰№"


def gb2312() -> set[int]:
    """Every code point of GB 2312, levels one and two and its symbols."""
    points = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return points


def main() -> None:
    """Write the font."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    fonts = TTCollection(str(source)).fonts
    font = next(one for one in fonts if one["name"].getDebugName(4) == SC)
    options = subset.Options(
        hinting=False,
        desubroutinize=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
        drop_tables=["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"],
    )
    chosen = subset.Subsetter(options)
    chosen.populate(
        unicodes=gb2312() | set(range(0x20, 0x7F)) | {ord(mark) for mark in MARKS}
    )
    chosen.subset(font)
    # A changed font carries a name of its own, as the licence asks of derivatives.
    for record in font["name"].names:
        if record.nameID in {1, 3, 4}:
            record.string = FAMILY
        if record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    TARGET.parent.mkdir(exist_ok=True)
    font.save(str(TARGET))
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

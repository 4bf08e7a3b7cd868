"""A font for the formulas, so that they look the same everywhere: STIX Two Math, cut down to the signs on the pages.

MathML needs a font with an OpenType MATH table for tall sums and brackets, and not every reader's machine has one.  The
font (SIL Open Font License 1.1) comes with the package ziamath; its subset travels inside the style sheet, because
browsers do not load a font file into a page that was opened from a file.
"""

import base64
import html
import io
import re
from importlib import resources
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
RULE = '@font-face {{ font-family: "Formulas"; src: url("data:font/woff;base64,{}") format("woff"); }}\n'

DRAWN = "√\u0302\u0304^¯"  # signs that a page shows without spelling them: roots and accents


def write(out: Path) -> None:
    """``math.css`` for the pages in ``out``."""
    signs = set(DRAWN)
    for path in [*out.rglob("*.html"), *out.glob("*.js")]:
        for formula in FORMULA.findall(path.read_text(encoding="utf-8")):
            signs |= set(html.unescape(re.sub(r"<[^>]*>", "", formula)))
    (out / "math.css").write_text(RULE.format(base64.b64encode(font_with(signs)).decode()), encoding="utf-8")


def font_with(signs: set[str]) -> bytes:
    """The font with these characters, their italics, and the larger forms that the MATH table builds from them."""
    with resources.as_file(resources.files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf") as path:
        font = TTFont(path)
    options = subset.Options(layout_features=["math", "ssty", "dtls", "kern"], notdef_outline=True)
    options.flavor = "woff"
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(x) for x in signs | {italic(x) for x in signs}])
    cutter.subset(font)
    font.flavor = "woff"
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def italic(sign: str) -> str:
    """The mathematical italic that a browser draws for a variable of one letter."""
    if sign == "h":
        return "\u210e"
    for first, last, base in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)):
        if first <= sign <= last:
            return chr(base + ord(sign) - ord(first))
    return {"ϕ": "\U0001d719", "ϵ": "\U0001d716"}.get(sign, sign)

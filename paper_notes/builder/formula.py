"""LaTeX to MathML: formulas show in any current browser without a script, a font or a network."""

import re
from functools import cache

from latex2mathml.converter import convert

# Commands that the converter does not know, and what it draws the same.
SYNONYMS = {r"\arg": r"\operatorname{arg}"}

LONG = 40  # characters of LaTeX; a longer inline formula may be wider than a phone


@cache
def mathml(latex: str, display: bool = False) -> str:
    """The formula as MathML; a displayed one scrolls by itself where the screen is narrow.

    Raises:
        ValueError: naming the formula, when the converter does not know a command in it.
    """
    # \left and \right make one group of a bracket, so that an exponent belongs to all of it and both sides are tall.
    text = re.sub(
        r"\\[bB]igg?([lr])(?![a-z])", lambda m: r"\left" if m[1] == "l" else r"\right", " ".join(latex.split())
    )
    for unknown, known in SYNONYMS.items():
        text = text.replace(unknown, known)
    try:
        result = convert(text, display="block" if display else "inline")
    except Exception as error:
        raise ValueError(f"cannot read the formula {text!r}: {error!r}") from error
    if "\\" in result:
        raise ValueError(f"a command in {text!r} was left as text")
    if display:
        return f'<div class="formula" tabindex="0">{result}</div>'
    return f'<span class="long">{result}</span>' if len(text) > LONG else result

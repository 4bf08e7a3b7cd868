"""Sentences whose formulas are written in plain text, as terminals show them, set with signs, indices and exponents."""

import re

from markupsafe import escape

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ",
    "psi": "ψ",
}  # fmt: skip
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠", "->": "→", "...": "…", "||": "‖"}
_LETTER = rf"(?:{'|'.join(sorted(_GREEK, key=len, reverse=True))}|[A-Za-z])"
_INDEX = r"\{[^{}]*\}|\.?\d+|[A-Za-z]+"
_POWER = r"\([^()]*\)|\{[^{}]*\}|-?\d+|[A-Za-z]"
# No letter of a word, of "e.g." or of 1e-4.
_END = r"(?![A-Za-z0-9_]|\.[a-z]|(?<=\de)-\d)"
_TOKEN = re.compile(
    rf"(?P<sign>>=|<=|!=|->|\.\.\.|\|\|(?!_))"
    rf"|(?<![A-Za-z_'’])(?<![a-z]\.)(?P<letter>{_LETTER})(?P<star>\*)?(?:_(?P<index>{_INDEX}))?(?:\^(?P<power>{_POWER}))?{_END}"
    rf"|(?P<base>[\d)])\^(?P<over>{_POWER})"
    rf"|(?P<norm>\|\|)_(?P<under>{_INDEX})"
)
_WORDS = {"a", "A", "I"}  # letters that are words more often than variables


def typeset(text: str) -> str:
    """HTML of a sentence.

    Examples:
        >>> typeset("2^(k-1) <= gamma* for u_1, a theorem")
        '2<sup><var>k</var>−1</sup> ≤ <var>γ</var>* for <var>u</var><sub>1</sub>, a theorem'
    """
    found, end = [], 0
    for match in _TOKEN.finditer(text):
        found += [str(escape(text[end : match.start()])), _set(match)]
        end = match.end()
    return "".join([*found, str(escape(text[end:]))])


def _set(match: re.Match[str]) -> str:
    if match["sign"]:
        return _SIGNS[match["sign"]]
    if match["norm"]:
        return "‖" + _raised("sub", match["under"])
    if match["base"]:
        return match["base"] + _raised("sup", match["over"])
    letter, bare = match["letter"], not (match["star"] or match["index"] or match["power"])
    if bare and (letter in _WORDS or letter.isupper()):
        return letter
    sign = f"<var>{_GREEK.get(letter, letter)}</var>" + (match["star"] or "")
    return sign + _raised("sub", match["index"]) + _raised("sup", match["power"])


def _raised(tag: str, inside: str | None) -> str:
    if not inside:
        return ""
    bare = inside[1:-1] if inside[0] in "({" else inside
    return f"<{tag}>{typeset(bare).replace('-', '−')}</{tag}>"

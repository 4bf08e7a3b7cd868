"""The symbols of a note with their meanings: a list to open, and, by ``symbols.js``, words beside the pointer."""

import re

from paper_notes.builder.prose import markdown

_LINE = re.compile(r"-\s+(\$[^$]+\$):\s+(.+)")


def symbols(source: str) -> str:
    r"""HTML of a list in Markdown, one ``- $symbol$: what it is`` a line.

    Raises:
        ValueError: naming the first line of another form.

    Examples:
        >>> symbols("- $p$: the modulus").count("<dt>")
        1
    """
    found = []
    for line in re.sub(r"\n\s+", " ", source.strip()).splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"a line of the symbols must read '- $symbol$: what it is'; got {line!r}")
        found.append(f"<dt>{_inline(match[1])}</dt><dd>{_inline(match[2])}</dd>")
    return f'<details class="symbols"><summary>Symbols on this page</summary><dl>{"".join(found)}</dl></details>'


def _inline(text: str) -> str:
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")

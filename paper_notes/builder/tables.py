"""Tables that a phone can show: every row a block, each cell with its heading, so that no column is out of sight."""

import re
from html import escape, unescape

WIDEST_ON_A_PHONE = 3  # columns; a table of more becomes blocks

_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</\1>", re.DOTALL)


def responsive(html: str) -> str:
    """The page with every table inside a box that scrolls, and wide ones ready to be stacked on a narrow screen.

    Roles are written out, because a table whose rows are drawn as blocks is no table to a screen reader otherwise.
    """
    return _TABLE.sub(lambda match: _one(match[1]), html)


def _one(inside: str) -> str:
    heads = [_plain(cell[2]) for cell in _CELL.findall(_ROW.search(inside)[1])] if _ROW.search(inside) else []
    if len(heads) <= WIDEST_ON_A_PHONE:
        return f'<div class="scroll" tabindex="0"><table>{inside}</table></div>'

    def row(match: re.Match[str]) -> str:
        cells = _CELL.findall(match[1])
        return f'<tr role="row">{"".join(_cell(*cell, heads[i]) for i, cell in enumerate(cells))}</tr>'

    return f'<div class="scroll" tabindex="0"><table class="stack" role="table">{_ROW.sub(row, inside)}</table></div>'


def _cell(tag: str, attributes: str, inside: str, head: str) -> str:
    if tag == "th":
        return f'<th{attributes} role="columnheader">{inside}</th>'
    return f'<td{attributes} role="cell" data-label="{escape(head)}">{inside}</td>'


def _plain(html: str) -> str:
    """Text of a heading, with the marks that tell t^k from tk in a formula."""
    for tag, mark in (("msup", "^"), ("msub", "_")):
        html = re.sub(rf"<{tag}>(<(m[ion])\b[^>]*>[^<]*</\2>)", rf"\1{mark}", html)
    return unescape(re.sub(r"<[^>]*>", "", html)).replace("^*", "*").strip()

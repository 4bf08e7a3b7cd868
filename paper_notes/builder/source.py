"""The source of a module as a page, every line with an anchor of its own."""

from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer


def listing(path: Path) -> str:
    """A source file."""
    formatter = HtmlFormatter(cssclass="code", lineanchors="line", linenos=False)
    return highlight(path.read_text(encoding="utf-8"), PythonLexer(), formatter)

"""What all pages share: the frame, the places in the navigation, the way to the source."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACES = (
    ("Notes", "index.html"),
    ("Explorer", "explorer.html"),
    ("Gallery", "gallery.html"),
    ("Statements", "statements.html"),
    ("API", "api/index.html"),
)
FEWEST_SECTIONS = 3  # a shorter page needs no table of contents


@dataclass(frozen=True)
class Step:
    """A neighbouring page in reading order."""

    address: str
    title: str


@cache
def _template() -> jinja2.Template:
    return jinja2.Template((HERE / "page.html").read_text(encoding="utf-8"), autoescape=False)


def page(
    title: str,
    body: str,
    address: str,
    *,
    wide: bool = False,
    scripts: tuple[str, ...] = (),
    contents: bool = False,
    before: Step | None = None,
    after: Step | None = None,
) -> str:
    """A whole page.

    Args:
        title: plain text.
        body: HTML of the page's own part.
        address: its path below the site's root.
        wide: whether the text may be wider than is good for prose.
        scripts: paths below the root.
        contents: whether to list its sections beside it, where there are enough.
        before: the page before it.
        after: the page after it.
    """
    found = sections(body) if contents else []
    return _template().render(
        title=title,
        body=body,
        root="../" * address.count("/"),
        places=PLACES,
        here=address,
        wide=wide,
        scripts=scripts,
        sections=found if len(found) >= FEWEST_SECTIONS else [],
        before=before,
        after=after,
    )


def sections(body: str) -> list[tuple[str, str]]:
    """(anchor, words with their formulas) of every second-level heading."""
    return re.findall(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>', body, re.DOTALL)


def write(out: Path, address: str, text: str) -> None:
    """Write a file of the site."""
    path = out / address
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@cache
def line_of(path: str, name: str) -> int:
    """The line on which a module of the repository defines ``name``."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return next(node.lineno for node in ast.walk(tree) if getattr(node, "name", None) == name)

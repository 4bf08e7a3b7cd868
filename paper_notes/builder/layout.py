"""What all pages share: the frame, the places in the navigation, the way to the source."""

import ast
from functools import cache
from pathlib import Path

import jinja2

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACES = (
    ("Notes", "index.html"),
    ("Statements", "statements.html"),
    ("Gallery", "gallery.html"),
    ("Explorer", "explorer.html"),
    ("API", "api/index.html"),
)


@cache
def _template() -> jinja2.Template:
    return jinja2.Template((HERE / "page.html").read_text(encoding="utf-8"), autoescape=False)


def page(title: str, body: str, address: str, wide: bool = False, scripts: tuple[str, ...] = ()) -> str:
    """A whole page; ``address`` is its path below the site's root."""
    root = "../" * address.count("/")
    return _template().render(
        title=title, body=body, root=root, places=PLACES, here=address, wide=wide, scripts=scripts
    )


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

"""Every link of the site, checked without a network: the file is there, and the fragment in it too."""

import re
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "id" or (name == "name" and tag == "a")):
                self.ids.add(value)
            elif value and name in ("href", "src"):
                self.links.add(value)
            elif value and name == "srcset":
                self.links.update(part.split()[0] for part in value.split(","))


def read(path: Path) -> _Page:
    """Ids and links of a page."""
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken(site: Path) -> list[str]:
    """One line per link that leads nowhere: a missing file or fragment, or an address that no one can open offline."""
    pages = {path.resolve(): read(path) for path in site.rglob("*.html")}
    found = defaultdict(set)
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("https", "mailto", "data"):
                continue  # a reader may follow it; the page itself never fetches it
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            fragment = unquote(parts.fragment)
            if parts.scheme or not target.is_file() or (fragment and fragment not in pages[target].ids):
                found[path.relative_to(site.resolve())].add(link)
    for path in site.rglob("*.css"):
        if re.search(r"url\((?!\"data:)|@import", path.read_text(encoding="utf-8")):
            found[path.relative_to(site)].add("url(...)")
    return [f"{path}: {link}" for path, links in sorted(found.items()) for link in sorted(links)]

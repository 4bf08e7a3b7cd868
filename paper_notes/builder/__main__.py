"""``python -m paper_notes.builder [--out site] [--without-notes]``: write the site, then check every link in it."""

import argparse
import shutil
import sys
from pathlib import Path

from paper_notes.builder import api, explorer, font, gallery, home, layout, links, statements


def build(out: Path, notes: bool = True, tell=lambda line: None) -> list[str]:
    """Write the site into ``out``.

    Args:
        out: folder; what an earlier build left there is replaced.
        notes: execute the notes too (most of the time goes there).
        tell: called with one line per stage.

    Returns:
        One line per broken link.
    """
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(layout.HERE / "static", out)
    rendered = []
    told: dict[str, tuple[str, str]] = {}  # address -> title and body of every page that names statements
    if notes:
        from paper_notes.builder import notebook

        for path in notebook.sources():
            tell(f"note {path.stem}")
            note = notebook.render(path)
            rendered.append(note)
            for figure in note.figures:
                figure.write(out / "figures")
            told[note.address] = note.title, statements.linked(note.body, "")
    tell("API reference")
    for address, (title, body) in api.pages().items():
        if "source/" in address:
            layout.write(out, address, layout.page(title, body, address, wide=True))
        else:
            told[address] = title, statements.linked(body, "../")
            layout.write(out, address, layout.page(title, told[address][1], address))
    for i, note in enumerate(rendered):
        before, after = rendered[i - 1] if i else None, rendered[i + 1] if i + 1 < len(rendered) else None
        layout.write(out, note.address, notebook.page(note, told[note.address][1], before, after))
    tell("statements")
    found = statements.statement_rows()
    body = statements.page_body(found, statements.citations(told))
    layout.write(out, "statements.html", layout.page("Statements", body, "statements.html", scripts=("statements.js",)))
    for address, body in statements.source_pages(found).items():
        layout.write(out, address, layout.page(address, body, address, wide=True))
    tell("explorer, gallery, index")
    explorer.write(out)
    gallery.write(out, rendered, found)
    layout.write(out, "index.html", layout.page("Notes", home.body(rendered, found), "index.html", wide=True))
    font.write(out)
    return links.broken(out)


def main() -> int:
    """Exit code 1 when a link is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=layout.ROOT / "site")
    parser.add_argument("--without-notes", action="store_true", help="every page but the notes, in half a minute")
    options = parser.parse_args()
    # An error, or an interrupt, leaves the last good site where it is.
    partial = options.out.with_name(f"{options.out.name}.partial")
    problems = build(partial, not options.without_notes, lambda line: print(line, flush=True))
    shutil.rmtree(options.out, ignore_errors=True)
    partial.rename(options.out)
    for line in problems:
        print(f"broken link: {line}", file=sys.stderr)
    print(f"open {options.out / 'index.html'}")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

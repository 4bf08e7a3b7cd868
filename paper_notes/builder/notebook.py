"""A note from its py:percent source: executed in a fresh kernel, every output turned into HTML."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
from markupsafe import escape
from nbclient import NotebookClient
from traitlets.config import Config

from paper_notes.builder import layout
from paper_notes.builder.prose import code, markdown
from paper_notes.builder.symbols import symbols
from paper_notes.builder.tables import responsive
from paper_notes.figures import INK, MIME

NOTES = Path(__file__).parents[1]
ROOT = NOTES.parent
LIGHT_INK, DARK_INK = "#1d2229", "#dfe3e8"
TIMEOUT = 240
PIXELS_PER_POINT = 1.43


@dataclass(frozen=True)
class Figure:
    """A figure of a note; ``paper`` says beside which figure of a paper it stands."""

    name: str
    svg: str
    alt: str
    caption: str
    paper: str

    def html(self) -> str:
        """The picture with its caption."""
        return (
            f'<figure id="{self.name}"><div class="scroll" tabindex="0">{self.picture("", self.width)}</div>'
            f"<figcaption>{markdown(self.caption)}</figcaption></figure>"
        )

    def picture(self, root: str, width: int) -> str:
        """The picture alone, for light and for dark pages, seen from a page whose way to the site's root is given."""
        path = f"{root}figures/{self.name}"
        return (
            f'<picture><source srcset="{path}-dark.svg" media="(prefers-color-scheme: dark)">'
            f'<img src="{path}-light.svg" alt="{escape(self.alt)}" width="{width}" loading="lazy"></picture>'
        )

    @property
    def width(self) -> int:
        """Width on a wide page in CSS pixels: 10-point text in the figure is then as large as the page's small text."""
        points = re.search(r'<svg[^>]*\bwidth="([\d.]+)pt"', self.svg)
        assert points, "matplotlib writes widths in points"
        return round(float(points[1]) * PIXELS_PER_POINT)

    def write(self, folder: Path) -> None:
        """Both files."""
        folder.mkdir(parents=True, exist_ok=True)
        for theme, ink in (("light", LIGHT_INK), ("dark", DARK_INK)):
            (folder / f"{self.name}-{theme}.svg").write_text(self.svg.replace(INK, ink), encoding="utf-8")


@dataclass(frozen=True)
class Note:
    """A rendered note."""

    slug: str
    title: str
    summary: str
    body: str
    figures: tuple[Figure, ...]

    @property
    def number(self) -> int:
        """Its place among the notes, from its name."""
        return int(self.slug.split("_")[0])

    @property
    def address(self) -> str:
        """Its page below the site's root."""
        return f"{self.slug}.html"

    def figure(self, name: str) -> Figure:
        """The figure of this name."""
        return next(figure for figure in self.figures if figure.name == name)


SCRIPTS = ("symbols.js", "slides.js")
PLAYS = ("draw.js", "margin.js", "clock.js", "bounds.js")  # for a note with live pictures
TOOLS = '<p class="tools">Note {number} <button type="button" id="slides">Slides</button></p>'


def page(note: Note, body: str, before: Note | None, after: Note | None) -> str:
    """The note's page: number, contents, slides, the way to its neighbours."""

    def step(other: Note | None) -> layout.Step | None:
        return layout.Step(other.address, f"{other.number}. {other.title}") if other else None

    return layout.page(
        note.title,
        TOOLS.format(number=note.number) + body,
        note.address,
        scripts=(*PLAYS, *SCRIPTS) if 'data-play="' in body else SCRIPTS,
        contents=True,
        before=step(before),
        after=step(after),
    )


def sources() -> list[Path]:
    """The notes in order."""
    return sorted(NOTES.glob("[0-9][0-9]_*.py"))


def render(path: Path) -> Note:
    """Execute a note at the repository's root and render it; an error in a cell is an error here."""
    notebook = jupytext.read(path)
    # Sockets in the file system instead of TCP ports: no one else on the machine can talk to the kernel.
    config = Config({"KernelManager": {"transport": "ipc"}})
    NotebookClient(notebook, config=config, timeout=TIMEOUT, resources={"metadata": {"path": str(ROOT)}}).execute()
    figures: list[Figure] = []
    parts = [_cell(cell, figures) for cell in notebook.cells]
    lead = notebook.cells[0].source.splitlines()
    title = lead[0].removeprefix("# ")
    summary = " ".join(lead[1:]).strip().split("\n\n")[0]
    return Note(path.stem, title, summary, "\n".join(parts), tuple(figures))


def _cell(cell: Any, figures: list[Figure]) -> str:
    if cell.cell_type == "markdown":
        return symbols(cell.source) if "symbols" in cell.metadata.get("tags", []) else markdown(cell.source)
    outputs = "".join(_output(output, figures) for output in cell.outputs)
    source = cell.source.strip()
    if not source or "hide" in cell.metadata.get("tags", []):
        return outputs
    return f"<details class=source><summary>code</summary>{code(source, 'python')}</details>{outputs}"


def _output(output: Any, figures: list[Figure]) -> str:
    if output.output_type == "stream":
        return f'<pre class="out" tabindex="0">{escape(_plain(output.text))}</pre>'
    data = output.data
    if MIME in data:
        figures.append(Figure(**data[MIME]))
        return figures[-1].html()
    if "text/markdown" in data:
        return markdown(data["text/markdown"])
    if "text/html" in data:
        return responsive(str(data["text/html"]))
    if "text/latex" in data:
        return markdown(data["text/latex"])
    return f'<pre class="out" tabindex="0">{escape(_plain(data["text/plain"]))}</pre>'


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)

"""Our figures beside what the papers' figures show (described in words: their pictures are theirs)."""

from paper_notes.builder.notebook import Note
from paper_notes.builder.prose import markdown


def body(notes: list[Note]) -> str:
    """Every figure of the notes that stands beside one of a paper."""
    parts = [
        "<h1>Gallery</h1>",
        '<p class="lead">Figures of the notes that stand beside a figure of the papers. The papers\' pictures are not '
        "shown here; a line says what each of them shows.</p>",
    ]
    for note in notes:
        for figure in note.figures:
            if figure.paper:
                parts.append(figure.html())
                parts.append(f"<p><strong>Beside it:</strong> {_inline(figure.paper)}</p>")
                parts.append(f'<p class=small>From <a href="{note.slug}.html#{figure.name}">{note.title}</a>.</p>')
    return "\n".join(parts)


def _inline(text: str) -> str:
    return markdown(text).strip().removeprefix("<p>").removesuffix("</p>")

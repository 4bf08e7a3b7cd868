"""``fourier-margin statements``: every statement of the papers and ours, who checks it, and its status."""

import json as jsonlib
from typing import Annotated, Any

import typer

app = typer.Typer()
MEANING = (
    "proved: exact checks accept the steps of the proof, or the cases that the check lists; the argument for all cases "
    "is in the docstring of the file that the check calls\npassed: float checks within a stated tolerance; "
    "undecided: what is checked does not decide it"
)


@app.command()
def statements(json: Annotated[bool, typer.Option("--json", help="print a JSON list of objects")] = False) -> None:
    """Every statement, its checks in ``pytest verify/``, and the status that the last recorded run gave it."""
    found = rows()
    if json:
        typer.echo(jsonlib.dumps(found, indent=1))
        return
    wide, label = (max(len(row[key]) for row in found) for key in ("id", "label"))
    for row in found:
        typer.echo(f"{row['id']:{wide}}  {row['label']:{label}}  {row['status']:9}  {len(row['checks'])} checks")
    typer.echo(MEANING)


def rows() -> list[dict[str, Any]]:
    """One object per registered statement; ``undecided`` where the record has none."""
    from verify.statements import STATEMENTS
    from verify.statements.record import read_record

    recorded = read_record()["statements"]
    nothing: dict[str, Any] = {"status": "undecided", "checks": []}
    return [
        {
            "id": statement.id,
            "key": statement.key,
            "paper": statement.paper,
            "label": statement.label,
            "claim": statement.claim,
            "latex": statement.latex,
            "checks": recorded.get(statement.id, nothing)["checks"],
            "status": recorded.get(statement.id, nothing)["status"],
        }
        for statement in STATEMENTS
    ]

"""``fourier-margin statements``: every statement of the papers and ours, who checks it, and its status."""

import json as jsonlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theory.command_line import say
from theory.errors import InputError
from theory.vocabulary import LABELS

if TYPE_CHECKING:
    from verify.statements.statement import Statement

app = typer.Typer()
MEANING = (
    "The status is that of the weakest check. machine-checked: the kernel of Coq accepted a proof of the whole claim, "
    "without axioms (make proof)\nproved: every check is exact, for the cases it lists; the argument for all cases is "
    "in the written proof\npassed: at least one check compares floats, within a stated tolerance; undecided: what is "
    "checked does not decide it"
)


@app.command()
def statements(
    text: Annotated[str, typer.Argument(metavar="[FILTER]", help="only those that contain this text")] = "",
    label: Annotated[str, typer.Option(help=f"only {', '.join(LABELS)}", show_default="all")] = "",
    json: Annotated[bool, typer.Option("--json", help="print a JSON list of objects")] = False,
) -> None:
    """Every statement, with the status of the last recorded run."""
    if label and label not in LABELS:
        raise InputError(f"the label must be one of {', '.join(LABELS)}; got {label!r}")
    found = [row for row in rows() if label in ("", row["label"]) and _contains(row, text)]
    if not found:
        raise InputError(f"no statement {f'with the label {label} ' if label else ''}contains {text!r}")
    if json:
        typer.echo(jsonlib.dumps(found, indent=1))
        return
    for row in found:
        say(f"{row['id']}: {row['label']}, {row['status']} by {len(row['checks'])} checks", paint=row["status"])
        say(f"  {row['claim']}")
        for name in ("exact", "floats", "proof"):
            if row[name]:
                say(f"  {name}: {row[name] if name != 'proof' else ', '.join(row[name])}")
    say("", *MEANING.splitlines())


def _contains(row: dict[str, Any], text: str) -> bool:
    return any(text.casefold() in row[key].casefold() for key in ("id", "key", "paper", "claim", "status"))


def rows() -> list[dict[str, Any]]:
    """One object per registered statement; ``undecided`` where the record has none."""
    from verify.statements import STATEMENTS
    from verify.statements.record import read_record

    recorded = read_record()["statements"]
    nothing: dict[str, Any] = {"status": "undecided", "checks": [], "tolerance": None}
    return [_row(statement, recorded.get(statement.id, nothing)) for statement in STATEMENTS]


def _row(statement: "Statement", recorded: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": statement.id,
        "key": statement.key,
        "paper": statement.paper,
        "label": statement.label,
        "claim": statement.claim,
        "latex": statement.latex,
        "exact": statement.exact,
        "floats": statement.floats,
        "tolerance": recorded.get("tolerance"),
        "proof": list(statement.proof),
        "stored": list(statement.stored),
        "machine_checked": list(statement.machine_checked),
        "not_machine_checked": statement.not_machine_checked,
        "checks": recorded["checks"],
        "status": recorded["status"],
    }

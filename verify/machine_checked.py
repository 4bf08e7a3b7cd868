"""What the kernel of Coq has accepted: reads the room ``proof/``, runs its list of theorems, evaluates its formulas."""

import re
import shutil
import subprocess
from pathlib import Path

import sympy

ROOM = Path(__file__).parents[1] / "proof"
HOLES = r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Primitive|bypass_check|Unset\s+\w+\s+Checking)\b"
LOCAL = r"^\s*(?:#\[.*?\]\s*)?(Variables?|Hypothes[ie]s|Context)\b"
CLOSED = "Closed under the global context"
COQ_TO_PYTHON = (
    (r"%:R|: R\b", ""),
    (r"(\w+)`!", r"factorial(\1)"),
    (r"Num\.sqrt", "sqrt"),
    (r"\^\+", "**"),
    (r"\^-", "**-"),
    (r"k\.\+1", "(k+1)"),
    (r"sqrt (\w+)", r"sqrt(\1)"),
    (r"(\d+)", r"Integer(\1)"),
)


def sentences(statement: str) -> list[str]:
    """The names of the theorems that a text of ``Statement.v`` or ``Beyond.v`` states."""
    return re.findall(r"^Definition (\w+) : Prop :=", without_comments(statement), re.M)


def without_comments(text: str) -> str:
    """A text of Coq without its comments, nested ones included."""
    while text != (shorter := re.sub(r"\(\*(?:(?!\(\*|\*\)).)*\*\)", " ", text, flags=re.S)):
        text = shorter
    return text


def holes(text: str) -> list[str]:
    """What a text of Coq assumes without proof: admitted goals, axioms, and variables outside sections."""
    found, depth = [], 0
    for line in without_comments(text).splitlines():
        depth += bool(re.match(r"\s*Section\b", line)) - bool(re.match(r"\s*End\b", line))
        found += [match[0] for match in re.finditer(HOLES, line)]
        found += [match[1] for match in re.finditer(LOCAL, line) if depth == 0]
    return found


def formula(statement: str, start: str, **values: object) -> sympy.Expr:
    """The right side of the equation that follows ``start`` in a text of ``Statement.v``.

    ``k`` and ``p`` are given by ``values``, as numbers or symbols; only arithmetic, factorials and square roots occur.
    """
    text = without_comments(statement).split(start, 1)[1]
    match = re.search(r"=(.*?)\.\s*\n", text, re.S)
    if match is None:
        raise ValueError(f"no formula after {start!r}")
    term = " ".join(match[1].split())
    for old, new in COQ_TO_PYTHON:
        term = re.sub(old, new, term)
    if re.search(r"[^\w\s()*+/,-]|__", term):
        raise ValueError(f"{term!r} is more than a formula")
    scope = {"sqrt": sympy.sqrt, "factorial": sympy.factorial, "Integer": sympy.Integer, "__builtins__": {}}
    return sympy.sympify(eval(term.replace(" (", "("), scope, values))


def accepted() -> dict[str, str] | None:
    """Theorem -> the axioms that its proof needs ('' for none), from the kernel, stale files compiled first.

    None where Coq is missing or ``make proof`` has not been run: nothing is installed and nothing compiled from
    scratch here.

    Raises:
        RuntimeError: when a file of the room is refused.
    """
    if not (ROOM / "Theorems.vo").exists() or not shutil.which("coqc"):
        return None
    run = subprocess.run(["make", "-s", "-C", str(ROOM), "list"], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"make proof is refused: {run.stdout[-300:]} {run.stderr[-1000:]}")
    return read_list(run.stdout)


def read_list(output: str) -> dict[str, str]:
    """Theorem -> axioms, from the output of ``Assumptions.v``; the theorem X_holds must have the type X."""
    entries = re.split(r"^(\w+)_holds\s*:\s*(\w+)\s*$", output, flags=re.M)[1:]
    triples = zip(entries[::3], entries[1::3], entries[2::3], strict=True)
    return {
        name: "" if rest.strip() == CLOSED else " ".join(rest.split()) for name, type_, rest in triples if name == type_
    }

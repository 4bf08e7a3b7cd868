"""Studies of the old shape (``reproduce`` -> Outcome) as studies of the new one, until they are rewritten."""

from importlib import import_module
from typing import Any

from numerics.outcome import Outcome
from numerics.studies import STUDIES
from numerics.studies.study import SCALES, Claim, Found, Session, Study


def unconverted(name: str) -> Study[Any]:
    """The study called ``name`` in the old table."""
    module, title = STUDIES[name]

    def run(size: str, session: Session) -> Found:
        outcome: Outcome = import_module(f"numerics.studies.{module}").reproduce(
            size, session.folder.parent, device=session.device, budget=session.budget, progress=session.progress
        )
        return Found(outcome.numbers, outcome)

    def claims(size: str, found: Found) -> list[Claim]:
        rows = found.numbers["verdict"]
        return [Claim(f"claim_{i}", row["claim"], row["paper"], row["ours"], row["verdict"], "stated in the module")
                for i, row in enumerate(rows)]  # fmt: skip

    sizes = {scale: scale for scale in SCALES}
    return Study(name, title, "", sizes, run, claims, lambda size, found: found.shown.draw())

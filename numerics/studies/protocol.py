"""The settings of a study of ours beside what the open problem asks for that it is about."""

from collections.abc import Mapping
from typing import Any

from numerics.studies.study import settings
from numerics.sweeps.cell import GroupCell


def protocol(cell: GroupCell, asked: Mapping[str, str], *varying: str) -> list[dict[str, Any]]:
    """The settings of a cell as JSON rows, without those in which the study's cells differ.

    Args:
        cell: one of the study's cells.
        asked: by setting, what the problem asks for where ours is something else; the note says both.
        varying: settings to leave out.
    """
    notes = {name: f"ours; {text}" for name, text in asked.items()}
    return settings(
        *((name, x, False, notes.get(name, "ours")) for name, x in cell.settings.items() if name not in varying)
    )

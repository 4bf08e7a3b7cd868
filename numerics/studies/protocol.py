"""The settings of a study of ours, where no paper fixes a protocol."""

from typing import Any

from numerics.studies.study import settings
from numerics.sweeps.cell import GroupCell


def protocol(cell: GroupCell, *varying: str) -> list[dict[str, Any]]:
    """The settings of a cell as JSON rows, without those in which the study's cells differ."""
    note = "ours; no paper fixes a protocol"
    return settings(*((name, value, False, note) for name, value in cell.settings.items() if name not in varying))

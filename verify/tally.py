"""What a pass over all inputs has found so far: one state, added to block by block, and kept in a file.

A pass of minutes that is killed goes on from the last state kept: whole or not there (``atomic_write``), and only for
the same weights in the same blocks, so that the result is that of an undisturbed pass to the last bit.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from theory.errors import InputError
from theory.files import read_json, write_json

KEPT = 8
FORMAT = "fourier-margin/pass"


@dataclass
class Tally:
    """The least margins so far and sums over the inputs.

    Attributes:
        blocks: how many blocks are in.
        inputs: how many inputs they had.
        margins: at most nine least margins.
        positions: flat positions of their inputs.
        weighted_minimum: least class-weighted margin.
        weighted_sum: sum of the class-weighted margins.
        right: how many margins are positive.
        losses: sum of the class-weighted cross-entropies; 0 where nobody asked.
    """

    blocks: int = 0
    inputs: int = 0
    margins: np.ndarray = field(default_factory=lambda: np.zeros(0))
    positions: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    weighted_minimum: float = np.inf
    weighted_sum: float = 0.0
    right: int = 0
    losses: float = 0.0

    def add(self, flat: np.ndarray, found: np.ndarray, weighted: np.ndarray, losses: np.ndarray | None) -> None:
        """One block: positions, margins, class-weighted margins and losses of its inputs, each of shape (inputs,)."""
        self.blocks, self.inputs = self.blocks + 1, self.inputs + len(flat)
        self.weighted_minimum = min(self.weighted_minimum, float(weighted.min()))
        self.weighted_sum += float(weighted.sum())
        self.right += int((found > 0).sum())
        self.losses += 0.0 if losses is None else float(losses.sum())
        margins, positions = np.concatenate([self.margins, found]), np.concatenate([self.positions, flat])
        if len(margins) > KEPT + 1:
            least = np.argpartition(margins, KEPT)[: KEPT + 1]
            margins, positions = margins[least], positions[least]
        self.margins, self.positions = margins, positions


@dataclass(frozen=True)
class Kept:
    """The file that keeps the tally of one pass, and the mark of that pass."""

    path: Path
    mark: str

    def load(self) -> Tally:
        """What is kept; an empty tally where nothing is, or that of another pass."""
        try:
            found = read_json(self.path)
            if found["format"] != FORMAT or found["mark"] != self.mark:
                return Tally()
            return Tally(**_arrays(found["tally"]))
        except (InputError, TypeError, KeyError, ValueError):
            return Tally()

    def save(self, tally: Tally) -> None:
        """Keep it; where the folder cannot be written the pass is worth more than the file."""
        values = {name: x.tolist() if isinstance(x, np.ndarray) else x for name, x in asdict(tally).items()}
        try:
            write_json(self.path, {"format": FORMAT, "mark": self.mark, "tally": values})
        except InputError:
            return

    def remove(self) -> None:
        """The pass is done."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return


def _arrays(values: dict[str, Any]) -> dict[str, Any]:
    margins, positions = np.array(values["margins"], dtype=float), np.array(values["positions"], dtype=np.int64)
    return values | {"margins": margins, "positions": positions}

"""Attention of the first block: scores between symbols as plane waves, and of the equals sign as waves."""

from dataclasses import dataclass

import numpy as np
import torch

from numerics.analysis.harmonics import frequency_shares
from numerics.analysis.plane_waves import strongest_wave
from numerics.diagnosis.opened import Opened


@dataclass(frozen=True)
class Head:
    """Scores of one head.

    Attributes:
        frequency: (key, query) of the strongest plane wave of the scores between symbols.
        share: its share of the power; above one half, one wave holds the most of it.
        equals: strongest frequency, over symbols as keys, of the scores that the equals sign gives; None without one.
        equals_share: its share of the power.
    """

    frequency: tuple[int, int]
    share: float
    equals: int | None
    equals_share: float | None


def heads_of(opened: Opened) -> tuple[Head, ...] | None:
    """All heads of a module that has ``attention_matrices()`` [head, key, query]; None for others and on groups."""
    read = getattr(opened.module, "attention_matrices", None)
    n = opened.task.n
    if read is None or opened.task.table is not None or n < 3:
        return None
    with torch.no_grad():
        scores = read().double().cpu().numpy()
    waves = strongest_wave(scores[:, :n, :n])
    found = []
    for h in range(len(scores)):
        asked = frequency_shares(scores[h, :n, n]) if scores.shape[2] > n else None
        first, second = (int(x) for x in waves.frequency[h])
        found.append(
            Head(
                (first, second),
                float(waves.share[h]),
                None if asked is None else int(np.argmax(asked)),
                None if asked is None else float(asked.max()),
            )
        )
    return tuple(found)

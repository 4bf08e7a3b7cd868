r"""At which width does a start feed every frequency for 99 of 100 seeds?

A start that leaves a frequency with fewer neurons than a maximum-margin network has there decides the end (the study
``starved-frequencies``), so this width is where 99% of seeds can succeed.  The gradient of the start is a sum over
neurons and every neuron is rescaled by itself: neurons are independent of each other and of m.  So one wide start gives
a seed's whole law: the number T of neurons, in the order in which they were drawn, that first feeds all frequencies.

For prime p multiplication by a unit permutes the frequencies and leaves the law of the initial weights as it is: every
frequency is equally likely, and T is the coupon collector's number for :math:`(p-1)/2` kinds, each to be drawn
:math:`N_k` times.  Both are compared here: the frequencies with a uniform law, T's 99% quantile with the collector's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.full_size.frequencies import OwnFrequencies
from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.road import FullSize
from numerics.full_size.start import climb, initial, steps
from numerics.selection.coupons import all_drawn, draws_needed, enough_at
from numerics.selection.intervals import quantile, share
from numerics.studies.study import Found, Session, Study, settings
from numerics.studies.width_law_claims import claims
from numerics.studies.width_law_figure import figure
from theory.files import read_json, write_json
from theory.task import Task
from theory.width import width

SHARE = 0.99
WIDE = 1 - 1e-5  # so wide a start leaves hardly a seed whose T is not seen
Row = dict[str, Any]


@dataclass(frozen=True)
class Law:
    """T for k inputs modulo the prime p, over seeds 0 .. seeds-1."""

    k: int
    p: int
    seeds: int

    @property
    def kinds(self) -> int:
        """Frequencies."""
        return (self.p - 1) // 2

    @property
    def needed(self) -> int:
        """Neurons that each of them needs."""
        return width(self.k, self.p).orders[0].lower

    @property
    def m(self) -> int:
        """Neurons of the wide start."""
        return draws_needed(WIDE, self.kinds, self.needed)

    def draws(self, seed: int) -> np.ndarray:
        """Frequencies (0 for the first) of the neurons of a wide start, in their order."""
        task = Task.cyclic(self.k, self.p)
        penalty = FullSize().ratio * task.gamma
        theta, mean_margin = initial(task, self.m, seed, penalty), MeanMargin(task)
        for _ in range(steps(self.k)):
            climb(theta, task, penalty, mean_margin)
        return OwnFrequencies.of(theta).frequency - 1

    def fed_at(self, draws: np.ndarray) -> int:
        """T; m + 1 where the wide start has not fed all frequencies."""
        found = enough_at(draws, self.kinds, self.needed)
        return self.m + 1 if found is None else found

    def row(self, session: Session) -> Row:
        """Frequencies of all neurons, and T with its quantile, beside the collector's; read where it is there."""
        kept = session.folder / f"k{self.k}-p{self.p}-seeds{self.seeds}.json"
        if not kept.is_file():
            write_json(kept, self._measured(session))
        found: Row = read_json(kept)
        return found

    def _measured(self, session: Session) -> Row:
        neurons, fed_at = np.zeros(self.kinds, dtype=np.int64), []
        for seed in range(self.seeds):
            draws = self.draws(seed)
            neurons += np.bincount(draws, minlength=self.kinds)
            fed_at.append(self.fed_at(draws))
            session.progress(f"k = {self.k}, p = {self.p}", seed + 1, self.seeds)
        predicted = draws_needed(SHARE, self.kinds, self.needed)
        return {
            "k": self.k, "p": self.p, "needed": self.needed, "m": self.m, "neurons": neurons.tolist(),
            "fed_at": fed_at, "measured": quantile(fed_at, SHARE), "predicted": predicted,
            "fed_at_predicted": share(sum(each <= predicted for each in fed_at), self.seeds),
            "probability_at_predicted": all_drawn(predicted, self.kinds, self.needed),
        }  # fmt: skip


Laws = tuple[Law, ...]
SIZES: dict[str, Laws] = {
    "smoke": (Law(2, 7, 40), Law(3, 5, 40)),
    "cpu": (*(Law(2, p, 1000) for p in (7, 11, 23, 47, 71)), *(Law(3, p, 1000) for p in (7, 11, 23, 47)),
            *(Law(4, p, 1000) for p in (7, 11, 23))),
    "full": (*(Law(2, p, 1000) for p in (7, 11, 23, 47, 71, 97)), *(Law(3, p, 1000) for p in (7, 11, 23, 47, 97)),
             *(Law(4, p, 1000) for p in (7, 11, 23, 47))),
}  # fmt: skip


def run(laws: Laws, session: Session) -> Found:
    """Every law, and how the width grows with p for each k."""
    rows = [law.row(session) for law in laws]
    return Found({"rows": rows, "fits": [fit(k, rows) for k in sorted({law.k for law in laws})]})


def fit(k: int, rows: list[Row]) -> Row:
    """Least squares of m/(p-1) = a + b log(p-1), over the measured quantiles and over the collector's."""
    mine = [row for row in rows if row["k"] == k]
    x = np.log([row["p"] - 1 for row in mine])
    found: Row = {"k": k}
    for name, widths in (("measured", [row["measured"]["value"] for row in mine]),
                         ("predicted", [row["predicted"] for row in mine])):  # fmt: skip
        y = np.array(widths) / [row["p"] - 1 for row in mine]
        b, a = np.polyfit(x, y, 1) if len(mine) > 1 else (0.0, float(y[0]))
        found[name] = {"a": float(a), "b": float(b), "worst": float(np.abs(a + b * x - y).max())}
    return found


def listed(laws: Laws) -> list[dict[str, Any]]:
    """Every number of the start."""
    road = FullSize()
    return settings(*((name, value, False, "ours") for name, value in (
        ("lambda / gamma*", road.ratio), ("steps", {str(law.k): steps(law.k) for law in laws}), ("share", SHARE),
    )))  # fmt: skip


STUDY = Study(
    "width-law",
    "Ours: the width at which 99% of starts feed every frequency, against the coupon collector's",
    "Ours",
    SIZES,
    run,
    claims,
    figure,
    settings=listed,
    one_thread=True,
)

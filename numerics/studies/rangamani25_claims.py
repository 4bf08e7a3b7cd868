"""What Rangamani25 claims beside what was measured: in how many seeds each claim holds, by rules of ours."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.recurrent_structure import HARMLESS, OVERTONES
from numerics.outcome import statistics_within
from numerics.studies.study import Claim, Found, graded

if TYPE_CHECKING:
    from numerics.studies.rangamani25 import Size

PAPER: dict[str, Any] = {
    "frequencies": [6, 15, 20, 29, 47, 54],
    "ranks": {"W_E": 12, "W_ih": 12, "W_hh": 32, "W_fc": 12},
    "energy": {"W_E": 0.854, "W_ih": 0.914, "W_hh": 0.894, "W_fc": 0.955},
    "error": [1e-3, 1e-2],
}
NEAR = 2  # frequencies more or fewer than the paper's that still count as as many: ours
ONE_FREQUENCY = 0.9  # share of a pair's power from which the pair is called one frequency's: ours
COLLAPSED = 0.5  # accuracy below which it has collapsed: ours

Row = dict[str, Any]


@dataclass(frozen=True)
class Criterion:
    """A claim as a number of one network and whether it holds there.

    Attributes:
        key, text, paper: as in a ``Claim``.
        value: the number of a network taken apart (``dissect``).
        held: whether the claim holds in it.
        rule: ``held`` in words.
        top: the largest value that there can be.
    """

    key: str
    text: str
    paper: Any
    value: Callable[[Row], float]
    held: Callable[[Row], bool]
    rule: str
    top: float = 1.0

    def claim(self, rows: Sequence[Row]) -> Claim:
        """The claim over seeds: reproduced where it holds in every one."""
        held = [self.held(row) for row in rows]
        rule = f"reproduced: in every seed {self.rule}; partly: in some seed"
        ours = over_seeds([self.value(row) for row in rows], self.top)
        more = {"seeds": [sum(held), len(held)]}
        return Claim(self.key, self.text, self.paper, ours, graded(all(held), any(held)), rule, more)


def claims(size: "Size", found: Found) -> list[Claim]:
    """Frequencies, ranks, energies, singular pairs, fits and ablations."""
    return [criterion.claim(found.numbers["runs"]) for criterion in CRITERIA]


def signature(row: Row) -> dict[str, bool]:
    """Which of the paper's claims one network meets, by key."""
    return {criterion.key: bool(criterion.held(row)) for criterion in CRITERIA}


def over_seeds(values: Sequence[float], top: float = 1.0) -> dict[str, Any]:
    """Mean and interval over seeds, rounded; the interval is cut at 0 and at ``top``, beyond which no value can lie."""
    found = statistics_within(list(values), largest=top)
    return {name: [round(y, 4) for y in x] if isinstance(x, list) else round(x, 4) for name, x in found.items()}


def _frequencies() -> list[Criterion]:
    paper = len(PAPER["frequencies"])

    def few(row: Row) -> bool:
        return 0 < len(row["shared"]) <= (len(row["shares"]["W_E"]) - 1) / 4

    return [
        Criterion("accuracy", "accuracy on all inputs", 1.0, lambda row: row["accuracy"],
                  lambda row: row["accuracy"] == 1, "it is 1"),
        Criterion("shared", "number of frequencies shared by W_E, W_fc, h1, h2, h3", paper,
                  lambda row: len(row["shared"]), lambda row: few(row) and min(row["held"].values()) > 0.5,
                  "there are some, at most a quarter of all, with over half of the power of each", math.inf),
        Criterion("count", "that number near the paper's", paper, lambda row: len(row["shared"]),
                  lambda row: abs(len(row["shared"]) - paper) <= NEAR, f"it is {paper - NEAR} to {paper + NEAR}",
                  math.inf),
    ]  # fmt: skip


def _rank(name: str) -> Criterion:
    def ratio(row: Row) -> float:
        return float(row["ranks"][name]["rank"] / max(1, 2 * len(row["shared"])))

    text = f"rank that {name} needs, over twice the number of shared frequencies"
    return Criterion(f"rank_{name.lower()}", text, 1.0, ratio, lambda row: ratio(row) == 1, "they are equal", math.inf)


def _energy(name: str, paper: float) -> Criterion:
    return Criterion(f"energy_{name.lower()}", f"energy (sum of squares) that {name} holds at its rank", paper,
                     lambda row: row["ranks"][name]["energy"], lambda row: row["ranks"][name]["energy"] > 0.8,
                     "it is above .8")  # fmt: skip


def _ranks() -> list[Criterion]:
    def needed(row: Row, name: str) -> int:
        return int(row["ranks"][name]["rank"])

    def between(row: Row) -> bool:
        least = max(needed(row, "W_E"), needed(row, "W_ih"))
        return least < needed(row, "W_hh") < row["ranks"]["W_hh"]["of"]

    recurrent = Criterion("rank_w_hh", "rank that W_hh needs", PAPER["ranks"]["W_hh"],
                          lambda row: needed(row, "W_hh"), between,
                          "it is more than W_E and W_ih need, and less than all", math.inf)  # fmt: skip
    energies = [_energy(name, paper) for name, paper in PAPER["energy"].items()]
    return [*map(_rank, ("W_E", "W_ih", "W_fc")), recurrent, *energies]


def _fits() -> list[Criterion]:
    def pure(row: Row) -> list[bool]:
        return [pair["share"] > ONE_FREQUENCY for pair in row["pairs"]]

    def error(row: Row, power: int) -> float:
        errors = [x for entry in row["fits"] for x in entry["error"]]
        return float(np.median(errors)) ** power if errors else 1.0

    def fit(key: str, power: int, what: str) -> Criterion:
        return Criterion(key, f"fit of the final projections to cos, sin of 2 pi k(a+b)/p: {what}", PAPER["error"],
                         lambda row: error(row, power), lambda row: error(row, power) <= PAPER["error"][1],
                         f"the median is at most {PAPER['error'][1]:g}", math.inf)  # fmt: skip

    return [
        Criterion("pairs", "share of consecutive pairs of singular vectors of W_fc that are one frequency's", 1.0,
                  lambda row: fmean(pure(row) or [False]), lambda row: bool(pure(row)) and all(pure(row)),
                  f"each pair has more than {ONE_FREQUENCY} of its power at one"),
        fit("fit", 1, "relative error"),
        fit("fit_squared", 2, "its square, if that is what is meant"),
    ]  # fmt: skip


def _ablation(name: str) -> list[Criterion]:
    def harmless(row: Row) -> float:
        return next((float(x["harmless"]) for x in row["ablations"][name] if x["removed"] == 1), 0.0)

    def without(row: Row) -> float:
        return float(row["ablations"][name][-1]["mean"])

    return [
        Criterion(f"harmless_{name.lower()}", f"share of the frequencies whose removal from {name} is harmless", None,
                  harmless, lambda row: harmless(row) > 0.5,
                  f"more than half leave an accuracy of at least {HARMLESS}"),
        Criterion(f"collapse_{name.lower()}", f"accuracy when {name} loses all of them", None, without,
                  lambda row: without(row) < COLLAPSED, f"it is below {COLLAPSED}"),
    ]  # fmt: skip


CRITERIA = (*_frequencies(), *_ranks(), *_fits(), *_ablation("W_E"), *_ablation("W_fc"))


def observations(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was measured beside the paper's claims, as JSON values."""
    tones = [row["overtones"] for row in rows]
    chance = fmean(x["frequencies"] / x["of"] for x in tones)
    found = {
        f"accuracy when {name} keeps the shared frequencies and the mean alone": [
            row["kept_alone"][name] for row in rows
        ]
        for name in ("W_E", "W_fc")
    }
    found |= {
        f"power of W_fc at multiples of the shared frequencies, up to {OVERTONES} times (these are {chance:.2f} of all "
        "frequencies)": [x["power"] for x in tones],
        "power of the first singular vectors of W_fc, two for each shared frequency, at the shared frequencies": [
            row["span"] for row in rows
        ],
    }
    return [{"observation": text, "ours": over_seeds(values)} for text, values in found.items()]

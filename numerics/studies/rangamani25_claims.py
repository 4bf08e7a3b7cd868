"""What Rangamani25 claims beside what was measured: in how many seeds each claim holds, by rules of ours."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.analysis.recurrent_structure import HARMLESS, OVERTONES
from numerics.outcome import statistics
from numerics.studies.study import Claim, Found, graded

if TYPE_CHECKING:
    from numerics.studies.rangamani25 import Size

PAPER: dict[str, Any] = {
    "frequencies": [6, 15, 20, 29, 47, 54],
    "ranks": {"W_E": 12, "W_ih": 12, "W_hh": 32, "W_fc": 12},
    "energy": {"W_E": 0.854, "W_ih": 0.914, "W_hh": 0.894, "W_fc": 0.955},
    "error": [1e-3, 1e-2],
}
ONE_FREQUENCY = 0.9  # share of a pair's power from which the pair is called one frequency's: ours
COLLAPSED = 0.5  # accuracy below which it has collapsed: ours


def claims(size: "Size", found: Found) -> list[Claim]:
    """Frequencies, ranks, energies, singular pairs, fits and ablations."""
    rows = found.numbers["runs"]
    return [*_frequencies(rows), *_ranks(rows), *_fits(rows), *_ablations(rows)]


def _claim(
    key: str, text: str, paper: Any, values: Sequence[float], held: Sequence[bool], rule: str, top: float = 1.0
) -> Claim:
    rule = f"reproduced: in every seed {rule}; partly: in some seed"
    more = {"seeds": [sum(held), len(held)]}
    return Claim(key, text, paper, over_seeds(values, top), graded(all(held), any(held)), rule, more)


def over_seeds(values: Sequence[float], top: float = 1.0) -> dict[str, Any]:
    """Mean and interval over seeds, rounded; the interval is cut at 0 and at ``top``, beyond which no value can lie."""
    found = statistics(list(values))
    found["interval"] = [min(max(x, 0.0), top) for x in found["interval"]]
    return {name: [round(y, 4) for y in x] if isinstance(x, list) else round(x, 4) for name, x in found.items()}


def _frequencies(rows: list[dict[str, Any]]) -> list[Claim]:
    counts = [len(row["shared"]) for row in rows]
    few = [0 < n <= (len(row["shares"]["W_E"]) - 1) / 4 for n, row in zip(counts, rows, strict=True)]
    return [
        _claim("accuracy", "accuracy on all inputs", 1.0, [row["accuracy"] for row in rows],
               [row["accuracy"] == 1 for row in rows], "it is 1"),
        _claim("shared", "number of frequencies shared by W_E, W_fc, h1, h2, h3", len(PAPER["frequencies"]), counts,
               [x and min(row["held"].values()) > 0.5 for x, row in zip(few, rows, strict=True)],
               "there are some, at most a quarter of all, with over half of the power of each", math.inf),
    ]  # fmt: skip


def _ranks(rows: list[dict[str, Any]]) -> list[Claim]:
    found = []
    for name in ("W_E", "W_ih", "W_fc"):
        ratios = [row["ranks"][name]["rank"] / max(1, 2 * len(row["shared"])) for row in rows]
        found.append(_claim(f"rank_{name.lower()}", f"rank that {name} needs, over twice the number of shared "
                            "frequencies", 1.0, ratios, [ratio == 1 for ratio in ratios],
                            "they are equal", math.inf))  # fmt: skip
    needed = [{name: x["rank"] for name, x in row["ranks"].items()} for row in rows]
    between = [
        max(rank["W_E"], rank["W_ih"]) < rank["W_hh"] < row["ranks"]["W_hh"]["of"]
        for rank, row in zip(needed, rows, strict=True)
    ]
    found.append(_claim("rank_w_hh", "rank that W_hh needs", PAPER["ranks"]["W_hh"],
                        [rank["W_hh"] for rank in needed], between,
                        "it is more than W_E and W_ih need, and less than all", math.inf))  # fmt: skip
    for name, paper in PAPER["energy"].items():
        held = [row["ranks"][name]["energy"] for row in rows]
        found.append(_claim(f"energy_{name.lower()}", f"energy (sum of squares) that {name} holds at its rank", paper,
                            held, [x > 0.8 for x in held], "it is above .8"))  # fmt: skip
    return found


def _fits(rows: list[dict[str, Any]]) -> list[Claim]:
    pure = [[pair["share"] > ONE_FREQUENCY for pair in row["pairs"]] for row in rows]
    errors = [[x for entry in row["fits"] for x in entry["error"]] for row in rows]
    largest, rule = PAPER["error"][1], "the median is at most {:g}"
    found = [
        _claim("pairs", "share of consecutive pairs of singular vectors of W_fc that are one frequency's", 1.0,
               [fmean(x) if x else 0.0 for x in pure], [bool(x) and all(x) for x in pure],
               f"each pair has more than {ONE_FREQUENCY} of its power at one")
    ]  # fmt: skip
    for key, power, what in (
        ("fit", 1, "relative error"),
        ("fit_squared", 2, "its square, if that is what is meant"),
    ):
        medians = [float(np.median(x)) ** power if x else 1.0 for x in errors]
        found.append(_claim(key, f"fit of the final projections to cos, sin of 2 pi k(a+b)/p: {what}", PAPER["error"],
                            medians, [x <= largest for x in medians], rule.format(largest), math.inf))  # fmt: skip
    return found


def _ablations(rows: list[dict[str, Any]]) -> list[Claim]:
    found = []
    for name in ("W_E", "W_fc"):
        one = [next((x["harmless"] for x in row["ablations"][name] if x["removed"] == 1), 0.0) for row in rows]
        none = [row["ablations"][name][-1]["mean"] for row in rows]
        found += [
            _claim(f"harmless_{name.lower()}", f"share of the frequencies whose removal from {name} is harmless", None,
                   one, [x > 0.5 for x in one], f"more than half leave an accuracy of at least {HARMLESS}"),
            _claim(f"collapse_{name.lower()}", f"accuracy when {name} loses all of them", None, none,
                   [x < COLLAPSED for x in none], f"it is below {COLLAPSED}"),
        ]  # fmt: skip
    return found


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

"""Rows of the papers' own experiments: the numbers they state, from the stored counts, with intervals computed here.

Each row has the sentence that its claim must contain, made from the stored numbers of the largest scale; what those
numbers must show; and a fault that the same two steps must see.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
import pytest
from scipy.stats import linregress, t

from numerics.selection.intervals import exact, pearson
from numerics.studies.swaroop26_table1 import MOST_Z, z_score
from verify.result import CheckResult, at_least, at_most, close
from verify.statements import BY_ID
from verify.stored import largest
from verify.test_rangamani25 import ABLATION, FIT, RANKS, RULES, SHARED, VECTORS

Content = dict[str, Any]
Shown = list[CheckResult]
Change = Callable[[Content], Any]


def places(x: float, digits: int = 3) -> str:
    """A number as the rows write it, such as ``.773``."""
    return f"{x:.{digits}f}".removeprefix("0")


def interval(count: int, of: int) -> str:
    """A count with its exact 95% interval, rounded outwards."""
    found = exact(count, of)
    low, high = floor(1000 * found.low) / 1000, ceil(1000 * found.high) / 1000
    ends = [places(x) if 0 < x < 1 else f"{x:.0f}" for x in (low, high)]
    return f"{count} of {of} ({'-'.join(ends)})"


def listed(numbers: list[str]) -> str:
    return " and ".join([", ".join(numbers[:-1])] * (len(numbers) > 1) + numbers[-1:])


@dataclass(frozen=True)
class Row:
    """A registered row, its study, the sentence, what must be shown, and a fault in the numbers."""

    name: str
    study: str
    says: Callable[[Content], str]
    shows: Callable[[Content, str], Shown]
    fault: Change


def survivors_say(x: Content) -> str:
    least = min(min(run["circularity"]) for run in x["runs"])
    counts = listed([str(len(run["survivors"])) for run in x["runs"]])
    return f"{counts} of 29 circles at p = 59, the least circularity {places(least, 4)}"


def survivors_show(x: Content, row: str) -> Shown:
    counts = [len(run["survivors"]) for run in x["runs"]]
    return [
        at_least(row, "fewest survivors", min(counts), 3),
        at_most(row, "most survivors", max(counts), 5),
        at_least(row, "least circularity", min(min(run["circularity"]) for run in x["runs"]), 0.97),
    ]


def survivors_fault(x: Content) -> None:
    x["runs"][0] |= {"survivors": list(range(1, 30)), "circularity": [0.41] * 29}


def by_number(run: Content) -> list[float]:
    """The best accuracy with so many circles: with 1, 2, ..."""
    most = max(len(each["kept"]) for each in run["ablated"])
    return [max(x["accuracy"] for x in run["ablated"] if len(x["kept"]) == n) for n in range(1, most + 1)]


def needed_say(x: Content) -> str:
    found = [by_number(run) for run in x["runs"]]
    alone = listed([places(best[0]) for best in found])
    return f"{alone} with the best circle, at least {min(best[-1] for best in found):.2f} with all"


def needed_show(x: Content, row: str) -> Shown:
    found = [by_number(run) for run in x["runs"]]
    return [
        at_most(row, "accuracy with the best circle", max(b[0] for b in found), 0.5),
        at_least(row, "accuracy with all", min(b[-1] for b in found), 0.97),
        at_least(row, "rise of the best accuracy with one more", min(float(min(np.diff(b))) for b in found), 0.0),
    ]


def needed_fault(x: Content) -> None:
    for each in x["runs"][0]["ablated"]:
        each["accuracy"] = 1 - each["accuracy"]


def law_scores(x: Content) -> tuple[list[float], list[float]]:
    own = [run["least squares"]["r2"] for run in x["runs"] if run["d"] == 128]
    return own, x["control"]["least squares"]


def law_say(x: Content) -> str:
    own, other = (listed([places(r) for r in scores]) for scores in law_scores(x))
    return f"R^2 {own} with their own signals, {other} with each other's"


def law_show(x: Content, row: str) -> Shown:
    own, other = law_scores(x)
    return [at_least(row, "R^2, own", min(own), 0.85), at_least(row, "R^2, the other's", min(other), 0.85)]


def law_fault(x: Content) -> None:
    x["runs"][0]["least squares"]["r2"] = x["control"]["least squares"][0] = 0.5


def signal_found(x: Content):
    return pearson(np.concatenate(x["signal"]), np.concatenate(x["rate"]))


def signal_say(x: Content) -> str:
    found = signal_found(x)
    ends = f"{places(found.interval.low)}-{places(found.interval.high)}"
    return f"r = {places(found.r)} (Fisher's 95% interval {ends}) over {found.pairs} frequencies"


def signal_show(x: Content, row: str) -> Shown:
    found = signal_found(x)
    stored = x["correlation"]
    return [
        at_least(row, "lower end of r", found.interval.low, 0.5),
        close(row, "r as stored", found.r, stored["r"], 1e-9),
        close(row, "its interval as stored", found.interval.high, stored["fisher_interval"][1], 1e-9),
    ]


def signal_fault(x: Content) -> None:
    x["rate"] = [rates[::-1] for rates in x["rate"]]


def scaled_counts(x: Content) -> list[tuple[int, int]]:
    ends = min(row["scale"] for row in x["rows"]), max(row["scale"] for row in x["rows"])
    mine = [[row for row in x["rows"] if row["scale"] == end] for end in ends]
    return [(sum(row["survived"] for row in each), sum(row["networks"] for row in each)) for each in mine]


def scaled_say(x: Content) -> str:
    weak, strong = (interval(*count) for count in scaled_counts(x))
    return f"weakest in {weak}, strongest in {strong}"


def scaled_show(x: Content, row: str) -> Shown:
    weak, strong = (exact(*count) for count in scaled_counts(x))
    return [at_least(row, "survival rates: lower end, strongest, less upper end, weakest", strong.low - weak.high, 0.2)]


def scaled_fault(x: Content) -> None:
    for row in x["rows"]:
        row["survived"] = row["networks"] - row["survived"]


def pairs_counts(x: Content) -> list[tuple[int, int]]:
    rows = sorted(x["rows"], key=lambda row: row["ratio"])
    every = sum(row["largest"]["survived"] for row in rows), sum(row["networks"] for row in rows)
    return [every, *((row["second"]["survived"], row["networks"]) for row in (rows[0], rows[-1]))]


def pairs_say(x: Content) -> str:
    every, weak, strong = (interval(*count) for count in pairs_counts(x))
    return f"stronger in {every}, the weaker in {weak} at the least r and {strong} at r = 1"


def pairs_show(x: Content, row: str) -> Shown:
    every, weak, strong = (exact(*count) for count in pairs_counts(x))
    return [
        at_least(row, "survival rate of the stronger, lower end", every.low, 0.9),
        at_least(row, "of the weaker: lower end at r = 1, less upper end at the least r", strong.low - weak.high, 0.2),
    ]


def pairs_fault(x: Content) -> None:
    for row in x["rows"]:
        row["second"], row["largest"] = {"survived": row["networks"] - row["second"]["survived"]}, row["second"]


def decay_say(x: Content) -> str:
    none, *more = sorted(x["rows"], key=lambda row: row["decay"])
    networks, worst = sum(none["histogram"].values()), min(row["test_accuracy"] for row in more)
    without = f"{networks} networks without decay keep {none['kept']['mean']:.0%}, and answer"
    return f"{without} {none['test_accuracy']:.1%} of the test pairs, against {worst:.0%}"


def decay_show(x: Content, row: str) -> Shown:
    none, *more = sorted(x["rows"], key=lambda each: each["decay"])
    return [
        at_least(row, "least share of frequencies kept without decay", none["kept"]["least"], 1.0),
        at_most(row, "test accuracy without decay, upper end", none["accuracy"]["interval"][1], 0.1),
        at_least(row, "test accuracy with decay", min(each["test_accuracy"] for each in more), 0.9),
        at_most(row, "share kept with decay, upper end", max(each["kept"]["interval"][1] for each in more), 0.5),
    ]


def decay_fault(x: Content) -> None:
    rows = x["rows"]
    for name in ("kept", "accuracy", "test_accuracy"):
        rows[0][name], rows[-1][name] = rows[-1][name], rows[0][name]


def moduli_slope(x: Content) -> tuple[float, float, float]:
    """Circles per 10 of p, least squares over networks from p = 23 on, with Student's 95% interval."""
    points = [
        (row["p"], int(count)) for row in x["rows"] if row["p"] >= 23 for count, many in row["histogram"].items()
        for _ in range(many)
    ]  # fmt: skip
    fit = linregress(*zip(*points, strict=True))
    half = float(t.ppf(0.975, len(points) - 2)) * fit.stderr
    return 10 * fit.slope, 10 * (fit.slope - half), 10 * (fit.slope + half)


def moduli_say(x: Content) -> str:
    slope, low, high = (places(value, 2) for value in moduli_slope(x))
    return f"{slope} more for 10 more of p (95% interval {low}-{high})"


def moduli_show(x: Content, row: str) -> Shown:
    return [at_least(row, "circles per 10 of p from p = 23 on, lower end", moduli_slope(x)[1], 0.1)]


def moduli_fault(x: Content) -> None:
    last = x["rows"][-1]["histogram"]
    x["rows"][-1]["histogram"] = {"1": sum(last.values())}


def meets(name: str, run: Content) -> bool:
    return all(result.holds for result in RULES[name](run))


def recurrent_say(name: str) -> Callable[[Content], str]:
    def say(x: Content) -> str:
        able = [run for run in x["runs"] if run["accuracy"] == 1]
        return f"{sum(meets(name, run) for run in able)} of the {len(able)} stored seeds of p = 113 that answer all"

    return say


def recurrent_show(x: Content, row: str) -> Shown:
    able = [run for run in x["runs"] if run["accuracy"] == 1]
    return [
        at_least(row, "stored seeds that answer all inputs", len(able), 1),
        *(at_least(row, f"stored seed {run['seed']}: frequencies shared", len(run["shared"]), 1) for run in able),
    ]


def recurrent_fault(name: str) -> Change:
    """Nothing shared, and what the rule of this row reads made worse; where no seed meets the rule, made better."""

    def spoil(x: Content) -> None:
        for run in x["runs"]:
            rising = {matrix: entries[::-1] for matrix, entries in run["ablations"].items()}
            worse = {VECTORS: {"span": 1.0}, FIT: {"fits": []}, ABLATION: {"ablations": rising}}
            run |= {"shared": []} | worse.get(name, {})

    return spoil


def relu_shares(x: Content, network: str) -> np.ndarray:
    return np.array([row["share"] for row in x["rows"] if row["network"] == network])


def relu_say(x: Content) -> str:
    relu, quadratic = relu_shares(x, "relu"), relu_shares(x, "quadratic")
    return f"{places(relu.mean())} against {places(quadratic.mean(), 4)} over {len(relu)} seeds"


def relu_show(x: Content, row: str) -> Shown:
    relu, quadratic = relu_shares(x, "relu"), relu_shares(x, "quadratic")
    half = float(t.ppf(0.975, len(relu) - 1)) * relu.std(ddof=1) / len(relu) ** 0.5
    return [
        at_least(row, "mean share, lower end", relu.mean() - half, 0.85),
        at_most(row, "mean share, upper end, below every quadratic network's", relu.mean() + half, quadratic.min()),
    ]


def relu_fault(x: Content) -> None:
    for row in x["rows"]:
        row["share"] = 1 - row["share"]


def cells_z(x: Content) -> list[float]:
    known = [row for row in x["rows"] if row["paper"]]
    return [z_score(row["mean"], row["sd"], row["seeds"], *row["paper"]) for row in known]


def cells_say(x: Content) -> str:
    found = cells_z(x)
    return f"{len(found)} cells, at most {max(map(abs, found)):.2f}"


def cells_show(x: Content, row: str) -> Shown:
    stored = [each["z"] for each in x["rows"] if each["paper"]]
    return [
        at_most(row, "largest |z| of the stored means", max(map(abs, cells_z(x))), MOST_Z),
        at_most(row, "as stored", float(np.abs(np.array(cells_z(x)) - stored).max()), 1e-9),
    ]


def cells_fault(x: Content) -> None:
    x["rows"][next(i for i, row in enumerate(x["rows"]) if row["paper"])]["mean"] += 0.05


def shape_leads(x: Content) -> list[tuple[float, float]]:
    """Lower end of the lead and its p-value, from mean, t and freedom, up to 384 neurons."""
    found = []
    for test in (test for test in x["best"] if test["m"] <= 384):
        half = float(t.ppf(0.975, test["freedom"])) * test["mean"] / test["t"]
        found.append((test["mean"] - half, 2 * float(t.sf(abs(test["t"]), test["freedom"]))))
    return found


def shape_say(x: Content) -> str:
    return f"at {len(shape_leads(x))} widths, with p-values up to {max(p for _, p in shape_leads(x)):.1e}"


def shape_show(x: Content, row: str) -> Shown:
    return [
        at_least(row, "least lead over the rival, lower 95% end", min(low for low, _ in shape_leads(x)), 0.0),
        at_most(row, "largest p-value", max(p for _, p in shape_leads(x)), 0.01),
    ]


def shape_fault(x: Content) -> None:
    x["best"][0] |= {"t": -1.0, "mean": -x["best"][0]["mean"]}


def noisy(x: Content) -> Content:
    return next(row for row in x["rows"] if row["alpha"] == 0.3)["saturation"]


def saturation_say(x: Content) -> str:
    found = noisy(x)
    right = round(found["accuracy"]["real"] * found["validation_pairs"])
    least = min(value for kind, value in found["accuracy"].items() if kind != "real")
    return f"{interval(right, found['validation_pairs'])} right, its idealisations at least {places(least)}"


def saturation_show(x: Content, row: str) -> Shown:
    found = noisy(x)
    pairs = found["validation_pairs"]
    ends = {kind: exact(round(value * pairs), pairs) for kind, value in found["accuracy"].items()}
    return [
        at_most(row, "the network, upper end, against chance", ends["real"].high, 1 / 97),
        at_least(row, "its worst idealisation", min(found["accuracy"][kind] for kind in ends if kind != "real"), 0.5),
    ]


def saturation_fault(x: Content) -> None:
    accuracy = noisy(x)["accuracy"]
    accuracy["real"], accuracy["Sq->Cos"] = accuracy["Sq->Cos"], accuracy["real"]


def sharpened(x: Content) -> list[tuple[float, float]]:
    """The clean network at saturation and at the end: misfit of squares and of cosines, median phase defect."""
    row = next(row for row in x["rows"] if row["alpha"] == 0)
    stages = [row[name] for name in ("saturation", "final")]
    errors = [stage["fits"]["all"]["error"] for stage in stages]
    pairs = [tuple(error[kind] for error in errors) for kind in ("square", "cosine")]
    return [*pairs, tuple(stage["phase_sum"]["all"]["median"] for stage in stages)]


def sharpened_say(x: Content) -> str:
    squares, cosines, phases = ([places(value) for value in pair] for pair in sharpened(x))
    fitted = f"squares miss {squares[0]}, then {squares[1]}, the best cosines {cosines[0]}, then {cosines[1]}"
    return f"{fitted}; the median defect of the phase sums falls from {phases[0]} to {phases[1]} turns"


def sharpened_show(x: Content, row: str) -> Shown:
    squares, cosines, phases = sharpened(x)
    noisy_ones = [each for each in x["rows"] if each["alpha"] > 0]
    ends = [[each[name]["fits"]["all"]["error"]["square"] for name in ("saturation", "final")] for each in noisy_ones]
    return [
        at_most(row, "misfit of squares, end over saturation", squares[1] / squares[0], 0.5),
        at_most(row, "phase defect, end over saturation", phases[1] / phases[0], 0.5),
        at_most(row, "misfit of cosines over that of squares at the end", cosines[1] / squares[1], 1.0),
        at_most(row, "with noise: change of the squares' misfit", max(abs(b / a - 1) for a, b in ends), 0.02),
    ]


def sharpened_fault(x: Content) -> None:
    row = next(row for row in x["rows"] if row["alpha"] == 0)
    row["saturation"], row["final"] = row["final"], row["saturation"]


ROWS = [
    Row("Ding24:Section 2, survivors", "ding24-circles", survivors_say, survivors_show, survivors_fault),
    Row("Ding24:Section 4.1, circles needed", "ding24-circles", needed_say, needed_show, needed_fault),
    Row("Ding24:Section 4.2, linear law", "ding24-ode", law_say, law_show, law_fault),
    Row("Ding24:Section 3.2.1, initial signal", "ding24-sweep-signal", signal_say, signal_show, signal_fault),
    Row("Ding24:Section 3.2.1, one frequency scaled", "ding24-sweep-perturb", scaled_say, scaled_show, scaled_fault),
    Row("Ding24:Section 3.2.1, two frequencies", "ding24-sweep-pairs", pairs_say, pairs_show, pairs_fault),
    Row("Ding24:Appendix A, weight decay", "ding24-sweep-decay", decay_say, decay_show, decay_fault),
    Row("Ding24:Section 3.1, larger moduli", "ding24-sweep-p", moduli_say, moduli_show, moduli_fault),
    *(
        Row(name, "rangamani25", recurrent_say(name), recurrent_show, recurrent_fault(name))
        for name in (SHARED, RANKS, VECTORS, FIT, ABLATION)
    ),
    Row("Morwani23:ReLU", "morwani23-relu", relu_say, relu_show, relu_fault),
    Row("Swaroop26:Table 1", "swaroop26-table1", cells_say, cells_show, cells_fault),
    Row("Swaroop26:Table 1, best shape", "swaroop26-table1", shape_say, shape_show, shape_fault),
    Row("Swaroop26:the algorithm at saturation", "swaroop26-trained", saturation_say, saturation_show,
        saturation_fault),
    Row("Swaroop26:sharpening", "swaroop26-trained", sharpened_say, sharpened_show, sharpened_fault),
]  # fmt: skip
EVERY = [pytest.param(row, marks=pytest.mark.statement(row.name), id=row.name) for row in ROWS]


def said(row: Row, content: Content) -> CheckResult:
    """Whether the row's claim contains the sentence that these numbers make."""
    sentence = row.says(content)
    return at_most(row.name, f"the row says: {sentence}", float(sentence not in BY_ID[row.name].claim), 0.0)


@pytest.mark.parametrize("row", EVERY)
def test_the_stored_numbers(row, check, twin):
    assert row.study in BY_ID[row.name].stored
    content = largest(row.study)
    for result in [said(row, content), *row.shows(content, row.name)]:
        check(result)
    faulty = copy.deepcopy(content)
    row.fault(faulty)
    twin(said(row, faulty))
    refused = [result for result in row.shows(faulty, row.name) if not result.holds]
    assert refused, "the fault shows in no number"
    twin(refused[0])

"""What Swaroop26 claims beside what was measured, for networks trained on noisy labels.

A claim is reproduced where it holds in every seed of its noise level.  A cell of Table 2 is one column (the network, or
an idealisation) at one noise level; ``settled`` counts the seeds in which all columns moved by at most .01 in the last
quarter of their steps.
"""

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from numerics.analysis.wave_distances import PLANES, POINTWISE
from numerics.models.idealised import KINDS
from numerics.outcome import statistics_within
from numerics.studies.study import Claim, Found, graded

if TYPE_CHECKING:
    from numerics.studies.swaroop26 import Size

P = 97
RELATED = 0.998  # circular correlation that the paper finds at every noise level it shows
PAPER_CLEAN = {"Sq->Sq": 0.9719, "Sq->Cos": 0.9979, "Cos->Cos": 0.9988}
PAPER_NOISIEST = {"Sq->Sq": 0.8735, "Sq->Cos": 0.9548, "Cos->Cos": 0.9405}
LEAST = 0.87  # of every idealisation at every noise level
CLEAN, NOISIEST = 0.0, 0.30
SETTLED, LAST_PART = 0.01, 0.25
ELSEWHERE = "the paper's claims are about p = 97 and 256 neurons, so nothing is compared"
RIVALS = {"paper": "a cosine of the square's amplitude", "fair": "a cosine of its own amplitude (ours)"}

Row = dict[str, Any]


def claims(size: "Size", found: Found) -> list[Claim]:
    """Every noise level over its seeds; at another modulus the accuracies alone."""
    rows = found.numbers["rows"]
    levels = {alpha: [row for row in rows if row["alpha"] == alpha] for alpha in sorted({row["alpha"] for row in rows})}
    if size.p != P:
        return [
            Claim(f"{_key(alpha)}_accuracy", f"{_name(alpha)}: validation accuracy, p = {size.p}", None,
                  _ours([row["final"]["accuracy"]["real"] for row in own]), "measured", ELSEWHERE)
            for alpha, own in levels.items()
        ]  # fmt: skip
    judged = []
    for alpha, own in levels.items():
        judged += _clean(own) if alpha == CLEAN else _noisy(alpha, own)
        judged += _shape(alpha, own)
    return judged + _saturation([row["saturation"] for row in rows if row["saturation"]])


def settled(row: Row) -> bool:
    """Whether the network's accuracy and its idealisations' have moved little in the last part of the steps."""
    before = [x for x in row["history"] if "Sq->Cos" in x and x["step"] <= (1 - LAST_PART) * row["steps"]]
    if not before:
        return False
    then = {"real": before[-1]["validation_accuracy"]} | {kind: before[-1][kind] for kind in KINDS}
    return all(abs(row["final"]["accuracy"][name] - value) <= SETTLED for name, value in then.items())


def _name(alpha: float) -> str:
    return "clean" if alpha == CLEAN else f"noise {alpha:.2f}"


def _key(alpha: float) -> str:
    return "clean" if alpha == CLEAN else f"noise_{round(100 * alpha):02d}"


def _ours(values: Sequence[float]) -> Any:
    """The value of one seed, or mean and interval over several, cut at 0 and 1."""
    if len(values) == 1:
        return values[0]
    return statistics_within(list(values))


def _above(key: str, text: str, paper: Any, values: Sequence[float], full: float, some: float, **more: Any) -> Claim:
    rule = f"reproduced: in every seed above {full:.4g}; partly: above {some:.4g}"
    least = min(values)
    return Claim(key, text, paper, _ours(values), graded(least > full, least > some), rule, more)


def _below(key: str, text: str, paper: Any, values: Sequence[float], full: float, some: float, **more: Any) -> Claim:
    rule = f"reproduced: in every seed below {full:.4g}; partly: below {some:.4g}"
    largest = max(values)
    return Claim(key, text, paper, _ours(values), graded(largest < full, largest < some), rule, more)


def _finals(rows: list[Row], value: Callable[[Row], float]) -> list[float]:
    return [float(value(row["final"])) for row in rows]


def _accuracy(rows: list[Row], column: str) -> list[float]:
    return _finals(rows, lambda final: final["accuracy"][column])


def _more(rows: list[Row]) -> dict[str, Any]:
    """What stands beside a cell: steps, settled seeds, and the binomial interval where there is one seed."""
    own = {"interval": rows[0]["final"]["real_interval"]} if len(rows) == 1 else {}
    return own | {"steps": [row["steps"] for row in rows], "settled": sum(map(settled, rows))}


def _idealised(alpha: float, rows: list[Row], printed: dict[str, float], slack: float, some: float) -> list[Claim]:
    return [
        _above(f"{_key(alpha)}_{kind.replace('->', '_').lower()}", f"{_name(alpha)}: idealisation {kind}", paper,
               _accuracy(rows, kind), paper - slack, some, steps=[row["steps"] for row in rows],
               settled=sum(map(settled, rows)))
        for kind, paper in printed.items()
    ]  # fmt: skip


def _clean(rows: list[Row]) -> list[Claim]:
    """Without noise: one frequency per neuron, related phases, and little else."""
    found = [
        _above("clean_accuracy", "clean: validation accuracy", 0.999, _accuracy(rows, "real"), 0.998, 0.9,
               **_more(rows)),
        _above("clean_structured", "clean: share of structured neurons", 212 / 256,
               _finals(rows, lambda x: x["structured"] / x["neurons"]), 0.75, 0.4),
        _above("clean_frequency", "clean: one frequency per neuron, all", 0.9297,
               _finals(rows, lambda x: x["same_frequency"]["all"]), 0.9, 0.7),
        _below("clean_low", "clean: accuracy lost without the low neurons", "< 0.001",
               _finals(rows, lambda x: max(0.0, x["accuracy"]["real"] - x["without_low"])), 0.001, 0.01),
    ]  # fmt: skip
    if all(row["final"]["phase_sum"]["structured"] for row in rows):
        same = _finals(rows, lambda x: x["same_frequency"]["structured"])
        found += [
            Claim("clean_frequency_structured", "clean: one frequency per neuron, structured", 1.0, _ours(same),
                  graded(min(same) == 1, min(same) > 0.98),
                  "reproduced: in every seed all of them; partly: above 0.98"),
            _above("clean_phases", "clean: correlation of phases", 0.9993,
                   _finals(rows, lambda x: x["phase_sum"]["structured"]["correlation"]), RELATED, 0.98,
                   neurons=[row["final"]["phase_sum"]["structured"]["neurons"] for row in rows]),
        ]  # fmt: skip
    return found + _idealised(CLEAN, rows, PAPER_CLEAN, 0.01, LEAST)


def _noisy(alpha: float, rows: list[Row]) -> list[Claim]:
    """A network that does not generalise holds the algorithm all the same."""
    name, key = _name(alpha), _key(alpha)
    found: list[Claim] = []
    for chosen, some, whose in (
        ("structured", 0.98, "structured neurons"),
        ("same_frequency", 0.9, "neurons of one frequency (none is structured)"),
    ):
        if not found and all(row["final"]["phase_sum"][chosen] for row in rows):
            sums = [row["final"]["phase_sum"][chosen] for row in rows]
            found.append(_above(f"{key}_phases", f"{name}: correlation of phases, {whose}", RELATED,
                                [x["correlation"] for x in sums], RELATED, some,
                                neurons=[x["neurons"] for x in sums]))  # fmt: skip
    real = _accuracy(rows, "real")
    if alpha == NOISIEST:
        best = _finals(rows, lambda x: max(x["accuracy"][kind] for kind in KINDS))
        found += [
            Claim(f"{key}_chance", f"{name}: the network is at chance", 0.0023, _ours(real),
                  graded(max(real) < 1.5 / P), "reproduced: in every seed below 1.5/97", _more(rows)),
            _above(f"{key}_best", f"{name}: its best idealisation is above 0.9", 0.9548, best, 0.9, 0.8),
            _below(f"{key}_structured", f"{name}: few neurons are structured", 7 / 256,
                   _finals(rows, lambda x: x["structured"] / x["neurons"]), 20 / 256, 60 / 256),
        ]  # fmt: skip
        found += _idealised(alpha, rows, PAPER_NOISIEST, 0.02, 0.7)
    else:
        found.append(Claim(f"{key}_real", f"{name}: validation accuracy", None, _ours(real), "measured",
                           "the paper's number for this cell could not be read", _more(rows)))  # fmt: skip
        found += _idealised(alpha, rows, dict.fromkeys(KINDS, LEAST), 0.0, 0.7)
    least = _finals(rows, lambda x: min(x["accuracy"][kind] for kind in KINDS))
    return [*found, _above(f"{key}_least", f"{name}: every idealisation is above .87", LEAST, least, LEAST, 0.7)]


def _shape(alpha: float, rows: list[Row]) -> list[Claim]:
    """Squares or cosines, by the variance left and, without noise, under every other distance."""
    if not all(row["final"]["fits"]["structured"] for row in rows):
        return []
    printed = {"paper": -27.0052 if alpha == CLEAN else "negative", "fair": None}
    found = [
        _nearer(f"{_key(alpha)}_square_{name}", f"{_name(alpha)}: square waves fit W_a better than {rival}, paired t",
                printed[name], [row["final"]["fits"]["structured"][name] for row in rows])
        for name, rival in RIVALS.items()
    ]  # fmt: skip
    if alpha == CLEAN and all("distances" in row["final"] for row in rows):  # not in results from before them
        found += [
            _nearer(f"clean_square_{distance}_{name}",
                    f"clean: square waves are nearer to W_a than {rival}, by {distance.replace('_', ' ')}, paired t",
                    printed[name], [row["final"]["distances"]["structured"][distance][name] for row in rows])
            for distance in (*POINTWISE, *PLANES)
            for name, rival in RIVALS.items()
        ]  # fmt: skip
    return found


def _nearer(key: str, text: str, paper: Any, tests: list[dict[str, Any]]) -> Claim:
    ends = [test["interval"] for test in tests]
    return Claim(key, text, paper, fmean(test["t"] for test in tests),
                 graded(all(high < 0 for _, high in ends), all(low < 0 for low, _ in ends)),
                 "reproduced: in every seed the 95% interval of the mean difference is below 0; partly: it reaches "
                 "below 0",
                 {"freedom": [test["freedom"] for test in tests], "mean_differences": [test["mean"] for test in tests],
                  "intervals_of_difference": ends})  # fmt: skip


def _saturation(points: list[dict[str, Any]]) -> list[Claim]:
    """When the training labels are first fitted, the algorithm is there and nothing shows it."""
    if not points:
        return []
    least = min(point["accuracy"][kind] for point in points for kind in KINDS)
    real = max(point["accuracy"]["real"] for point in points)
    more = {"networks": len(points)}
    return [
        _above("saturation_least", "at saturation every idealisation is above .50, worst network", 0.5, [least], 0.5,
               0.1, **more),
        _below("saturation_accuracy", "at saturation the network is below .002, worst network", 0.002, [real], 0.002,
               0.01, **more),
    ]  # fmt: skip

"""Ours: the numbers of what training selects, computed again from the stored counts; the rows must say them."""

from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor

import numpy as np
import pytest
from scipy.stats import beta, binomtest, combine_pvalues

from numerics.studies.multiplicities import exponent
from verify.result import CheckResult, at_most, close
from verify.statements import BY_ID
from verify.stored import largest


def says(row: str, what: str, *pieces: str) -> CheckResult:
    """How many of these pieces the row's claim does not contain."""
    missing = [piece for piece in pieces if piece not in BY_ID[row].claim]
    return at_most(row, f"the row says {what}", len(missing), 0, detail="; ".join(missing))


def clopper_pearson(count: int, seeds: int) -> str:
    """The exact 95% interval, rounded outwards to three digits, as the row writes it."""
    low = beta.ppf(0.025, count, seeds - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, seeds - count) if count < seeds else 1.0
    ends = floor(1000 * low) / 1000, ceil(1000 * high) / 1000
    return "-".join(f"{x:.3f}".removeprefix("0") if count or i else "0" for i, x in enumerate(ends))


PILOT = "Ours:pilot, C5 at width 2"


@pytest.mark.statement(PILOT)
def test_the_pilots_counts_and_intervals(check, twin):
    counts = [entry["ours"]["count"] for entry in largest("mais-pilot")["verdict"][1:7]]
    seeds = [entry["ours"]["seeds"] for entry in largest("mais-pilot")["verdict"][1:7]]
    for found in (min(seeds), max(seeds)):
        check(close(PILOT, "seeds of every cell", float(found), 100.0, 0.0))
    square, relu = counts[:3], counts[3:]

    def words(counts):
        return "{}, {} and {}".format(*counts)

    check(says(PILOT, "the counts of x^2 and ReLU", f"in {words(square)} of 100", f"in {words(relu)} for ReLU"))
    check(says(PILOT, "the exact intervals", *(clopper_pearson(count, 100) for count in counts)))
    twin(says(PILOT, "counts that are one higher", f"in {words([x + 1 for x in square])} of 100"))
    twin(says(PILOT, "intervals of 99 seeds", *(clopper_pearson(count, 99) for count in counts)))


LAW = "Ours:law of the frequencies"


@pytest.mark.statement(LAW)
def test_the_laws_counts_and_p_values(check, twin):
    """Both orbits of pairs have five sets: under the null each network of two frequencies is a fair coin."""
    verdicts = largest("frequency-law")["verdict"]
    first, second, whole = (
        next(t for t in entry["ours"]["tests"] if t["group"] == "C11" and t["sets"] == "held" and t["size"] == 2)
        for entry in verdicts[1:4]
    )
    pairs = [(t["orbits"]["1 3"], t["orbits"]["1 2"]) for t in (first, second)]
    threes, twos = zip(*pairs, strict=True)
    check(says(LAW, "the counts of both halves", "in {} and {} networks".format(*threes), "in {} and {}".format(*twos)))
    twin(says(LAW, "them exchanged", "in {} and {} networks".format(*twos)))

    def combined(pairs):
        return float(combine_pvalues([binomtest(a, a + b).pvalue for a, b in pairs])[1])

    detail = "exact binomial against 10,000 simulated tables for each half"
    check(close(LAW, "Fisher's combination, from the counts", combined(pairs), whole["p_value"], 0.15, detail))
    twin(close(LAW, "the same for counts that are ten apart less", combined([(a - 10, b + 10) for a, b in pairs]),
               whole["p_value"], 0.15))  # fmt: skip
    check(close(LAW, "Holm's correction for four tests", 4 * whole["p_value"], whole["holm"], 1e-9))
    check(says(LAW, "both p-values", f"p = {whole['p_value']:.3f}".replace("0.", "."), f"{whole['holm']:.3f}"[1:]))


SPECTRAL = "Ours:spectral count"


def in_words(row, mean):
    """A mean with everything around it, so that no other number of the row can stand for it."""
    first = row["p"] == 7
    of = f"{row['p'] // 2}{' frequencies' * first} at {'p = ' * first}{row['p']}"
    written = str(Decimal(mean).quantize(Decimal("0.01"), ROUND_HALF_UP)).removesuffix(".00")
    return f" {written} of {of} ({row['seeds']}{' seeds' * first})"


@pytest.mark.statement(SPECTRAL)
def test_the_spectral_counts_and_their_fit(check, twin):
    rows = largest("spectral-count")["rows"]
    p = np.array([row["p"] for row in rows])
    means = [sum(int(n) * seeds for n, seeds in row["counts"].items()) / row["seeds"] for row in rows]
    for row, mean in zip(rows, means, strict=True):
        check(close(SPECTRAL, f"p = {row['p']}: mean of the stored counts", mean, row["count"]["mean"], 1e-12))
        check(says(SPECTRAL, f"the mean at p = {row['p']}", in_words(row, mean)))
        twin(says(SPECTRAL, f"one frequency more at p = {row['p']}", in_words(row, mean + 1)))
    b, logarithm = np.polyfit(np.log(p), np.log(means), 1)
    check(close(SPECTRAL, "exponent of the fit", float(b), 0.98, 0.005))
    check(close(SPECTRAL, "factor of the fit", float(np.exp(logarithm)), 0.45, 0.005))
    twin(close(SPECTRAL, "exponent without the logarithms", float(np.polyfit(p, means, 1)[0]), 0.98, 0.005))


NEURONS = "Ours:neurons per representation"


@pytest.mark.statement(NEURONS)
def test_the_exponents_of_the_neurons(check, twin):
    for row in largest("multiplicities")["rows"]:
        name = f"{row['group']}, {row['activation']}"
        total = row["seeds"] * np.array([entry["mean"] for entry in row["strongest"]["neurons"]])
        b = float(exponent(total, np.array(row["dimensions"], dtype=float)))
        found = row["strongest"]["exponent"]
        check(close(NEURONS, f"{name}: exponent from the stored means", b, found["b"], 1e-6))
        low, high = found["interval"]
        check(says(NEURONS, f"{name}: exponent and interval", f"{found['b']:.2f} ({low:.2f}-{high:.2f})"))
        other = float(exponent(total[::-1], np.array(row["dimensions"], dtype=float)))
        twin(close(NEURONS, f"{name}: neurons of the representations in the other order", other, found["b"], 1e-6))
    first = [row["start"]["exponent"]["b"] for row in largest("multiplicities")["rows"]]
    check(at_most(NEURONS, "least exponent before training: 4.5 is below it", 4.5, min(first)))

"""Ours: what a start decides; each check examines the stored studies, and runs a part of them again."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.start import climb, initial, steps
from numerics.selection.coupons import all_drawn
from numerics.selection.intervals import exact
from numerics.studies.starved_frequencies import SIZES, TARGET
from numerics.studies.study import Session
from numerics.studies.width_law import SIZES as LAWS
from theory.task import Task
from verify.result import at_least, at_most, close
from verify.starts import FAILED_BELOW, fed_sequences, law_checks, said, table_checks
from verify.statements import BY_ID

RESULTS = Path(__file__).parents[1] / "paper_notes" / "results"
OTHER_PROCESSORS = "another processor may round otherwise, and a neuron between two frequencies may take the other"

STARVED = "Ours:starved frequencies"


def stored(name: str) -> dict:
    """A study's numbers."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.statement(STARVED)
@pytest.mark.parametrize("scale", ["cpu", "full"])
def test_the_table_follows_from_the_seeds_and_its_intervals_are_exact(scale, check):
    assert TARGET == FAILED_BELOW
    for entry in stored(f"starved-frequencies-{scale}")["groups"]:
        for result in table_checks(STARVED, entry):
            check(result)


@pytest.mark.statement(STARVED)
def test_the_registered_counts_are_the_stored_ones(check, twin):
    counts = [
        entry["table"][kind] for entry in stored("starved-frequencies-full")["groups"] for kind in ("starved", "fed")
    ]
    phrases = [f"{each['count']} of {each['seeds']}" for each in counts]
    ends = [f"{end:.3f}".lstrip("0") for each in counts for end in each["interval"] if 0 < end < 1]
    for result in said(STARVED, BY_ID[STARVED].claim, phrases + ends):
        check(result)
    more = [f"{each['count'] + 1} of {each['seeds']}" for each in counts]
    for result in said(STARVED, BY_ID[STARVED].claim, more):
        twin(result)


@pytest.mark.statement(STARVED)
def test_a_few_seeds_again(tmp_path, check):
    [group] = SIZES["smoke"]
    session = Session(tmp_path, "smoke", "cpu", 2**30, lambda label, done, planned: None)
    rows = group.run(session)
    for row in rows:
        words = f"{group.name}, seed {row['seed']}, {row['fewest_neurons']} neurons at the poorest frequency"
        failed = row["margin"] < TARGET
        check(
            close(STARVED, f"{words}: failed if and only if starved", float(failed), float(bool(row["starved"])), 0.0)
        )
    both = {bool(row["starved"]) for row in rows}
    check(at_least(STARVED, "kinds of seeds", float(len(both)), 2.0))


START = "Ours:law of a start"


def places(task: Task, m: int):
    """The weights before every step of a start, float64."""
    theta = initial(task, m, 0, 0.2 * task.gamma).double()
    for _ in range(steps(task.k)):
        yield theta
        theta = stepped(theta, task)


def stepped(theta, task: Task):
    """One step of the start."""
    theta = theta.clone()
    climb(theta, task, 0.2 * task.gamma, MeanMargin(task, theta.dtype))
    return theta


def apart(one, other) -> float:
    """Largest difference of two sets of weights, over the largest weight."""
    return float((one - other).abs().max() / other.abs().max())


@pytest.mark.statement(START)
@pytest.mark.parametrize(("k", "p"), [(2, 11), (3, 7), (4, 5)])
def test_a_neuron_starts_alone_as_in_company(k, p, check):
    """The width sets the scale, and a step is the same at every scale."""
    task = Task.cyclic(k, p)
    ratio = task.entry_scale(8, 1.0) / task.entry_scale(24, 1.0)
    worst = max(
        apart(stepped(theta[:, :, :8] * ratio, task) / ratio, stepped(theta, task)[:, :, :8])
        for theta in places(task, 24)
    )
    check(at_most(START, f"k={k}, p={p}: 8 of 24 neurons by themselves, every step", worst, 0.0, 1e-12, "rounding"))


@pytest.mark.statement(START)
@pytest.mark.parametrize(("k", "p", "unit"), [(2, 11, 2), (3, 7, 3), (4, 5, 2)])
def test_a_step_commutes_with_multiplication_by_a_unit(k, p, unit, check, twin):
    task = Task.cyclic(k, p)
    exchanged = np.array([0, 2, 1, *range(3, p)])  # no automorphism from order five on

    def commutator(moved):
        def relabelled(weights):
            found = weights.clone()
            found[:, moved] = weights
            return found

        return max(
            apart(stepped(relabelled(theta), task), relabelled(stepped(theta, task))) for theta in places(task, 24)
        )

    times = commutator(np.arange(p) * unit % p)
    check(at_most(START, f"k={k}, p={p}, times {unit}, every step", times, 0.0, 1e-12, "sums in another order"))
    twin(at_most(START, f"k={k}, p={p}, entries 1 and 2 exchanged", commutator(exchanged), 0.0, 1e-12))


@pytest.mark.statement(START)
@pytest.mark.parametrize(("m", "kinds", "times"), [(39, 3, 6), (72, 5, 6), (177, 11, 6), (80, 3, 16)])
def test_the_collectors_probability_in_integers(m, kinds, times, check, twin):
    counted = float(Fraction(fed_sequences(m, kinds, times), kinds**m))
    check(close(START, f"{m} neurons, {kinds} frequencies, {times} each", all_drawn(m, kinds, times), counted, 1e-11))
    one_less = all_drawn(m, kinds, times - 1)
    twin(close(START, f"{m} neurons, {kinds} frequencies, {times - 1} each", one_less, counted, 1e-11))


LAW = "Ours:width for 99 of 100 seeds"


@pytest.mark.statement(LAW)
def test_the_stored_law_follows_from_its_seeds(check, twin):
    found = stored("width-law-cpu")
    for row in found["rows"]:
        for result in law_checks(LAW, row):
            check(result)
    worst = 0.0
    for k in (2, 3, 4):
        a, b, off = fitted([row for row in found["rows"] if row["k"] == k])
        worst = max(worst, off)
        for result in said(LAW, BY_ID[LAW].claim, [f"{a:.2f} + {b:.2f} log(p-1) for k = {k}"]):
            check(result)
        for result in said(LAW, BY_ID[LAW].claim, [f"{a:.2f} + {b + 0.1:.2f} log(p-1) for k = {k}"]):
            twin(result)
    check(at_most(LAW, "largest error of a fit", worst, 0.24))
    twin(at_most(LAW, "largest error of a fit, as the rounded 0.23", worst, 0.23))


def fitted(rows):
    """Least squares of m_99/(p-1) on log(p-1), from the seeds: constant, slope and largest error."""
    n = np.array([row["p"] - 1 for row in rows])
    y = np.array([np.quantile(row["fed_at"], 0.99, method="inverted_cdf") for row in rows]) / n
    b, a = np.polyfit(np.log(n), y, 1)
    return float(a), float(b), float(np.abs(a + b * np.log(n) - y).max())


@pytest.mark.statement(LAW)
def test_the_collectors_number_has_the_right_share(check, twin):
    for row in stored("width-law-cpu")["rows"]:
        name, kinds, number = f"k={row['k']}, p={row['p']}", row["p"] // 2, row["predicted"]
        check(at_least(LAW, f"{name}: collector's probability", all_drawn(number, kinds, row["needed"]), 0.99))
        twin(at_least(LAW, f"{name}: of one neuron less", all_drawn(number - 1, kinds, row["needed"]), 0.99))
        found = exact(sum(each <= number for each in row["fed_at"]), len(row["fed_at"]))
        check(at_most(LAW, f"{name}: lower end of the share that is fed", found.low, 0.99))
        check(at_least(LAW, f"{name}: upper end", found.high, 0.99))
        fewer = exact(sum(each <= 0.8 * number for each in row["fed_at"]), len(row["fed_at"]))
        twin(at_least(LAW, f"{name}: upper end at four fifths of it", fewer.high, 0.99))


@pytest.mark.statement(LAW)
def test_the_first_seeds_of_a_law_again(check):
    law = next(law for law in LAWS["cpu"] if (law.k, law.p) == (3, 7))
    [row] = [row for row in stored("width-law-cpu")["rows"] if (row["k"], row["p"]) == (3, 7)]
    again = [law.fed_at(law.draws(seed)) for seed in range(20)]
    same = float(np.mean([one == before for one, before in zip(again, row["fed_at"], strict=False)]))
    check(at_least(LAW, "k=3, p=7: widths at which the first 20 seeds are fed", same, 0.8, detail=OTHER_PROCESSORS))

"""Ours: the maximum margin on a part of the inputs, from both sides; what the stored subsets say."""

import re

import numpy as np
import pytest

from numerics.studies.random_half import KINDS, subset_row, summary
from theory.margin import max_margin_float
from theory.subset_bound import margin_bound
from theory.subset_margin import Subset, best_neurons, split, subset_margin
from theory.task import Task, logits, margins, network_norm
from verify.result import at_least, at_most, close
from verify.statements import BY_ID
from verify.stored import largest

GAME = "Ours:margin on a subset"


def enumerated(subset, u, w):
    """The normalised margin on a subset, by the definition of the task."""
    k, p = subset.k, subset.p
    task, u = Task.cyclic(k, p), u.reshape(len(u), k, p)
    found = margins(task, logits(u, w))
    return min(found[tuple(a)] for a in subset.inputs) / network_norm(u, w) ** (k + 1)


@pytest.mark.statement(GAME)
@pytest.mark.parametrize("p", [3, 5])
def test_on_all_inputs_both_bounds_meet_the_formula(p, check, twin):
    """Uniform weights are optimal there; other weights bound less well, and never too little."""
    whole, gamma = Subset(p, np.array(list(Task.cyclic(2, p).inputs()))), max_margin_float(2, p)
    size = len(whole.inputs) * (p - 1)
    uniform = margin_bound(whole, np.full(size, 1 / size), tolerance=1e-3) / gamma
    check(at_least(GAME, f"p={p}: bound of uniform weights", uniform, 1.0))
    check(at_most(GAME, f"p={p}: bound of uniform weights", uniform, 1.003))
    other = np.random.default_rng(p).dirichlet(np.ones(size))
    check(at_least(GAME, f"p={p}: bound of random weights", margin_bound(whole, other) / gamma, 1.01))
    found = subset_margin(whole, tolerance=0.03)
    check(at_least(GAME, f"p={p}: the network found", found.value / gamma, 0.97))
    check(at_most(GAME, f"p={p}: the network found", found.value / gamma, 1.0, 1e-9))
    twin(at_least(GAME, f"p={p}: bound of three quarters of the best neuron", 0.75 * uniform, 1.0))


@pytest.mark.statement(GAME)
@pytest.mark.parametrize(("k", "p", "share"), [(2, 3, 0.5), (2, 5, 0.4), (3, 3, 0.5)])
def test_both_bounds_on_a_part(k, p, share, check, twin):
    chosen, _ = split(k, p, share, seed=1)
    generator, nobody = np.random.default_rng(2), np.zeros((0, k * p))
    for fourier in (False, True):
        found = subset_margin(chosen, fourier=fourier)
        where = f"k={k}, p={p}, {'Fourier' if fourier else 'any'} neurons"
        check(close(GAME, f"{where}: margin by enumeration", enumerated(chosen, found.u, found.w), found.value, 1e-9))
        u, w = best_neurons(chosen, found.mu, generator, nobody, fourier)
        best = float((chosen.gaps(u, w) @ found.mu).max())
        check(at_least(GAME, f"{where}: the best neuron's worth", best, found.value))
        if k == 2:
            bound = margin_bound(chosen, found.mu, fourier=fourier)
            check(at_least(GAME, f"{where}: bound over margin", bound / found.value, 1.0))
            check(at_most(GAME, f"{where}: bound over margin", bound / found.value, 1.03))
            check(at_most(GAME, f"{where}: a neuron found by ascent, over the bound", best / bound, 1.0))
            twin(at_most(GAME, f"{where}: over 0.95 of the bound", best / (0.95 * bound), 1.0))


HALF = "Ours:random half"
SAYS = re.compile(r"p = \d+: [\d.]+ against [\d.]+ \(\d+ of \d+\)")


def told(row, shift=0.0):
    """What the row should say of a cell."""
    each = summary(row)
    wins = f"{each['wins']['count']} of {each['wins']['seeds']}"
    return f"p = {row['p']}: {each['free']['mean'] + shift:.2f} against {each['fourier']['mean']:.2f} ({wins})"


def sentence(k, rows, shift=0.0):
    return f"k = {k}: {', '.join(told(row, shift) for row in rows if row['k'] == k)}."


def says(text):
    return at_most(HALF, f"the row says: {text}", float(text not in BY_ID[HALF].claim), 0.0)


@pytest.mark.statement(HALF)
def test_the_row_says_what_is_stored(check, twin):
    rows = [row for row in largest("random-half")["rows"] if row["share"] == 0.5]
    for k in (2, 3):
        check(says(sentence(k, rows)))
        twin(says(sentence(k, rows, 0.01)))
    assert len(SAYS.findall(BY_ID[HALF].claim)) == len(rows), "the row speaks of no other cell"


@pytest.mark.statement(HALF)
def test_memory_wins_and_does_not_add(check, twin):
    rows = [row for row in largest("random-half")["rows"] if row["share"] == 0.5 and row["p"] > 3]
    for row in rows:
        where = f"k={row['k']}, p={row['p']}"
        for seed in row["seeds"]:
            free, fourier = seed["free"], seed["fourier"]
            upper = fourier["bound"] or fourier["reached"]
            check(
                at_least(
                    HALF, f"{where}, subset {seed['seed']}: over every one-frequency network", free["value"], upper
                )
            )
            twin(at_least(HALF, f"{where}, the other way round", fourier["value"], free["value"]))
        check(at_most(HALF, f"{where}: accuracy on the rest", max(seed["free"]["rest"] for seed in row["seeds"]), 0.0))
        if row["p"] >= 7:
            least = min(seed["fourier"]["rest"] for seed in row["seeds"])
            check(at_least(HALF, f"{where}: accuracy on the rest, one frequency a neuron", least, 0.96))
    twin(at_least(HALF, "the same at p = 5", min(s["fourier"]["rest"] for s in rows[0]["seeds"]), 0.96))
    every = [row for row in largest("random-half")["rows"] if row["share"] == 0.5]
    for k in (2, 3):
        means = [summary(row)["ratio"]["mean"] for row in sorted(every, key=lambda row: row["p"]) if row["k"] == k]
        check(at_most(HALF, f"k={k}: rise of the ratio, from p = 5 on", max(np.diff(means[1:])), 0.0))
        twin(at_most(HALF, f"k={k}: rise of the ratio, from p = 3 on", max(np.diff(means)), 0.0))


@pytest.mark.statement(HALF)
@pytest.mark.parametrize(("k", "p", "seed"), [(2, 3, 0), (2, 3, 1), (2, 3, 2), (2, 5, 0), (3, 3, 0)])
def test_subsets_solved_again(k, p, seed, check, twin):
    """A new solution may differ by the tolerance, in either direction; one bound holds for both networks."""
    stored = next(r for r in largest("random-half")["rows"] if (r["k"], r["p"], r["share"]) == (k, p, 0.5))["seeds"]
    again = subset_row(k, p, 0.5, seed)
    for kind in KINDS:
        where = f"replication, k={k}, p={p}, subset {seed}, {kind}"
        before, now = stored[seed][kind], again[kind]
        check(close(HALF, where, now["value"], before["value"], 0.02))
        for bound, value in ((before["bound"], now["value"]), (now["bound"], before["value"])):
            if bound is not None:
                check(at_most(HALF, f"{where}: under the bound", value, bound))
        twin(close(HALF, f"{where}: as of the next subset", now["value"] * 1.05, before["value"], 0.02))

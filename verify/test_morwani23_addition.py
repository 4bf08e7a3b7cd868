"""Morwani23 on addition modulo p: Theorem 7, the frame it stands on, and the network that is right but not best."""

from dataclasses import replace
from itertools import product
from math import gcd

import numpy as np
import pytest
import sympy
from scipy.optimize import minimize

from numerics.components import Spectrum
from theory import parity
from theory.construction import construct
from theory.core.optimality import decide
from theory.derivation import derive
from theory.derivation.single_neuron import objective, random_neurons
from theory.floats import weights
from theory.groups.misprints import MISPRINTS as GROUP_MISPRINTS
from theory.margin import margin_formula, max_margin_float
from theory.misprints import MISPRINTS
from theory.modulus import certify_modulus
from theory.neuron_search import search
from theory.one_hot_network import one_hot_margin, one_hot_network, squared_ratio
from theory.regularisation import predict
from theory.saddle_point import is_max_min, is_pair, pairs_are_max_min, weighted_pairs_are_max_min
from theory.task import Task, class_weighted_margins, logits, margins, neuron_norms, normalised_margin
from verify.attack import attack
from verify.evidence import from_misprint, from_step
from verify.result import at_least, at_most, close, proved
from verify.statements.statement import misprint_id
from verify.trained import minimiser, trained

MAIN = "Morwani23:Theorem 7"


@pytest.mark.statement(MAIN)
def test_the_value(check, twin):
    p = sympy.Symbol("p", positive=True)

    def formula(under_the_root):
        ratio = margin_formula(sympy.Integer(2), p) / (sympy.sqrt(under_the_root) / (sympy.sqrt(p) * (p - 1)))
        return proved(MAIN, "sqrt(2/27) p^(-1/2) / (p-1), p a letter", sympy.simplify(ratio) == 1)

    check(formula(sympy.Rational(2, 27)))
    twin(formula(sympy.Rational(1, 27)))
    for number in (3, 5, 7, 71, 113):
        check(proved(MAIN, f"two-sided certificate, p={number}", certify_modulus(2, number).holds))
    check(close(MAIN, "p = 71, the paper's experiment", max_margin_float(2, 71), 4.61430079e-4, 1e-8))


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("p", [3, 7, 11])
def test_the_proof_and_its_network(p, check):
    for step in derive(2, p):
        check(from_step(MAIN, step.name, step.verify()))
        check(from_step(MAIN, f"{step.name}, twin", step.twin()))
    network = construct(2, p, "li24")
    check(proved(MAIN, "4(p-1) neurons, 8 per frequency", network.width == 4 * (p - 1)))
    check(proved(MAIN, "they are maximum-margin", decide(network).optimal))
    found = margins(Task.cyclic(2, p), logits(*weights(network)))
    check(close(MAIN, "enumeration: least margin", float(found.min()), max_margin_float(2, p), 1e-12))


@pytest.mark.statement(MAIN)
def test_a_trained_network_has_the_structure(check, twin):
    def structure(u, w):
        spectrum = Spectrum(u, w)
        margin = normalised_margin(Task.cyclic(2, 11), u, w)
        return [
            at_least(MAIN, "margin over gamma*", margin / max_margin_float(2, 11), 0.9999),
            at_least(MAIN, "least share of one frequency", float(spectrum.purity[spectrum.live].min()), 0.99),
            at_least(MAIN, "least mass of a frequency, over 1/5", 5 * float(spectrum.masses[1:].min()), 0.98),
        ]

    run = trained(2, 11)
    for result in structure(run.u, run.w):
        check(result)
    weaker = np.where(Spectrum(run.u, run.w).frequency == 1, 0.95, 1.0)[:, None]
    off = structure(run.u * weaker[..., None], run.w * weaker)
    twin(off[0])
    twin(off[2])
    twin(structure(run.u + 0.1 * np.roll(run.u, 1, axis=0), run.w)[1])


@pytest.mark.statement(MAIN)
@pytest.mark.parametrize("p", [5, 9])
def test_ascent_stays_below(p, check, twin):
    """Ascents from an optimum that was moved by 5% end just below gamma*."""
    reached = attack(Task.cyclic(2, p), *weights(construct(2, p)), max_margin_float(2, p))
    check(at_most(MAIN, "over gamma*", reached, 1.0, 1e-12))
    twin(at_most(MAIN, "over 0.999 gamma*", reached, 0.999))


LIMIT = "Morwani23:Theorem 1"


@pytest.mark.statement(LIMIT)
@pytest.mark.parametrize("power", [2.0, 4.5])
def test_other_powers_of_the_norm(power, check, twin):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    for ratio in (0.3, 0.03):
        found, prediction = minimiser(task, 12, ratio * gamma, power), predict(2, 3, ratio * gamma, power)
        check(close(LIMIT, f"loss at {ratio} gamma*, power {power}", found.loss, prediction.loss, 1e-9))
        check(close(LIMIT, f"margin at {ratio} gamma*, power {power}", found.margin, gamma, 1e-6))
        other = predict(2, 3, ratio * gamma, power + 0.5).loss
        twin(close(LIMIT, f"loss at {ratio} gamma*, power {power}, as for another power", found.loss, other, 1e-9))
    moved = normalised_margin(task, found.u * 1.02, found.w)
    twin(close(LIMIT, "margin, u larger than w by 2%", moved, gamma, 1e-6))


DUALITY = "Morwani23:Lemma 2"


@pytest.mark.statement(DUALITY)
def test_certificate_pairs_solve_the_max_min_problem(check, twin):
    found = pairs_are_max_min(3, 2, (-1, 0, 1), denominator=6)
    check(from_step(DUALITY, "every 3 x 2 game with entries -1, 0, 1", found))
    check(proved(DUALITY, "the check is not vacuous", found.predicted > 1000, detail=f"{found.predicted} pairs"))
    fair = (sympy.Rational(1, 2),) * 2
    # One hypothesis alone is not enough: the first row answers q best, but q does not answer it best.
    half = [[1, -1], [0, 0]]
    twin(proved(DUALITY, "a best answer to a distribution that is not one itself", is_max_min(half, 0)))
    pennies = [[1, -1], [-1, 1]]
    none = not is_pair(pennies, 0, fair) and is_max_min(pennies, 0)
    check(proved(DUALITY, "the converse fails: matching pennies", none))


THIRD, FOURTH, FIFTH, SIXTH = (f"Morwani23:Lemma {i}" for i in (3, 4, 5, 6))


@pytest.mark.statement(FIFTH)
@pytest.mark.parametrize("p", [5, 6])
def test_maximisers_of_the_weighted_mean(p, check, twin):
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    best = search(2, task.tau, starts=5, seed=2).neurons
    share = np.random.default_rng(1).dirichlet(np.ones(len(best))) ** (1 / 3)
    mixture = share[:, None, None] * best
    mean = class_weighted_margins(task, logits(mixture[:, :2], mixture[:, 2])).mean()
    check(close(FIFTH, "a mixture of best neurons", float(mean), gamma, 1e-9))
    # Only if: the mean of five neurons, climbed to its maximum, leaves every neuron a best one or next to nothing.
    u, w = climbed(task, 5)
    value = objective(u, w, task.tau) / gamma
    mass = neuron_norms(u, w) ** 3
    check(close(FIFTH, "the largest mean of five neurons", float(value.sum() / mass.sum()), 1.0, 1e-9))
    lost = float(((mass - value) / mass.sum()).max())
    check(at_most(FIFTH, "what the worst of them loses, over their mass", lost, 1e-8))
    blunt = mixture.copy()
    blunt[0, 2] = np.roll(blunt[0, 2], 1)
    mean = class_weighted_margins(task, logits(blunt[:, :2], blunt[:, 2])).mean()
    twin(close(FIFTH, "a mixture in which one neuron is not best", float(mean), gamma, 1e-9))
    u, w = random_neurons(2, p, 5, seed=4)
    whole = float(class_weighted_margins(task, logits(u, w)).mean())
    check(close(FIFTH, "additive over neurons", whole, float(objective(u, w, task.tau).sum()), 1e-10))


def climbed(task, m):
    """m neurons with the largest mean class-weighted margin for their norm, by ascent from random ones."""
    k, n = task.k, task.n

    def lost(x):
        theta = x.reshape(m, k + 1, n)
        u, w = theta[:, :k], theta[:, k]
        return -float(objective(u, w, task.tau).sum() / (neuron_norms(u, w) ** (k + 1)).sum()) / task.gamma

    start = np.random.default_rng(n).normal(size=m * (k + 1) * n)
    theta = minimize(lost, start, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9, "maxfun": 10**6}).x
    theta = theta.reshape(m, k + 1, n)
    return theta[:, :k], theta[:, k]


@pytest.mark.statement(THIRD)
@pytest.mark.parametrize(("n", "k"), [(4, 2), (5, 3)])
def test_a_binary_network_is_a_mixture_of_its_neurons(n, k, check, twin):
    """Parity: the mean margin is the sum over neurons, and a mixture of best neurons has the best mean."""
    network = parity.construct(n, k)
    u, w = parity.weights(network)
    gamma = float(parity.max_margin(n, k))

    def mean(u, w):
        inputs = np.array(list(product((1, -1), repeat=n)))
        label = inputs[:, list(network.support)].prod(axis=1)
        return float((label * ((inputs @ u.T) ** k @ w @ [1, -1])).mean())

    parts = [mean(u[i : i + 1], w[i : i + 1]) for i in range(len(w))]
    check(close(THIRD, "enumeration against the sum over neurons", mean(u, w), sum(parts), 1e-12))
    twin(close(THIRD, "one neuron left out of the sum", mean(u, w), sum(parts[1:]), 1e-12))
    share = np.random.default_rng(k).dirichlet(np.ones(len(w))) ** (1 / (k + 1))
    unit = np.sqrt((u**2).sum(axis=1) + (w**2).sum(axis=1))
    u, w = (share / unit)[:, None] * u, (share / unit)[:, None] * w
    check(close(THIRD, "any mixture of best neurons", mean(u, w), gamma, 1e-12))
    twin(
        close(
            THIRD,
            "one neuron with its sign turned",
            mean(u, w * np.sign(np.arange(len(w)) - 0.5)[:, None]),
            gamma,
            1e-12,
        )
    )


@pytest.mark.statement(FOURTH)
def test_binary_pairs_in_every_small_game(check, twin):
    """With two labels both payoffs are one: every max-min solution answers q best, with q's inputs on the margin."""
    found = weighted_pairs_are_max_min(3, 2, (-1, 0, 1), denominator=4, equal=True)
    check(from_step(FOURTH, "every 3 x 2 game with entries -1, 0, 1", found))
    check(proved(FOURTH, "the check is not vacuous", found.predicted > 1000, detail=f"{found.predicted} pairs"))
    half = [[1, -1], [0, 0]]
    twin(proved(FOURTH, "a best answer to a distribution that is not one itself", is_max_min(half, 0)))


@pytest.mark.statement(SIXTH)
def test_pairs_with_another_payoff_in_every_small_game(check, twin):
    found = weighted_pairs_are_max_min(2, 2, (-1, 0, 1), denominator=3)
    check(from_step(SIXTH, "every 2 x 2 game with entries -1, 0, 1 and every larger payoff", found))
    twin(from_step(SIXTH, "the same without the tie", weighted_pairs_are_max_min(2, 2, (-1, 0, 1), 3, tied=False)))


@pytest.mark.statement(SIXTH)
@pytest.mark.parametrize("p", [5, 9, 6])
def test_the_certificate_pair(p, check, twin):
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    certificate = certify_modulus(2, p)
    check(proved(SIXTH, "best neurons against tau are worth gamma*", certificate.upper_holds))
    check(proved(SIXTH, "all weighted wrong labels tie", certificate.lower_holds))
    check(proved(SIXTH, "the network consists of best neurons", decide(construct(2, p)).optimal))
    u, w = weights(construct(2, p))

    def on_the_margin(label, u, w):
        found = margins(task, logits(u, w)) / (neuron_norms(u, w) ** 3).sum() / gamma
        return close(SIXTH, label, float(np.abs(found - 1).max()), 0.0, 1e-12)

    check(on_the_margin("every input on the margin", u, w))
    twin(on_the_margin("best neurons that do not tie: the last left out", u[:-1], w[:-1]))


COSINE = "Morwani23:blog, argmax of a cosine"


@pytest.mark.statement(COSINE)
def test_one_cosine_answers_where_its_frequency_is_a_unit(check, twin):
    """Decided in integers.

    Proof.  The cosine is 1 iff p divides k(a+b-c), and below 1 elsewhere.  With gcd(k, p) = g that is where p/g divides
    a + b - c: at g of the p labels, one of which is a + b.
    """
    for p in range(2, 31):
        for k in range(1, p):
            largest = [difference for difference in range(p) if k * difference % p == 0]
            right = proved(COSINE, f"p = {p}, k = {k}: at the right label alone", largest == [0])
            (check if gcd(k, p) == 1 else twin)(right)


RIGHT = "Morwani23:Appendix D"


@pytest.mark.statement(RIGHT)
@pytest.mark.parametrize("p", [3, 5, 7, 11])
def test_right_outputs_with_a_smaller_margin(p, check, twin):
    addition = np.add.outer(np.arange(p), np.arange(p)) % p
    u, w = one_hot_network(addition)
    measured = normalised_margin(Task.cyclic(2, p), u, w)
    check(proved(RIGHT, "below gamma*: 2(p-1)^2 < p^3", squared_ratio(p) < 1))
    check(close(RIGHT, "2 p^2 neurons, by enumeration", measured, float(one_hot_margin(p)), 1e-12))
    check(proved(RIGHT, "2 p^2 neurons", len(w) == 2 * p**2))
    twin(close(RIGHT, "without its last neuron", normalised_margin(Task.cyclic(2, p), u[:-1], w[:-1]),
               float(one_hot_margin(p)), 1e-12))  # fmt: skip
    twin(at_least(RIGHT, "correct outputs make a maximum margin", measured, max_margin_float(2, p)))
    check(at_most(RIGHT, "below gamma*", measured, max_margin_float(2, p)))
    check(at_most(RIGHT, "flat: largest share of a frequency", float(Spectrum(u, w).purity.max()), 2 / p, 1e-12))
    table = np.random.default_rng(p).integers(p, size=(p, p))
    outputs = logits(*one_hot_network(table))
    deviation = float(np.abs(outputs / outputs.max() - np.eye(p)[table]).max())
    check(close(RIGHT, "any other table", deviation, 0.0, 1e-12))


FOUND = [misprint for misprint in (*MISPRINTS, *GROUP_MISPRINTS) if misprint.paper == "Morwani23"]


@pytest.mark.parametrize(
    "misprint",
    [pytest.param(m, marks=pytest.mark.statement(misprint_id(m.paper, m.where)), id=m.where) for m in FOUND],
)
def test_misprints(misprint, check, twin):
    found = misprint.check()
    check(from_misprint(misprint, found))
    twin(from_misprint(misprint, replace(found, corrected=found.printed)))  # nothing corrected
    twin(from_misprint(misprint, replace(found, printed=found.truth)))  # nothing misprinted

"""Morwani23 on addition modulo p: Theorem 7, the frame it stands on, and the network that is right but not best."""

import numpy as np
import pytest
import sympy

from numerics.spectrum import Spectrum
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
from theory.saddle_point import is_max_min, is_pair, pairs_are_max_min
from theory.task import Task, class_weighted_margins, logits, margins, normalised_margin
from verify.evidence import from_misprint, from_step
from verify.result import at_least, at_most, close, proved
from verify.statements.statement import misprint_id
from verify.trained import minimiser, trained

MAIN = "Morwani23:Theorem 7"


@pytest.mark.statement(MAIN)
def test_the_value(check):
    p = sympy.Symbol("p", positive=True)
    ratio = margin_formula(sympy.Integer(2), p) / (sympy.sqrt(sympy.Rational(2, 27)) / (sympy.sqrt(p) * (p - 1)))
    check(proved(MAIN, "sqrt(2/27) p^(-1/2) / (p-1), p a letter", sympy.simplify(ratio) == 1))
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
def test_a_trained_network_has_the_structure(check):
    run = trained(2, 11)
    spectrum = Spectrum(run.u, run.w)
    check(at_least(MAIN, "margin over gamma*", run.margin / max_margin_float(2, 11), 0.9999))
    check(at_least(MAIN, "least share of one frequency", float(spectrum.purity[spectrum.live].min()), 0.99))
    check(at_least(MAIN, "least mass of a frequency, over 1/5", 5 * float(spectrum.masses[1:].min()), 0.98))


LIMIT = "Morwani23:Theorem 1"


@pytest.mark.statement(LIMIT)
@pytest.mark.parametrize("power", [2.0, 4.5])
def test_other_powers_of_the_norm(power, check):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    for ratio in (0.3, 0.03):
        found, prediction = minimiser(task, 12, ratio * gamma, power), predict(2, 3, ratio * gamma, power)
        check(close(LIMIT, f"loss at {ratio} gamma*, power {power}", found.loss, prediction.loss, 1e-9))
        check(close(LIMIT, f"margin at {ratio} gamma*, power {power}", found.margin, gamma, 1e-6))


DUALITY = "Morwani23:Lemma 2"


@pytest.mark.statement(DUALITY)
def test_certificate_pairs_solve_the_max_min_problem(check):
    found = pairs_are_max_min(3, 2, (-1, 0, 1), denominator=6)
    check(from_step(DUALITY, "every 3 x 2 game with entries -1, 0, 1", found))
    check(proved(DUALITY, "the check is not vacuous", found.predicted > 1000, detail=f"{found.predicted} pairs"))
    fair = (sympy.Rational(1, 2),) * 2
    pennies = [[1, -1], [-1, 1]]
    none = not is_pair(pennies, 0, fair) and is_max_min(pennies, 0)
    check(proved(DUALITY, "the converse fails: matching pennies", none))


FIFTH, SIXTH = "Morwani23:Lemma 5", "Morwani23:Lemma 6"


@pytest.mark.statement(FIFTH)
@pytest.mark.parametrize("p", [5, 6])
def test_maximisers_of_the_weighted_mean(p, check):
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    best = search(2, task.tau, starts=5, seed=2).neurons
    share = np.random.default_rng(1).dirichlet(np.ones(len(best))) ** (1 / 3)
    mixture = share[:, None, None] * best
    mean = class_weighted_margins(task, logits(mixture[:, :2], mixture[:, 2])).mean()
    check(close(FIFTH, "a mixture of best neurons", float(mean), gamma, 1e-9))
    u, w = random_neurons(2, p, 5, seed=4)
    whole = float(class_weighted_margins(task, logits(u, w)).mean())
    check(close(FIFTH, "additive over neurons", whole, float(objective(u, w, task.tau).sum()), 1e-10))


@pytest.mark.statement(SIXTH)
@pytest.mark.parametrize("p", [5, 9, 6])
def test_the_certificate_pair(p, check):
    task, gamma = Task.cyclic(2, p), max_margin_float(2, p)
    certificate = certify_modulus(2, p)
    check(proved(SIXTH, "best neurons against tau are worth gamma*", certificate.upper_holds))
    check(proved(SIXTH, "all weighted wrong labels tie", certificate.lower_holds))
    check(proved(SIXTH, "the network consists of best neurons", decide(construct(2, p)).optimal))
    found = margins(task, logits(*weights(construct(2, p))))
    check(close(SIXTH, "every input on the margin", float(np.abs(found / gamma - 1).max()), 0.0, 1e-12))


RIGHT = "Morwani23:Appendix D"


@pytest.mark.statement(RIGHT)
@pytest.mark.parametrize("p", [3, 5, 7, 11])
def test_right_outputs_with_a_smaller_margin(p, check):
    addition = np.add.outer(np.arange(p), np.arange(p)) % p
    u, w = one_hot_network(addition)
    measured = normalised_margin(Task.cyclic(2, p), u, w)
    check(proved(RIGHT, "below gamma*: 2(p-1)^2 < p^3", squared_ratio(p) < 1))
    check(close(RIGHT, "2 p^2 neurons, by enumeration", measured, float(one_hot_margin(p)), 1e-12))
    check(proved(RIGHT, "2 p^2 neurons", len(w) == 2 * p**2))
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
def test_misprints(misprint, check):
    check(from_misprint(misprint, misprint.check()))

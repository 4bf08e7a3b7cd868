"""The lemmas and identities of Li24, each by two routes, and the limit lambda -> 0 as an experiment."""

from itertools import pairwise
from math import factorial

import numpy as np
import pytest
from scipy.stats import t as student

from theory import fourier_support
from theory.construction import construct, li24_design
from theory.core.optimality import decide, nonzero_moments
from theory.derivation import derive
from theory.derivation.single_neuron import (
    enumerated_objective,
    identity_numerical,
    objective,
    random_neurons,
    spectra,
    spread_evenly,
)
from theory.derivation.sum_to_product import cosine_expansion, cosine_terms, output_values, polarisation
from theory.floats import weights
from theory.margin import max_margin_float
from theory.misprints import MISPRINTS
from theory.neuron_search import search
from theory.regularisation import predict, predict_cyclic
from theory.task import Task, class_weighted_margins, logits, margins, neuron_norms, normalised_margin
from verify.evidence import from_misprint, from_step
from verify.result import at_least, at_most, close, proved
from verify.statements.statement import misprint_id
from verify.trained import minimiser


def uniform_task(k, p):
    """Uniform class weights, as in the paper, at any modulus."""
    tau = np.full(p, 1 / (p - 1))
    tau[0] = 0
    return Task(k, p, None, tau, f"Z_{p}, uniform")


LIMIT = "Li24:Lemma 3.7"


@pytest.mark.statement(LIMIT)
def test_the_limit_at_odd_moduli_is_reached_before_it(check):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    for ratio in (0.5, 0.05):
        # Li24's first power of the norm, and the (k+1)-th: the same directions at another scale.
        for power in (1.0, 3.0):
            found = minimiser(task, 12, ratio * gamma, power, seeds=2)
            prediction = predict(2, 3, ratio * gamma, power)
            label = f"lambda = {ratio} gamma*, power {power:g}"
            check(close(LIMIT, f"loss at {label}", found.loss, prediction.loss, 1e-9))
            check(close(LIMIT, f"margin at {label}", found.margin, gamma, 1e-6))


@pytest.mark.statement(LIMIT)
def test_the_limit_over_seeds(check):
    task, gamma = Task.cyclic(2, 5), max_margin_float(2, 5)
    ratios = np.array([minimiser(task, 24, 0.05 * gamma, seeds=1 + i).margin / gamma for i in range(4)])
    half_width = student.ppf(0.975, len(ratios) - 1) * ratios.std(ddof=1) / np.sqrt(len(ratios))
    detail = f"mean {ratios.mean():.9f} +- {half_width:.1e} (95%) of {len(ratios)} minimisations"
    check(at_least(LIMIT, "lower end of the interval", float(ratios.mean() - half_width), 1 - 1e-5, detail=detail))


@pytest.mark.statement(LIMIT)
def test_the_limit_at_an_even_modulus_is_only_a_limit(check):
    task, gamma = Task.cyclic(2, 4), max_margin_float(2, 4)
    curve = [predict_cyclic(2, 4, ratio * gamma).margin / gamma for ratio in (0.3, 0.1, 0.03, 1e-2, 1e-3, 1e-6)]
    rising = min(after - before for before, after in pairwise(curve))
    check(at_least(LIMIT, "the predicted margin rises as lambda falls", rising, 0.0))
    # It approaches gamma* like 1/log(1/lambda): 1 - ratio halves when log(1/lambda) doubles.
    check(
        close(LIMIT, "rate: log(1/lambda) (1 - ratio) at 1e-16 over 1e-8", (1 - curve[-1]) / (1 - curve[-2]), 0.5, 0.1)
    )
    found = minimiser(task, 24, 0.1 * gamma)
    check(close(LIMIT, "margin of trained minimisers at 0.1 gamma*", found.margin / gamma, curve[1], 1e-6))


ADDITIVE = "Li24:Lemma E.1"


@pytest.mark.statement(ADDITIVE)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 5), (2, 6)])
def test_the_mean_is_a_sum_over_neurons(k, p, check):
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    u, w = random_neurons(k, p, 6, seed=p)
    whole = float(class_weighted_margins(task, logits(u, w)).mean())
    parts = objective(u, w, task.tau)
    check(close(ADDITIVE, "enumeration against the sum of the neurons' values", whole, float(parts.sum()), 1e-10))
    worth = parts / neuron_norms(u, w) ** (k + 1)
    check(at_most(ADDITIVE, "best random direction, over gamma*", float(worth.max()) / gamma, 1.0))


@pytest.mark.statement(ADDITIVE)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 5)])
def test_mixtures_of_best_neurons_and_nothing_else(k, p, check):
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    found = search(k, task.tau, starts=6, seed=1).neurons
    share = np.random.default_rng(0).dirichlet(np.ones(len(found))) ** (1 / (k + 1))
    mixture = share[:, None, None] * found
    mean = float(class_weighted_margins(task, logits(mixture[:, :k], mixture[:, k])).mean())
    check(close(ADDITIVE, "a random mixture of best neurons", mean, gamma, 1e-9))
    mixture[0, 0] = np.roll(mixture[0, 0], 1)  # one neuron's phases no longer add up
    spoiled = float(class_weighted_margins(task, logits(mixture[:, :k], mixture[:, k])).mean())
    check(at_most(ADDITIVE, "one neuron spoiled", spoiled / gamma, 1 - 1e-3))


PAIR = "Li24:Lemma E.2"


@pytest.mark.statement(PAIR)
@pytest.mark.parametrize(("k", "p"), [(2, 7), (3, 5), (4, 3)])
def test_the_certificate_pair(k, p, check):
    network = construct(k, p, "li24")
    check(proved(PAIR, "the network answers uniform q best: every neuron is a best one", decide(network).optimal))
    tied = len(set(output_values(p)[1:])) == 1
    check(proved(PAIR, "all wrong labels tie, so uniform q answers the network best", tied))
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    outputs = logits(*weights(network))
    plain, weighted = margins(task, outputs), class_weighted_margins(task, outputs)
    check(close(PAIR, "g = g' at every input", float(np.abs(plain - weighted).max()) / gamma, 0.0, 1e-12))
    check(close(PAIR, "every input on the margin", float(np.abs(plain / gamma - 1).max()), 0.0, 1e-12))
    u, w = random_neurons(k, p, 10, seed=3)
    outputs = logits(u, w)
    mean = float(class_weighted_margins(task, outputs).mean())
    check(at_most(PAIR, "weak duality on a random network", float(margins(task, outputs).min()), mean))


IDENTITY = "Li24:Lemma F.7"


@pytest.mark.statement(IDENTITY)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 6), (3, 3), (3, 4), (4, 3), (5, 2)])
def test_the_single_neuron_identity(k, p, check):
    check(from_step(IDENTITY, "only one monomial tells labels apart", spread_evenly(k, p)))
    task = uniform_task(k, p)
    check(from_step(IDENTITY, "random neurons with means", identity_numerical(task, task.tau, seed=k)))
    u, w = random_neurons(k, p, 1, seed=p)
    u_hat, w_hat = spectra(u, w)
    total = (w_hat.conj() * u_hat.prod(axis=1))[0, 1:].sum().real
    printed = factorial(k) / ((p - 1) * p**k) * total
    check(close(IDENTITY, "with the paper's prefactor", float(enumerated_objective(task, u, w)[0]), printed, 1e-9))


CHAIN = "Li24:Lemma F.8"


@pytest.mark.statement(CHAIN)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 7), (4, 5), (5, 9)])
def test_the_chain_for_one_neuron(k, p, check):
    for step in derive(k, p)[2:7]:
        check(from_step(CHAIN, step.name, step.verify()))
        check(from_step(CHAIN, f"{step.name}, random neurons", step.twin()))


BEST = "Li24:Lemma 4.2"


@pytest.mark.statement(BEST)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 5), (2, 7), (2, 9), (3, 5), (3, 7), (4, 5)])
def test_search_for_a_better_neuron(k, p, check):
    gamma, found = max_margin_float(k, p), search(k, uniform_task(k, p).tau, starts=20, seed=p)
    best = found.values > gamma * (1 - 1e-9)
    check(close(BEST, "best of 20 searches", found.best, gamma, 1e-12))
    check(at_most(BEST, "none is better", found.best, gamma, 1e-12))
    check(close(BEST, "every best one has one frequency", float(found.concentration[best].min()), 1.0, 1e-9))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_value_of_the_best_neuron(k, check):
    steps = {step.name: step for step in derive(k, 7)}
    check(from_step(BEST, "value", steps["value"].verify()))
    check(from_step(BEST, "value, by alternating maximisation", steps["value"].twin()))


PRODUCT, COSINE = "Li24:Identity G.1", "Li24:Eq. 28"


@pytest.mark.statement(PRODUCT)
@pytest.mark.parametrize("k", range(1, 9))
def test_a_product_from_powers(k, check):
    check(from_step(PRODUCT, f"in letters, k={k}", polarisation(k)))
    a = np.random.default_rng(k).normal(size=k)
    signs = 1 - 2 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
    total = float((signs.prod(axis=1) * (signs @ a) ** k).sum())
    check(close(PRODUCT, f"in numbers, k={k}", total, 2**k * factorial(k) * float(a.prod()), 1e-9))


@pytest.mark.statement(COSINE)
@pytest.mark.parametrize("k", range(1, 9))
def test_the_cosine_of_a_sum(k, check):
    check(from_step(COSINE, f"in letters, k={k}", cosine_expansion(k)))
    check(proved(COSINE, "2^k terms", len(cosine_terms(k + 1)) == 2**k))
    x = np.random.default_rng(k).uniform(0, 2 * np.pi, k + 1)
    total = sum(sign * np.where(b, np.sin(x), np.cos(x)).prod() for sign, b in cosine_terms(k + 1))
    check(close(COSINE, f"in numbers, k={k}", float(total - np.cos(x.sum())), 0.0, 1e-12))


BUILT, BUILT_3 = "Li24:Lemma G.3", "Li24:Lemma G.2"


@pytest.mark.statement(BUILT)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_construction(k, check):
    design = li24_design(k)
    check(proved(BUILT, "2^(2k-1) neurons per frequency", len(design) == 2 ** (2 * k - 1)))
    check(proved(BUILT, "only one cosine is left", set(nonzero_moments(design, k)) == {(1,) * k}))
    for p in (3, 5, 7, 9, 13):
        check(proved(BUILT, f"phases, masses and moments, p={p}", decide(construct(k, p, "li24")).optimal))
        tied = output_values(p) == [p - 1] + [-1] * (p - 1)
        check(proved(BUILT, f"(p-1)/2 at the right label, -1/2 elsewhere, p={p}", tied))


@pytest.mark.statement(BUILT)
@pytest.mark.parametrize(("k", "p"), [(2, 13), (3, 7), (4, 5), (5, 3)])
def test_the_construction_by_enumeration(k, p, check):
    u, w = weights(construct(k, p, "li24"))
    task, outputs = Task.cyclic(k, p), logits(u, w)
    gamma = max_margin_float(k, p)
    labels = task.label(np.stack(np.meshgrid(*[np.arange(p)] * k, indexing="ij"), axis=-1))
    expected = gamma * (np.eye(p)[labels] - 1 / p)
    check(close(BUILT, "f = gamma* (1[c = label] - 1/p)", float(np.abs(outputs - expected).max()) / gamma, 0.0, 1e-12))
    check(close(BUILT, "normalised margin", normalised_margin(task, u, w), gamma, 1e-12))


@pytest.mark.statement(BUILT_3)
def test_thirty_two_neurons_make_a_cosine(check):
    design = li24_design(3)
    check(proved(BUILT_3, "32 neurons", len(design) == 32))
    check(proved(BUILT_3, "no other wave", set(nonzero_moments(design, 3)) == {(1, 1, 1)}))
    u, w = weights(construct(3, 7, "li24"))
    one = logits(u[:32], w[:32])  # the first frequency's neurons
    a = np.indices((7,) * 4)
    wave = np.cos(2 * np.pi / 7 * (a[0] + a[1] + a[2] - a[3]))
    check(close(BUILT_3, "p = 7, by enumeration", float(np.abs(one / one.max() - wave).max()), 0.0, 1e-12))


SUPPORT = "Li24:Section H.2"


@pytest.mark.statement(SUPPORT)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 7), (3, 5), (4, 3)])
def test_the_fourier_support(k, p, check):
    check(from_step(SUPPORT, "transform of the indicator", fourier_support.indicator(k, p)))
    check(from_step(SUPPORT, "product formula where no index is zero", fourier_support.neuron_product(k, p, seed=0)))
    gamma = max_margin_float(k, p)
    for method in ("li24", "minimal"):
        u, w = weights(construct(k, p, method))
        deviation = float(np.abs(fourier_support.diagonal(u, w) / gamma - 1).max())
        check(close(SUPPORT, f"{method}: diagonal is gamma* p^k", deviation, 0.0, 1e-12))
        check(close(SUPPORT, f"{method}: nothing else", fourier_support.off_diagonal(u, w) / gamma, 0.0, 1e-12))


LI24_MISPRINTS = [misprint for misprint in MISPRINTS if misprint.paper == "Li24"]


@pytest.mark.parametrize(
    "misprint",
    [pytest.param(m, marks=pytest.mark.statement(misprint_id(m.paper, m.where)), id=m.where) for m in LI24_MISPRINTS],
)
def test_misprints(misprint, check):
    check(from_misprint(misprint, misprint.check()))

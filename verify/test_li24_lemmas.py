"""The lemmas and identities of Li24, each by two routes, and the limit lambda -> 0 as an experiment."""

from dataclasses import replace
from itertools import pairwise, product
from math import factorial

import numpy as np
import pytest
from scipy.stats import t as student

from numerics.components import Spectrum
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
from theory.saddle_point import weighted_pairs_are_max_min
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
def test_the_limit_at_odd_moduli_is_reached_before_it(check, twin):
    task, gamma = Task.cyclic(2, 3), max_margin_float(2, 3)
    for ratio in (0.5, 0.05):
        # Li24's first power of the norm, and the (k+1)-th: the same directions at another scale.
        for power in (1.0, 3.0):
            found = minimiser(task, 12, ratio * gamma, power, seeds=2)
            prediction = predict(2, 3, ratio * gamma, power)
            label = f"lambda = {ratio} gamma*, power {power:g}"
            check(close(LIMIT, f"loss at {label}", found.loss, prediction.loss, 1e-9))
            check(close(LIMIT, f"margin at {label}", found.margin, gamma, 1e-6))
            twin(close(LIMIT, f"loss at {label}, from the prediction at half of lambda", found.loss,
                       predict(2, 3, ratio * gamma / 2, power).loss, 1e-9))  # fmt: skip


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
        close(
            LIMIT,
            "rate: log(1/lambda) (1 - ratio) at 1e-6 gamma* over 1e-3",
            (1 - curve[-1]) / (1 - curve[-2]),
            0.5,
            0.1,
        )
    )
    found = minimiser(task, 24, 0.1 * gamma)
    check(close(LIMIT, "margin of trained minimisers at 0.1 gamma*", found.margin / gamma, curve[1], 1e-6))


ADDITIVE = "Li24:Lemma E.1"


@pytest.mark.statement(ADDITIVE)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 5), (2, 6)])
def test_the_mean_is_a_sum_over_neurons(k, p, check, twin):
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    u, w = random_neurons(k, p, 6, seed=p)
    whole = float(class_weighted_margins(task, logits(u, w)).mean())
    parts = objective(u, w, task.tau)
    check(close(ADDITIVE, "enumeration against the sum of the neurons' values", whole, float(parts.sum()), 1e-10))
    twin(close(ADDITIVE, "with one neuron left out of the sum", whole, float(parts[1:].sum()), 1e-10))
    u, w = weights(construct(k, p))
    u = u * (1 + 0.01 * np.sin(np.arange(u.size))).reshape(u.shape)  # near the best, but no longer best
    worth = float((objective(u, w, task.tau) / neuron_norms(u, w) ** (k + 1)).max()) / gamma
    check(at_most(ADDITIVE, "best of the neurons near the best, over gamma*", worth, 1.0))
    twin(at_most(ADDITIVE, "the same, against 0.999 gamma*", worth, 0.999))


@pytest.mark.statement(ADDITIVE)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 5)])
def test_mixtures_of_best_neurons_and_nothing_else(k, p, check, twin):
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    found = search(k, task.tau, starts=6, seed=1).neurons
    share = np.random.default_rng(0).dirichlet(np.ones(len(found))) ** (1 / (k + 1))
    mixture = share[:, None, None] * found
    mean = float(class_weighted_margins(task, logits(mixture[:, :k], mixture[:, k])).mean())
    check(close(ADDITIVE, "a random mixture of best neurons", mean, gamma, 1e-9))
    mixture[0, 0] = np.roll(mixture[0, 0], 1)  # one neuron's phases no longer add up
    spoiled = float(class_weighted_margins(task, logits(mixture[:, :k], mixture[:, k])).mean())
    check(at_most(ADDITIVE, "one neuron spoiled", spoiled / gamma, 1 - 1e-3))
    twin(close(ADDITIVE, "a mixture with one neuron spoiled", spoiled, gamma, 1e-9))


PAIR = "Li24:Lemma E.2"


@pytest.mark.statement(PAIR)
@pytest.mark.parametrize(("k", "p"), [(2, 7), (3, 5), (4, 3)])
def test_the_certificate_pair(k, p, check, twin):
    network = construct(k, p, "li24")
    check(proved(PAIR, "the network answers uniform q best: every neuron is a best one", decide(network).optimal))
    tied = len(set(output_values(p)[1:])) == 1
    check(proved(PAIR, "all wrong labels tie, so uniform q answers the network best", tied))
    task, gamma = Task.cyclic(k, p), max_margin_float(k, p)
    outputs = logits(*weights(network))
    plain, weighted = margins(task, outputs), class_weighted_margins(task, outputs)
    check(close(PAIR, "g = g' at every input", float(np.abs(plain - weighted).max()) / gamma, 0.0, 1e-12))
    check(close(PAIR, "every input on the margin", float(np.abs(plain / gamma - 1).max()), 0.0, 1e-12))
    # Best neurons that do not tie: one frequency's only.  The hypothesis fails, and so does the conclusion.
    one = construct(k, p, "li24")
    (block,) = one.blocks
    if len(block.frequencies) > 1:
        alone = replace(one, blocks=(replace(block, frequencies=(1,), mass=block.mass.scaled(len(block.frequencies))),))
        outputs = logits(*weights(alone))
        mean = float(class_weighted_margins(task, outputs).mean())
        check(close(PAIR, "one frequency alone: its neurons are best", mean, gamma, 1e-12))
        spread = float(np.abs(margins(task, outputs) / gamma - 1).max())
        twin(close(PAIR, "one frequency alone, where wrong labels do not tie: every input", spread, 0.0, 1e-12))


@pytest.mark.statement(PAIR)
def test_pairs_with_another_payoff_in_every_small_game(check, twin):
    found = weighted_pairs_are_max_min(2, 2, (-1, 0, 1), denominator=4)
    check(from_step(PAIR, "every 2 x 2 game with entries -1, 0, 1 and every larger payoff", found))
    check(proved(PAIR, "the check is not vacuous", found.predicted > 500, detail=f"{found.predicted} pairs"))
    untied = weighted_pairs_are_max_min(2, 2, (-1, 0, 1), denominator=4, tied=False)
    twin(from_step(PAIR, "the same without the tie", untied))


IDENTITY = "Li24:Lemma F.7"


@pytest.mark.statement(IDENTITY)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 6), (3, 3), (3, 4), (4, 3), (5, 2)])
def test_the_single_neuron_identity(k, p, check, twin):
    check(from_step(IDENTITY, "only one monomial tells labels apart", spread_evenly(k, p)))
    twin(from_step(IDENTITY, "with another coefficient than k!", spread_evenly(k, p, factorial(k) + 1)))
    task = uniform_task(k, p)
    check(from_step(IDENTITY, "random neurons with means", identity_numerical(task, task.tau, seed=k)))
    u, w = random_neurons(k, p, 1, seed=p)
    u_hat, w_hat = spectra(u, w)
    total = (w_hat.conj() * u_hat.prod(axis=1))[0, 1:].sum().real
    printed = factorial(k) / ((p - 1) * p**k) * total
    enumerated = float(enumerated_objective(task, u, w)[0])
    check(close(IDENTITY, "with the paper's prefactor", enumerated, printed, 1e-9))
    twin(close(IDENTITY, "with p in the place of p - 1", enumerated, printed * (p - 1) / p, 1e-9))


CHAIN = "Li24:Lemma F.8"


@pytest.mark.statement(CHAIN)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (3, 7), (4, 5), (5, 9)])
def test_the_chain_for_one_neuron(k, p, check, twin):
    for step in derive(k, p)[2:7]:
        check(from_step(CHAIN, step.name, step.verify()))
        check(from_step(CHAIN, f"{step.name}, random neurons", step.twin()))
    gamma, tau = max_margin_float(k, p), uniform_task(k, p).tau
    u, w = weights(construct(k, p))

    def worth(u, w):
        found = objective(u, w, tau) / neuron_norms(u, w) ** (k + 1) / gamma
        return close(CHAIN, "worth of every neuron, over the end of the chain", float(found.min()), 1.0, 1e-12)

    check(worth(u, w))
    mixed = u + 0.05 * np.roll(u, 1, axis=-1)
    twin(worth(u, np.roll(w, 1, axis=-1)))  # phases that do not add up
    twin(worth(u * np.linspace(1, 1.1, k)[:, None], w))  # amplitudes that differ
    twin(worth(mixed, w))  # two shapes in one neuron
    twin(worth(u + 0.05 * np.abs(u).max(), w))  # a mean


BEST = "Li24:Lemma 4.2"


@pytest.mark.statement(BEST)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 5), (2, 7), (2, 9), (3, 5), (3, 7), (4, 5)])
def test_search_for_a_better_neuron(k, p, check, twin):
    gamma, tau = max_margin_float(k, p), uniform_task(k, p).tau
    found = search(k, tau, starts=20, seed=p)
    best = found.values > gamma * (1 - 1e-9)
    check(close(BEST, "best of 20 searches", found.best, gamma, 1e-12))
    twin(close(BEST, "best of 20 searches, against 0.999 gamma*", found.best, 0.999 * gamma, 1e-12))
    check(at_most(BEST, "none is better", found.best, gamma, 1e-12))
    check(close(BEST, "every best one has one frequency", float(found.concentration[best].min()), 1.0, 1e-9))
    spectrum = Spectrum(found.neurons[best, :k], found.neurons[best, k])
    defect = float(np.abs(spectrum.phase_error).max())
    check(close(BEST, "and its phases add up", defect, 0.0, 1e-5))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 9), (3, 7), (4, 5)])
def test_every_single_frequency_neuron_in_phase_is_a_best_one(k, p, check, twin):
    """The converse, for random phases at every frequency; and not out of phase."""
    gamma, tau, generator = max_margin_float(k, p), uniform_task(k, p).tau, np.random.default_rng(p)
    for zeta in range(1, (p + 1) // 2):
        phases = generator.uniform(size=k)
        sums = np.append(phases, phases.sum())
        waves = np.cos(2 * np.pi * (sums[:, None] + zeta * np.arange(p) / p)) * np.sqrt(2 / (p * (k + 1)))

        def worth(neuron):
            return close(BEST, "worth", float(objective(neuron[None, :k], neuron[None, k], tau)[0]), gamma, 1e-12)

        check(worth(waves))
        sums[k] += 1e-3
        twin(worth(np.cos(2 * np.pi * (sums[:, None] + zeta * np.arange(p) / p)) * np.sqrt(2 / (p * (k + 1)))))


@pytest.mark.statement(BEST)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_value_of_the_best_neuron(k, check):
    steps = {step.name: step for step in derive(k, 7)}
    check(from_step(BEST, "value", steps["value"].verify()))
    check(from_step(BEST, "value, by alternating maximisation", steps["value"].twin()))


THREE_IDENTITY, THREE_BEST = "Li24:Lemma F.2", "Li24:Lemma F.4"


@pytest.mark.statement(THREE_IDENTITY)
@pytest.mark.parametrize("p", [3, 5, 7])
def test_the_identity_for_three_inputs(p, check, twin):
    if p == 3:
        for modulus in (3, 4):
            check(
                from_step(THREE_IDENTITY, f"p = {modulus}: one monomial tells labels apart", spread_evenly(3, modulus))
            )
            twin(from_step(THREE_IDENTITY, f"p = {modulus}, 7 in the place of 6", spread_evenly(3, modulus, 7)))
    u, w = random_neurons(3, p, 1, seed=p)
    u_hat, w_hat = spectra(u, w)
    total = (w_hat.conj() * u_hat.prod(axis=1))[0, 1:].sum().real
    enumerated = float(enumerated_objective(uniform_task(3, p), u, w)[0])
    check(close(THREE_IDENTITY, f"p = {p}", enumerated, 6 / ((p - 1) * p**3) * total, 1e-9))
    twin(
        close(
            THREE_IDENTITY, f"p = {p}, 1 - 1/(p-1) as printed", enumerated, 6 * (p - 2) / ((p - 1) * p**4) * total, 1e-9
        )
    )


@pytest.mark.statement(THREE_BEST)
@pytest.mark.parametrize("p", [5, 9])
def test_the_best_neuron_for_three_inputs(p, check, twin):
    for step in derive(3, p)[2:7]:
        check(from_step(THREE_BEST, step.name, step.verify()))
    found = search(3, uniform_task(3, p).tau, starts=20, seed=p)
    value = 3 / 16 / (p * (p - 1))
    check(close(THREE_BEST, "best of 20 searches", found.best, value, 1e-12))
    twin(close(THREE_BEST, "against 3/16 over p^2", found.best, 3 / 16 / p**2, 1e-12))
    best = found.values > value * (1 - 1e-9)
    spectrum = Spectrum(found.neurons[best, :3], found.neurons[best, 3])
    check(close(THREE_BEST, "one frequency", float(spectrum.purity.min()), 1.0, 1e-9))
    check(close(THREE_BEST, "phases that add up", float(np.abs(spectrum.phase_error).max()), 0.0, 1e-5))


PRODUCT, COSINE = "Li24:Identity G.1", "Li24:Eq. 28"


@pytest.mark.statement(PRODUCT)
@pytest.mark.parametrize("k", range(1, 9))
def test_a_product_from_powers(k, check, twin):
    check(from_step(PRODUCT, f"in letters, half of the signs, k={k}", polarisation(k)))
    every = list(product((1, -1), repeat=k))
    twin(from_step(PRODUCT, f"all signs, and the factor of half of them, k={k}", polarisation(k, every)))
    a = np.random.default_rng(k).normal(size=k)
    signs = 1 - 2 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
    total = float((signs.prod(axis=1) * (signs @ a) ** k).sum())
    check(close(PRODUCT, f"in numbers, k={k}", total, 2**k * factorial(k) * float(a.prod()), 1e-9))
    twin(close(PRODUCT, f"half of the factor, k={k}", total, 2 ** (k - 1) * factorial(k) * float(a.prod()), 1e-9))


@pytest.mark.statement(COSINE)
@pytest.mark.parametrize("k", range(1, 9))
def test_the_cosine_of_a_sum(k, check, twin):
    check(from_step(COSINE, f"in letters, k={k}", cosine_expansion(k)))
    check(proved(COSINE, "2^k terms", len(cosine_terms(k + 1)) == 2**k))
    x = np.random.default_rng(k).uniform(0, 2 * np.pi, k + 1)
    terms = [sign * np.where(b, np.sin(x), np.cos(x)).prod() for sign, b in cosine_terms(k + 1)]
    check(close(COSINE, f"in numbers, k={k}", float(sum(terms) - np.cos(x.sum())), 0.0, 1e-12))
    twin(close(COSINE, f"without signs, k={k}", float(sum(map(abs, terms)) - np.cos(x.sum())), 0.0, 1e-12))


BUILT, BUILT_3 = "Li24:Lemma G.3", "Li24:Lemma G.2"


@pytest.mark.statement(BUILT)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_construction(k, check, twin):
    design = li24_design(k)
    check(proved(BUILT, "2^(2k-1) neurons per frequency", len(design) == 2 ** (2 * k - 1)))
    check(proved(BUILT, "only one cosine is left", set(nonzero_moments(design, k)) == {(1,) * k}))
    twin(proved(BUILT, "with one neuron less", set(nonzero_moments(design[1:], k)) == {(1,) * k}))
    for p in (3, 5, 7, 9, 13):
        check(proved(BUILT, f"phases, masses and moments, p={p}", decide(construct(k, p, "li24")).optimal))
        tied = output_values(p) == [p - 1] + [-1] * (p - 1)
        check(proved(BUILT, f"(p-1)/2 at the right label, -1/2 elsewhere, p={p}", tied))


@pytest.mark.statement(BUILT)
@pytest.mark.parametrize(("k", "p"), [(2, 13), (3, 7), (4, 5), (5, 3)])
def test_the_construction_by_enumeration(k, p, check, twin):
    u, w = weights(construct(k, p, "li24"))
    task, outputs = Task.cyclic(k, p), logits(u, w)
    gamma = max_margin_float(k, p)
    labels = task.label(np.stack(np.meshgrid(*[np.arange(p)] * k, indexing="ij"), axis=-1))
    expected = gamma * (np.eye(p)[labels] - 1 / p)
    check(close(BUILT, "f = gamma* (1[c = label] - 1/p)", float(np.abs(outputs - expected).max()) / gamma, 0.0, 1e-12))
    check(close(BUILT, "normalised margin", normalised_margin(task, u, w), gamma, 1e-12))
    twin(close(BUILT, "normalised margin with one neuron less", normalised_margin(task, u[1:], w[1:]), gamma, 1e-12))


@pytest.mark.statement(BUILT_3)
def test_thirty_two_neurons_make_a_cosine(check, twin):
    design = li24_design(3)
    check(proved(BUILT_3, "32 neurons", len(design) == 32))
    check(proved(BUILT_3, "no other wave", set(nonzero_moments(design, 3)) == {(1, 1, 1)}))
    u, w = weights(construct(3, 7, "li24"))
    one = logits(u[:32], w[:32])  # the first frequency's neurons
    a = np.indices((7,) * 4)
    wave = np.cos(2 * np.pi / 7 * (a[0] + a[1] + a[2] - a[3]))
    tau, gamma = uniform_task(3, 7).tau, max_margin_float(3, 7)
    least = float((objective(u, w, tau) / neuron_norms(u, w) ** 4).min()) / gamma
    check(close(BUILT_3, "p = 7: each is a best neuron", least, 1.0, 1e-12))
    check(close(BUILT_3, "p = 7, by enumeration", float(np.abs(one / one.max() - wave).max()), 0.0, 1e-12))
    less = logits(u[:31], w[:31])
    twin(close(BUILT_3, "31 neurons, by enumeration", float(np.abs(less / less.max() - wave).max()), 0.0, 1e-12))
    twin(proved(BUILT_3, "31 neurons: no other wave", set(nonzero_moments(design[:31], 3)) == {(1, 1, 1)}))


SUPPORT = "Li24:Section H.2"


@pytest.mark.statement(SUPPORT)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 7), (3, 5), (4, 3)])
def test_the_fourier_support(k, p, check, twin):
    check(from_step(SUPPORT, "transform of the indicator", fourier_support.indicator(k, p)))
    check(from_step(SUPPORT, "product formula where no index is zero", fourier_support.neuron_product(k, p, seed=0)))
    gamma = max_margin_float(k, p)
    for method in ("li24", "minimal"):
        u, w = weights(construct(k, p, method))
        deviation = float(np.abs(fourier_support.diagonal(u, w) / gamma - 1).max())
        check(close(SUPPORT, f"{method}: diagonal is gamma* p^k", deviation, 0.0, 1e-12))
        check(close(SUPPORT, f"{method}: nothing else", fourier_support.off_diagonal(u, w) / gamma, 0.0, 1e-12))
        if p > 3:  # every neuron of frequency 1 taken out
            others = Spectrum(u, w).frequency != 1
            deviation = float(np.abs(fourier_support.diagonal(u[others], w[others]) / gamma - 1).max())
            twin(close(SUPPORT, f"{method}, without frequency 1: diagonal", deviation, 0.0, 1e-12))
            margin = normalised_margin(Task.cyclic(k, p), u[others], w[others]) / gamma
            twin(at_least(SUPPORT, f"{method}, without frequency 1: margin over gamma*", margin, 0.999))


LI24_MISPRINTS = [misprint for misprint in MISPRINTS if misprint.paper == "Li24"]


@pytest.mark.parametrize(
    "misprint",
    [pytest.param(m, marks=pytest.mark.statement(misprint_id(m.paper, m.where)), id=m.where) for m in LI24_MISPRINTS],
)
def test_misprints(misprint, check, twin):
    found = misprint.check()
    check(from_misprint(misprint, found))
    twin(from_misprint(misprint, replace(found, corrected=found.printed)))  # nothing corrected
    twin(from_misprint(misprint, replace(found, printed=found.truth)))  # nothing misprinted

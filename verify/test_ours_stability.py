"""Ours: what a margin or a loss guarantees about neurons and frequencies, attacked by ascent on the violation."""

import math
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from scipy.special import logsumexp

from theory.account import neuron_factors
from theory.construction import construct
from theory.floats import weights
from theory.margin import max_margin_float
from theory.modulus import class_weights
from theory.nearest_neuron import Neurons, amounts
from theory.regularisation import predict
from theory.stability import (
    amount_slopes,
    angle_constant,
    best_without,
    efficiency_loss,
    frequencies_needed,
    loss_bound,
)
from theory.task import Task, class_weighted_margins, logits, margins, network_norm, neuron_masses
from verify.result import at_least, at_most, close
from verify.trained import minimiser, trained

NEURON = "Ours:stability of neurons"
SIZES = [(2, 3), (2, 4), (2, 5), (2, 6), (2, 7), (2, 9), (3, 3), (3, 5), (3, 6), (4, 5), (5, 3), (5, 5)]


def aligned(k, p, shares, zeros=0.0):
    """A unit neuron, in phase and balanced, with these energies at frequencies 1, 2, ... and in its means."""
    a, weights_ = np.arange(p), []
    for zeta, share in enumerate(shares, start=1):
        wave = np.cos(2 * np.pi * zeta * a / p)
        weights_.append(np.sqrt(share) * wave / np.linalg.norm(wave))
    vector = np.sum(weights_, axis=0) + np.sqrt(zeros / p)
    return np.tile(vector, (k + 1, 1)) / math.sqrt(k + 1)


def violation(x, k, p):
    """Efficiency minus its bound, of one neuron."""
    vectors = x.reshape(1, k + 1, p)
    least = efficiency_loss(Neurons(vectors).sine_squared, k, p)[0]
    return float(neuron_factors(vectors).prod(axis=0)[0] - (1 - least))


@pytest.mark.statement(NEURON)
@pytest.mark.parametrize(("k", "p"), SIZES)
def test_the_bound_is_attained_at_every_angle(k, p, check):
    count = p // 2
    for c in np.linspace(0.05, 0.999, 25):
        n = min(int(1 / c), count)
        shares = [c] * n + ([1 - n * c] if n < count else [])
        vectors = aligned(k, p, shares, max(0.0, 1 - sum(shares)))[None]
        found = Neurons(vectors)
        check(close(NEURON, "squared sine of its angle", found.sine_squared[0], 1 - c, 1e-12))
        bound = 1 - efficiency_loss(found.sine_squared, k, p)[0]
        check(close(NEURON, "efficiency", neuron_factors(vectors).prod(axis=0)[0], bound, 1e-11))


@pytest.mark.statement(NEURON)
@pytest.mark.parametrize(("k", "p"), SIZES)
def test_adversarial_neurons(k, p, check):
    # Ascent on the violation from disturbed equality cases and from random neurons.
    generator = np.random.default_rng(100 * k + p)
    worst = -1.0
    for trial in range(4):
        shares = generator.dirichlet(np.full(p // 2, 0.5))
        start = aligned(k, p, shares) + 10.0 ** -(trial % 4) * 0.3 * generator.normal(size=(k + 1, p))
        end = minimize(lambda x: -violation(x, k, p), start.ravel(), method="L-BFGS-B", options={"maxiter": 12})
        worst = max(worst, violation(end.x, k, p), violation(start, k, p))
    check(at_most(NEURON, f"k={k}, p={p}: efficiency minus bound", worst, 0.0, 1e-12))


@pytest.mark.statement(NEURON)
@pytest.mark.parametrize(("k", "p"), SIZES)
def test_an_optimal_neuron_is_as_near_as_the_angle_says(k, p, check):
    # The neuron that the proof constructs, and a search over phases: the angle is never too small.
    generator = np.random.default_rng(p)
    a = np.arange(p)
    for _ in range(4):
        vectors = generator.normal(size=(1, k + 1, p))
        vectors /= np.linalg.norm(vectors)
        found, best = Neurons(vectors), 0.0
        for zeta in range(1, p // 2 + 1):
            transform = vectors[0] @ np.exp(-2j * np.pi * zeta * a / p)
            t = np.angle(transform)
            shift = float(np.angle(np.exp(1j * (t[:-1].sum() - t[-1])))) / (k + 1)
            phases = t - shift * np.array([1] * k + [-1])
            grids = [phases] if 2 * zeta < p else [np.array([*s, sum(s)]) for s in product((0, np.pi), repeat=k)]
            for phase in grids:
                waves = np.cos(phase[:, None] + 2 * np.pi * zeta * a / p)
                best = max(best, float((waves * vectors[0]).sum() / np.linalg.norm(waves)))
        check(close(NEURON, "cosine of the angle", math.sqrt(1 - found.sine_squared[0]), best, 1e-9))


@pytest.mark.statement(NEURON)
@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_constant_of_the_mean_square(k, check, twin):
    t = np.linspace(0, 1, 4001)[1:]
    for p in (3, 4, 5, 7, 11, 97):
        ratio = float((t / efficiency_loss(t, k, p)).max())
        check(at_most(NEURON, f"sin^2 over 1 - h, p={p}", ratio, angle_constant(k), 1e-12))
    largest = float((t / efficiency_loss(t, k, 10**4 + 1)).max())
    check(at_least(NEURON, "reached", largest, angle_constant(k), 1e-2))
    twin(at_most(NEURON, "sin^2 over 1 - h, against 0.95 of the constant", largest, 0.95 * angle_constant(k), 1e-12))


def networks(k, p):
    """A perturbed optimum, one that lacks neurons, one without a frequency, and a random one."""
    generator = np.random.default_rng(k + p)
    u, w = weights(construct(k, p))
    for size in (1e-3, 0.05, 0.3):
        noise = size * np.abs(u).max()
        yield u + noise * generator.normal(size=u.shape), w + noise * generator.normal(size=w.shape)
    yield u[1:], w[1:]
    yield u[len(u) // 3 :], w[len(w) // 3 :]
    yield generator.normal(size=(6, k, p)), generator.normal(size=(6, p))


def measured(k, p, u, w):
    """(eps, eps1, A, all Fourier coefficients of f[y + delta] over gamma*), the margin by enumeration."""
    task = Task.cyclic(k, p)
    scale = float(network_norm(u, w)) ** (k + 1) * max_margin_float(k, p)
    outputs = logits(u, w) / scale
    eps = 1 - float(margins(task, outputs).min())
    eps1 = 1 - float(class_weighted_margins(task, outputs).mean())
    labels = np.indices((p,) * k).sum(axis=0) % p
    moved = np.stack([np.take_along_axis(outputs, (labels + d)[..., None] % p, -1)[..., 0] for d in range(p)], -1)
    vectors = np.concatenate([u, w[:, None]], axis=1)
    return eps, eps1, amounts(Neurons(vectors), neuron_masses(vectors)), p * np.fft.fftn(moved) / p ** (k + 1), vectors


@pytest.mark.statement(NEURON)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 5), (2, 6), (2, 11), (3, 4), (3, 5)])
def test_all_neurons_of_a_network(k, p, check):
    for u, w in networks(k, p):
        eps, eps1, _, _, vectors = measured(k, p, u, w)
        q, t = neuron_masses(vectors), Neurons(vectors).sine_squared
        check(at_most(NEURON, "eps1 is at most eps", eps1 - eps, 0.0, 1e-12))
        check(at_most(NEURON, "sum of q (1 - h), less eps1", float(q @ efficiency_loss(t, k, p)) - eps1, 0.0, 1e-12))
        check(at_most(NEURON, "sum of q sin^2, less C eps1", float(q @ t) - angle_constant(k) * eps1, 0.0, 1e-12))
    run = trained(2, 7)
    vectors = np.concatenate([run.u, run.w[:, None]], axis=1)
    q, t = neuron_masses(vectors), Neurons(vectors).sine_squared
    check(
        at_most(NEURON, "trained: sum of q sin^2", float(q @ t), angle_constant(2) * (1 - run.margin / run.task.gamma))
    )


FREQUENCY = "Ours:stability of frequencies"


@pytest.mark.statement(FREQUENCY)
@pytest.mark.parametrize(("k", "p"), [(2, 3), (2, 4), (2, 5), (2, 6), (2, 9), (2, 11), (3, 4), (3, 5), (3, 6)])
def test_each_frequency_of_a_network(k, p, check):
    largest, least = amount_slopes(k, p)
    tau = min(float(x) for x in class_weights(k, p)[1:])
    for u, w in networks(k, p):
        eps, eps1, found, coefficients, _ = measured(k, p, u, w)
        real = coefficients[(0,) * k][1 : p // 2 + 1].real
        check(close(FREQUENCY, "A_zeta by enumeration", float(np.abs(found - real).max()), 0.0, 1e-10))
        low = float((1 - eps - (eps - eps1) * largest - found).max())
        high = float((found - (1 - eps - (eps - eps1) * least)).max())
        check(at_most(FREQUENCY, "outside of what is allowed", max(low, high), 0.0, 1e-10))
        if p % 2:
            highest = 1 - eps + (eps - eps1) * (p - 1) * math.cos(math.pi / p)
            check(at_most(FREQUENCY, "most that is allowed, as printed", float(found.max()) - highest, 0.0, 1e-10))
        unwanted = np.abs(coefficients.reshape(-1, p)[1:, 1:]).max()
        check(at_most(FREQUENCY, "unwanted coefficients", float(unwanted) - (eps - eps1) / tau, 0.0, 1e-10))


def without(k, p, zeta):
    """The network of the proof: the minimal construction, its masses multiplied by A_j."""
    c, delta = 1 / best_without(p, zeta) - 1, next(d for d in range(1, p) if cosine(p, zeta, d) == top(p, zeta))
    eps = 1 - best_without(p, zeta)
    assert c > 0
    u, w = weights(construct(k, p))
    own = Neurons(np.concatenate([u, w[:, None]], axis=1)).frequency
    factor = 1 - eps - (p - 1) * eps * np.cos(2 * np.pi * (own * delta % p) / p)
    root = np.maximum(factor, 0.0) ** (1 / (k + 1))
    return u * root[:, None, None], w * root[:, None], own


def cosine(p, zeta, delta):
    return round(math.cos(2 * math.pi * (zeta * delta % p) / p), 12)


def top(p, zeta):
    return max(cosine(p, zeta, delta) for delta in range(1, p))


@pytest.mark.statement(FREQUENCY)
@pytest.mark.parametrize(
    ("k", "p", "zeta"), [(2, 5, 1), (2, 7, 3), (2, 9, 3), (2, 9, 2), (2, 15, 5), (3, 7, 1), (3, 5, 2)]
)
def test_the_best_margin_without_a_frequency(k, p, zeta, check, twin):
    u, w, own = without(k, p, zeta)
    left = float(neuron_masses(np.concatenate([u, w[:, None]], axis=1))[own == zeta].sum())
    check(at_most(FREQUENCY, "mass left of the frequency", left, 0.0, 1e-12))
    u, w = u[own != zeta], w[own != zeta]
    eps, *_ = measured(k, p, u, w)
    check(close(FREQUENCY, "margin without the frequency", 1 - eps, best_without(p, zeta), 1e-10))
    twin(at_most(FREQUENCY, "against a bound a thousandth smaller", 1 - eps, 0.999 * best_without(p, zeta)))
    # The printed slope, and that no smaller one will do: this frequency does nothing, which the bound just allows.
    slope = (p - 1) * (math.cos(2 * math.pi / p) if math.gcd(zeta, p) == 1 else 1.0)
    eps1 = measured(k, p, u, w)[1]
    check(close(FREQUENCY, "the slope as printed", float(amount_slopes(k, p)[0][zeta - 1]), slope, 1e-12))
    check(at_most(FREQUENCY, "least that is allowed, of what is not used", 1 - eps - (eps - eps1) * slope, 0.0, 1e-10))
    less = 1 - eps - 0.999 * (eps - eps1) * slope
    twin(at_most(FREQUENCY, "the same with a slope a thousandth smaller", less, 0.0, 1e-10))


@pytest.mark.statement(FREQUENCY)
@pytest.mark.parametrize("p", [5, 7, 9, 15, 21, 23, 35])
def test_no_masses_do_better_without_a_frequency(p, check):
    # The programme over masses, whose value is that of all networks: gains 1 - cos, in units of gamma*.
    half, wrong = np.arange(1, p // 2 + 1), np.arange(1, p)
    gains = (p - 1) / p * (1 - np.cos(2 * np.pi * (np.outer(wrong, half) % p) / p))
    for zeta in {1, 2, *(z for z in range(2, p // 2 + 1) if p % z == 0)}:
        used = np.delete(gains, zeta - 1, axis=1)
        problem = linprog(
            np.append(np.zeros(used.shape[1]), -1.0),
            A_ub=np.hstack([-used, np.ones((p - 1, 1))]),
            b_ub=np.zeros(p - 1),
            A_eq=np.append(np.ones(used.shape[1]), 0.0)[None],
            b_eq=[1.0],
        )
        check(close(FREQUENCY, f"p={p}, without {zeta}", -problem.fun, best_without(p, zeta), 1e-9))


COUNT = "Ours:number of frequencies"


@pytest.mark.statement(COUNT)
@pytest.mark.parametrize("p", [5, 7, 9, 11, 13, 17])
def test_few_frequencies_have_a_small_margin(p, check, twin):
    # Every set of up to three frequencies, its best masses by the linear programme.
    from itertools import combinations

    half, wrong = np.arange(1, p // 2 + 1), np.arange(1, p)
    gains = (p - 1) / p * (1 - np.cos(2 * np.pi * (np.outer(wrong, half) % p) / p))
    for size in range(1, min(4, p // 2)):
        best = 0.0
        for chosen in combinations(range(p // 2), size):
            used = gains[:, list(chosen)]
            problem = linprog(
                np.append(np.zeros(size), -1.0),
                A_ub=np.hstack([-used, np.ones((p - 1, 1))]),
                b_ub=np.zeros(p - 1),
                A_eq=np.append(np.ones(size), 0.0)[None],
                b_eq=[1.0],
            )
            best = max(best, -problem.fun)
        check(at_most(COUNT, f"p={p}, {size} of {p // 2}", frequencies_needed(p, 1 - best), size))
        if size == 1:
            twin(at_most(COUNT, f"p={p}, one frequency, were its margin gamma*", frequencies_needed(p, 0.0), size))


LOSS = "Ours:loss bounds the neurons"


@pytest.mark.statement(LOSS)
@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 7), (3, 5)])
@pytest.mark.parametrize("scale", [0.3, 1.0, 2.0])
def test_the_loss_of_networks(k, p, scale, check, twin):
    task, gamma, mass = Task.cyclic(k, p), max_margin_float(k, p), predict(k, p, 0.1 * max_margin_float(k, p)).mass
    for u, w in networks(k, p):
        _, eps1, *_ = measured(k, p, u, w)
        factor = scale * (mass ** (1 / (k + 1)) / float(network_norm(u, w)))
        outputs = logits(u * factor, w * factor)
        labels = np.indices((p,) * k).sum(axis=0) % p
        right = np.take_along_axis(outputs, labels[..., None], -1)
        wrong = np.where(np.arange(p) == labels[..., None], -np.inf, outputs - right)
        loss = float(np.logaddexp(0, logsumexp(wrong, axis=-1)).mean())
        total = scale ** (k + 1) * mass
        bound = loss_bound(loss, gamma * total, task.n)
        check(at_least(LOSS, "bound minus eps1", bound - eps1, 0.0, 1e-9))
        penalty = 0.1 * gamma
        weaker = (loss + penalty * total - predict(k, p, penalty).loss) / (penalty * total)
        check(at_least(LOSS, "the bound with a penalty is weaker", weaker - bound, 0.0, 1e-9))
    equal = float(np.log1p((p - 1) * math.exp(-0.9 * gamma * mass)))
    check(close(LOSS, "equal margins: nothing is given away", loss_bound(equal, gamma * mass, p), 0.1, 1e-9))
    # A network whose mean margin is 0.9 gamma*, and a loss that only a better one could have.
    better = float(np.log1p((p - 1) * math.exp(-0.95 * gamma * mass)))
    twin(
        at_least(LOSS, "bound minus eps1, with too small a loss", loss_bound(better, gamma * mass, p) - 0.1, 0.0, 1e-9)
    )


@pytest.mark.statement(LOSS)
def test_the_loss_of_a_trained_network(check):
    gamma = max_margin_float(2, 5)
    run = minimiser(Task.cyclic(2, 5), 16, 0.2 * gamma, seeds=1)
    vectors = np.concatenate([run.u, run.w[:, None]], axis=1)
    eps1 = 1 - float(neuron_masses(vectors) @ Neurons(vectors).terms.sum(axis=1))
    bound = loss_bound(run.loss - run.penalty * run.mass, gamma * run.mass, 5)
    check(at_least(LOSS, "bound minus eps1", bound - eps1, 0.0, 1e-9))

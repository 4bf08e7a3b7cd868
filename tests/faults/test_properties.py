"""What leaves the margin alone, what must change it, and that no network of any kind exceeds gamma*."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import gcd

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from theory.construction import construct
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.optimality import decide
from theory.floats import weights
from theory.groups import load_group
from theory.groups.margin import group_task, max_margin
from theory.margin import max_margin_float
from theory.narrow_designs import narrow
from theory.network_file import NetworkFile
from theory.task import Task, logits, margins, network_norm, normalised_margin
from verify.intervals import margin_ratio
from verify.subject import Subject
from verify.sweep import sweep

CASES = [(1, 4), (1, 5), (2, 3), (2, 4), (2, 5), (2, 6), (2, 9), (3, 3), (3, 4), (3, 5), (4, 3)]
ROUNDING = 1e-11

Weights = tuple[np.ndarray, np.ndarray]


@cache
def honest(k: int, p: int) -> Weights:
    """An optimal network."""
    return weights(construct(k, p))


def network(k: int, p: int, seed: int) -> Weights:
    """An optimal network disturbed by anything from nothing to noise alone, with a few neurons more."""
    rng = np.random.default_rng(seed)
    u, w = honest(k, p)
    strength = rng.choice([0.0, 1e-3, 0.3, 3.0]) * np.abs(u).max()
    extra = int(rng.integers(0, 3))
    u, w = (np.concatenate([x, np.zeros((extra, *x.shape[1:]))]) for x in (u, w))
    return u + strength * rng.normal(size=u.shape), w + strength * rng.normal(size=w.shape)


# ---- what leaves the margin alone --------------------------------------------------------------------------------


def permuted_neurons(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    order = rng.permutation(len(u))
    return u[order], w[order]


def permuted_inputs(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    return u[:, rng.permutation(u.shape[1])], w


def shifted_input(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    j, s = int(rng.integers(u.shape[1])), int(rng.integers(1, u.shape[2]))
    moved = u.copy()
    moved[:, j] = np.roll(u[:, j], s, axis=1)
    return moved, np.roll(w, s, axis=1)


def multiplied_by_a_unit(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    p = u.shape[2]
    unit = rng.choice([t for t in range(1, p) if gcd(t, p) == 1])
    index = unit * np.arange(p) % p
    return u[..., index], w[..., index]


def sign_flipped(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    signs = rng.choice([-1.0, 1.0], len(u))
    return u * signs[:, None, None], w * signs[:, None] ** u.shape[1]


def split(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    """One neuron into three with masses that add up to its own: sizes c with the sum of c^(k+1) equal to 1."""
    i, sizes = int(rng.integers(len(u))), rng.dirichlet(np.ones(3)) ** (1 / (u.shape[1] + 1))
    return (
        np.concatenate([u[:i], u[i] * sizes[:, None, None], u[i + 1 :]]),
        np.concatenate([w[:i], w[i] * sizes[:, None], w[i + 1 :]]),
    )


def scaled(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    factor = rng.choice([1e-6, 0.5, 3.0, 1e6])
    return u * factor, w * factor


def dead_neuron_added(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    return np.concatenate([u, 0 * u[:1]]), np.concatenate([w, 0 * w[:1]])


SYMMETRIES = [permuted_neurons, permuted_inputs, shifted_input, multiplied_by_a_unit, sign_flipped, split, scaled]
SYMMETRIES.append(dead_neuron_added)


@pytest.mark.parametrize("symmetry", SYMMETRIES, ids=lambda f: f.__name__)
@settings(max_examples=15, deadline=None)
@given(case=st.sampled_from(CASES), seed=st.integers(0, 2**32 - 1))
def test_symmetries_leave_the_margin_alone(symmetry, case, seed):
    task, (u, w) = Task.cyclic(*case), network(*case, seed)
    before = normalised_margin(task, u, w)
    after = normalised_margin(task, *symmetry(u, w, np.random.default_rng(seed)))
    assert abs(after - before) <= ROUNDING * max(abs(before), max_margin_float(*case))


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(["S3", "Q8", "C2xC4"]), seed=st.integers(0, 2**32 - 1))
def test_translations_of_a_group_leave_the_margin_alone(name, seed):
    """h a_1 moves the label to h times it; a_2 h likewise on the right; a_1 h with h^-1 a_2 not at all."""
    group, rng = load_group(name), np.random.default_rng(seed)
    task, h, n = group_task(group, 2), int(rng.integers(group.order)), group.order
    u, w = rng.normal(size=(3, 2, n)), rng.normal(size=(3, n))
    before = normalised_margin(task, u, w)
    back = group.inverse[h]
    left = np.stack([u[:, 0, group.table[h]], u[:, 1]], axis=1), w[:, group.table[h]]
    right = np.stack([u[:, 0], u[:, 1, group.table[:, h]]], axis=1), w[:, group.table[:, h]]
    between = np.stack([u[:, 0, group.table[:, h]], u[:, 1, group.table[back]]], axis=1), w
    for moved in (left, right, between):
        assert normalised_margin(task, *moved) == pytest.approx(before, rel=1e-11)


# ---- what must change it -----------------------------------------------------------------------------------------


def shift_without_output(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    return shifted_input(u, w, rng)[0], w


def unit_without_output(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    return u[..., -np.arange(u.shape[2])], w


def output_flipped(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    return u, -w


def masses_tilted(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    sizes = np.ones(len(u))
    sizes[rng.integers(len(u))] = 1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-3, -1)
    return u * sizes[:, None, None], w * sizes[:, None]


def one_weight_moved(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    moved = u.copy()
    index = tuple(int(rng.integers(size)) for size in u.shape)
    moved[index] += rng.choice([-1, 1]) * 10 ** rng.uniform(-3, 0) * np.abs(u).max()
    return moved, w


def neuron_dropped(u: np.ndarray, w: np.ndarray, rng: np.random.Generator) -> Weights:
    keep = np.arange(len(u)) != rng.integers(len(u))
    return u[keep], w[keep]


BREAKERS = [shift_without_output, unit_without_output, output_flipped, masses_tilted, one_weight_moved, neuron_dropped]


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda f: f.__name__)
@settings(max_examples=15, deadline=None)
@given(case=st.sampled_from([case for case in CASES if case[1] > 2 and case[0] > 1]), seed=st.integers(0, 2**32 - 1))
def test_an_optimum_does_not_survive(breaker, case, seed):
    u, w = breaker(*honest(*case), np.random.default_rng(seed))
    assert normalised_margin(Task.cyclic(*case), u, w) < max_margin_float(*case) * (1 - 1e-9)


# ---- the same for exact networks and the exact decision ----------------------------------------------------------


def each(change: Callable[[Neuron], Neuron]) -> Callable[[ExactNetwork], ExactNetwork]:
    """``change`` applied to every neuron."""
    return lambda network: replace(
        network, blocks=tuple(replace(b, neurons=tuple(map(change, b.neurons))) for b in network.blocks)
    )


def turned(shift: tuple[Fraction, ...]) -> Callable[[Neuron], Neuron]:
    """All inputs shifted on the torus, the output with them."""
    return lambda n: replace(
        n, phases=tuple(t + s for t, s in zip(n.phases, shift, strict=True)), output=n.output + sum(shift)
    )


def split_shares(network: ExactNetwork, part: Fraction) -> ExactNetwork:
    """The first neuron of the first block as two of unequal shares."""
    block = network.blocks[0]
    first, *rest = block.neurons
    parts = replace(first, share=part * first.share), replace(first, share=(1 - part) * first.share)
    return replace(network, blocks=(replace(block, neurons=(*parts, *rest)), *network.blocks[1:]))


def one_frequency_per_block(network: ExactNetwork) -> ExactNetwork:
    blocks = tuple(Block(b.neurons, (zeta,), b.mass) for b in network.blocks for zeta in b.frequencies)
    return replace(network, blocks=blocks[::-1])


def shift_of(network: ExactNetwork, turn: Fraction) -> Fraction:
    """A turn that may be added to one input's phases: any, unless exponents alias (even p, or p <= k)."""
    if network.p % 2 == 0:
        return Fraction(turn > Fraction(1, 2), 2)
    return turn if network.p > network.k else Fraction(int(turn * network.p), network.p)


def exact_symmetries(network: ExactNetwork, draw: Callable[..., Fraction]) -> dict[str, ExactNetwork]:
    k = network.k
    shift = tuple(shift_of(network, draw()) for _ in range(k))
    return {
        "shift on the torus": each(turned(shift))(network),
        "phases by whole turns": each(turned((Fraction(-3), *(Fraction(7),) * (k - 1))))(network),
        "reflection": each(lambda n: replace(n, phases=tuple(-t for t in n.phases), output=-n.output))(network),
        "inputs permuted": each(lambda n: replace(n, phases=n.phases[::-1]))(network),
        "sign of a neuron": each(lambda n: turned((Fraction(1, 2),) * k)(n))(network),
        "a neuron split": split_shares(network, (1 + draw()) / 3),
        "blocks apart": one_frequency_per_block(network),
    }


@settings(max_examples=12, deadline=None)
@given(case=st.sampled_from([(1, 5), (2, 3), (2, 4), (2, 8), (2, 9), (3, 3), (3, 7), (4, 5)]), data=st.data())
def test_exact_symmetries_keep_the_verdict(case, data):
    fractions = st.builds(Fraction, st.integers(0, 11), st.just(12))

    def draw() -> Fraction:
        return data.draw(fractions)

    k, p = case
    base = (
        narrow(k, p) if data.draw(st.booleans()) else construct(k, p, data.draw(st.sampled_from(["minimal", "li24"])))
    )
    for name, twin in exact_symmetries(base, draw).items():
        assert decide(twin).optimal, name
    # A design of random points is nearly never optimal; whatever it is, its images are too.
    points = [tuple(draw() for _ in range(k)) for _ in range(3)]
    design = tuple(Neuron(t, sum(t, Fraction(0)), Fraction(1, 3)) for t in points)
    wrong = replace(base, blocks=(replace(base.blocks[0], neurons=design), *base.blocks[1:]))
    if p % 2 or all(2 * zeta != p for zeta in wrong.blocks[0].frequencies):
        verdict = decide(wrong).optimal
        for name, twin in exact_symmetries(wrong, draw).items():
            assert decide(twin).optimal == verdict, name


@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 9), (2, 15), (3, 9)])
def test_units_permute_the_frequencies(k, p):
    """Each unit maps frequencies to frequencies of the same order: a network with one design keeps its verdict."""
    base = construct(k, p)
    block = base.blocks[0]
    for unit in (t for t in range(2, p) if gcd(t, p) == 1):
        images = tuple(min(unit * z % p, -unit * z % p) for z in block.frequencies)
        assert sorted(images) == list(block.frequencies)
        assert decide(replace(base, blocks=(replace(block, frequencies=images),))).optimal


# ---- no network exceeds gamma* -----------------------------------------------------------------------------------


def task_of(name: str, k: int) -> tuple[Task, float]:
    """A task and its gamma*, for Z_p (a number) or a group (a name)."""
    if name.isdigit():
        return Task.cyclic(k, int(name)), max_margin_float(k, int(name))
    group = load_group(name)
    return group_task(group, k), max_margin(group, k).value


def ascend(task: Task, gamma: float, m: int, seed: int) -> Weights:
    """An adversary: L-BFGS on a smooth minimum of all normalised margins, sharper and sharper."""
    k, n = task.k, task.n
    grid = np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij"), axis=-1).reshape(-1, k)
    right = np.asarray(task.label(grid))
    rows = np.arange(len(grid))

    def loss(x: np.ndarray, beta: float) -> tuple[float, np.ndarray]:
        theta = x.reshape(m, k + 1, n)
        z = sum(theta[:, j, grid[:, j]] for j in range(k))
        w, size = theta[:, k], (theta**2).sum(axis=(1, 2))
        f, total = (z**k).T @ w, (size ** ((k + 1) / 2)).sum()
        gaps = (f[rows, right][:, None] - f) / total
        scores = -beta * gaps
        scores[rows, right] = -np.inf
        weight = softmax(scores)
        by_f = weight / total
        by_f[rows, right] = -weight.sum(axis=1) / total
        gradient = np.empty_like(theta)
        by_z = k * z ** (k - 1) * (w @ by_f.T)
        for j in range(k):
            gradient[:, j] = np.stack([by_z[:, grid[:, j] == a].sum(axis=1) for a in range(n)], axis=1)
        gradient[:, k] = z**k @ by_f
        gradient += (weight * gaps).sum() / total * (k + 1) * (size ** ((k - 1) / 2))[:, None, None] * theta
        return float(logsumexp(scores)) / beta, gradient.ravel()

    x = np.random.default_rng(seed).normal(size=m * (k + 1) * n)
    for beta in (10 / gamma, 100 / gamma, 3000 / gamma):
        x = minimize(loss, x / np.linalg.norm(x), (beta,), "L-BFGS-B", jac=True, options={"maxiter": 150}).x
    theta = x.reshape(m, k + 1, n)
    return theta[:, :k], theta[:, k]


def certainly_at_most_gamma(task: Task, gamma: float, u: np.ndarray, w: np.ndarray, name: str) -> float:
    """The margin over gamma*, after asserting by enumeration, and by an enclosure, that it is at most 1."""
    ratio = normalised_margin(task, u, w) / gamma
    assert ratio <= 1 + 1e-12
    table = None if task.table is None else np.asarray(task.table)
    subject = Subject.of(NetworkFile(u, w, task.k, task.n, table, {"group": name} if table is not None else {}))
    enclosure = margin_ratio(subject, sweep(subject))
    assert enclosure.low <= 1
    assert enclosure.low - 1e-9 <= ratio <= enclosure.high + 1e-9
    return ratio


ADVERSARIES = [("5", 1, 8), ("3", 2, 8), ("4", 2, 9), ("5", 2, 14), ("3", 3, 12), ("S3", 2, 16), ("C4", 2, 9)]


@pytest.mark.parametrize(("name", "k", "m"), ADVERSARIES)
def test_an_adversary_comes_close_and_never_exceeds(name, k, m):
    task, gamma = task_of(name, k)
    found = [certainly_at_most_gamma(task, gamma, *ascend(task, gamma, m, seed), name) for seed in range(3)]
    assert max(found) > 0.95, "too weak an adversary to mean anything"


@settings(max_examples=30, deadline=None)
@given(
    case=st.sampled_from([("2", 1), ("3", 2), ("4", 2), ("6", 2), ("3", 3), ("S3", 2), ("Q8", 2), ("C2xC2", 3)]),
    m=st.integers(1, 9),
    seed=st.integers(0, 2**32 - 1),
    kind=st.sampled_from(["gaussian", "sparse", "signs", "heavy"]),
)
def test_random_networks_never_exceed(case, m, seed, kind):
    name, k = case
    task, gamma = task_of(name, k)
    rng = np.random.default_rng(seed)
    theta = {
        "gaussian": lambda s: rng.normal(size=s),
        "sparse": lambda s: rng.normal(size=s) * (rng.random(s) < 0.3) + 1e-9,
        "signs": lambda s: rng.choice([-1.0, 1.0], s),
        "heavy": lambda s: rng.standard_cauchy(s),
    }[kind]((m, k + 1, task.n))
    certainly_at_most_gamma(task, gamma, theta[:, :k], theta[:, k], name)


@pytest.mark.parametrize(("k", "p"), [(2, 5), (2, 6)])
def test_trained_networks_never_exceed(k, p):
    from verify.trained import trained

    run = trained(k, p)
    assert certainly_at_most_gamma(run.task, max_margin_float(k, p), run.u, run.w, "") > 0.999


@settings(max_examples=40, deadline=None)
@given(case=st.sampled_from(CASES), seed=st.integers(0, 2**32 - 1), size=st.floats(1e-9, 1.0))
def test_no_step_from_an_optimum_gains(case, seed, size):
    """The optimum is global, so no perturbation of any size improves it by more than rounding."""
    rng = np.random.default_rng(seed)
    u, w = honest(*case)
    u, w = u + size * np.abs(u).max() * rng.normal(size=u.shape), w + size * np.abs(w).max() * rng.normal(size=w.shape)
    task = Task.cyclic(*case)
    found = margins(task, logits(u, w)).min() / network_norm(u, w) ** (task.k + 1)
    assert found <= max_margin_float(*case) * (1 + 1e-12)

r"""The maximum margin on some of the inputs of k-input addition, at any width: a programme over neurons.

**Claim.** Let :math:`\psi_\omega(a, c) = \phi_\omega(a)[y] - \phi_\omega(a)[c]` be the gaps of a neuron at the inputs
of a set S (y the label, c a wrong one).  Over networks of any width,

.. math:: \gamma^*_S = \max_{q \ge 0,\ \sum q = 1} \ \min_{a \in S,\, c \ne y} \sum_\omega q_\omega \psi_\omega(a, c)
          = \min_{\mu} \max_\omega \sum_{a, c} \mu(a, c)\, \psi_\omega(a, c)

over unit neurons :math:`\omega` and probabilities :math:`\mu` on pairs of an input of S and a wrong label.

*Proof.* A neuron of norm :math:`t` is worth :math:`t^{k+1}` of the unit neuron in its direction, so networks with
:math:`\sum_i \|\theta_i\|^{k+1} \le 1` have as gaps the convex combinations of those of unit neurons and 0; a
positive minimum grows with the scale, so the whole norm is used.  The convex hull of the compact set of gaps is
compact, and von Neumann's theorem exchanges max and min; the inner maximum of a linear function is at a single neuron.

Columns are generated: the finite game of the neurons at hand gives :math:`q` and :math:`\mu`, ascents from many
starts give neurons that are worth more under :math:`\mu`, and so on.  The network at hand is a **lower** bound whose
margin anyone can enumerate.  What the ascents reached is no bound; ``theory.subset_bound`` has one for two inputs.
**Fourier** neurons have all their vectors in the span of one frequency, with any amplitudes and phases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from theory.errors import InputError, require_integer
from theory.margin import max_margin_float
from theory.matrix_game import solve_game
from theory.task import Task

ROUNDS, ASCENT_STEPS, STARTS = 200, 300, 48
MASS = 1e-6  # of a neuron that is kept


@dataclass(frozen=True, eq=False)
class Subset:
    """Inputs of k-input addition modulo p: shape (n, k)."""

    p: int
    inputs: np.ndarray

    @property
    def k(self) -> int:
        """Number of summands."""
        return self.inputs.shape[1]

    @cached_property
    def label(self) -> np.ndarray:
        """The sum of every input, shape (n,)."""
        return self.inputs.sum(axis=1) % self.p

    @cached_property
    def wrong(self) -> np.ndarray:
        """The wrong labels of every input, shape (n, p-1)."""
        return (self.label[:, None] + np.arange(1, self.p)) % self.p

    @cached_property
    def one_hot(self) -> np.ndarray:
        """What the first layer reads, shape (n, k p)."""
        return np.eye(self.p)[self.inputs].reshape(len(self.inputs), -1)

    def gaps(self, u: np.ndarray, w: np.ndarray) -> np.ndarray:
        """The gaps of neurons u (m, k p), w (m, p): shape (m, n (p-1))."""
        lead = w[:, self.label][:, :, None] - w[:, self.wrong]
        return ((u @ self.one_hot.T)[:, :, None] ** self.k * lead).reshape(len(u), -1)

    def pull(self, mu: np.ndarray) -> np.ndarray:
        """What the weights mu (n (p-1),) ask of every logit: shape (n, p)."""
        each = mu.reshape(-1, self.p - 1)
        asked = np.zeros((len(each), self.p))
        np.put_along_axis(asked, self.wrong, -each, axis=1)
        asked[np.arange(len(each)), self.label] = each.sum(axis=1)
        return asked

    def accuracy(self, u: np.ndarray, w: np.ndarray) -> float:
        """The share of the inputs that a network u (m, k p), w (m, p) answers, strictly."""
        margins = self.gaps(u, w).sum(axis=0).reshape(-1, self.p - 1).min(axis=1)
        return float((margins > 0).mean())


def split(k: int, p: int, share: float, seed: int) -> tuple[Subset, Subset]:
    """A uniformly random share of all inputs, and the rest.

    Raises:
        InputError: unless some inputs are chosen and some are left.
    """
    require_integer("k", k, 2)
    require_integer("p", p, 2)
    every = np.array(list(Task.cyclic(k, p).inputs()))
    count = round(share * len(every))
    if not 0 < count < len(every):
        raise InputError(f"a share must leave inputs on both sides of {len(every)}; got {share}")
    order = np.random.default_rng(seed).permutation(len(every))
    return Subset(p, every[np.sort(order[:count])]), Subset(p, every[np.sort(order[count:])])


@dataclass(frozen=True, eq=False)
class SubsetMargin:
    """The best network found on a subset.

    Attributes:
        value: its normalised margin there: a lower bound on the maximum.
        reached: what the ascents found a single neuron worth under ``mu``; the maximum, if they missed nothing.
        u, w: the network, of norm 1, shapes (m, k p) and (m, p).
        mu: weights on inputs and wrong labels, shape (n (p-1),).
    """

    value: float
    reached: float
    u: np.ndarray
    w: np.ndarray
    mu: np.ndarray


def subset_margin(subset: Subset, *, fourier: bool = False, seed: int = 0, tolerance: float = 5e-3) -> SubsetMargin:
    """Column generation until ``value`` is within ``tolerance`` of ``reached``, or for 200 rounds.

    Args:
        subset: the inputs that count.
        fourier: whether every neuron must be of one frequency.
        seed: seed of the ascents' starts.
        tolerance: relative gap at which to stop.
    """
    generator, scale = np.random.default_rng(seed), max_margin_float(subset.k, subset.p)
    size = len(subset.inputs) * (subset.p - 1)
    mu = best = np.full(size, 1 / size)
    pool = _Pool(subset, np.zeros((0, subset.inputs.shape[1] * subset.p)), np.zeros((0, subset.p)), np.zeros(0))
    value, reached = -np.inf, np.inf
    for _ in range(ROUNDS):
        u, w = best_neurons(subset, mu, generator, pool.starts, fourier)
        gaps = subset.gaps(u, w)
        worth = gaps @ mu
        if worth.max() < reached:
            reached, best = float(worth.max()), mu
        better = worth > value
        if reached - value <= tolerance * reached or not better.any():
            break
        pool = pool.with_neurons(u[better], w[better], gaps[better])
        value, mu = pool.solve(scale, min(0.05, 0.1 * (reached - max(value, 0.0)) / scale))
    factor = pool.q[:, None] ** (1 / (subset.k + 1))
    return SubsetMargin(value, reached, factor * pool.u, factor * pool.w, best)


@dataclass(eq=False)
class _Pool:
    """The neurons at hand and their masses."""

    subset: Subset
    u: np.ndarray
    w: np.ndarray
    q: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """The heaviest neurons, from which ascents start beside random ones."""
        heavy = np.argsort(-self.q)[:STARTS]
        return self.u[heavy]

    def with_neurons(self, u: np.ndarray, w: np.ndarray, gaps: np.ndarray) -> "_Pool":
        """New neurons, each once, beside those that carry mass or came last."""
        _, once = np.unique(np.round(gaps / np.abs(gaps).max(), 3), axis=0, return_index=True)
        kept = (self.q > MASS) | (np.arange(len(self.q)) >= len(self.q) - 2 * gaps.shape[1])
        u, w = np.concatenate([self.u[kept], u[once]]), np.concatenate([self.w[kept], w[once]])
        return _Pool(self.subset, u, w, np.zeros(len(u)))

    def solve(self, scale: float, tolerance: float) -> tuple[float, np.ndarray]:
        """The largest least gap over masses, and the weights mu that say that there is no larger one."""
        gaps = self.subset.gaps(self.u, self.w) / scale
        self.q, mu = solve_game(gaps, tolerance)
        return float((self.q @ gaps).min()) * scale, mu


def best_neurons(
    subset: Subset, mu: np.ndarray, generator: np.random.Generator, also: np.ndarray, fourier: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Ascents of one neuron's mean gap under mu, from random first layers and from ``also`` (some, k p).

    The best w for given u is the direction of :math:`\\sum_a (u \\cdot x_a)^k` times the pull; u follows its gradient
    by shifted power steps.  Returns unit neurons with the best split of the norm: u (starts, k p) and w (starts, p).
    """
    k, p, pull = subset.k, subset.p, subset.pull(mu)
    u = np.concatenate([generator.normal(size=(STARTS, k * p)), also])
    project = _projection(u, p, generator) if fourier else _unchanged
    u = _unit(project(u))
    before = np.zeros(len(u))
    for step in range(ASCENT_STEPS):
        hidden = u @ subset.one_hot.T
        w = project(hidden**k @ pull)
        value = np.linalg.norm(w, axis=1, keepdims=True)
        slope = k * (hidden ** (k - 1) * (_unit(w) @ pull.T)) @ subset.one_hot
        u = _unit(project(slope) + (k - 1) * value * u)
        if step % 20 == 19:
            if (value[:, 0] - before <= 1e-10 * value[:, 0]).all():
                break
            before = value[:, 0]
    w = _unit(project((u @ subset.one_hot.T) ** k @ pull))
    return u * np.sqrt(k / (k + 1)), w * np.sqrt(1 / (k + 1))


def waves(p: int, zeta: int) -> np.ndarray:
    """Cosine and sine of one frequency, orthonormal: shape (2, p)."""
    angle = 2 * np.pi * zeta * np.arange(p) / p
    found = np.stack([np.cos(angle), np.sin(angle)])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def _projection(u: np.ndarray, p: int, generator: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """Every row on the waves of one frequency: random for random rows, its own for a row of one frequency."""
    count = (p - 1) // 2
    basis = np.stack([waves(p, zeta) for zeta in range(1, count + 1)])
    power = (np.einsum("mjp,zfp->mzjf", u.reshape(len(u), -1, p), basis) ** 2).sum(axis=(2, 3))
    drawn = generator.integers(count, size=len(u))
    zeta = np.where(power.max(axis=1) > 0.999 * power.sum(axis=1), power.argmax(axis=1), drawn)
    onto = np.einsum("mfp,mfr->mpr", basis[zeta], basis[zeta])

    def project(x: np.ndarray) -> np.ndarray:
        return np.einsum("mjp,mpr->mjr", x.reshape(len(x), -1, p), onto).reshape(x.shape)

    return project


def _unchanged(x: np.ndarray) -> np.ndarray:
    return x


def _unit(x: np.ndarray) -> np.ndarray:
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-300)

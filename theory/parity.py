r"""**Tight.** (n, k)-sparse parity with activation x^k: the maximum margin and all networks that attain it.

Inputs :math:`x \in \{\pm1\}^n`, label :math:`y = \prod_{j \in S} x_j` for a set S of k coordinates, network
:math:`f(x) = \sum_i (u_i \cdot x)^k w_i \in \mathbb{R}^2`, margin :math:`y\,(f_1 - f_2) = y\, f \cdot b` with
:math:`b = (1, -1)`, norm :math:`\|\theta\|_{2,k+1}`.  Then (Morwani23 Theorem 8)

.. math:: \gamma^* = k!\,\sqrt{2\,(k+1)^{-(k+1)}}.

Proof of the bound.  :math:`\mathbb{E}_x\, y\,(u \cdot x)^k\, w \cdot b = k!\, \prod_{j\in S} u_j\; w \cdot b`, because
only the monomial :math:`\prod_{j\in S} x_j` of degree k has a mean with y; :math:`w \cdot b \le \sqrt2\,\|w\|`; and
a product of k+1 numbers whose squares add up to at most 1 is at most :math:`(k+1)^{-(k+1)/2}`, by AM-GM.

Equality (Morwani23 Theorem 8).  A maximum-margin network consists of best neurons (``theory.derivation.mixture``, with
the uniform q of ``theory.saddle_point``), which have equality in both inequalities and nothing off S: every non-zero
neuron is :math:`u_j = \pm\|w\|` on S and 0 off S, w a multiple of b,
with :math:`\prod_{j \in S} u_j\; w \cdot b \ge 0`.  So a neuron is a sign vector s on S, up to
(s, w) ~ (-s, (-1)^k w), and a mass q.  All inputs must be on the margin, and reducing :math:`x_j^2 = 1`,

.. math:: \frac{\text{margin}(x)}{\gamma^*} =
   \sum_i q_i \Bigl(\prod_j s_{ij}\Bigr) \frac{(s_i \cdot x)^k}{k!} \prod_j x_j

is the constant 1 iff :math:`\sum_i q_i \prod_{j \in R} s_{ij} = 0` for every non-empty R of even size.  Those are all
the non-trivial characters of :math:`\{\pm1\}^k/\pm1`.  Hence (ours): a network is maximum-margin iff its neurons are
of this form and **each of the** :math:`2^{k-1}` **sign classes carries the mass** :math:`2^{-(k-1)}`; it is unique up
to splitting neurons, and no width below :math:`2^{k-1}` will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import prod

import numpy as np
import sympy

from theory.errors import InputError, require_integer

LARGEST_K = 12
LARGEST_N = 10_000
LARGEST_ENUMERATION = 20


@dataclass(frozen=True)
class ParityNeuron:
    """One neuron, exactly: a rational direction and a mass.

    Attributes:
        u: direction of the input weights, length n.
        w: direction of the output weights times sqrt(2), length 2: (1, -1) goes with entries +-1 of u.
        mass: ||theta_i||^(k+1).
    """

    u: tuple[Fraction, ...]
    w: tuple[Fraction, Fraction]
    mass: Fraction


@dataclass(frozen=True)
class ParityNetwork:
    """An exact network for the parity of the coordinates ``support``, out of n; k = len(support)."""

    n: int
    support: tuple[int, ...]
    neurons: tuple[ParityNeuron, ...]

    @property
    def k(self) -> int:
        """Number of relevant coordinates."""
        return len(self.support)


def max_margin(n: int, k: int) -> sympy.Expr:
    """**Tight.** gamma* of (n, k)-sparse parity, exact; it does not depend on n.

    Raises:
        InputError: unless 1 <= k <= n.

    Source: Morwani23 Theorem 8.

    Examples:
        >>> max_margin(10, 3)
        3*sqrt(2)/8
        >>> failures(construct(10, 3))
        []
    """
    require_integer("n", n, 1, LARGEST_N)
    require_integer("k", k, 1, n)
    return sympy.factorial(k) * sympy.sqrt(2 / sympy.Integer(k + 1) ** (k + 1))


def construct(n: int, k: int, support: Sequence[int] | None = None) -> ParityNetwork:
    """The maximum-margin network of least width, 2^(k-1): one neuron for each sign class.

    Args:
        n: number of coordinates.
        k: number of relevant ones, at most 12.
        support: which; the first k by default.

    Raises:
        InputError: for other arguments.

    Examples:
        >>> [str(x) for x in construct(5, 3).neurons[0].u]
        ['1', '1', '1', '0', '0']
    """
    max_margin(n, k)
    require_integer("k", k, 1, LARGEST_K)
    support = tuple(range(k)) if support is None else tuple(sorted(support))
    if len(set(support)) != k or not all(0 <= j < n for j in support):
        raise InputError(f"the support must be {k} distinct coordinates in 0..{n - 1}; got {support}")
    neurons = []
    for rest in product((1, -1), repeat=k - 1):
        u = [Fraction(0)] * n
        for j, sign in zip(support, (1, *rest), strict=True):
            u[j] = Fraction(sign)
        parity = Fraction(prod(rest))
        neurons.append(ParityNeuron(tuple(u), (parity, -parity), Fraction(1, 2 ** (k - 1))))
    return ParityNetwork(n, support, tuple(neurons))


def weights(network: ParityNetwork) -> tuple[np.ndarray, np.ndarray]:
    """Float64 weights: u of shape (m, n), w of shape (m, 2); norm 1 if the masses add up to 1, to rounding."""
    u = np.array([[float(x) for x in neuron.u] for neuron in network.neurons])
    w = np.array([[float(x) for x in neuron.w] for neuron in network.neurons]) / np.sqrt(2)
    mass = np.array([float(neuron.mass) for neuron in network.neurons])
    scale = mass ** (1 / (network.k + 1)) / np.sqrt((u**2).sum(axis=1) + (w**2).sum(axis=1))
    return u * scale[:, None], w * scale[:, None]


def failures(network: ParityNetwork) -> list[str]:
    """Why ``network`` is not maximum-margin: empty iff it is.  Exact; cost n m + 2^k, never 2^n.

    Decides the theorem at the top of this file: norm 1, the form of each neuron, equal masses of the sign classes.
    """
    k = network.k
    wrong = [reason for i, neuron in enumerate(network.neurons) for reason in _neuron_failures(i, neuron, network)]
    total = sum((neuron.mass for neuron in network.neurons), Fraction(0))
    if total != 1:
        wrong.append(f"the masses add up to {total}, not to 1")
    if wrong:
        return wrong
    masses: dict[tuple[int, ...], Fraction] = {}
    for neuron in network.neurons:
        if neuron.mass:
            signs = _signs(neuron, network.support)
            relative = tuple(s * signs[0] for s in signs)
            masses[relative] = masses.get(relative, Fraction(0)) + neuron.mass
    share = Fraction(1, 2 ** (k - 1))
    for rest in product((1, -1), repeat=k - 1):
        mass = masses.get((1, *rest), Fraction(0))
        if mass != share:
            wrong.append(f"sign class {(1, *rest)} carries the mass {mass}, not {share}")
    return wrong


def _neuron_failures(i: int, neuron: ParityNeuron, network: ParityNetwork) -> list[str]:
    if neuron.mass < 0:
        return [f"neuron {i} has a negative mass"]
    if not neuron.mass:
        return []
    off = [j for j in range(network.n) if neuron.u[j] and j not in network.support]
    sizes = {abs(neuron.u[j]) for j in network.support}
    if off:
        return [f"neuron {i} reads coordinate {off[0]}, outside the support"]
    if neuron.w[0] != -neuron.w[1]:
        return [f"neuron {i} has output weights outside the span of (1, -1)"]
    if sizes != {abs(neuron.w[0])} or not neuron.w[0]:
        return [f"neuron {i} has input weights on the support that are not all of the size of its output norm"]
    if prod(_signs(neuron, network.support)) * neuron.w[0] < 0:
        return [f"neuron {i} has the wrong sign"]
    return []


def _signs(neuron: ParityNeuron, support: tuple[int, ...]) -> list[int]:
    return [1 if neuron.u[j] > 0 else -1 for j in support]


def margin_polynomial(network: ParityNetwork) -> dict[tuple[int, ...], Fraction]:
    r"""margin(x)/gamma* as a polynomial in the relevant x_j with :math:`x_j^2 = 1`: the second route, exact.

    Expands :math:`(s \cdot x)^k` in the group algebra of :math:`(\mathbb{Z}/2)^k`, 2^k coefficients, for neurons of the
    form that the theorem asks for.

    Returns:
        {coordinates: coefficient} without zeros; ``{(): 1}`` iff the network is maximum-margin.

    Raises:
        InputError: when some neuron is not of that form, or k > 12.
    """
    k, support = network.k, network.support
    require_integer("k", k, 1, LARGEST_K)
    total = [Fraction(0)] * 2**k
    for i, neuron in enumerate(network.neurons):
        reasons = _neuron_failures(i, neuron, network)
        if reasons:
            raise InputError(f"need neurons of the optimal form; {reasons[0]}")
        if neuron.mass:
            signs = _signs(neuron, support)
            power = np.zeros(2**k, dtype=object)
            power[0] = prod(signs)
            for _ in range(k):
                power = sum(s * power[np.arange(2**k) ^ (1 << j)] for j, s in enumerate(signs))
            for subset, count in enumerate(power.tolist()):
                total[subset ^ (2**k - 1)] += neuron.mass * Fraction(count, int(sympy.factorial(k)))
    subsets = [subset for size in range(k + 1) for subset in combinations(range(k), size)]
    found = {subset: total[sum(1 << j for j in subset)] for subset in subsets}
    return {tuple(support[j] for j in subset): value for subset, value in found.items() if value}


def normalised_margin(u: np.ndarray, w: np.ndarray, support: Sequence[int]) -> float:
    """min over all 2^n inputs of the margin, over norm^(k+1): the definition, for n <= 20.

    Args:
        u: shape (m, n).
        w: shape (m, 2).
        support: the k relevant coordinates.

    Raises:
        InputError: for n > 20.

    Examples:
        >>> round(normalised_margin(*weights(construct(5, 3)), [0, 1, 2]) / float(max_margin(5, 3)), 12)
        1.0
    """
    n, k = u.shape[1], len(support)
    if n > LARGEST_ENUMERATION:
        raise InputError(f"n must be at most {LARGEST_ENUMERATION} to enumerate 2^n inputs; got {n}")
    norm = (((u**2).sum(axis=1) + (w**2).sum(axis=1)) ** ((k + 1) / 2)).sum()
    least = np.inf
    for start in range(0, 2**n, 2**12):
        numbers = np.arange(start, min(start + 2**12, 2**n))
        x = 1.0 - 2.0 * (numbers[:, None] >> np.arange(n) & 1)
        outputs = (x @ u.T) ** k @ w
        least = min(least, float((x[:, list(support)].prod(axis=1) * (outputs[:, 0] - outputs[:, 1])).min()))
    return least / float(norm)


@dataclass(frozen=True)
class ParityConditions:
    """How well float weights meet the theorem's conditions, over the live neurons; all 0 (and sign True) at an optimum.

    Attributes:
        off_support: largest share of a neuron's ||u||^2 that lies off the support.
        unbalanced: largest relative deviation of an |u_j|, j in the support, from ||w||.
        off_span: largest share of ||w||^2 outside the span of (1, -1).
        signs: whether the product of the u_j on the support and w.b is positive for every live neuron.
        uneven: largest relative deviation of a sign class's mass from 2^-(k-1).
    """

    off_support: float
    unbalanced: float
    off_span: float
    signs: bool
    uneven: float


def conditions(u: np.ndarray, w: np.ndarray, support: Sequence[int], live: float = 1e-6) -> ParityConditions:
    """The measured distance of weights, such as trained ones, from the conditions; see :class:`ParityConditions`.

    Args:
        u: shape (m, n).
        w: shape (m, 2).
        support: the k relevant coordinates.
        live: a neuron is live when its mass is above this times the mean mass.

    Raises:
        InputError: when the network is zero.
    """
    k, relevant = len(support), list(support)
    mass = ((u**2).sum(axis=1) + (w**2).sum(axis=1)) ** ((k + 1) / 2)
    if not mass.sum() > 0:
        raise InputError("the network must not be zero")
    alive = mass > live * mass.mean()
    u, w, mass = u[alive], w[alive], mass[alive] / mass[alive].sum()
    inside = (u[:, relevant] ** 2).sum(axis=1) / np.maximum((u**2).sum(axis=1), 1e-300)
    size = np.maximum(np.linalg.norm(w, axis=1), 1e-300)
    difference = w[:, 0] - w[:, 1]
    signs = np.where(u[:, relevant] < 0, -1, 1)
    relative = signs[:, 1:] * signs[:, :1]
    index = ((1 - relative) // 2) @ (1 << np.arange(k - 1))
    shares = np.bincount(index, mass, minlength=2 ** (k - 1)) * 2 ** (k - 1)
    return ParityConditions(
        off_support=float((1 - inside).max()),
        unbalanced=float(np.abs(np.abs(u[:, relevant]) / size[:, None] - 1).max()),
        off_span=float((1 - difference**2 / (2 * size**2)).max()),
        signs=bool((signs.prod(axis=1) * difference > 0).all()),
        uneven=float(np.abs(shares - 1).max()),
    )

r"""Narrower phase designs where exponents alias (**upper**, certified; Ours: narrow designs).

At a frequency of even order up to 2k, or odd order up to k, exponents that agree modulo the order are one function,
and only the sums over their classes need to vanish (``theory.core.optimality``).  Fewer than the
:math:`(k+1)2^{k-1}` points of the minimal construction can then do.  The stored designs were found by least
squares (``search``), turned out to have equal masses and rational phases, and are decided exactly by the trusted
core: ``narrow(k, p)`` is an exact network.

**N_2(4) = 4.**  *Proof* that three points do not do.  At k = 2, order 4, the exponents (1,-1), (-1,1), (-1,-1) are
alone in their classes, so M(0,2), M(2,0) and M(2,2) vanish: under the design the characters 1, :math:`z_1^2` and
:math:`(z_1 z_2)^2`, with :math:`z_j = e^{i t_j}`, are orthonormal.  Three orthonormal functions on three points are a
unitary matrix with entries of size :math:`\sqrt{q_r}`, so all masses are 1/3 and each of the two rows is a multiple of
:math:`1, \omega, \omega^2` (:math:`\omega` a cube root of one) in some order; orthogonal to each other they run in
opposite order: :math:`z_1^2 = c\,\omega^{r}`, :math:`(z_1 z_2)^2 = d\,\omega^{2r}`, hence
:math:`z_1 z_2 = e_r \sqrt{d}\,\omega^r` with signs :math:`e_r`.  The class of (2,0) and (-2,0) asks for
:math:`M(1,-1) + M(-3,-1) = 0`; but :math:`|3 M(1,-1)| = |\sum_r e_r|` is 3 or 1 where
:math:`|3 M(-3,-1)| = |\sum_r e_r \omega^r|` is 0 or 2.  And fewer than three points carry no three orthonormal
functions.  QED

The stored ``measured`` rows are what the search saw: the least number of points at which the residual reached
zero, and, over so many starts, the smallest residual with the next smaller number that was tried.  They prove nothing.
At order 4 the sizes 4, 12, 32 for k = 2, 3, 4 are :math:`k\,2^{k-1}`; at k = 4, order 3, 21 points with unequal
masses work, not yet in exact form, so ``narrow`` does not use them.  At k = 5 short searches found nothing narrower.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from math import gcd

import numpy as np

from theory.construction import construct, minimal_design, nyquist_design
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.exponents import exponents, walks
from theory.core.optimality import frequency_mass
from theory.errors import InputError, require_integer


@dataclass(frozen=True, eq=False)
class Search:
    """The best design found: phases in turns, shape (neurons, k), shares, shape (neurons,), and the residual."""

    phases: np.ndarray
    shares: np.ndarray
    residual: float
    starts: int


@cache
def _stored() -> Mapping[tuple[int, int], tuple[Neuron, ...]]:
    content = json.loads((resources.files("theory") / "narrow_designs.json").read_text())
    designs = {}
    for row in content["designs"]:
        points = [[Fraction(t, row["denominator"]) % 1 for t in point] for point in row["points"]]
        share = Fraction(1, len(points))
        designs[row["k"], row["order"]] = tuple(Neuron(tuple(t), sum(t, Fraction(0)) % 1, share) for t in points)
    return designs


def stored_designs() -> Mapping[tuple[int, int], tuple[Neuron, ...]]:
    """The stored designs by (k, order).

    Examples:
        >>> {key: len(design) for key, design in stored_designs().items()}
        {(2, 4): 4, (3, 3): 9, (3, 4): 12, (4, 4): 32}
    """
    return _stored()


def measured() -> list[dict]:
    """What the numerical search saw, one row per (k, order)."""
    return json.loads((resources.files("theory") / "narrow_designs.json").read_text())["measured"]


def narrow_design_size(k: int, order: int) -> int | None:
    """Points of the stored design for this order; None where there is none."""
    design = _stored().get((k, order))
    return None if design is None else len(design)


def narrow(k: int, p: int) -> ExactNetwork:
    """The narrowest exact network known: the minimal construction, with a narrow design wherever one is stored.

    Args:
        k: number of inputs, 1 to 12.
        p: modulus, at least 2.

    Raises:
        InputError: outside these ranges.

    Examples:
        >>> narrow(2, 4).width, construct(2, 4).width
        (6, 8)
    """
    minimal = construct(k, p)
    by_design: defaultdict[tuple[Neuron, ...], list[int]] = defaultdict(list)
    for zeta in range(1, p // 2 + 1):
        order = p // gcd(zeta, p)
        default = nyquist_design(k) if order == 2 else minimal_design(k)
        by_design[_stored().get((k, order), default)].append(zeta)
    blocks = tuple(Block(design, tuple(zetas), frequency_mass(k, p, zetas[0])) for design, zetas in by_design.items())
    return ExactNetwork(minimal.k, minimal.p, blocks)


def search(k: int, order: int, neurons: int, starts: int = 20, seed: int = 0, orbit: int = 1) -> Search:
    """Least squares on the class sums over designs with this many points; stops at the first exact one.

    With ``orbit`` g > 1 the points come in orbits of g under the shift of all phases by 1/(2g) turn, as in the
    minimal construction (g = k+1): then M(m) = 0 unless 2g divides the sum of m, and one point per orbit is unknown.

    Args:
        k: number of inputs.
        order: the order of the frequency, at least 3.
        neurons: number of points.
        starts: random starting points.
        seed: seed of these.
        orbit: size of the orbits; must divide ``neurons``.

    Raises:
        InputError: outside these ranges.
    """
    require_integer("k", k, 1)
    require_integer("order", order, 3)
    require_integer("neurons", neurons, 1)
    require_integer("starts", starts, 1)
    require_integer("orbit", orbit, 1)
    if neurons % orbit:
        raise InputError(f"neurons must be a multiple of orbit = {orbit}; got {neurons}")
    waves, sums = _class_sums(k, order)
    kept = waves.sum(axis=1) % (2 * orbit) == 0
    waves, sums = waves[kept], sums[:, kept]
    sums = sums[sums.any(axis=1)]
    from scipy.optimize import least_squares

    shifts, neurons = np.arange(orbit) / (2 * orbit), neurons // orbit
    rng = np.random.default_rng(seed)
    best = Search(np.zeros((0, k)), np.zeros(0), np.inf, 0)

    def residual(x: np.ndarray) -> np.ndarray:
        t, roots = x[: neurons * k].reshape(neurons, k), x[neurons * k :]
        classes = sums @ (roots**2 @ np.exp(1j * t @ waves.T))
        return np.concatenate([classes.real, classes.imag, [roots @ roots - 1]])

    def jacobian(x: np.ndarray) -> np.ndarray:
        t, roots = x[: neurons * k].reshape(neurons, k), x[neurons * k :]
        moments = np.exp(1j * t @ waves.T)
        by_phase = np.einsum("cm,rm,mi->cri", sums, 1j * (roots**2)[:, None] * moments, waves, optimize=True)
        table = np.hstack([by_phase.reshape(len(sums), -1), (sums @ moments.T) * (2 * roots)])
        return np.vstack([table.real, table.imag, np.concatenate([np.zeros(neurons * k), 2 * roots])])

    for start in range(starts):
        phases = rng.uniform(0, 2 * np.pi, neurons * k)
        x = np.concatenate([phases, rng.uniform(0.5, 1.5, neurons) / np.sqrt(neurons)])
        found = least_squares(residual, x, jacobian, max_nfev=150, xtol=1e-15, ftol=1e-15, gtol=1e-15)
        size = float(np.linalg.norm(found.fun))
        if size < best.residual:
            turns = found.x[: neurons * k].reshape(neurons, 1, k) / (2 * np.pi) + shifts[:, None]
            shares = np.repeat(found.x[neurons * k :] ** 2 / orbit, orbit)
            best = Search(turns.reshape(-1, k) % 1, shares, size, start + 1)
        if size < 1e-10:
            break
    return best


def _class_sums(k: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """The exponents n - 1, shape (exponents, k), and the class averages, shape (classes, exponents)."""
    classes = defaultdict(list)
    for n in exponents(k):
        classes[tuple(x % order for x in n)].append(n)
    del classes[(1,) * k]
    members = [(number, n) for number, group in enumerate(classes.values()) for n in group]
    sums = np.zeros((len(classes), len(members)))
    for column, (number, n) in enumerate(members):
        sums[number, column] = walks(n)
    return np.array([n for _, n in members]) - 1, sums / sums.sum(axis=1, keepdims=True)

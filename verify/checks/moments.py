r"""The unwanted moments of a network on Z_p cancel, class by class (k >= 2; ours: the maximum-margin set).

At a frequency :math:`\zeta` of order d = p/gcd(zeta, p), with neurons of masses :math:`q_i` (sum 1) and phases t,
every class C of exponents n modulo d other than that of (1, ..., 1) must have

.. math:: \Bigl|\sum_{n \in C} W(n) \sum_i q_i\, e^{2\pi i (n \cdot t_i - t_{w,i})}\Bigr| \Big/ \sum_{n \in C} W(n) = 0,

W(n) the number of k-step walks from 0 to n.  Where d is odd and above k, or even and above 2k, classes are single
exponents.  Light neurons count as they do for the masses; ``verify.tolerance`` says what is allowed.
"""

from functools import lru_cache
from itertools import product
from math import comb, gcd

import numpy as np

from theory.core.exponents import exponents, is_free, walks
from verify.checks.decomposition import Decomposition
from verify.intervals import Enclosure
from verify.result import CheckResult
from verify.subject import Subject
from verify.tolerance import Tolerance

SET = "Ours:maximum-margin set"
MOST_WORK = 4e8
CHUNK = 2**20


def moment_check(subject: Subject, found: Decomposition, tol: float) -> CheckResult:
    """The largest class sum over all frequencies, against 0.

    Cost: (exponents, about 0.7 * 5.8^k / sqrt(k)) times the number of neurons; ``skipped`` above 4e8, where only
    the margin over all inputs decides.
    """
    k, p = subject.task.k, subject.task.n
    label, allowed = "unwanted moments cancel", Tolerance(tol, k)
    counted, unsure = found.counted(allowed)
    usable = np.isin(np.arange(subject.m), counted) & found.consistent
    signed, members = found.families is not None, 1
    if found.families is not None:  # of the other exponents every moment is 0, and these are one over a whole family
        usable, members = usable & np.isin(np.arange(subject.m), found.families), 2 ** (k - 1)
    if too_many_exponents(k, int(usable.sum()), signed):
        return CheckResult(
            SET, label, "skipped", None, None, None, allowed.moments, f"k = {k} has too many exponents", "moments"
        )
    worst, error, where = 0.0, 0.0, "every frequency"
    for zeta in np.unique(found.frequency[usable]).tolist():
        here = usable & (found.frequency == zeta)
        order = p // gcd(zeta, p)
        phases, mass = found.waves.phase[here], found.mass[here]
        defect, exponent = worst_class(phases[:, :-1], phases[:, -1], mass / mass.sum(), order, signed)
        if defect > worst:
            worst, error = defect, unsure / float(members * mass.sum())
            where = f"frequency {zeta}, order {order}, exponent {list(exponent)}"
    return CheckResult(
        SET,
        label,
        Enclosure.around(worst, error).at_most(allowed.moments),
        measured=worst,
        predicted=0.0,
        error=worst,
        tolerance=allowed.moments,
        detail=f"largest normalised class sum: {where}",
        key="moments",
    )


def worst_class(
    phases: np.ndarray, output: np.ndarray, mass: np.ndarray, order: int, signed: bool = False
) -> tuple[float, tuple[int, ...]]:
    """The largest normalised class sum of a design beside the wanted one, and an exponent in its class.

    Arguments as in ``class_sums``.

    Examples:
        >>> thirds = np.array([[0.0, 0.0], [1 / 6, 1 / 6], [1 / 3, 1 / 3]])
        >>> found, _ = worst_class(thirds, thirds.sum(axis=1), np.full(3, 1 / 3), 7)
        >>> round(found, 12)  # three of the six neurons do not cancel
        1.0
    """
    sums, count, members, wanted = class_sums(phases, output, mass, order, signed)
    size = np.abs(sums) / count
    size[wanted] = 0.0
    i = int(size.argmax())
    return float(size[i]), tuple(members[i].tolist())


def class_sums(
    phases: np.ndarray, output: np.ndarray, mass: np.ndarray, order: int, signed: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Every class of exponents modulo the order, C of them.

    Args:
        phases: input phases in turns, shape (N, k).
        output: output phases in turns, shape (N,).
        mass: masses, shape (N,).
        order: d.
        signed: the neurons stand for whole sign families, which leaves the exponents in {-1, 1}^k.

    Returns:
        sums of W(n) M(n), shape (C,); sums of W(n); one exponent of each class, shape (C, k); the index of the class
        of (1, ..., 1).
    """
    k = phases.shape[1]
    table, count, wanted = exponent_table(k, signed)
    moments = np.empty(len(table), dtype=complex)
    step = max(1, CHUNK // len(mass))
    for i in range(0, len(table), step):
        turns = table[i : i + step] @ phases.T - output
        moments[i : i + step] = np.exp(2j * np.pi * turns) @ mass
    weighted = count * moments
    if is_free(k, order):
        return weighted, count, table, wanted
    _, first, member = np.unique(table % order, axis=0, return_index=True, return_inverse=True)
    member = member.ravel()
    sums = np.bincount(member, weighted.real) + 1j * np.bincount(member, weighted.imag)
    return sums, np.bincount(member, count), table[first], int(member[wanted])


def too_many_exponents(k: int, neurons: int, signed: bool = False) -> bool:
    """Whether the points of Z^k with 1-norm at most k, times the neurons, exceed 4e8."""
    points = 2**k if signed else sum(comb(k, j) ** 2 * 2**j for j in range(k + 1))
    return points * neurons > MOST_WORK


@lru_cache(maxsize=4)
def exponent_table(k: int, signed: bool = False) -> tuple[np.ndarray, np.ndarray, int]:
    """All exponents (in {-1, 1}^k if ``signed``), shape (E, k), their numbers of walks W, the row of (1, ..., 1)."""
    found = list(product((-1, 1), repeat=k) if signed else exponents(k))
    return np.array(found).reshape(-1, k), np.array([float(walks(n)) for n in found]), found.index((1,) * k)

r"""All narrowest designs for two inputs: two families of six points, and no other (**tight**; ours).

Phases :math:`t_1, t_2` of a design's points, :math:`t \sim t + \pi\mathbf 1` one neuron.  In the coordinates
:math:`u = e^{i(t_1+t_2)}, v = e^{i(t_1-t_2)}`, a measure is a design at a free order iff
:math:`\int u^a v^b = 0` for all :math:`|a| \le 2, |b| \le 1`, not both 0.  With :math:`\omega = e^{2\pi i/3}` the
designs of six points have equal weights and are exactly

* (I) :math:`\{(a\omega^j, v_0)\} \cup \{(b\omega^j, -v_0)\}`, j = 0, 1, 2: each sign class shifted by itself;
* (II) :math:`\{(a\omega^j, v_j), (a\omega^j, -v_j)\}`, j = 0, 1, 2, for any :math:`a, v_0, v_1, v_2`.

*Proof.*  Exponents are those n with :math:`u^a v^b = e^{in\cdot t}`, :math:`|a|, |b| \le 1`, and **1** is u: the
moments at :math:`n - \mathbf 1` are those of :math:`u^{a-1} v^b`, with conjugates :math:`|a| \le 2`.  The characters
:math:`u^a v^b`, a = 0, 1, 2, b = 0, 1, are six and orthonormal, so six points make the matrix
:math:`\sqrt{q_r}\,\chi(t_r)` unitary: its columns have norm 1, 6 q_r = 1, and for r != s, with U, V the ratios of
their coordinates, :math:`0 = \sum_\chi \chi = (1 + U + U^2)(1 + V)`: U in :math:`\{\omega, \bar\omega\}` or V = -1.
Conversely that and equal weights make the matrix unitary.  Let points be in one class if their v agree up to sign.
Points with one v, or of different classes, have U in :math:`\{\omega, \bar\omega\}`.  One class: v_0 and -v_0 have at
most three points each, in one coset of :math:`\langle\omega\rangle` each: (I).  More classes: every point is so
related to one of another class, so all u lie in one coset; points of different classes, or with one v, have different
u.  So a value u belongs to one class, with at most one point at v and one at -v: at most 2 * 3 = 6 points, all of
them: (II).  QED
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from theory.core.exact_network import Neuron

THIRDS = (Fraction(0), Fraction(1, 3), Fraction(2, 3))


def first_family(a: Fraction, b: Fraction, v: Fraction) -> tuple[Neuron, ...]:
    """Family (I), all arguments in turns.

    Examples:
        >>> from theory.core.optimality import nonzero_moments
        >>> set(nonzero_moments(first_family(Fraction(1, 5), Fraction(1, 7), Fraction(1, 9)), 2))
        {(1, 1)}
    """
    return _design([(a + j, v) for j in THIRDS] + [(b + j, v + Fraction(1, 2)) for j in THIRDS])


def second_family(a: Fraction, v: Sequence[Fraction]) -> tuple[Neuron, ...]:
    """Family (II), all arguments in turns."""
    pairs = zip(THIRDS, v, strict=True)
    return _design([(a + j, x + half) for j, x in pairs for half in (Fraction(0), Fraction(1, 2))])


def _design(points: list[tuple[Fraction, Fraction]]) -> tuple[Neuron, ...]:
    """From (u, v) in turns to phases ((u+v)/2, (u-v)/2)."""
    share = Fraction(1, len(points))
    return tuple(Neuron(((u + v) / 2 % 1, (u - v) / 2 % 1), u % 1, share) for u, v in points)


def unrelated(phases: np.ndarray) -> float:
    """How far six points, phases in turns of shape (6, 2), are from (1 + U + U^2)(1 + V) = 0: the largest modulus.

    Zero says, for equal weights, that they are a design, of one of the families.
    """
    u, v = np.exp(2j * np.pi * phases.sum(axis=1)), np.exp(2j * np.pi * (phases[:, 0] - phases[:, 1]))
    ratio_u, ratio_v = u[:, None] / u, v[:, None] / v
    product = (1 + ratio_u + ratio_u**2) * (1 + ratio_v)
    return float(np.abs(product[~np.eye(len(u), dtype=bool)]).max())


def family(phases: np.ndarray, tolerance: float = 1e-6) -> str | None:
    """``I``, ``II`` or ``both``: which family six points belong to; None for neither.

    Examples:
        >>> family(np.array([[float(t) for t in n.phases] for n in second_family(Fraction(0), THIRDS)]))
        'II'
    """
    u, v = phases.sum(axis=1), phases[:, 0] - phases[:, 1]
    if unrelated(phases) > tolerance:
        return None
    one_class = _apart(2 * v[:, None] - 2 * v).max() < tolerance
    one_coset = _apart(3 * u[:, None] - 3 * u).max() < tolerance
    return {(True, True): "both", (True, False): "I", (False, True): "II"}.get((bool(one_class), bool(one_coset)))


def _apart(turns: np.ndarray) -> np.ndarray:
    return np.abs(turns - np.round(turns))

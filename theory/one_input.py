r"""k = 1, where many frequencies may share a neuron: all maximum-margin networks (ours).

Theorem.  A network :math:`f(a)[c] = \sum_i u_i(a)\, w_i(c)` of norm 1 is maximum-margin for the identity modulo p
iff every neuron has :math:`w_i = u_i`, mean zero, and

.. math:: \sum_i u_i u_i^\top = \gamma^* \Bigl(I - \frac1p J\Bigr), \qquad \gamma^* = \frac{1}{2(p-1)}.

Proof.  Against uniform class weights the mean margin is
:math:`\frac{1}{p-1} \sum_i \langle \mathring u_i, \mathring w_i\rangle`, where the ring takes the mean away, at most
:math:`\frac{1}{2(p-1)} \sum_i (\|u_i\|^2 + \|w_i\|^2) = \gamma^*` with equality iff :math:`u_i = w_i` has mean zero.
At the optimum all margins over all labels are equal, so :math:`f = \sum_i u_i u_i^\top` is
:math:`\gamma^* I + h 1^\top`; it is symmetric with mean zero, hence :math:`\gamma^*(I - J/p)`.  Conversely that f has
all margins :math:`\gamma^*`, and norm :math:`\sum_i 2\|u_i\|^2 = 2\gamma^*(p-1) = 1`.  Its rank is p-1, so p-1 neurons
are needed; any orthonormal basis of the vectors with mean zero, scaled, will do.  QED
"""

from fractions import Fraction

import numpy as np


def rational_network(p: int) -> list[list[Fraction]]:
    """p neurons u_i = w_i = e_i - 1/p, whose outputs are the centring matrix; exact, norm^2 = 2 (p-1)."""
    return [[Fraction(int(i == a)) - Fraction(1, p) for a in range(p)] for i in range(p)]


def rational_margin(neurons: list[list[Fraction]]) -> Fraction:
    """The normalised margin of the network with u_i = w_i = the rows given, exact.

    Examples:
        >>> str(rational_margin(rational_network(5)))  # gamma* = 1/(2(p-1))
        '1/8'
    """
    p = len(neurons[0])
    outputs = [[sum((u[a] * u[c] for u in neurons), Fraction(0)) for c in range(p)] for a in range(p)]
    least = min(outputs[a][a] - outputs[a][c] for a in range(p) for c in range(p) if c != a)
    return least / sum((2 * x * x for u in neurons for x in u), Fraction(0))


def random_network(p: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """p-1 neurons from a random rotation of the vectors with mean zero, norm 1: u (p-1, 1, p), w (p-1, p)."""
    generator = np.random.default_rng(seed)
    start = np.column_stack([np.ones(p), generator.normal(size=(p, p - 1))])
    basis = np.linalg.qr(start)[0][:, 1:].T / np.sqrt(2 * (p - 1))
    return basis[:, None], basis

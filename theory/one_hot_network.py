r"""A network that is right and not maximum-margin: 2 p^2 signed one-hot neurons (Morwani23 App. D).

For any table r of labels and every pair (x, y), two neurons

.. math:: \bigl(e_x(a) + e_y(b)\bigr)^2 e_{r(x,y)}(c) - \bigl(e_x(a) - e_y(b)\bigr)^2 e_{r(x,y)}(c)
   = 4\, e_x(a)\, e_y(b)\, e_{r(x,y)}(c)

*Proof.*  They write 4 at the right label of (x, y) and 0 elsewhere.  With vectors of equal size every neuron is
balanced, and the norm-1 network has the margin :math:`2 / (3\sqrt3\, p^2)` at every input.  Against
:math:`\gamma^*(2, p) = \sqrt{2/27}\, p^{-1/2} (p-1)^{-1}` (odd p) the squared ratio is
:math:`2(p-1)^2/p^3 < 1`: correct outputs do not imply sparse spectra, maximum margin does.
"""

from fractions import Fraction

import numpy as np
import sympy

from theory.errors import InputError, require_integer


def one_hot_network(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The network of norm 1 that computes a table: u of shape (2 p^2, 2, p), w of shape (2 p^2, p).

    Args:
        labels: label of every pair (x, y), integers in 0..p-1, shape (p, p).

    Raises:
        InputError: when the table is not square or a label is out of range.
    """
    p = len(labels)
    if labels.shape != (p, p) or not ((labels >= 0) & (labels < p)).all():
        raise InputError(f"the labels must be a p x p table of integers in 0..p-1; got shape {labels.shape}")
    size = (2 * p * p) ** (-1 / 3) / np.sqrt(3)
    x, y = (index.ravel() for index in np.indices((p, p)))
    unit = size * np.eye(p)
    plus = np.stack([unit[x], unit[y]], axis=1)
    minus = np.stack([unit[x], -unit[y]], axis=1)
    output = unit[labels.ravel()]
    return np.concatenate([plus, minus]), np.concatenate([output, -output])


def one_hot_margin(p: int) -> sympy.Expr:
    r"""**Tight.** The normalised margin of :func:`one_hot_network`, :math:`2/(3\sqrt3\,p^2)`, exact.

    Raises:
        InputError: for p < 2.

    Examples:
        >>> one_hot_margin(5)
        2*sqrt(3)/225
    """
    require_integer("p", p, 2)
    return 2 / (3 * sympy.sqrt(3) * sympy.Integer(p) ** 2)


def squared_ratio(p: int) -> Fraction:
    r""":math:`(\gamma/\gamma^*)^2 = 2(p-1)^2/p^3` at odd p, rational.

    Raises:
        InputError: for p < 2.
    """
    require_integer("p", p, 2)
    return Fraction(2 * (p - 1) ** 2, p**3)

r"""**Tight.** The maximum normalised margin of k-input addition modulo p, for every k >= 1 and p >= 2.

.. math:: \gamma^*(k,p) = \frac{2\,k!}{(2k+2)^{(k+1)/2}\, p^{(k-1)/2}\,(p-1)} \quad (p \text{ odd}), \qquad
   \gamma^*(k,p) = \frac{2\,k!}{(2k+2)^{(k+1)/2}\, p^{(k-1)/2}\,(p-2+2^{-(k-1)/2})} \quad (p \text{ even}).

The first is Li24 Theorem 4.1 (Morwani23 Theorem 7 at k = 2), which needs p odd but not prime.  The second is
ours: at even p the neuron of order two, :math:`a \mapsto (-1)^a`, is worth :math:`2^{(k-1)/2}` others.

Both come from one sum.  A unit neuron of frequency :math:`\zeta` contributes at most
:math:`c_\zeta (1-\cos(2\pi\zeta\delta/p))` to the margin over the wrong label :math:`\delta` steps away
(:func:`single_neuron_value`).  With masses :math:`\lambda_\zeta` (:func:`frequency_masses`) inversely
proportional to :math:`c_\zeta`, the order-two frequency counted half, the sum is the same for every
:math:`\delta \ne 0`.  ``theory.modulus`` proves that no other masses do better.
"""

import sys

import sympy

from theory.errors import InputError, require_integer

# Beyond these the exact text no longer fits on a screen and the value not in a float.
LARGEST_K, LARGEST_P = 500, 10**9


def single_neuron_value(k: int, p: int, order: int = 3) -> sympy.Expr:
    r"""**Tight.** The best :math:`\eta(0)` of a unit neuron whose frequency has the given order in Z_p.

    .. math:: c = 2^{-k}\, k! \Bigl(\frac{2}{p(k+1)}\Bigr)^{(k+1)/2} \ (\text{order} > 2), \qquad
       c = k!\, (p(k+1))^{-(k+1)/2} \ (\text{order} = 2).

    Args:
        k: number of inputs, at least 1.
        p: modulus, at least 2.
        order: p / gcd(zeta, p), at least 2; all orders above two are worth the same.

    Returns:
        c, exact.

    Raises:
        InputError: outside these ranges.

    Source: Li24 Lemma 4.2 for odd order; ours for order two.

    Examples:
        >>> single_neuron_value(2, 4), single_neuron_value(2, 4, order=2)
        (sqrt(6)/72, sqrt(3)/36)
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    require_integer("order", order, 2)
    nyquist = sympy.factorial(k) / sympy.sqrt(sympy.Integer(p * (k + 1)) ** (k + 1))
    return nyquist if order == 2 else nyquist * order_two_discount(k)


def frequency_share(k: int, p: int) -> sympy.Expr:
    r"""Half the mass of an ordinary frequency: 1/(p-1) at odd p, :math:`1/(p-2+2^{-(k-1)/2})` at even p.

    It is the reciprocal of the number of frequencies +-zeta, the order-two one counted for less because it is
    worth more.  Written without a root below the line.

    Raises:
        InputError: for k < 1 or p < 2.
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    if p % 2:
        return sympy.Rational(1, p - 1)
    nyquist = order_two_discount(k)
    b = nyquist.coeff(sympy.sqrt(2))
    a = p - 2 + nyquist - b * sympy.sqrt(2)
    return (a - b * sympy.sqrt(2)) / (a**2 - 2 * b**2)


def order_two_discount(k: int) -> sympy.Expr:
    """c of an order above two, over c of order two: 2^{-(k-1)/2}."""
    return 1 / sympy.sqrt(sympy.Integer(2) ** (k - 1))


def margin_formula(k: sympy.Expr, p: sympy.Expr, odd: bool = True) -> sympy.Expr:
    """The formula of this module's first line for symbols or numbers; ``odd`` chooses the case."""
    count = p - 1 if odd else p - 2 + sympy.Integer(2) ** (-(k - 1) / sympy.Integer(2))
    half = sympy.Rational(1, 2)
    return 2 * sympy.factorial(k) / ((2 * k + 2) ** ((k + 1) * half) * p ** ((k - 1) * half) * count)


def printed_margin(k: int, p: int) -> sympy.Expr:
    """The formula as Li24 prints it, whatever the parity of p: too small at even p when k >= 2.

    Examples:
        >>> printed_margin(3, 5) / max_margin(3, 5), printed_margin(3, 4) / max_margin(3, 4)
        (1, 5/6)
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    root = sympy.sqrt(sympy.Integer(2 * k + 2) ** (k + 1) * sympy.Integer(p) ** (k - 1))
    return 2 * sympy.factorial(k) / (root * (p - 1))


def max_margin(k: int, p: int) -> sympy.Expr:
    r"""**Tight.** :math:`\gamma^*(k,p)`, the largest normalised margin of any network of any width.

    Args:
        k: number of inputs, 1 to 500.
        p: modulus, 2 to 10^9; odd or even, prime or not.

    Returns:
        An exact number: a rational times a square root, at even p and even k times a + b sqrt(2).

    Raises:
        InputError: for other k or p.

    Source: Li24 Theorem 4.1.1 (odd p); ours (even p).

    Examples:
        >>> max_margin(3, 5), max_margin(3, 4)
        (3/320, 3/160)
    """
    require_integer("k", k, 1, LARGEST_K)
    require_integer("p", p, 2, LARGEST_P)
    return sympy.expand(printed_margin(k, p) * (p - 1) * frequency_share(k, p))


def max_margin_float(k: int, p: int) -> float:
    """:func:`max_margin` rounded once to the nearest float, from 50 correct digits.

    Raises:
        InputError: for k or p out of range, or so large that no normal float is near.
    """
    value = max_margin(k, p).evalf(50)
    if value < sys.float_info.min:
        raise InputError(f"k and p must leave gamma* above {sys.float_info.min:.1e}; got {sympy.N(value, 2)}")
    return float(value)


def frequency_masses(k: int, p: int) -> dict[int, sympy.Expr]:
    r"""The mass :math:`\lambda_\zeta` that every maximum-margin network puts on each frequency (k >= 2).

    The mass of a frequency is the sum of :math:`\|\theta_i\|^{k+1}` over its neurons, in a network of norm 1:
    2/(p-1) at odd p; at even p the order-two frequency has :math:`2^{-(k+1)/2}` times the mass of each other.

    Returns:
        {zeta: mass} for zeta in 1..floor(p/2); the masses add up to 1.

    Raises:
        InputError: for k < 1 or p < 2.

    Source: ours (Li24 Theorem 4.1.3 states that no mass is zero).

    Examples:
        >>> frequency_masses(2, 7)
        {1: 1/3, 2: 1/3, 3: 1/3}
        >>> frequency_masses(3, 4)
        {1: 4/5, 2: 1/5}
    """
    share = frequency_share(k, p)
    masses = dict.fromkeys(range(1, (p + 1) // 2), sympy.expand(2 * share))
    if p % 2 == 0:
        masses[p // 2] = sympy.expand(share * order_two_discount(k))
    return masses

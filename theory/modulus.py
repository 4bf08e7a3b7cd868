r"""**Tight.** Every modulus: the class weights that certify gamma*(k, p), and both sides of the argument.

Upper side.  For class weights :math:`\tau` (non-negative on delta != 0, sum 1) the margin of a network of norm 1
is at most the best single neuron against :math:`\tau`,

.. math:: \max_\zeta\; c_\zeta \bigl(1 - \hat\tau(\zeta)\bigr), \qquad
   \hat\tau(\zeta) = \sum_\delta \tau_\delta \cos(2\pi\zeta\delta/p).

Lower side.  Masses :math:`\lambda_\zeta \ge 0`, sum 1, on exact networks of single frequencies give the margin
:math:`\min_{\delta \ne 0} \sum_\zeta \lambda_\zeta c_\zeta (1 - \cos(2\pi\zeta\delta/p))`.

Equal, both are gamma*.  At odd p the uniform :math:`\tau` (Li24 Sec. 3) and uniform masses do it.  At even p
uniform :math:`\tau` fails, since the order-two neuron wins alone.  With :math:`r = 2^{(k-1)/2}` and
:math:`b = p/(p-2+1/r)`,

.. math:: \tau_\delta = \frac{b}{p}\Bigl(2 - \frac1r\Bigr) \ (\delta \ne 0 \text{ even}), \qquad
   \tau_\delta = \frac{b}{rp} \ (\delta \text{ odd})

does it (ours).  Proof: with :math:`\hat\tau(0) = 1`, write :math:`e_\delta = 1[\delta=0]`; then
:math:`e - \tau` has transform 0 at zero, b at :math:`\zeta \ne p/2` and b/r at p/2, and
:math:`c_{p/2} = r\,c`, so every frequency is worth the same :math:`bc`; the lower sum is
:math:`bc` as well because :math:`\sum_{\zeta=0}^{p-1} \cos(2\pi\zeta\delta/p) = 0`.
"""

import sympy

from theory.errors import require_integer
from theory.margin import frequency_share, order_two_discount


def class_weights(k: int, p: int) -> list[sympy.Expr]:
    r"""The certificate :math:`\tau`, exact: index delta in 0..p-1, zero at 0, positive elsewhere, sum 1.

    Raises:
        InputError: for k < 1 or p < 2.
    """
    require_integer("k", k, 1)
    require_integer("p", p, 2)
    if p % 2:
        return [sympy.Integer(0)] + [sympy.Rational(1, p - 1)] * (p - 1)
    share = frequency_share(k, p)
    odd = sympy.expand(share * order_two_discount(k))
    even = sympy.expand(2 * share - odd)
    return [sympy.Integer(0)] + [odd if delta % 2 else even for delta in range(1, p)]

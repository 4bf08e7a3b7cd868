r"""Below the least width some margin is lost, and how much at least: networks of aligned neurons (**lower**; ours).

A neuron is *aligned* if its k+1 vectors are cosines of one frequency with equal norms whose output phase is the sum of
the input phases; every neuron of an optimum is.  Let p be odd with prime factors above k, k >= 2, and let a network of
norm 1 with aligned neurons have margin :math:`(1-\varepsilon)\gamma^*`.

**Theorem.**  Every frequency has mass :math:`Q \ge \tfrac{2}{p-1}(1 - p\varepsilon)`, and moments
:math:`Q\,W(n)\,|M(n - \mathbf 1)| \le 2\varepsilon\,k!` at every exponent :math:`n \ne \mathbf 1`.  With a certificate
B of ``theory.core.dual_certificate``, its denominator D there and
:math:`C = \sum_{O \subset U} \max(0, S_O)\,(k!/W_O)^2`, a network of m neurons has

.. math:: \varepsilon \ge \frac{1 - p\varepsilon}{p-1}\,\kappa, \qquad
          \kappa = \sqrt{\frac{B(0)/N - D}{C}}, \qquad N = \Bigl\lfloor \frac{2m}{p-1} \Bigr\rfloor,

where N is below the bound B(0)/D that the certificate proves.

*Proof.*  With :math:`\alpha_j = 2\pi\zeta a_j/p`, :math:`\gamma = 2\pi\zeta c/p` and
:math:`A = (2/((k+1)p))^{(k+1)/2}`,

.. math:: f(a)[c] = 2^{-k} A \sum_\zeta Q_\zeta \sum_n W(n)\, \mathrm{Re}\bigl[M_\zeta(n-\mathbf 1)\,
          e^{i(n\cdot\alpha - \gamma)}\bigr], \qquad \gamma^* = 2^{-k} A\, k!\, \tfrac{p}{p-1}.

Let :math:`g(a, d) = f(a)[\sum a] - f(a)[\sum a + d]`.  Averaged over a only :math:`n = \mathbf 1` is left (exponents
minus **1** are not 0 modulo an order above k), so the mean over a and :math:`d \ne 0` is
:math:`2^{-k} A\,k! \sum_\zeta Q_\zeta (1 + \tfrac{1}{p-1}) = \gamma^*`, whatever phases and masses are.  Hence
:math:`G = g - (1-\varepsilon)\gamma^* 1[d \ne 0]` is nowhere negative and has the mean
:math:`\tfrac{p-1}{p}\varepsilon\gamma^*` over :math:`\mathbb{Z}_p^{k+1}`, which therefore bounds each of its Fourier
coefficients.  At the character :math:`\zeta(n - \mathbf 1)` of a and :math:`-\zeta` of d, :math:`n \ne \mathbf 1`, that
coefficient is :math:`-\tfrac12 2^{-k} A\,Q\,W(n)\,M(n-\mathbf 1)`: no two exponents agree modulo a free order, and
:math:`-\zeta \ne \zeta`.  So :math:`Q W |M| \le 2\varepsilon k!`.  At :math:`n = \mathbf 1` it is
:math:`-\tfrac12 2^{-k} A\,k!\,Q + (1-\varepsilon)\gamma^*/p`, that is
:math:`|\tfrac{p-1}{2} Q - (1-\varepsilon)| \le (p-1)\varepsilon`.  Some frequency has at most N neurons.  There, with
shares :math:`q_r` and B averaged over the symmetries,

.. math:: \frac{B(0)}{N} \le B(0)\sum_r q_r^2 \le \sum_{r,s} q_r q_s B(t_r - t_s) = \sum_m B_m |M(m)|^2
          \le D + C\,(2\varepsilon/Q)^2.

QED.  Aligned is needed: at k = 2, p = 3 three other neurons lose .0303, three aligned ones at least 1/9.
"""

from fractions import Fraction
from math import factorial, sqrt

from theory.core.dual_certificate import Certificate, forced_moments, orbit_sums
from theory.core.exponents import is_free, walks
from theory.errors import InputError, require_integer


def squared_rate(certificate: Certificate, neurons: int) -> Fraction:
    """kappa^2 for frequencies with so many neurons, exactly; 0 from the certificate's own bound on.

    Examples:
        >>> from theory.cliques import clique
        >>> from theory.core.dual_certificate import Square
        >>> square = Certificate(2, (Square(1, tuple((h, 1) for h in clique(2))),), Fraction(6))
        >>> squared_rate(square, 6), squared_rate(square, 5) > squared_rate(square, 6)
        (Fraction(0, 1), True)
    """
    require_integer("neurons of a frequency", neurons, 1)
    k, zero = certificate.k, (0,) * certificate.k
    sums, forced = orbit_sums(certificate), forced_moments(certificate.k)
    rest = sum(max(0, s) for m, s in sums.items() if m != zero and m not in forced)
    spread = sum(max(0, s) * Fraction(factorial(k), _most_walks(m)) ** 2 for m, s in sums.items() if m in forced)
    excess = Fraction(sum(sums.values()), neurons) - sums[zero] - rest
    return max(Fraction(0), excess) / spread


def _most_walks(m: tuple[int, ...]) -> int:
    """W(n) of the exponent n with m = n - 1 up to order and sign; the larger where both signs are exponents."""
    found = [tuple(1 + sign * x for x in m) for sign in (1, -1)]
    return max(walks(n) if sum(map(abs, n)) <= len(m) else 0 for n in found)


def least_loss(certificate: Certificate, p: int, m: int) -> float:
    """The least epsilon of m aligned neurons on k-input addition modulo p, by this certificate.

    Args:
        certificate: one for all free orders, at least two inputs.
        p: odd, all prime factors above k.
        m: width.

    Raises:
        InputError: for other p, or for m < 1.
    """
    k = certificate.k
    require_integer("k", k, 2)
    require_integer("m", m, 1)
    if p % 2 == 0 or not all(is_free(k, d) for d in range(3, p + 1, 2) if p % d == 0):
        raise InputError(f"p must be odd, with prime factors above {k}; got {p}")
    neurons = 2 * m // (p - 1)
    if not neurons:
        return 1 / p  # a frequency without neurons: Q = 0
    kappa = sqrt(squared_rate(certificate, neurons))
    return kappa / (p - 1 + p * kappa)

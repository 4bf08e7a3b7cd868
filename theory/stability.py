r"""What a margin, or a loss, says about the neurons of a network that is not quite optimal (ours: stability).

Every p >= 2 and k >= 1; notation of ``theory.account``: mass shares :math:`q_i`, efficiencies :math:`e_i`,
:math:`s = (k+1)/2`, F = floor(p/2) frequencies.  A network of margin :math:`(1 - \varepsilon)\gamma^*` has
:math:`\varepsilon = \varepsilon_1 + \varepsilon_2` with :math:`\varepsilon_1 = \sum_i q_i (1 - e_i)` (what the neurons
lose) and :math:`\varepsilon_2 \ge 0` (spread over the inputs, ties of wrong labels).

**One neuron, upper, tight at every angle.**  On a unit neuron let :math:`r_v` be the amplitudes of its k+1 vectors at a
frequency :math:`\zeta` (:math:`r_v^2`: energy at :math:`\pm\zeta`), x the sum of their squares, :math:`\phi \in
(-\pi, \pi]` the sum of the input phases minus the output phase there, and

.. math:: \rho_\zeta = (k+1)^{-1/2} \sum_v r_v \cos\bigl(\phi/(k+1)\bigr).

Shifting every phase by its part of :math:`\phi` and making the amplitudes equal gives an optimal neuron whose inner
product with this one is :math:`\rho_\zeta`: the angle to the nearest optimal neuron is at most
:math:`\alpha = \arccos \max_\zeta \rho_\zeta`.  (At p/2 phases are signs: if :math:`\phi = \pi`, the smallest amplitude
enters with a minus and :math:`\phi` with 0.)  Then

.. math:: e \le h(\alpha) = n c^s + (1 - n c)^s, \quad c = \cos^2\alpha,\ n = \lfloor 1/c \rfloor
   \qquad (n \ge F:\ h = F c^s), \qquad e \le \cos^{k-1} \alpha.

*Proof.*  e is the sum over :math:`\zeta` of :math:`e_\zeta = (k+1)^s \prod_v r_v \cos \phi` (the first member of the
account's chain over the last).  :math:`\prod r_v \le (\sum r_v / (k+1))^{k+1}`, and :math:`\cos \phi \le
\cos^{k+1}(\phi/(k+1))` since log cos is concave and 0 at 0 (left side <= 0: nothing to show), so
:math:`e_\zeta \le \rho_\zeta^{k+1}`.  By Cauchy :math:`\rho_\zeta^2 \le x_\zeta`, so the :math:`y_\zeta = \rho_\zeta^2`
lie in [0, c] with sum at most 1, and the convex :math:`\sum y_\zeta^s` is largest at a vertex: n of them c, one the
rest.  And :math:`\sum y^s \le c^{s-1} \sum y`.  Equality: n frequencies of share c, in phase, equally strong in all
vectors, and one of the rest.  QED  At p = 3 (one frequency) h = cos^(k+1) at every angle.

**All neurons.**  h falls with the angle, so the mass at angles above :math:`\alpha` is at most
:math:`\varepsilon_1 / (1 - h(\alpha))`; and

.. math:: \sum_i q_i \sin^2 \alpha_i \le C_k\, \varepsilon_1, \qquad C_2 = 1/(2 - \sqrt 2) = 1.707\ldots, \quad
   C_k = 1 \ (k \ge 3).

*Proof.*  :math:`e \le \cos^{k-1}\alpha \le \cos^2\alpha` for k >= 3.  At k = 2, 1 - h is concave in :math:`t =
\sin^2\alpha` between the nodes :math:`t = 1 - 1/n`, where it is :math:`1 - n^{-1/2}`; a concave piece lies above its
chord, and at the nodes :math:`(1 - n^{-1/2})/(1 - 1/n) = 1/(1 + n^{-1/2})` is least at n = 2 (the first piece begins at
0, the last ends at (1, 1)).  QED
Within :math:`\alpha`: at most :math:`\sin^2\alpha` of the energy lies beside the frequency, :math:`|\phi| \le
(k+1)\alpha`, and the amplitudes' variance over their mean square is at most :math:`\sin^2\alpha`: each factor of
:math:`\rho = \sqrt x\, \sqrt{1 - \text{variance}} \cos(\phi/(k+1))` is at least :math:`\cos\alpha`.

**Every frequency.**  :math:`A_\zeta = \sum_i q_i e_{i\zeta} / \lambda_\zeta`, with :math:`\lambda_\zeta` the masses of
the optimum (there :math:`A_\zeta = 1`), is the share of what :math:`\zeta` must do.  With the class weights
:math:`\tau` of ``theory.modulus`` (1/(p-1) at odd p),

.. math:: 1 - \varepsilon - \varepsilon_2 \max_{\delta \ne 0} \frac{\cos(2\pi\zeta\delta/p)}{\tau_\delta} \le A_\zeta
   \le 1 - \varepsilon - \varepsilon_2 \min_{\delta \ne 0} \frac{\cos(2\pi\zeta\delta/p)}{\tau_\delta},

and every other Fourier coefficient :math:`\Phi(m, l)`, :math:`m, l \ne 0`, of :math:`f(a)[y + \delta]/\gamma^*` over
:math:`(a, \delta)` has :math:`|p\,\Phi(m, l)| \le \varepsilon_2/\min\tau`.

*Proof.*  :math:`D(a, \delta) = (f[y] - f[y+\delta])/\gamma^* = 1 - \varepsilon + D'` off :math:`\delta = 0` with
:math:`D' \ge 0`; its :math:`\tau`-weighted mean is :math:`1 - \varepsilon_1`, so :math:`d_\delta = \mathbb{E}_a D'` has
:math:`\sum \tau_\delta d_\delta = \varepsilon_2`.  For l != 0 only :math:`-f[y+\delta]` has a part at l, so
:math:`p\,\Phi(0, l) = 1 - \varepsilon - \sum_\delta d_\delta e^{-2\pi i l\delta/p}`.  Each neuron has the coefficient
:math:`\propto e_{i\zeta}` there, and at the optimum D' = 0: the real part is :math:`A_\zeta`.  For m != 0 only D' has a
part: :math:`|p\,\Phi(m, l)| \le \sum_\delta d_\delta`.  QED

So :math:`\zeta` is in use whenever :math:`1 - \varepsilon > \varepsilon_2 \max(\cos/\tau)`; since :math:`\varepsilon_2
\le \varepsilon`, at odd p >= 5 whenever :math:`\varepsilon < 1/(1 + (p-1) c_\zeta)`, :math:`c_\zeta = \cos(2\pi/p)`, or
1 if :math:`\zeta` divides out a factor of p; at p = 3 whenever :math:`\varepsilon < 1`.  At odd p >= 5 that is
**tight**: put all of D' on the two :math:`\pm\delta` where the cosine is largest; then :math:`A_j = 1 - \varepsilon -
(p-1)\varepsilon \cos(2\pi j\delta/p)` is 0 at :math:`\zeta` and nowhere negative, and the minimal construction with
masses :math:`\lambda_j A_j` has exactly this margin without :math:`\zeta`.

**How many frequencies** (odd p).  :math:`F' \ge \ln p / \ln\bigl(2\pi/\arccos\frac{p\varepsilon - 1}{p - 1}\bigr)` are
used.  *Proof.*  Minkowski's theorem on the lattice spanned by Z^F' and the used frequencies over p (volume 1/p, or a
:math:`\delta` that annihilates them all) gives :math:`\delta \ne 0` with every :math:`\zeta\delta/p` within
:math:`p^{-1/F'}` of an integer, and the mean of D there, :math:`\frac2p \sum A_\zeta (1 - \cos(2\pi\zeta\delta/p))`, is
at most :math:`\frac{p-1}{p}(1 - \cos 2\pi p^{-1/F'})`, since :math:`\frac{2}{p-1} \sum A_\zeta^+ \le \sum_i q_i
\sum_\zeta \rho_{i\zeta}^{k+1} \le 1`, and at least :math:`1 - \varepsilon`.  QED

**From the loss alone**, no margin and no lambda: cross-entropy CE (weighted by :math:`\tau` where it is not uniform) at
:math:`M = \|\theta\|_{2,k+1}^{k+1}` gives

.. math:: \varepsilon_1 \le 1 - \frac{1}{\gamma^* M} \log\frac{n - 1}{e^{CE} - 1}

on Z_p and on every group of order n.  *Proof.*  :math:`CE \ge \varphi(\mathbb{E} g') = \varphi(\gamma^* M (1 -
\varepsilon_1))`, :math:`\varphi(x) = \log(1 + (n-1)e^{-x})`, by convexity (``theory.regularisation.closed_form``), and
:math:`\varphi` falls.  QED  With a penalty this gives :math:`\varepsilon_1 \le (L - L^*)/(\lambda M)`, which is weaker.
"""

from math import acos, expm1, log, pi

import numpy as np

from theory.errors import InputError, require_integer
from theory.modulus import class_weights


def efficiency_loss(sine_squared: np.ndarray, k: int, p: int) -> np.ndarray:
    r""":math:`1 - h(\alpha)`, the least that a neuron on Z_p loses at the angle alpha; tight.

    Args:
        sine_squared: :math:`\sin^2\alpha` in [0, 1], any shape.
        k: number of inputs, at least 1.
        p: modulus, at least 2.

    Examples:
        >>> efficiency_loss(np.array([0.0, 0.5, 1.0]), 3, 7)
        array([0. , 0.5, 1. ])
        >>> efficiency_loss(np.array([0.5]), 3, 3)  # one frequency: 1 - cos^4
        array([0.75])
    """
    t, s = np.clip(np.asarray(sine_squared, dtype=float), 0.0, 1.0), (k + 1) / 2
    c, frequencies = 1 - t, p // 2
    count = np.minimum(np.floor(1 / np.maximum(c, 1 / (frequencies + 1))), frequencies)
    rest = np.where(count < frequencies, np.clip(1 - count * c, 0.0, 1.0), 0.0)
    # Near an optimal neuron 1 - c^s is what counts, to all digits.
    small = -np.expm1(s * np.log1p(-np.minimum(t, 0.5))) - (t**s if frequencies > 1 else 0.0)
    return np.where(t < 0.5, small, 1 - count * c**s - rest**s)


def angle_constant(k: int) -> float:
    r""":math:`C_k` of :math:`\sum_i q_i \sin^2\alpha_i \le C_k \varepsilon_1`, k >= 2.

    Examples:
        >>> round(angle_constant(2), 4), angle_constant(3)
        (1.7071, 1.0)
    """
    require_integer("k", k, 2)
    return 1 / (2 - 2**0.5) if k == 2 else 1.0


def amount_slopes(k: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    r"""The largest and the least :math:`\cos(2\pi\zeta\delta/p)/\tau_\delta` over delta != 0, each of shape (F,).

    Examples:
        >>> largest, least = amount_slopes(2, 5)
        >>> largest.round(6).tolist(), least.round(6).tolist()
        ([1.236068, 1.236068], [-3.236068, -3.236068])
    """
    tau = np.array([float(x.evalf(30)) for x in class_weights(k, p)[1:]])
    slopes = np.cos(2 * np.pi / p * (np.outer(np.arange(1, p // 2 + 1), np.arange(1, p)) % p)) / tau
    return slopes.max(axis=1), slopes.min(axis=1)


def best_without(p: int, zeta: int) -> float:
    """The largest margin over gamma* of a network that does not use the frequency zeta, any k >= 2; odd p >= 5.

    Examples:
        >>> round(best_without(9, 3), 12) == round(8 / 9, 12)
        True

    Raises:
        InputError: for another p, or zeta outside 1..(p-1)/2.
    """
    require_integer("p", p, 5)
    require_integer("zeta", zeta, 1, p // 2)
    if p % 2 == 0:
        raise InputError(f"p must be odd; got {p}")
    largest = float(amount_slopes(2, p)[0][zeta - 1])
    return 1 - 1 / (1 + largest)


def frequencies_needed(p: int, eps: float) -> int:
    """How many frequencies a network of margin (1 - eps) gamma* uses at least; odd p, any k >= 2.

    Examples:
        >>> frequencies_needed(113, 0.5), frequencies_needed(113, 1.0)
        (3, 0)
    """
    if eps >= 1:
        return 0
    # The last bits of the quotient decide nothing: an integer up to rounding is that integer.
    count = log(p) / log(2 * pi / acos(max(-1.0, (p * eps - 1) / (p - 1))))
    return min(p // 2, int(np.ceil(count - 1e-9)))


def loss_bound(cross_entropy: float, scale: float, n: int) -> float:
    r"""The largest :math:`\varepsilon_1` that a cross-entropy allows.

    Args:
        cross_entropy: mean over all inputs, positive; weighted by the class weights where they are not uniform.
        scale: :math:`\gamma^* \|\theta\|_{2,k+1}^{k+1}`, positive.
        n: number of labels.

    Examples:
        >>> round(loss_bound(float(np.log1p(4 * np.exp(-7.2))), 8.0, 5), 12)  # all margins 0.9 of the largest
        0.1
    """
    # log(e^CE - 1), without overflow.
    return 1 - (log(n - 1) - cross_entropy - log(-expm1(-cross_entropy))) / scale

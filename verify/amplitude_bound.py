r"""**Lower.** The margin of any network on Z_p from the amplitudes of its vectors; nothing is asked of phases or norms.

Write every vector as :math:`u_{ij}(a) = 2\,\mathrm{Re}\,c_{ij} e^{2\pi i \zeta a/p} + r_{ij}(a)` at its neuron's
frequency, with float amplitudes c and :math:`|r_{ij}| \le \rho_{ij}`.

1. *Remainders.*  Dropping the r moves every logit by at most
   :math:`\Delta = \sum_i k e_i (x_i + e_i)^{k-1} (b_i + \rho_{iw}) + x_i^k \rho_{iw}` with
   :math:`x_i = \sum_j 2|c_{ij}|`, :math:`e_i = \sum_j \rho_{ij}`, :math:`b_i = 2|c_{iw}|`.
2. *Waves.*  What is left is, :math:`\delta` steps beside the label,
   :math:`2\,\mathrm{Re} \sum_\zeta e^{-2\pi i\zeta\delta/p} \sum_n C^\zeta_n e^{2\pi i \zeta (n - \mathbf 1)\cdot a/p}`
   with the modes of ``numerics.full_size.modes``; exponents that agree modulo the order of zeta are one function.
3. *Margin.*  With :math:`s = |\sin \pi\zeta\delta/p|` the wanted exponent (1,..,1) gives, over the wrong label, at
   least :math:`4 s^2\,\mathrm{Re}\,C - 2 |\mathrm{Im}\,C|`, every other takes away at most :math:`4 s |C_n|`, the
   remainders at most :math:`2\Delta`.

Rounding.  :math:`\sum_n |C_n|` is a sum of products of k+1 amplitudes, of total size :math:`\sum_i |c_{iw}| x_i^k`.
Each product is hit by fewer than 3k roundings in its factors, k(2k+3) in the sums of its levels and 4N+8 in a complex
matrix product over N neurons; what is then made of the modes, M of them at each frequency, by fewer than M + p + 100.
With :math:`\mathrm{u} = 2^{-53}` the bound of step 3 is off by at most
:math:`8 (4N + 4k^2 + M + p + 200)\,\mathrm{u}` times that size.
"""

from math import gcd

import numpy as np

from numerics.full_size.modes import Modes
from theory.core.exponents import is_free
from theory.groups.characters import roots_of_unity
from verify.checks.decomposition import Decomposition
from verify.subject import Subject
from verify.sweep import UNIT

MOST_INPUTS = 7  # the modes of eight are half a million


def least_margin_from_amplitudes(subject: Subject, waves: Decomposition) -> float:
    """A number that no margin of the scaled weights is below; 2 <= k <= 7.

    Cost: modes times neurons, plus p^2; nothing grows like p^k.
    """
    k, p, zeta = subject.task.k, subject.task.n, waves.frequency
    amplitudes, remainder = _amplitudes(subject.vectors, zeta)
    x, e = 2 * np.abs(amplitudes[:, :-1]).sum(axis=1), remainder[:, :-1].sum(axis=1)
    b, rho = 2 * np.abs(amplitudes[:, -1]), remainder[:, -1]
    moved = float((k * e * (x + e) ** (k - 1) * (b + rho) + x**k * rho).sum())

    modes = Modes(k)
    gain, most = np.zeros(p), 0
    roots = roots_of_unity(p)
    for frequency in np.unique(zeta).tolist():
        here = zeta == frequency
        most = max(most, int(here.sum()))
        outputs, wanted = _by_class(modes, modes.output(amplitudes[here]), p // gcd(frequency, p))
        turned = 1 - roots[frequency * np.arange(p) % p]
        lost = np.abs(outputs).sum() - abs(outputs[wanted])
        gain += 2 * (outputs[wanted].real * turned.real - abs(outputs[wanted].imag) - np.abs(turned) * lost)
    terms = 4 * most + 4 * k * k + len(modes.exponents) + p + 200
    rounding = 8 * terms * UNIT * float((b / 2 * x**k).sum())
    return float(gain[1:].min()) - (rounding + 2 * moved) * (1 + 1e-9)


def _amplitudes(vectors: np.ndarray, frequency: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """c (m, k+1) and a bound on what each vector has beside its wave, at every value: (m, k+1)."""
    p = vectors.shape[2]
    roots = roots_of_unity(p)[frequency[:, None] * np.arange(p) % p]  # (m, p)
    found = np.einsum("mjp,mp->mj", vectors, roots.conj()) / p
    found[2 * frequency == p] /= 2  # that wave is its own conjugate
    beside = np.abs(vectors - 2 * (found[..., None] * roots[:, None]).real).max(axis=2)
    return found, beside + 32 * UNIT * (2 * np.abs(found) + np.abs(vectors).max(axis=2))


def _by_class(modes: Modes, outputs: np.ndarray, order: int) -> tuple[np.ndarray, int]:
    """Sums over exponents that agree modulo the order, and which of them is that of (1,..,1)."""
    if is_free(modes.k, order):
        return outputs, modes.wanted
    _, member = np.unique(np.array(modes.exponents) % order, axis=0, return_inverse=True)
    member = member.ravel()
    return np.bincount(member, outputs.real) + 1j * np.bincount(member, outputs.imag), int(member[modes.wanted])

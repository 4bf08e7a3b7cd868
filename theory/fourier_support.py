r"""Which Fourier coefficients a maximum-margin network has: every frequency occurs (Li24 H.2, Morwani23 Theorem 7).

The outputs of a network are a function on :math:`\mathbb{Z}_p^{k+1}` (k inputs and the class c), with a
(k+1)-dimensional DFT :math:`\hat f(j_1, \dots, j_k, j_{k+1})`.

*Proof.*

* A neuron, where no input index is zero: only the monomial :math:`k!\, u_1 \cdots u_k w` depends on all inputs, so
  :math:`\hat\phi(j) = k!\, \hat w(j_{k+1}) \prod_i \hat u_i(j_i)`.  With one frequency :math:`\zeta` all the
  :math:`j_i` and :math:`j_{k+1}` that count are :math:`\pm\zeta`.
* A maximum-margin network has :math:`f(a)[c] = h(a) + \gamma^* 1[c = a_1 + \dots + a_k]`.  The part h lives on
  :math:`j_{k+1} = 0`, and the indicator has :math:`p^k` on the diagonal :math:`(j, \dots, j, -j)` and nothing else
  (:func:`indicator`, exact).

The diagonal entry at j is a sum over neurons, and it is not 0.  Hence for each :math:`j \ne 0` some neuron has
frequency :math:`\pm j`, whatever the width.
"""

from itertools import product
from math import factorial

import numpy as np
from flint import fmpz_poly

from theory.derivation.single_neuron import random_neurons
from theory.derivation.step import Result, equal, exact
from theory.task import logits


def indicator(k: int, p: int) -> Result:
    r"""Proves that the DFT of :math:`1[c = a_1 + \dots + a_k]` is :math:`p^k` on the diagonal, 0 elsewhere.

    With c eliminated it is :math:`\sum_a \rho^{-\sum_i a_i (j_i + j_{k+1})}`, a product of k sums of p-th roots of
    unity, each decided in the cyclotomic field.  An index is counted as wrong if the product differs.
    """
    cyclotomic = fmpz_poly.cyclotomic(p)
    sums = []
    for x in range(p):
        total = [0] * p
        for a in range(p):
            total[-a * x % p] += 1
        sums.append(fmpz_poly(total) % cyclotomic)
    wrong = 0
    for j in product(range(p), repeat=k + 1):
        value = fmpz_poly([1])
        for i in range(k):
            value *= sums[(j[i] + j[k]) % p]
        diagonal = all((j[i] + j[k]) % p == 0 for i in range(k))
        wrong += value != fmpz_poly([p**k if diagonal else 0])
    return exact(wrong, p ** (k + 1), "indices of the indicator's transform")


def neuron_product(k: int, p: int, seed: int, everywhere: bool = False) -> Result:
    """Measures the product formula on a random neuron with non-zero means, against the transform of its outputs.

    Args:
        k: number of inputs.
        p: modulus.
        seed: seed of the neuron.
        everywhere: compare at every index, as Li24 H.2 prints it (this must fail), not only where no j_i is zero.
    """
    u, w = random_neurons(k, p, 1, seed)
    outputs = np.fft.fftn(logits(u, w))
    u_hat, w_hat = np.fft.fft(u[0]), np.fft.fft(w[0])
    formula = factorial(k) * w_hat.reshape((1,) * k + (p,))
    for i in range(k):
        formula = formula * u_hat[i].reshape((1,) * i + (p,) + (1,) * (k - i))
    inside = (slice(None),) * k if everywhere else (slice(1, None),) * k
    scale = float(np.abs(formula[inside]).max())
    error = float(np.abs(outputs - formula)[inside].max()) / scale
    return equal(error, 0.0, 1e-10, "largest difference over largest entry, random neuron")


def diagonal(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    r""":math:`\hat f(j, \dots, j, -j) / p^k` for j = 1..p-1, real part: gamma* each at a maximum margin of norm 1.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> diagonal(*weights(construct(2, 5))).round(6)  # gamma* everywhere
        array([0.030429, 0.030429, 0.030429, 0.030429])
    """
    k, p = u.shape[-2:]
    outputs = np.fft.fftn(logits(u, w))
    return np.array([outputs[(j,) * k + (-j % p,)].real for j in range(1, p)]) / p**k


def off_diagonal(u: np.ndarray, w: np.ndarray) -> float:
    r"""The largest :math:`|\hat f| / p^k` with :math:`j_{k+1} \ne 0` off the diagonal: 0 at a maximum margin."""
    k, p = u.shape[-2:]
    outputs = np.abs(np.fft.fftn(logits(u, w))) / p**k
    outputs[..., 0] = 0.0
    for j in range(p):
        outputs[(j,) * k + (-j % p,)] = 0.0
    return float(outputs.max())

r"""A certificate with a thousand long vectors: the lower bound for k = 6, checked exactly in seconds (**lower**).

The theorem is that of ``theory.core.dual_certificate``: :math:`B = \sum_x w_x |\sum_h v_{x,h} e^{ih\cdot t}|^2` proves
:math:`N \ge B(0) / (B_0 + \sum_{O \not\subset U} \max(0, S_O))`.  Here one window of exponents serves all vectors, and
there are :math:`10^{11}` products of two coefficients, too many for Python's integers one by one.

The products are matrix products of float64 numbers that are integers, and every partial
sum is below :math:`2^{53}`, which is asserted: then float64 arithmetic is exact in any order.  Coefficients of one
exponent are added in two halves of 26 bits, exact for the same reason, and joined as Python integers.
"""

import gzip
import json
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources

import numpy as np

from theory.certificates.store import DENSE
from theory.core.dual_certificate import CertificateRejected, CertifiedBound, forced_moments, orbit
from theory.core.exponents import Exponent
from theory.errors import InputError

FORMAT = "fourier-margin/dense-certificate"
EXACT = 2**53
BLOCK = 128


@dataclass(frozen=True, eq=False)
class DenseCertificate:
    """Vectors over one window, all of weight 1, and the sums and the bound that they are claimed to have.

    Attributes:
        window: exponents h, shape (n, k).
        vectors: integer coefficients, shape (vectors, n).
        sums: claimed S_O by the orbit's representative.
        bound: claimed bound.
    """

    window: np.ndarray
    vectors: np.ndarray
    sums: dict[Exponent, int]
    bound: Fraction

    @property
    def k(self) -> int:
        """Number of inputs."""
        return int(self.window.shape[1])


def stored_dense(k: int) -> DenseCertificate:
    """The certificate that comes with the package, not yet believed; k must be among ``DENSE``."""
    if k not in DENSE:
        raise InputError(f"a large certificate is stored for k in {DENSE}; got {k}")
    path = resources.files("theory.certificates") / "data" / f"k{k}-dense.json.gz"
    content = json.loads(gzip.decompress(path.read_bytes()))
    assert content["format"] == FORMAT
    return DenseCertificate(
        np.array(content["window"], dtype=np.int64),
        np.array(content["vectors"], dtype=np.int64),
        {tuple(m): s for m, s in content["sums"]},
        Fraction(*content["bound"]),
    )


def orbit_sums(certificate: DenseCertificate) -> dict[Exponent, int]:
    """The Fourier coefficients of B, summed over orbits, exactly; seconds for k = 6."""
    window, k = certificate.window, certificate.k
    vectors = certificate.vectors.astype(np.float64)
    largest = float(np.abs(vectors).max(initial=0.0))
    if largest**2 * len(vectors) >= EXACT or len(window) ** 2 >= 2**27:
        raise InputError(f"need coefficients whose products can be added exactly; got {largest:.3g}")
    span = int(window.max() - window.min())
    base = 2 * span + 1
    codes = (window - window.min()) @ base ** np.arange(k)
    if len(np.unique(codes)) != len(codes):
        raise InputError("the exponents of the window must be distinct")
    offset, size = int(codes.max()), 2 * int(codes.max()) + 1
    high, low = np.zeros(size), np.zeros(size)
    for start in range(0, len(window), BLOCK):
        products = (vectors[:, start : start + BLOCK].T @ vectors).ravel()
        place = (codes[None, :] - codes[start : start + BLOCK, None] + offset).ravel()
        upper = np.floor(products / 2**26)
        high += np.bincount(place, weights=upper, minlength=size)
        low += np.bincount(place, weights=products - upper * 2**26, minlength=size)
    if max(np.abs(high).max(), low.max()) >= EXACT:
        raise InputError("need coefficients whose products can be added exactly; their sums are too large")
    sums: dict[Exponent, int] = {}
    for code in np.flatnonzero((high != 0) | (low != 0)).tolist():
        m, left = [], code - offset
        for _ in range(k):
            digit = (left + span) % base - span
            m.append(digit)
            left = (left - digit) // base
        key = orbit(tuple(m))
        sums[key] = sums.get(key, 0) + (int(high[code]) << 26) + int(low[code])
    return sums


def bound_of_sums(k: int, sums: dict[Exponent, int]) -> Fraction:
    """The bound that orbit sums prove.

    Raises:
        CertificateRejected: when B has no positive mean.
    """
    zero, forced = (0,) * k, forced_moments(k)
    leftovers = sum(max(0, s) for m, s in sums.items() if m != zero and m not in forced)
    if sums.get(zero, 0) <= 0:
        raise CertificateRejected("B has no positive mean: it is identically zero")
    return Fraction(sum(sums.values()), sums[zero] + leftovers)


def check_dense(certificate: DenseCertificate) -> CertifiedBound:
    """Accept the certificate if its vectors have exactly the stated sums and prove exactly the stated bound.

    Raises:
        CertificateRejected: when they do not.
    """
    found = orbit_sums(certificate)
    if {m: s for m, s in found.items() if s} != {m: s for m, s in certificate.sums.items() if s}:
        raise CertificateRejected("the vectors have other sums than the stated ones")
    return _claimed(certificate)


def _claimed(certificate: DenseCertificate) -> CertifiedBound:
    bound = bound_of_sums(certificate.k, certificate.sums)
    if bound != certificate.bound:
        raise CertificateRejected(f"the vectors prove {float(bound):.6g}, not {float(certificate.bound):.6g}")
    return CertifiedBound(certificate.k, bound, -(-bound.numerator // bound.denominator))

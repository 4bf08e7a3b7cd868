r"""No spurious neurons: every local maximum of the single-neuron problem is a global one (ours; k >= 2, every p >= 2).

The problem: maximise a neuron's class-weighted mean margin, with the weights of ``theory.modulus``, over unit
neurons. By steps 1 and 2 of ``theory.account`` that is :math:`\gamma^*` times the efficiency

.. math:: e = (k+1)^{s} \sum_\zeta \prod_v r_{v\zeta} \cos\phi_\zeta, \qquad s = (k+1)/2,

:math:`r_{v\zeta} \ge 0` the amplitudes of the k+1 vectors v, :math:`\phi_\zeta` the phase defects (0 or pi at p/2).

**Theorem.**  A local maximum has e = 1: one frequency, equal amplitudes, phases in order.

*Proof.*  e is linear in each vector: a constant times :math:`\langle v, g_v \rangle`, where :math:`g_v` has mean zero
and the amplitudes :math:`\prod_{l \ne v} r_{l\zeta}`.

1. *Some* :math:`g_v \ne 0` *at a local maximum.*  Otherwise at least two vectors vanish at every frequency, and e =
   0. At one frequency add to the vectors that vanish there waves of size :math:`\epsilon` with phases that make
   :math:`\phi_\zeta = 0`: e becomes positive.
2. *e > 0, and every v is a positive multiple of* :math:`g_v`.  Where :math:`g_v \ne 0` and v is not, turning v
   towards :math:`g_v` raises e (if v = 0, then e = 0, and adding :math:`\epsilon g_v` raises it in first order, while
   the norm changes in second).  So e > 0, hence no :math:`g_v` is 0.
3. *Equal norms.*  Rescaling the vectors leaves e a positive constant times the product of their norms, whose
   logarithm is strictly concave in the squares, of sum 1: its one critical point is their equality.
4. *Equal amplitudes.*  By 2 every :math:`\phi` that counts is 0 and :math:`r_{v\zeta}^2 = \mu_v \prod_l r_{l\zeta}`;
   summed over :math:`\zeta`, with 3, all :math:`\mu_v` are one :math:`\mu`.  So at each frequency all r are equal,
   and 0 or :math:`\mu^{-1/(k-1)}`: active frequencies are equally strong, and means are 0.
5. *One frequency.*  Along balanced neurons in phase with energies :math:`x_\zeta`, e is :math:`\sum x_\zeta^s`,
   strictly convex as s > 1.  With two active frequencies, moving energy from one to the other, either way, raises it.
   QED

At k = 1, s = 1 and step 5 fails: all mixtures of frequencies are global maxima.  With class weights that give
frequencies different worth, the worse ones are local maxima that are not global.

**Groups.**  Inside a real irreducible representation (``theory.groups.account``) e is a constant times Re tr(A_0 ...
A_k), matrices over the real numbers, the complex numbers or the quaternions.  Steps 1 to 3 are as above (step 1:
add :math:`\epsilon` times one rank-one chain; averaged over the signs of its vectors all mixed terms cancel, so for
some signs e becomes positive).  Instead of 4: with Q the product of the others in cyclic order, :math:`A_v = \mu
Q^*`, so :math:`A_v A_v^* = \mu P_v` and :math:`A_v^* A_v = \mu P_{v+1}`, P_v the cyclic product that begins with A_v.
So :math:`A_v^* A_v = A_{v+1} A_{v+1}^*`: all matrices have the same singular values, on spaces that match.  On the
space of :math:`\sigma > 0`, P_v is :math:`\sigma^{k+1}` times a unitary map and equals :math:`\sigma^2/\mu`: the map
is the identity and :math:`\sigma^{k-1} = 1/\mu`.  Bases carried around the cycle turn the A_v into sums of rank-one
chains that do not mix, e into :math:`\sum x^s` over them, and step 5 leaves one chain.  QED  So local maxima are
single chains of single representations, and global ones iff the representation can carry mass at an optimum: where
all can, none is spurious. Whether e <= h(angle to the nearest chain), as on Z_p, is open: step 4 describes critical
points, and away from them the nearest chain does not split tr(A_0 ... A_k) into terms that can be bounded one by one.
"""

import numpy as np

from theory.account import neuron_factors


def efficiency(vectors: np.ndarray) -> np.ndarray:
    """e of neurons of shape (m, k+1, p), shape (m,)."""
    return neuron_factors(vectors).prod(axis=0)


def better_neighbour(vectors: np.ndarray, size: float = 1e-2) -> np.ndarray:
    """A neuron near this one with a larger efficiency, by the steps of the proof; itself at a global maximum.

    Args:
        vectors: u_1..u_k and w, shape (k+1, p), not all zero.
        size: largest change of any vector, relative to the neuron's norm.

    Examples:
        >>> wave = np.cos(2 * np.pi * np.arange(5) / 5) + np.cos(4 * np.pi * np.arange(5) / 5)
        >>> saddle = np.tile(wave, (3, 1))  # two frequencies, equally strong
        >>> bool(efficiency(better_neighbour(saddle)[None])[0] > efficiency(saddle[None])[0])
        True
    """
    scale = float(np.linalg.norm(vectors))
    candidates = [*_turned(vectors, size), *_waves_added(vectors, size * scale), *_energy_moved(vectors, size)]
    found = efficiency(np.array([vectors, *candidates]))
    return [vectors, *candidates][int(found.argmax())]


def _gradients(vectors: np.ndarray) -> np.ndarray:
    """g_v in the coordinates of v, shape (k+1, p), up to one positive factor."""
    p = vectors.shape[1]
    hats = np.fft.rfft(vectors)
    hats[-1] = hats[-1].conj()
    # Powers pooled over +-zeta: a wave of order two counts once, with the class weights that make its worth the same.
    pooled = np.where(2 * np.arange(hats.shape[1]) == p, 2.0 ** (-(len(vectors) - 2) / 2), 1.0)
    others = np.array([np.delete(hats, v, axis=0).prod(axis=0) for v in range(len(hats))]) * pooled
    others[:, 0] = 0
    others[:-1] = others[:-1].conj()
    return np.fft.irfft(others, p)


def _turned(vectors: np.ndarray, size: float) -> list[np.ndarray]:
    """Steps 2 and 3: along all gradients together, and each by itself."""
    gradients = _gradients(vectors)
    norm = float(np.linalg.norm(gradients))
    if norm == 0:
        return []
    step = size * np.linalg.norm(vectors) / norm
    together = [vectors + step * factor * gradients for factor in (1, 0.1, 0.01)]
    return together + [
        vectors + step * gradients * (np.arange(len(vectors)) == v)[:, None] for v in range(len(vectors))
    ]


def _waves_added(vectors: np.ndarray, size: float) -> list[np.ndarray]:
    """Step 1, at every frequency: waves where the amplitude vanishes, one with the phase that is needed."""
    count, p = vectors.shape
    hats, a, found = np.fft.rfft(vectors), np.arange(p), []
    for zeta in range(1, p // 2 + 1):
        missing = np.flatnonzero(np.abs(hats[:, zeta]) <= 1e-9 * np.linalg.norm(vectors))
        if not len(missing):
            continue
        phases = np.where(np.isin(np.arange(count), missing), 0.0, np.angle(hats[:, zeta]))
        defect = phases[:-1].sum() - phases[-1]
        phases[missing[0]] += defect if missing[0] == count - 1 else -defect
        added = vectors.copy()
        added[missing] += size * np.cos(2 * np.pi * zeta * a / p + phases[missing, None])
        found.append(added)
    return found


def _energy_moved(vectors: np.ndarray, size: float) -> list[np.ndarray]:
    """Step 5: one frequency a little stronger in all vectors."""
    p, found = vectors.shape[1], []
    hats = np.fft.rfft(vectors)
    for zeta in range(1, p // 2 + 1):
        stronger = hats.copy()
        stronger[:, zeta] *= 1 + size
        found.append(np.fft.irfft(stronger, p))
    return found

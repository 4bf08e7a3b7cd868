r"""Which frequencies a network uses, with which phases and masses (Li24 Theorem 4.1, parts 2 and 3).

For a real vector v of length p, :math:`\hat v(j) = \sum_a v(a) e^{-2\pi i ja/p}` and
:math:`\hat v(p-j) = \overline{\hat v(j)}`: a pure cosine splits its power over +-zeta, so **a two-sided DFT
of a real vector caps at 1/2**.  All powers here pool the two signs (frequencies 0..floor(p/2)) and a pure
cosine has share 1.  Phases are in turns: :math:`u(a) = \beta\cos(2\pi(t + \zeta a/p))` has phase t.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from theory.errors import InputError
from theory.task import neuron_norms

LIVE_FRACTION = 1e-6


def pooled_power(v: np.ndarray) -> np.ndarray:
    r"""Power of every frequency, +-zeta pooled, shape (..., floor(p/2)+1); its sum is :math:`\|v\|_2^2`.

    Examples:
        >>> pooled_power(np.cos(2 * np.pi * 2 * np.arange(7) / 7)).round(12)  # all of 7/2 at frequency 2
        array([0. , 0. , 3.5, 0. ])
    """
    p = v.shape[-1]
    power = np.abs(np.fft.rfft(v, axis=-1)) ** 2 / p
    power[..., 1 : (p + 1) // 2] *= 2
    return power


def wrap_turns(turns: np.ndarray) -> np.ndarray:
    """The representative in [-1/2, 1/2] of an angle in turns.

    Examples:
        >>> wrap_turns(np.array([0.75, -1.25]))
        array([-0.25, -0.25])
    """
    return turns - np.round(turns)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Fourier description of a network on Z_p; leading axes are an ensemble.

    Attributes:
        u: input vectors, shape (..., m, k, p).
        w: output vectors, shape (..., m, p).

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> spectrum = Spectrum(*weights(construct(2, 7)))
        >>> sorted({int(zeta) for zeta in spectrum.frequency}), round(float(spectrum.purity.min()), 12)
        ([1, 2, 3], 1.0)
    """

    u: np.ndarray
    w: np.ndarray

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.u.ndim < 3 or self.w.shape != self.u.shape[:-2] + self.u.shape[-1:]:
            raise InputError(
                f"u must have shape (..., m, k, p) and w (..., m, p); got {self.u.shape} and {self.w.shape}"
            )

    @cached_property
    def vectors(self) -> np.ndarray:
        """u_1..u_k and w of every neuron in one array, shape (..., m, k+1, p)."""
        return np.concatenate([self.u, self.w[..., None, :]], axis=-2)

    @cached_property
    def power(self) -> np.ndarray:
        """Pooled power of every vector, shape (..., m, k+1, floor(p/2)+1)."""
        return pooled_power(self.vectors)

    @cached_property
    def share(self) -> np.ndarray:
        """``power`` over its sum (0 for a zero vector), shape (..., m, k+1, floor(p/2)+1)."""
        total = self.power.sum(axis=-1, keepdims=True)
        return np.divide(self.power, total, out=np.zeros_like(self.power), where=total > 0)

    @cached_property
    def dominant(self) -> np.ndarray:
        """The non-zero frequency with the most power in every vector, shape (..., m, k+1)."""
        return 1 + self.power[..., 1:].argmax(axis=-1)

    @cached_property
    def dominant_share(self) -> np.ndarray:
        """Share of every vector's power at its own dominant frequency, shape (..., m, k+1)."""
        return np.take_along_axis(self.share, self.dominant[..., None], axis=-1)[..., 0]

    @cached_property
    def frequency(self) -> np.ndarray:
        """One frequency per neuron: the non-zero one with the largest summed share, shape (..., m)."""
        return 1 + self.share[..., 1:].sum(axis=-2).argmax(axis=-1)

    @cached_property
    def purity(self) -> np.ndarray:
        """Least share, over a neuron's k+1 vectors, of the neuron's own frequency, shape (..., m)."""
        index = np.broadcast_to(self.frequency[..., None, None], (*self.share.shape[:-1], 1))
        return np.take_along_axis(self.share, index, axis=-1)[..., 0].min(axis=-1)

    @cached_property
    def phases(self) -> np.ndarray:
        """Phase in turns of every vector at its neuron's frequency, shape (..., m, k+1); w's is last."""
        p = self.vectors.shape[-1]
        turns = self.frequency[..., None] * np.arange(p) / p
        coefficient = (self.vectors * np.exp(-2j * np.pi * turns)[..., None, :]).sum(axis=-1)
        return np.angle(coefficient) / (2 * np.pi)

    @cached_property
    def phase_error(self) -> np.ndarray:
        """t_1 + ... + t_k - t_w modulo a turn, in [-1/2, 1/2], shape (..., m); 0 at a maximum margin.

        At the order-two frequency p/2 phases are 0 or 1/2 and the sum of phases is 0 or 1/2 too.
        """
        return wrap_turns(self.phases[..., :-1].sum(axis=-1) - self.phases[..., -1])

    @cached_property
    def mass(self) -> np.ndarray:
        r""":math:`q_i = \|\theta_i\|^{k+1} / \sum_j \|\theta_j\|^{k+1}`, shape (..., m)."""
        powers = neuron_norms(self.u, self.w) ** (self.u.shape[-2] + 1)
        return powers / powers.sum(axis=-1, keepdims=True)

    @cached_property
    def live(self) -> np.ndarray:
        """Whether a neuron's mass exceeds 1e-6 of the mean mass, shape (..., m)."""
        return self.mass > LIVE_FRACTION / self.u.shape[-3]

    @cached_property
    def frequency_mass(self) -> np.ndarray:
        """Mass of the live neurons of every frequency 0..floor(p/2), shape (..., floor(p/2)+1)."""
        count = self.u.shape[-1] // 2 + 1
        belongs = self.frequency[..., None] == np.arange(count)
        return (belongs * (self.mass * self.live)[..., None]).sum(axis=-2)

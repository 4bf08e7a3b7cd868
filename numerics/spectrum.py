r"""Which frequencies a network uses, with which phases and masses (Li24 Theorem 4.1, parts 2 and 3).

For a real vector v of length p, :math:`\hat v(j) = \sum_a v(a) e^{-2\pi i ja/p}` and
:math:`\hat v(p-j) = \overline{\hat v(j)}`: a pure cosine splits its power over +-zeta, so **a two-sided DFT
of a real vector caps at 1/2**.  All powers here pool the two signs (frequencies 0..floor(p/2)) and a pure
cosine has share 1.  Phases are in turns: :math:`u(a) = \beta\cos(2\pi(t + \zeta a/p))` has phase t.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from numerics.components import Components


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
class Spectrum(Components):
    """Fourier description of a network on Z_p: its components are the frequencies 0..floor(p/2).

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> spectrum = Spectrum(*weights(construct(2, 7)))
        >>> sorted({int(zeta) for zeta in spectrum.frequency}), round(float(spectrum.purity.min()), 12)
        ([1, 2, 3], 1.0)
    """

    @property
    def kind(self) -> str:
        """``frequency``."""
        return "frequency"

    @property
    def names(self) -> tuple[str, ...]:
        """The frequencies, as strings."""
        return tuple(map(str, range(self.u.shape[-1] // 2 + 1)))

    @cached_property
    def power(self) -> np.ndarray:
        """Pooled power of every vector, shape (..., m, k+1, floor(p/2)+1)."""
        return pooled_power(self.vectors)

    @property
    def frequency(self) -> np.ndarray:
        """The frequency of every neuron: its component, shape (..., m)."""
        return self.home

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

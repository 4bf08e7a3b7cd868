r"""Which component each neuron of a network lives in: a frequency on Z_p, a real irreducible representation on a group.

A network's vectors are split into components that do not mix; a maximum-margin neuron (k >= 2) has all its k+1 vectors
in one of them (Li24 Theorem 4.1, parts 2 and 3, on Z_p).  Training records, figures, studies and checks all read the
same decomposition: names, shares of power, masses, live neurons.

For a real vector v of length p, :math:`\hat v(j) = \sum_a v(a) e^{-2\pi i ja/p}` and
:math:`\hat v(p-j) = \overline{\hat v(j)}`: a pure cosine splits its power over +-zeta, so **a two-sided DFT
of a real vector caps at 1/2**.  All powers here pool the two signs (frequencies 0..floor(p/2)) and a pure
cosine has share 1.  Phases are in turns: :math:`u(a) = \beta\cos(2\pi(t + \zeta a/p))` has phase t.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from theory.errors import InputError
from theory.groups.group import Group
from theory.groups.matrices import isotypic_powers
from theory.groups.real import real_characters
from theory.task import neuron_masses

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
class Components:
    """The components of a network; leading axes are an ensemble.

    There are C components; number 0 is always the mean, which no neuron is assigned to.

    Attributes:
        u: input vectors, shape (..., m, k, n).
        w: output vectors, shape (..., m, n).
        group: the group; None for Z_p.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> network = construct(load_group("S3"), 2)
        >>> found = Components(network.u, network.w, load_group("S3"))
        >>> found.names, found.counts.tolist(), found.masses.round(6).tolist()
        (('1a', '1b', '2a'), [0, 2, 10], [0.0, 0.150221, 0.849779])
    """

    u: np.ndarray
    w: np.ndarray
    group: Group | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.u.ndim < 3 or self.w.shape != self.u.shape[:-2] + self.u.shape[-1:]:
            raise InputError(
                f"u must have shape (..., m, k, p) and w (..., m, p); got {self.u.shape} and {self.w.shape}"
            )

    @property
    def kind(self) -> str:
        """What a component is: ``frequency`` or ``representation``."""
        return "frequency" if self.group is None else "representation"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the C components: frequencies, as strings, or real irreducible representations."""
        if self.group is None:
            return tuple(map(str, range(self.u.shape[-1] // 2 + 1)))
        return tuple(irrep.name for irrep in real_characters(self.group).irreps)

    @cached_property
    def power(self) -> np.ndarray:
        """Squared 2-norm of every vector's part in every component, shape (..., m, k+1, C).

        Cost on a group: C n^2 per vector.
        """
        if self.group is None:
            return pooled_power(self.vectors)
        return np.moveaxis(isotypic_powers(self.group, self.vectors), 0, -1)

    @cached_property
    def vectors(self) -> np.ndarray:
        """u_1..u_k and w of every neuron in one array, shape (..., m, k+1, n)."""
        return np.concatenate([self.u, self.w[..., None, :]], axis=-2)

    @cached_property
    def share(self) -> np.ndarray:
        """``power`` over its sum (0 for a zero vector), shape (..., m, k+1, C)."""
        total = self.power.sum(axis=-1, keepdims=True)
        return np.divide(self.power, total, out=np.zeros_like(self.power), where=total > 0)

    @cached_property
    def dominant(self) -> np.ndarray:
        """The component with the most power in every vector, shape (..., m, k+1)."""
        return 1 + self.power[..., 1:].argmax(axis=-1)

    @cached_property
    def dominant_share(self) -> np.ndarray:
        """Share of every vector's power in its own dominant component, shape (..., m, k+1)."""
        return np.take_along_axis(self.share, self.dominant[..., None], axis=-1)[..., 0]

    @cached_property
    def home(self) -> np.ndarray:
        """The component of every neuron: the one with the largest summed share, shape (..., m)."""
        return 1 + self.share[..., 1:].sum(axis=-2).argmax(axis=-1)

    @cached_property
    def home_share(self) -> np.ndarray:
        """Share of every vector's power in its neuron's component, shape (..., m, k+1)."""
        index = np.broadcast_to(self.home[..., None, None], (*self.share.shape[:-1], 1))
        return np.take_along_axis(self.share, index, axis=-1)[..., 0]

    @cached_property
    def purity(self) -> np.ndarray:
        """Least share, over a neuron's k+1 vectors, of the neuron's component, shape (..., m)."""
        return self.home_share.min(axis=-1)

    @cached_property
    def mass(self) -> np.ndarray:
        r""":math:`q_i = \|\theta_i\|^{k+1} / \sum_j \|\theta_j\|^{k+1}`, shape (..., m)."""
        return neuron_masses(self.vectors)

    @cached_property
    def live(self) -> np.ndarray:
        """Whether a neuron's mass exceeds 1e-6 of the mean mass, shape (..., m)."""
        return self.mass > LIVE_FRACTION / self.u.shape[-3]

    @property
    def largest(self) -> np.ndarray:
        """Largest share of one component, the mean aside, in every vector of the live neurons; one axis."""
        return self.share[self.live][..., 1:].max(axis=-1).ravel()

    def _members(self) -> np.ndarray:
        return self.home[..., None] == np.arange(len(self.names))

    @cached_property
    def masses(self) -> np.ndarray:
        """Mass of every component, light neurons included, shape (..., C)."""
        return (self._members() * self.mass[..., None]).sum(axis=-2)

    @cached_property
    def counts(self) -> np.ndarray:
        """Number of live neurons of every component, shape (..., C)."""
        return (self._members() & self.live[..., None]).sum(axis=-2)


@dataclass(frozen=True, eq=False)
class Spectrum(Components):
    """The components of a network on Z_p, the frequencies 0..floor(p/2), and its phases.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> spectrum = Spectrum(*weights(construct(2, 7)))
        >>> sorted({int(zeta) for zeta in spectrum.frequency}), round(float(spectrum.purity.min()), 12)
        ([1, 2, 3], 1.0)
    """

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


def components(u: np.ndarray, w: np.ndarray, group: Group | None = None) -> Components:
    """The components of a network on ``group``, or on Z_p where there is none."""
    return Spectrum(u, w) if group is None else Components(u, w, group)

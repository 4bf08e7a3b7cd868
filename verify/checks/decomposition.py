"""Every neuron of a network on Z_p as waves: one frequency, k+1 phases, what is left over, with error bounds.

The spectrum itself is that of ``numerics.components``; here its phases and remainders get proven bounds.  Arrays cover
all m neurons; checks of single neurons look at the live ones.
"""

from functools import cached_property

import numpy as np

from numerics.components import Spectrum, wrap_turns
from verify.intervals import Component, component
from verify.subject import Subject
from verify.sweep import UNIT
from verify.tolerance import Tolerance

MOST_SIGNS = 16


class Decomposition:
    """The neurons of one network on Z_p."""

    def __init__(self, subject: Subject) -> None:
        """Norms and directions of all vectors."""
        #: u_1..u_k and w of every neuron, shape (m, k+1, p)
        self.vectors = subject.vectors
        #: frequencies, shares, masses
        self.spectrum = Spectrum(subject.u, subject.w)
        #: indices of the live neurons, shape (L,)
        self.live = np.flatnonzero(self.spectrum.live)
        #: 2-norms of the k+1 vectors, shape (m, k+1)
        self.norms = np.linalg.norm(subject.vectors, axis=2)
        #: vectors over their norms, 0 for a zero vector; shape (m, k+1, p)
        self.unit = subject.vectors / np.where(self.norms > 0, self.norms, 1)[..., None]

    @property
    def mass(self) -> np.ndarray:
        """q_i, shape (m,)."""
        return self.spectrum.mass

    @property
    def own(self) -> np.ndarray:
        """Dominant frequency of every vector, shape (m, k+1)."""
        return self.spectrum.dominant

    @property
    def frequency(self) -> np.ndarray:
        """The neuron's frequency, shape (m,)."""
        return self.spectrum.frequency

    def _component(self, frequency: np.ndarray) -> Component:
        count, vectors, p = self.unit.shape
        found = component(self.unit.reshape(-1, p), np.broadcast_to(frequency, (count, vectors)).ravel())
        shape = (count, vectors)
        return Component(
            found.phase.reshape(shape), found.phase_error.reshape(shape), found.residual.reshape(shape), found.error
        )

    @cached_property
    def pure(self) -> Component:
        """Every vector at its own dominant frequency; arrays of shape (m, k+1)."""
        return self._component(self.own)

    @cached_property
    def waves(self) -> Component:
        """Every vector at its neuron's frequency; arrays of shape (m, k+1)."""
        return self._component(self.frequency[:, None])

    @cached_property
    def consistent(self) -> np.ndarray:
        """Whether all k+1 vectors of a neuron have the neuron's frequency, shape (m,)."""
        return (self.own == self.frequency[:, None]).all(axis=1)

    @cached_property
    def imbalance(self) -> np.ndarray:
        """|norm over the root mean square of the neuron's norms - 1|, shape (m, k+1); 1 for a zero neuron."""
        return imbalance(self.norms)

    @cached_property
    def phase_error(self) -> np.ndarray:
        """|t_1 + ... + t_k - t_w| in turns modulo 1, shape (m,)."""
        phases = self.waves.phase
        return np.abs(wrap_turns(phases[:, :-1].sum(axis=1) - phases[:, -1]))

    @cached_property
    def phase_uncertainty(self) -> np.ndarray:
        """Bound on the error of ``phase_error``, shape (m,)."""
        return self.waves.phase_error.sum(axis=1) + 8 * UNIT * self.unit.shape[1]

    @cached_property
    def families(self) -> np.ndarray | None:
        r"""One neuron of each sign family, their indices; None where the neurons are not whole families.

        A family is :math:`(u_1, s_2 u_2, \dots, s_k u_k, \prod s\, w)` over all signs, equal to the last bit; (u, w)
        and (-u, (-1)^k w) are one neuron.  Its sum is :math:`k!\, 2^{k-1} \prod_j u_j(a_j)\, w(c)`, exactly.
        """
        m, count, _ = self.unit.shape
        k = count - 1
        largest = np.abs(self.vectors).argmax(axis=2)[..., None]
        signs = np.sign(np.take_along_axis(self.vectors, largest, axis=2))[..., 0]
        if k > MOST_SIGNS or (signs == 0).any():
            return None
        plain = self.vectors * np.append(signs[:, :k], signs[:, :k].prod(axis=1, keepdims=True), axis=1)[..., None]
        _, first, design = np.unique(plain.reshape(m, -1) + 0.0, axis=0, return_index=True, return_inverse=True)
        if len(first) << (k - 1) != m:
            return None
        relative = (signs[:, 1:k] * signs[:, :1] < 0) @ (1 << np.arange(k - 1))
        counts = np.zeros((len(first), 2 ** (k - 1)), dtype=np.int64)
        np.add.at(counts, (design.ravel(), relative), 1)
        return first if (counts == 1).all() else None

    def worst(self, values: np.ndarray) -> tuple[int, int]:
        """Where ``values``, shape (m, N), are largest among the live neurons: (neuron, column)."""
        row, column = divmod(int(values[self.live].argmax()), values.shape[1])
        return int(self.live[row]), column

    def counted(self, allowed: Tolerance) -> tuple[np.ndarray, float]:
        """Neurons whose mass counts with their frequency, and the mass of all others.

        Live neurons count, whatever their faults (checks of their own report those); light ones where they are what a
        neuron of a maximum-margin network is.  A mass below the floats' normal range counts with the others: no share
        of a frequency can be told from it.
        """
        sound = (
            self.consistent
            & (self.mass >= np.finfo(np.float64).tiny)
            & (self.waves.residual.max(axis=1) <= allowed.purity)
            & (self.imbalance.max(axis=1) <= allowed.balance)
            & (self.phase_error <= allowed.phase_sum)
        )
        counted = np.union1d(self.live, np.flatnonzero(sound))
        return counted, float(self.mass.sum() - self.mass[counted].sum()) if len(counted) < len(self.mass) else 0.0


def imbalance(norms: np.ndarray) -> np.ndarray:
    """|norm over the root mean square of its row - 1|, shape (m, k+1); 1 where the whole row is 0."""
    mean = np.sqrt((norms**2).mean(axis=1, keepdims=True))
    return np.abs(np.divide(norms, mean, out=np.zeros_like(norms), where=mean > 0) - 1)

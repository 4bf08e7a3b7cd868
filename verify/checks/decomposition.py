"""Every live neuron of a network on Z_p as waves: one frequency, k+1 phases, what is left over, with error bounds."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from numerics.spectrum import Spectrum, wrap_turns
from verify.account import masses
from verify.intervals import Component, component
from verify.subject import Subject
from verify.sweep import UNIT

LIVE_FRACTION = 1e-6


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Live neurons (mass above 1e-6 of the mean mass), L of them.

    Attributes:
        live: their indices in the file, shape (L,).
        mass: mass of every neuron of the file, shape (m,).
        norms: 2-norms of the k+1 vectors, shape (L, k+1).
        unit: vectors over their norms, shape (L, k+1, p).
        own: dominant frequency of every vector, shape (L, k+1).
        frequency: the neuron's frequency, shape (L,).
    """

    live: np.ndarray
    mass: np.ndarray
    norms: np.ndarray
    unit: np.ndarray
    own: np.ndarray
    frequency: np.ndarray

    @classmethod
    def of(cls, subject: Subject) -> "Decomposition":
        """Decompose the live neurons of a network on Z_p."""
        return cls._of(subject, LIVE_FRACTION / subject.m)

    @classmethod
    def of_all(cls, subject: Subject) -> "Decomposition":
        """Decompose every neuron, dead ones too."""
        return cls._of(subject, -1.0)

    @classmethod
    def _of(cls, subject: Subject, least_mass: float) -> "Decomposition":
        mass = masses(subject)
        live = np.flatnonzero(mass > least_mass)
        vectors = subject.vectors[live]
        norms = np.linalg.norm(vectors, axis=2)
        unit = vectors / np.where(norms > 0, norms, 1)[..., None]
        spectrum = Spectrum(unit[:, :-1], unit[:, -1])
        return cls(live, mass, norms, unit, spectrum.dominant, spectrum.frequency)

    def _component(self, frequency: np.ndarray) -> Component:
        count, vectors, p = self.unit.shape
        found = component(self.unit.reshape(-1, p), np.broadcast_to(frequency, (count, vectors)).ravel())
        shape = (count, vectors)
        return Component(
            found.phase.reshape(shape), found.phase_error.reshape(shape), found.residual.reshape(shape), found.error
        )

    @cached_property
    def pure(self) -> Component:
        """Every vector at its own dominant frequency; arrays of shape (L, k+1)."""
        return self._component(self.own)

    @cached_property
    def waves(self) -> Component:
        """Every vector at its neuron's frequency; arrays of shape (L, k+1)."""
        return self._component(self.frequency[:, None])

    @cached_property
    def consistent(self) -> np.ndarray:
        """Whether all k+1 vectors of a neuron have the neuron's frequency, shape (L,)."""
        return (self.own == self.frequency[:, None]).all(axis=1)

    @cached_property
    def phase_error(self) -> np.ndarray:
        """|t_1 + ... + t_k - t_w| in turns modulo 1, shape (L,)."""
        phases = self.waves.phase
        return np.abs(wrap_turns(phases[:, :-1].sum(axis=1) - phases[:, -1]))

    @cached_property
    def phase_uncertainty(self) -> np.ndarray:
        """Bound on the error of ``phase_error``, shape (L,)."""
        return self.waves.phase_error.sum(axis=1) + 8 * UNIT * self.unit.shape[1]

    def frequency_masses(self) -> np.ndarray:
        """Mass of the live neurons of every frequency, index zeta in 0..floor(p/2)."""
        return np.bincount(self.frequency, self.mass[self.live], minlength=self.unit.shape[2] // 2 + 1)

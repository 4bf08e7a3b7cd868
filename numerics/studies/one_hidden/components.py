"""How a vector's power is distributed: over frequencies on Z_p, over real irreducible representations on a group."""

from dataclasses import dataclass

import numpy as np

from numerics.network import PowerNetwork
from numerics.spectrum import Spectrum
from theory.task import Task, neuron_norms


@dataclass(frozen=True, eq=False)
class Components:
    """The spectra of a network's live neurons.

    Attributes:
        kind: ``frequency`` or ``representation``.
        names: names of the components, C of them; the mean (the trivial one) is left out.
        share: share of every vector's power in every component, shape (live, k+1, C).
        mass: q_i of the live neurons, shape (live,).
    """

    kind: str
    names: tuple[str, ...]
    share: np.ndarray
    mass: np.ndarray

    @property
    def largest(self) -> np.ndarray:
        """Largest share of one component in every vector, shape (live * (k+1),)."""
        return self.share.max(axis=-1).ravel()

    @property
    def dominant(self) -> np.ndarray:
        """The component of every neuron, by the sum of its shares, shape (live,)."""
        return self.share.sum(axis=1).argmax(axis=-1)

    @property
    def counts(self) -> np.ndarray:
        """Number of live neurons of every component, shape (C,)."""
        return np.bincount(self.dominant, minlength=len(self.names))

    @property
    def masses(self) -> np.ndarray:
        """Mass of the live neurons of every component, shape (C,)."""
        return np.bincount(self.dominant, self.mass, minlength=len(self.names))


def components(network: PowerNetwork, problem: Task) -> Components:
    """The spectra of ``network``."""
    u, w = network.numpy()
    if problem.group_name is None:
        spectrum = Spectrum(u, w)
        live = spectrum.live
        names = tuple(str(j) for j in range(1, problem.n // 2 + 1))
        return Components("frequency", names, spectrum.share[live][..., 1:], spectrum.mass[live])
    from theory.groups import load_group
    from theory.groups.matrices import isotypic_powers
    from theory.groups.real import real_characters

    group = load_group(problem.group_name)
    powers = np.moveaxis(isotypic_powers(group, np.concatenate([u, w[:, None]], axis=1)), 0, -1)
    mass = neuron_norms(u, w) ** (u.shape[1] + 1)
    mass = mass / mass.sum()
    live = mass > 1e-6 / len(mass)
    total = powers.sum(axis=-1, keepdims=True)
    share = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
    names = tuple(irrep.name for irrep in real_characters(group).irreps[1:])
    return Components("representation", names, share[live][..., 1:], mass[live])


def predicted_masses(problem: Task) -> np.ndarray | None:
    """Mass of every component at the optimum, in the order of :class:`Components`; None where it is not unique."""
    if problem.group_name is None:
        p = problem.n
        return np.full(p // 2, 2 / (p - 1)) if p % 2 else None
    from theory.groups import load_group
    from theory.groups.margin import max_margin

    margin = max_margin(load_group(problem.group_name), problem.k)
    return margin.mass_floats[1:] if margin.masses_are_forced else None

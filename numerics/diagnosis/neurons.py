r"""Neurons by component: shares, masses, phases, and how square their waves are.

All of it reads the one decomposition (``numerics.components``).  A neuron's purity is the least share, over its k+1
vectors, of its own component; its mass is :math:`\|\theta_i\|^{k+1}` over the sum, whatever the activation.
"""

from dataclasses import dataclass

import numpy as np

from numerics.analysis.fits import fit_waves
from numerics.analysis.spectra import harmonic_shares
from numerics.components import Components, Spectrum, components
from theory.groups.group import Group

PURE = 0.95
HARMONICS = (1, 2, 3, 5)


@dataclass(frozen=True)
class Purity:
    """How pure neurons are; live ones, but for the mean by mass, which counts all.

    Attributes:
        neurons: how many there are.
        live: how many are live.
        worst, median, mean: purities of the live neurons, summed up.
        by_mass: mean purity weighted by mass.
        pure: share of the mass in neurons of purity at least .95.
        masses: mass of each component that has any, by name, the heaviest first.
        vectors: which vectors of a neuron are meant.
    """

    neurons: int
    live: int
    worst: float
    median: float
    mean: float
    by_mass: float
    pure: float
    masses: dict[str, float]
    vectors: str


@dataclass(frozen=True)
class Phases:
    """Distances |t_1 + ... + t_k - t_w| of the live neurons, in turns; 0 at a maximum margin, 1/4 by chance.

    Attributes:
        median, largest: distances of the live neurons.
        by_mass: mean of the distances weighted by mass.
    """

    median: float
    largest: float
    by_mass: float


@dataclass(frozen=True)
class Shape:
    """Shape of vectors over Z_p: medians over live neurons.

    Attributes:
        harmonics: share of the power at 1, 2, 3, 5 times the dominant frequency; .811, 0, .090, .032 of a square wave.
        square: share of the variance that the best two levels leave; 0 for a square wave, about .19 for a cosine.
        cosine: share of the variance that the best cosine leaves.
    """

    harmonics: tuple[float, ...]
    square: float
    cosine: float


def purity_of(found: Components, vectors: str) -> Purity:
    """The summary of a decomposition."""
    live = found.purity[found.live]
    order = np.argsort(-found.masses, kind="stable")
    masses = {found.names[i]: float(found.masses[i]) for i in order if found.masses[i] > 0}
    values = (float(f(live)) if live.size else 0.0 for f in (np.min, np.median, np.mean))
    worst, median, mean = values
    by_mass, pure = float(found.mass @ found.purity), float(found.mass[found.purity >= PURE].sum())
    return Purity(len(found.mass), int(found.live.sum()), worst, median, mean, by_mass, pure, masses, vectors)


def phases_of(found: Components) -> Phases | None:
    """Phase sums on Z_p; None on groups, or where no neuron is live."""
    if not isinstance(found, Spectrum) or not found.live.any():
        return None
    error = np.abs(found.phase_error)
    mass = float(found.mass @ error)
    return Phases(float(np.median(error[found.live])), float(error[found.live].max()), mass)


def shape_of(vectors: np.ndarray) -> Shape | None:
    """Waves in vectors (N, p); None where all are constant or p is too small for harmonics."""
    varying = vectors[np.ptp(vectors, axis=1) > 1e-9 * np.abs(vectors).max(initial=0)]
    if len(varying) == 0 or vectors.shape[1] < 5:
        return None
    fits = fit_waves(varying)
    shares = np.median(harmonic_shares(varying, fits.waves.frequency, HARMONICS), axis=0)
    return Shape(tuple(float(x) for x in shares), float(np.median(fits.square_means)), float(np.median(fits.cosine)))


def of_vectors(vectors: np.ndarray, group: Group | None) -> Components:
    """Components of neurons of which only these vectors are known, shape (m, r, n) with r at least 1."""
    return components(vectors[:, :-1], vectors[:, -1], group)

r"""What a trained ReLU network has learned, neuron by neuron: which are periodic, in which shape, with which phases.

A neuron is **structured** when per(:math:`W_a`) > 12 and **low** when it is below 5.  Its frequency is the dominant one
of :math:`W_a`; phases of all three weight vectors are read at that frequency.  The effective bias (our reading: the
paper does not define it) is what every input of the neuron shares,
:math:`\beta + \bar W_a + \bar W_b`.

Source: Swaroop26 Sec. 3 to 5.
"""

from typing import Any

import numpy as np

from numerics.analysis.fits import WaveFits, fit_waves, paired_t
from numerics.analysis.phases import phase_sum
from numerics.analysis.spectra import STRUCTURED, UNSTRUCTURED, dominant, harmonic_shares, periodicity, wave_at
from numerics.analysis.wave_distances import wave_distances
from numerics.models.idealised import idealised
from numerics.models.relu import ReLUWeights

HARMONICS = (1, 2, 3, 5)


def describe(weights: ReLUWeights, *, structured: float = STRUCTURED, low: float = UNSTRUCTURED) -> dict[str, Any]:
    """Everything about the neurons, as JSON values; a part that needs more neurons than there are is None.

    Args:
        weights: the network.
        structured: threshold above which per(W_a) is structured.
        low: threshold below which it is low.

    Examples:
        >>> import numpy as np
        >>> a, b = np.array([[0.1, 0.2, 0.4], [0.3, 0.45, 0.4]])
        >>> found = describe(idealised(31, np.array([2, 5, 7]), (a, b, a + b), "Cos->Cos"))
        >>> found["structured"], found["frequencies"], round(found["phase_sum"]["structured"]["correlation"], 9)
        (3, 3, 1.0)
    """
    per = periodicity(weights.a)
    good = per > structured
    wave = dominant(weights.a)
    same = (dominant(weights.b).frequency == wave.frequency) & (dominant(weights.out).frequency == wave.frequency)
    phases = [wave_at(w, wave.frequency).phase for w in (weights.a, weights.b, weights.out)]
    fits, distances = fit_waves(weights.a), wave_distances(weights.a)
    every = np.ones_like(good)
    effective = weights.bias + weights.a.mean(axis=1) + weights.b.mean(axis=1)
    return {
        "neurons": len(per),
        "structured": int(good.sum()),
        "low": int((per < low).sum()),
        "frequencies": len(np.unique(wave.frequency[good])),
        "same_frequency": {"all": float(same.mean()), "structured": float(same[good].mean()) if good.any() else None},
        "amplitude": float(wave.amplitude[good].mean()) if good.any() else None,
        "effective_bias": _mean_and_sd(effective[good]),
        "phase_sum": {
            name: _phase_sum(phases, chosen)
            for name, chosen in (("all", every), ("same_frequency", same), ("structured", good))
        },
        "fits": {"all": _compare(fits, every), "structured": _compare(fits, good)},
        "distances": {name: _nearer(distances, chosen) for name, chosen in (("all", every), ("structured", good))},
        "harmonics": {
            name: _medians(harmonic_shares(w, wave.frequency, HARMONICS)[good])
            for name, w in (("W_a", weights.a), ("W_b", weights.b), ("W_out", weights.out))
        },
    }


def extracted(trained: ReLUWeights, kind: str) -> ReLUWeights:
    """The idealisation of a trained network: all its neurons, without their amplitudes and biases.

    Frequencies are those of :math:`W_a`; each of the three phases comes from its own trained weights.
    """
    wave = dominant(trained.a)
    phases = [wave_at(w, wave.frequency).phase for w in (trained.a, trained.b, trained.out)]
    return idealised(trained.a.shape[1], wave.frequency, phases, kind)


def _mean_and_sd(values: np.ndarray) -> list[float] | None:
    return [float(values.mean()), float(values.std(ddof=1))] if len(values) > 1 else None


def _medians(shares: np.ndarray) -> list[float] | None:
    return [float(value) for value in np.median(shares, axis=0)] if len(shares) else None


def _phase_sum(phases: list[np.ndarray], chosen: np.ndarray) -> dict[str, Any] | None:
    if chosen.sum() < 2:
        return None
    return vars(phase_sum(*(phase[chosen] for phase in phases)))


def _compare(fits: WaveFits, chosen: np.ndarray) -> dict[str, Any] | None:
    """Mean errors and the two paired tests: against the paper's rival, and against the cosine's own amplitude."""
    if chosen.sum() < 2:
        return None
    square, means, handicapped, cosine = (
        error[chosen] for error in (fits.square, fits.square_means, fits.cosine_of_square, fits.cosine)
    )
    return {
        "error": {
            "square": float(square.mean()),
            "square_means": float(means.mean()),
            "cosine_of_square": float(handicapped.mean()),
            "cosine": float(cosine.mean()),
        },
        "paper": _tested(square, handicapped),
        "fair": _tested(means, cosine),
    }


def _nearer(distances: dict[str, dict[str, np.ndarray]], chosen: np.ndarray) -> dict[str, Any] | None:
    """Paired tests of the square wave against both cosines, under every distance (``wave_distances``)."""
    if chosen.sum() < 2:
        return None
    return {
        name: {rival: _tested(found["square"][chosen], found[rival][chosen]) for rival in ("paper", "fair")}
        for name, found in distances.items()
    }


def _tested(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    test = paired_t(x, y)
    return vars(test) | {"interval": list(test.interval)}

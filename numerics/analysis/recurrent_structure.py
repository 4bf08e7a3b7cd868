r"""What a trained recurrent network has learned: shared frequencies, ranks, singular pairs, fits, ablations.

The rules that turn Rangamani25's claims into numbers are ours: a frequency is significant in a table when it is among
the fewest that hold 90% of its power, and shared when it is significant in all of them; a matrix needs the rank that
keeps the network's own accuracy.
"""

from functools import partial
from statistics import fmean
from typing import Any

import numpy as np

from numerics.analysis.ablation import ablate, drop_frequencies, keep_frequencies
from numerics.analysis.harmonics import frequency_shares, harmonic_error, multiples, project, shared, significant
from numerics.analysis.ranks import energy, power_at, rank_needed, singular_pairs
from numerics.models.rnn import MATRICES, RecurrentNetwork, accuracy, hidden_states, matrices

HARMLESS = 0.99  # accuracy from which an ablation is called harmless: ours
OVERTONES = 5  # largest multiple of a shared frequency that is looked at: ours
MOST_CHOICES = 10


def tables(model: RecurrentNetwork) -> dict[str, np.ndarray]:
    """What has an axis indexed by Z_p, that axis first: W_E without "=", W_fc, h1, and h2, h3 along a and along b."""
    states, weights = hidden_states(model), matrices(model)
    found = {"W_E": weights["W_E"][: model.p], "W_fc": weights["W_fc"], "h1": states["h1"]}
    for name in ("h2", "h3"):
        found |= {f"{name}(a)": states[name], f"{name}(b)": states[name].swapaxes(0, 1)}
    return found


def dissect(model: RecurrentNetwork) -> dict[str, Any]:
    """Frequencies, ranks, singular pairs, fits and ablations of one network, as JSON values.

    Ranks are those that keep the network's own accuracy, which is 1 for a network that has learned the task.
    """
    weights, p = matrices(model), model.p
    shares = {name: frequency_shares(table) for name, table in tables(model).items()}
    sets = {name: significant(share) for name, share in shares.items()}
    common = shared(sets.values())
    whole = accuracy(model)
    ranks = {}
    for name in MATRICES:
        rank = rank_needed(weights[name], partial(_with, model, name), whole)
        ranks[name] = {"rank": rank, "of": min(weights[name].shape), "energy": round(energy(weights[name], rank), 4)}
    states = hidden_states(model)["h3"].reshape(p * p, -1)
    sums = np.add.outer(np.arange(p), np.arange(p)).ravel()
    errors = {k: harmonic_error(project(weights["W_fc"], states, k), sums, [k], p) for k in common}
    pairs = min(len(common), min(weights["W_fc"].shape) // 2)
    of_shared = list(multiples(common, OVERTONES, p))
    return {
        "accuracy": whole,
        "frequencies": {name: list(ks) for name, ks in sets.items()},
        "shared": list(common),
        "held": {name: round(float(share[list(common)].sum()), 4) for name, share in shares.items()},
        "shares": {name: [round(float(x), 4) for x in share] for name, share in shares.items()},
        "ranks": ranks,
        "pairs": [
            {"frequency": pair.frequency, "share": round(pair.share, 4)}
            for pair in singular_pairs(weights["W_fc"], pairs)
        ],
        "span": round(power_at(weights["W_fc"], 2 * pairs, common), 4) if common else 0.0,
        "overtones": {
            "frequencies": len(of_shared),
            "of": p // 2,
            "power": round(float(shares["W_fc"][of_shared].sum()), 4),
        },
        "fits": [{"frequency": k, "error": [round(float(x), 5) for x in error]} for k, error in errors.items()],
        "ablations": {name: ablations(model, name, common) for name in ("W_E", "W_fc")},
        "kept_alone": {
            name: accuracy(model, {name: _rows(model, name, (0, *common), True)}) for name in ("W_E", "W_fc")
        },
    }


def _with(model: RecurrentNetwork, name: str, matrix: np.ndarray) -> float:
    """Accuracy with another matrix in place of the model's."""
    return accuracy(model, {name: matrix})


def _rows(model: RecurrentNetwork, name: str, ks: tuple[int, ...], keep: bool) -> np.ndarray:
    """The matrix with only, or without, these frequencies in its first p rows."""
    matrix = matrices(model)[name]
    matrix[: model.p] = (keep_frequencies if keep else drop_frequencies)(matrix[: model.p], ks)
    return matrix


def ablations(model: RecurrentNetwork, name: str, frequencies: tuple[int, ...]) -> list[dict[str, Any]]:
    """Accuracy against how many of these frequencies the matrix has lost, as JSON values."""
    found = ablate(lambda ks: _with(model, name, _rows(model, name, ks, False)), frequencies, most=MOST_CHOICES)
    return [
        {
            "removed": x.size,
            "choices": len(x.scores),
            "every": x.every,
            "mean": round(x.mean, 4),
            "least": round(x.least, 4),
            "largest": round(x.largest, 4),
            "harmless": round(fmean(score >= HARMLESS for score in x.scores.values()), 4),
        }
        for x in found
    ]

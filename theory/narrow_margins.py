r"""The best margin known for a network too narrow to be optimal (**lower**, measured; Ours: narrow networks).

Below the minimal width no network reaches :math:`\gamma^*`; how close can it come?  The stored table gives, for small
k, p and width m, the largest :math:`\gamma_m / \gamma^*` found by maximising a soft minimum of the normalised margin,

.. math:: -\frac1\beta \log \sum_{a, c} e^{-\beta (f[\text{label}] - f[c]) / (\gamma^* N)},\qquad
   N = \sum_i \|\theta_i\|^{k+1},

by L-BFGS from many starts, beta rising from 10 to 3 * 10^5.  Half of the starts are random, half are random points
of the optimal shape (one frequency per neuron, output phase the sum of the input phases) with 10 % noise.  The
margin reported is the true minimum over all inputs, so every entry is attained; nothing says it is the best.
"""

import json
from collections.abc import Callable
from functools import cache
from importlib import resources

import numpy as np

from theory.task import Task

SHARPNESS = (10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 1e5, 3e5)
CASES = ((2, 3), (2, 5), (2, 7), (3, 3))


@cache
def margin_table() -> dict[tuple[int, int], dict[int, float]]:
    """The stored table: (k, p) -> width -> best known margin over gamma*."""
    content = json.loads((resources.files("theory") / "narrow_margins.json").read_text())
    return {(row["k"], row["p"]): {int(m): ratio for m, ratio in row["ratio"].items()} for row in content["cases"]}


def known_ratio(k: int, p: int, m: int) -> float | None:
    """The best known gamma_m / gamma*: a wider network is at least as good; None where nothing is stored.

    Examples:
        >>> known_ratio(2, 5, 12), known_ratio(2, 5, 0)
        (1.0, 0.0)
    """
    if m == 0:
        return 0.0
    rows = margin_table().get((k, p), {})
    return max((ratio for width, ratio in rows.items() if width <= m), default=None)


def best_ratio(k: int, p: int, m: int, starts: int, seed: int = 0) -> float:
    """The largest margin over gamma* among ``starts`` local optimisations of a width-m network.

    Args:
        k: number of inputs.
        p: modulus, odd.
        m: width, at least 1.
        starts: number of local optimisations.
        seed: seed of the random starting points.
    """
    from scipy.optimize import minimize

    task, rng = Task.cyclic(k, p), np.random.default_rng(seed)
    objective = _Objective(task, m)
    best = 0.0
    for start in range(starts):
        x = _random_start(rng, k, p, m) if start % 2 else rng.normal(size=m * (k + 1) * p)
        for beta in SHARPNESS:
            found = minimize(
                objective, x, args=(beta,), jac=True, method="L-BFGS-B", options={"maxiter": 400, "maxcor": 20}
            )
            x = found.x / np.abs(found.x).max()
        best = max(best, objective.ratio(x))
        if best > 1 - 1e-6:
            break
    return best


def compute_table(starts: int = 14, progress: Callable[[int, int, int, float], None] | None = None) -> dict:
    """The content of narrow_margins.json, recomputed (minutes).

    Args:
        starts: local optimisations per entry.
        progress: called with (k, p, m, ratio).
    """
    from theory.width import width

    cases = []
    for k, p in CASES:
        ratios: dict[int, float] = {}
        enough = width(k, p).best_known
        for m in range(1, enough):
            ratio = max(best_ratio(k, p, m, starts, seed=m), *ratios.values(), 0.0)
            # Rounded down, so that the entry stays attained.
            ratios[m] = int(ratio * 1e5) / 1e5
            if progress is not None:
                progress(k, p, m, ratio)
        ratios[enough] = 1.0
        cases.append({"k": k, "p": p, "ratio": ratios})
    note = f"numerical: theory.narrow_margins.compute_table(starts={starts}); attained margins over gamma*"
    return {"label": "numerical", "how": note, "cases": cases}


class _Objective:
    """Minus the soft minimum of the normalised margin, and its gradient."""

    def __init__(self, task: Task, m: int) -> None:
        self.k, self.p, self.m = task.k, task.n, m
        from theory.margin import max_margin_float

        self.gamma = max_margin_float(task.k, task.n)
        self.label = np.indices((self.p,) * self.k).sum(axis=0).ravel() % self.p

    def margins(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
        k, p, m = self.k, self.p, self.m
        theta = x.reshape(m, k + 1, p)
        total = np.zeros((m,) + (p,) * k)
        for j in range(k):
            total = total + theta[:, j].reshape((m,) + (1,) * j + (p,) + (1,) * (k - 1 - j))
        total = total.reshape(m, -1)
        squares = (theta**2).sum(axis=(1, 2))
        outputs = (total**k).T @ theta[:, k]
        gaps = outputs[np.arange(len(outputs)), self.label][:, None] - outputs
        norm = float((squares ** ((k + 1) / 2)).sum())
        return theta, total, squares, gaps / (self.gamma * norm), norm

    def ratio(self, x: np.ndarray) -> float:
        """The exact minimum over inputs and wrong labels, over gamma*."""
        gaps = self.margins(x)[3]
        gaps[np.arange(len(gaps)), self.label] = np.inf
        return float(gaps.min())

    def __call__(self, x: np.ndarray, beta: float) -> tuple[float, np.ndarray]:
        k, p, m = self.k, self.p, self.m
        theta, total, squares, gaps, norm = self.margins(x)
        rows = np.arange(len(gaps))
        exponent = -beta * gaps
        exponent[rows, self.label] = -np.inf
        top = exponent.max()
        weights = np.exp(exponent - top)
        value = (top + np.log(weights.sum())) / beta
        weights /= weights.sum()
        # The derivative of value by the gaps is -weights; a gap is (right - wrong) / (gamma norm).
        by_output = weights / (self.gamma * norm)
        by_output[rows, self.label] -= by_output.sum(axis=1)
        by_norm = float((weights * np.where(np.isfinite(exponent), gaps, 0)).sum()) / norm
        gradient = np.empty_like(theta)
        gradient[:, k] = total**k @ by_output
        by_total = (k * total ** (k - 1) * (theta[:, k] @ by_output.T)).reshape((m,) + (p,) * k)
        for j in range(k):
            gradient[:, j] = by_total.sum(axis=tuple(1 + i for i in range(k) if i != j))
        gradient += by_norm * (k + 1) * (squares ** ((k - 1) / 2))[:, None, None] * theta
        return float(value), gradient.ravel()


def _random_start(rng: np.random.Generator, k: int, p: int, m: int) -> np.ndarray:
    frequency = rng.integers(1, (p + 1) // 2, size=m)
    phases = rng.uniform(0, 2 * np.pi, size=(m, k))
    phases = np.concatenate([phases, phases.sum(axis=1, keepdims=True)], axis=1)
    waves = np.cos(phases[:, :, None] + 2 * np.pi * frequency[:, None, None] * np.arange(p) / p)
    return (waves + 0.1 * rng.normal(size=waves.shape)).ravel()

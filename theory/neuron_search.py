r"""The best single neuron by search: a numerical twin of Li24 Lemma 4.2 that knows nothing of its proof.

Maximise over the unit sphere the mean class-weighted margin of one neuron,

.. math:: \frac{k!}{p^{k+1}} \sum_{j \ne 0} (1 - \hat\tau(j))\, \hat w(-j) \prod_i \hat u_i(j),

by L-BFGS from random starts.  The function is homogeneous of degree k+1, so the sphere is built in by dividing by
:math:`\|\omega\|^{k+1}`.
"""

from dataclasses import dataclass
from math import factorial

import numpy as np
from scipy.optimize import minimize

from theory.errors import require_integer


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What the starts ended in.

    Attributes:
        values: the objective of every end point, shape (starts,).
        neurons: the end points, of norm 1: u_1..u_k and w, shape (starts, k+1, p).
        concentration: for each, the least share that one common frequency has in its k+1 vectors, shape (starts,).
    """

    values: np.ndarray
    neurons: np.ndarray
    concentration: np.ndarray

    @property
    def best(self) -> float:
        """The largest value found."""
        return float(self.values.max())


def search(k: int, tau: np.ndarray, starts: int = 20, seed: int = 0) -> SearchResult:
    """Local maxima of one neuron's mean class-weighted margin on Z_p.

    Args:
        k: number of inputs, at least 1.
        tau: class weights, shape (p,).
        starts: number of random starts.
        seed: seed of the starts.

    Raises:
        InputError: for k < 1 or no start.

    Examples:
        >>> found = search(2, np.array([0, 0.25, 0.25, 0.25, 0.25]), starts=3)
        >>> from theory.margin import max_margin_float
        >>> round(float(found.values.max() / max_margin_float(2, 5)), 5)  # no neuron is worth more
        1.0
    """
    require_integer("k", k, 1)
    require_integer("starts", starts, 1)
    p = len(tau)
    gap = 1 - np.fft.fft(tau).real
    gap[0] = 0.0
    generator = np.random.default_rng(seed)
    ends = []
    for _ in range(starts):
        found = minimize(
            _negative_objective,
            generator.normal(size=(k + 1) * p),
            args=(k, gap),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-12},
        )
        ends.append(found.x.reshape(k + 1, p) / np.linalg.norm(found.x))
    neurons = np.array(ends)
    values = np.array([-_negative_objective(neuron.ravel(), k, gap)[0] for neuron in neurons])
    scale = factorial(k) / p ** (k + 1) * (p / (k + 1)) ** ((k + 1) / 2)
    return SearchResult(values * scale, neurons, _concentration(neurons))


def _negative_objective(x: np.ndarray, k: int, gap: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the objective in units of order one, and its gradient."""
    p = len(gap)
    hats = np.fft.fft(x.reshape(k + 1, p), norm="ortho")
    hats[k] = hats[k].conj()
    size = np.sqrt(x @ x / (k + 1))
    value = float((gap * hats.prod(axis=0)).sum().real)
    others = np.array([np.delete(hats, i, axis=0).prod(axis=0) for i in range(k + 1)]) * gap
    others[:k] = others[:k].conj()
    gradient = np.fft.ifft(others, norm="ortho").real
    power = size ** (k + 1)
    return -value / power, -(gradient.ravel() / power - value / power * x / size**2)


def _concentration(neurons: np.ndarray) -> np.ndarray:
    power = np.abs(np.fft.rfft(neurons)) ** 2
    p = neurons.shape[-1]
    power[..., 1 : (p + 1) // 2] *= 2
    return (power / power.sum(axis=-1, keepdims=True)).min(axis=-2).max(axis=-1)

"""Ours, conjectured: inside a real representation the angle to the nearest chain bounds a neuron's efficiency."""

import numpy as np
import pytest
from scipy.optimize import minimize

from verify.result import at_most, close

ANGLE = "Ours:stability of neurons, groups"


def efficiency(chain):
    """Matrices A_0..A_k, shape (k+1, D, D): n^(n/2) tr(A_0 ... A_k) over the n-th power of their norm, n = k+1."""
    n = len(chain)
    return float(n ** (n / 2) * np.trace(np.linalg.multi_dot(chain)) / np.linalg.norm(chain) ** n)


def cosine(chain, generator, starts=6, steps=60):
    """The largest inner product found with a unit chain x_v x_(v+1)^T / sqrt(n): ascent, one x after the other."""
    n, size, best = len(chain), chain.shape[1], 0.0
    for _ in range(starts):
        x = generator.normal(size=(n, size))
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        for v in [*range(n)] * steps:
            ahead = chain[v] @ x[(v + 1) % n] + chain[v - 1].T @ x[v - 1]
            x[v] = ahead / max(np.linalg.norm(ahead), 1e-300)
        found = sum(x[v] @ chain[v] @ x[(v + 1) % n] for v in range(n))
        best = max(best, float(found) / (np.sqrt(n) * np.linalg.norm(chain)))
    return min(best, 1.0)


def bound(c, n):
    """h as on Z_p: as many equal shares c = cos^2 as there is room for, and the rest."""
    count = int(1 / c)
    return count * c ** (n / 2) + (1 - count * c) ** (n / 2)


def excess(chain, generator):
    return efficiency(chain) - bound(cosine(chain, generator) ** 2, len(chain))


@pytest.mark.statement(ANGLE)
@pytest.mark.parametrize(("k", "size"), [(2, 2), (2, 3), (3, 2)])
def test_searches_for_a_neuron_beyond_the_bound(k, size, check, twin):
    n, generator, worst = k + 1, np.random.default_rng(10 * k + size), -np.inf
    for share in (0.55, 0.7, 0.9):
        pair = np.zeros((n, size, size))
        pair[:, 0, 0], pair[:, 1, 1] = np.sqrt(share / n), np.sqrt((1 - share) / n)
        both = efficiency(pair)
        check(
            close(ANGLE, f"k={k}, D={size}: two chains attain it", both, bound(cosine(pair, generator) ** 2, n), 1e-9)
        )
        twin(at_most(ANGLE, f"k={k}, D={size}: against 0.99 of it", both, 0.99 * bound(share, n)))
        for noise in (0.01, 0.3):
            start = pair + noise * generator.normal(size=pair.shape)

            def objective(flat, shape=pair.shape):
                return -excess(flat.reshape(shape), np.random.default_rng(0))

            end = minimize(objective, start.ravel(), method="L-BFGS-B", options={"maxiter": 6, "maxfun": 120}).x
            worst = max(worst, excess(start, generator), -objective(end))
    check(at_most(ANGLE, f"k={k}, D={size}: largest excess found", worst, 0.0, 1e-6))

r"""The value of a matrix game, by an interior-point method: mixtures in the middle of the optimal ones.

.. math:: \max_{q \ge 0,\, \sum q = 1} \ \min_j \sum_i q_i G_{ij}
          = \min_{\mu \ge 0,\, \sum \mu = 1} \ \max_i \sum_j G_{ij} \mu_j

The mixtures returned are feasible whatever happened, so their least and largest entries enclose the value.  A vertex,
which other solvers end in, says little about rows that are not there yet; the middle of the optimal set makes column
generation end sooner, and the systems solved are as large as there are columns of G, however many rows.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

STEPS, BACK = 60, 0.99


def solve_game(payoff: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Mixtures q of the rows and mu of the columns of ``payoff`` whose values differ by about ``tolerance``.

    Args:
        payoff: G, shape (rows, columns), with entries of order one.
        tolerance: absolute difference of the two values at which to stop.

    Examples:
        >>> q, mu = solve_game(np.array([[3.0, 0.0], [1.0, 2.0]]), 1e-9)
        >>> [round(float(x), 6) for x in (*q, *mu)]
        [0.25, 0.75, 0.5, 0.5]
    """
    rows, columns = payoff.shape
    q, mu = np.full(rows, 1 / rows), np.full(columns, 1 / columns)
    low, high = float((q @ payoff).min()) - 1, float((payoff @ mu).max()) + 1
    above, below = q @ payoff - low, high - payoff @ mu  # slacks of mu and of q
    for _ in range(STEPS):
        products = q @ below + mu @ above
        if products < tolerance:
            break
        d, e = below / q, above / mu
        scaled = payoff.T / d
        system = scaled @ payoff
        system[np.diag_indices(columns)] += e
        factor = cho_factor(system)
        drift = cho_solve(factor, np.stack([scaled.sum(axis=1), np.ones(columns)], axis=1))
        target, correction_q, correction_mu = 0.0, np.zeros(rows), np.zeros(columns)
        for corrected in (False, True):  # Mehrotra: look ahead, then aim
            rest_q, rest_mu = target - q * below - correction_q, target - mu * above - correction_mu
            start = cho_solve(factor, rest_mu / mu - scaled @ (rest_q / q))
            sums = scaled.sum(axis=1)
            sides = np.array([drift.sum(axis=0), sums @ drift - [(1 / d).sum(), 0.0]])
            step_high, step_low = np.linalg.solve(
                sides, -np.array([start.sum(), (rest_q / q / d).sum() + sums @ start])
            )
            step_mu = start + drift @ [step_high, step_low]
            step_below = step_high - payoff @ step_mu
            step_q = (rest_q / q - step_below) / d
            step_above = step_q @ payoff - step_low
            first = min(_room(q, step_q), _room(above, step_above))
            second = min(_room(mu, step_mu), _room(below, step_below))
            if not corrected:
                ahead = (q + first * step_q) @ (below + second * step_below)
                ahead += (mu + second * step_mu) @ (above + first * step_above)
                target = (ahead / products) ** 3 * products / (rows + columns)
                correction_q, correction_mu = step_q * step_below, step_mu * step_above
        q, above, low = q + first * step_q, above + first * step_above, low + first * step_low
        mu, below, high = mu + second * step_mu, below + second * step_below, high + second * step_high
    return q / q.sum(), mu / mu.sum()


def _room(x: np.ndarray, step: np.ndarray) -> float:
    """The longest step of at most 1 that keeps x positive, less a hundredth."""
    most = float((-step / x).max())
    return min(1.0, BACK / most) if most > 0 else 1.0

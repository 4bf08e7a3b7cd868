r"""The exact simplex method: a rational matrix, an objective in square roots, Bland's rule.

Pivots are rational whatever the objective is, because reduced costs are kept as one rational row per
square-free radicand; only their signs need roots, and ``theory.core.surd`` decides those exactly.  Bland's
rule terminates.
"""

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from theory.core.surd import Surd


class Tableau:
    """A basic feasible solution of A y - t = 1, y >= 0, t >= 0 for a square invertible A.

    Columns 0..n-1 are y, columns n..2n-1 the slacks t.  The first basis is all of y, at A^{-1} 1, which must
    be >= 0.

    Args:
        matrix: A as rows of fractions.
    """

    def __init__(self, matrix: list[list[Fraction]]) -> None:
        """Start from the vertex where every slack is zero."""
        n = len(matrix)
        entries = [fmpq(entry.numerator, entry.denominator) for row in matrix for entry in row]
        inverse = np.array(fmpq_mat(n, n, entries).inv().tolist(), dtype=object)
        unit = np.array([[fmpq(int(i == j)) for j in range(n)] for i in range(n)], dtype=object)
        self.size = n
        self.rows = np.hstack([unit, -inverse, inverse.sum(axis=1, keepdims=True)])
        self.basis = list(range(n))
        assert (self.rows[:, -1] >= 0).all()

    def point(self) -> list[Fraction]:
        """The current y."""
        y = [Fraction(0)] * self.size
        for i, variable in enumerate(self.basis):
            if variable < self.size:
                y[variable] = Fraction(int(self.rows[i, -1].p), int(self.rows[i, -1].q))
        return y

    def minimise(self, costs: list[Surd], allowed: list[int]) -> list[Surd]:
        """Move to a vertex that minimises costs . (y, t), entering only ``allowed`` columns.

        Returns:
            the reduced cost of every column at that vertex; those of allowed columns are >= 0.
        """
        radicands = sorted({free for cost in costs for free, _ in cost.terms})
        by_root = [[dict(cost.terms).get(free, Fraction(0)) for cost in costs] for free in radicands]
        objective = np.array([[fmpq(c.numerator, c.denominator) for c in row] for row in by_root], dtype=object)
        reduced = objective - objective[:, self.basis] @ self.rows[:, :-1]
        while True:
            entering = next((j for j in allowed if _surd(radicands, reduced[:, j]).sign() < 0), None)
            if entering is None:
                return [_surd(radicands, reduced[:, j]) for j in range(2 * self.size)]
            leaving = self._pivot(entering)
            reduced = reduced - np.outer(reduced[:, entering], self.rows[leaving, :-1])

    def _pivot(self, entering: int) -> int:
        column, right = self.rows[:, entering].copy(), self.rows[:, -1]
        leaving = min((right[i] / column[i], self.basis[i], i) for i in range(self.size) if column[i] > 0)[2]
        self.rows[leaving] = self.rows[leaving] / column[leaving]
        for i in range(self.size):
            if i != leaving and column[i] != 0:
                self.rows[i] = self.rows[i] - column[i] * self.rows[leaving]
        self.basis[leaving] = entering
        return leaving


def _surd(radicands: list[int], values: np.ndarray) -> Surd:
    return Surd([(Fraction(int(v.p), int(v.q)), free) for free, v in zip(radicands, values, strict=True)])

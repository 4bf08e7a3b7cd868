r"""Angles on a circle: whether two of them agree, and the relation :math:`t_{out} = t_a + t_b` of a learned sum.

The circular correlation of Jammalamadaka and SenGupta is

.. math:: \rho = \frac{\sum \sin(x-\bar x)\sin(y-\bar y)}{\sqrt{\sum\sin^2(x-\bar x)\,\sum\sin^2(y-\bar y)}},

1 where x = y up to a rotation and near 0 where they are independent.  Angles are in turns.
"""

from dataclasses import dataclass

import numpy as np

from numerics.components import wrap_turns
from theory.errors import InputError


@dataclass(frozen=True)
class PhaseSum:
    """How well t_a + t_b = t_out holds over neurons.

    Attributes:
        correlation: circular correlation of t_a + t_b with t_out.
        median, largest: absolute error in turns; 1/4 and 1/2 for unrelated phases.
        neurons: how many were counted.
    """

    correlation: float
    median: float
    largest: float
    neurons: int


def circular_mean(turns: np.ndarray) -> float:
    """Direction of the mean of unit vectors, in turns."""
    return float(np.angle(np.exp(2j * np.pi * turns).mean()) / (2 * np.pi))


def circular_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Circular correlation of two arrays of angles, shape (n,), n >= 2, in turns.

    Raises:
        InputError: for other shapes, or angles that do not vary.
    """
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise InputError(f"a circular correlation needs two arrays of one length, at least 2; got {x.shape}, {y.shape}")
    left, right = (np.sin(2 * np.pi * (angle - circular_mean(angle))) for angle in (x, y))
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    if size <= 1e-12 * len(x):
        raise InputError("a circular correlation needs angles that vary; one array holds a single angle")
    return float((left * right).sum() / size)


def phase_sum(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> PhaseSum:
    """The relation t_a + t_b = t_out over neurons, each array of shape (n,), in turns.

    Raises:
        InputError: for fewer than two neurons or angles that do not vary.
    """
    error = np.abs(wrap_turns(a + b - out))
    return PhaseSum(circular_correlation(a + b, out), float(np.median(error)), float(error.max()), len(error))

"""How far neurons on Z_p are from optimal ones, and what their own efficiencies allow (``theory.stability``).

Both need the weights alone: no input is looked at.
"""

from dataclasses import dataclass

import numpy as np

from theory.nearest_neuron import Neurons, eps1, mass_beyond, mean_square
from theory.task import neuron_masses

FAR = 20.0
ROUNDING = 1e-12  # of sums of efficiencies, which are of order one


@dataclass(frozen=True)
class Angles:
    """The neurons' angles to the nearest optimal neuron, in degrees.

    Attributes:
        lost: what the neurons lose by not being optimal, in units of gamma* (eps1).
        typical: root of the mean square sine, by mass, as an angle.
        typical_allowed: the largest that ``lost`` allows, rounding included.
        far: share of the mass beyond ``FAR`` degrees.
        far_allowed: the largest that ``lost`` allows, rounding included.
    """

    lost: float
    typical: float
    typical_allowed: float
    far: float
    far_allowed: float

    def __str__(self) -> str:
        """One line."""
        return (
            f"angles to the nearest optimal neuron: {self.typical:.3g} degrees by mass (efficiencies allow "
            f"{self.typical_allowed:.3g}); {self.far:.3g} of the mass beyond {FAR:g} degrees "
            f"(at most {self.far_allowed:.3g})"
        )


def angles(vectors: np.ndarray) -> Angles:
    """Angles of the neurons u_1..u_k, w, shape (m, k+1, p), k >= 2, not all zero.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> u, w = weights(construct(2, 7))
        >>> angles(np.concatenate([u, w[:, None]], axis=1)).typical < 1e-6
        True
    """
    neurons, mass = Neurons(vectors), neuron_masses(vectors)
    found, allowed = mean_square(neurons, mass)
    far, far_allowed = mass_beyond(neurons, mass, FAR)
    lost = max(0.0, eps1(neurons, mass))
    return Angles(lost, _degrees(found), _degrees(allowed + ROUNDING), far, min(1.0, far_allowed + ROUNDING))


def _degrees(sine_squared: float) -> float:
    return float(np.degrees(np.arcsin(min(1.0, sine_squared) ** 0.5)))

"""What the theory predicts of the components of a network (``numerics.components``) at the optimum."""

import numpy as np

from numerics.components import Components
from numerics.components import components as decompose
from numerics.network import PowerNetwork
from theory.task import Task


def components(network: PowerNetwork, problem: Task) -> Components:
    """The components of a trained network."""
    return decompose(*network.numpy(), problem.group)


def predicted_masses(problem: Task) -> np.ndarray | None:
    """Mass of every component at the optimum, without the mean; None where it is not unique."""
    if problem.group is None:
        return np.full(problem.n // 2, 2 / (problem.n - 1)) if problem.n % 2 else None
    from theory.groups.margin import max_margin

    margin = max_margin(problem.group, problem.k)
    return margin.mass_floats[1:] if margin.masses_are_forced else None

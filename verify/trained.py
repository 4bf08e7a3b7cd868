"""Networks trained once per process, for every check that looks at trained weights."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from theory.task import Task, network_norm, normalised_margin

TARGET = 0.99999


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A trained network: float64 weights, the lambda it was trained at, and the value of what was minimised."""

    task: Task
    u: np.ndarray
    w: np.ndarray
    penalty: float
    loss: float

    @property
    def margin(self) -> float:
        """Normalised margin, by enumeration; 0 for the zero network."""
        return normalised_margin(self.task, self.u, self.w) if self.mass > 0 else 0.0

    @property
    def mass(self) -> float:
        """||theta||_{2,k+1}^{k+1}."""
        return float(network_norm(self.u, self.w) ** (self.task.k + 1))


@lru_cache
def trained(k: int, p: int, seed: int = 0) -> TrainedNetwork:
    """The default recipe on Z_p: all inputs, default width, to 0.99999 gamma*."""
    return _train(Task.cyclic(k, p), seed)


@lru_cache
def trained_on_group(k: int, name: str, seed: int = 0) -> TrainedNetwork:
    """The same on a group, with the class-weighted loss."""
    return _train(Task.of_group(k, name), seed)


def _train(problem: Task, seed: int) -> TrainedNetwork:
    from numerics.recipes import load_recipe
    from numerics.training import Run

    recipe = load_recipe("hybrid")
    penalty = recipe.ratio * problem.gamma
    result = Run(problem, recipe, problem.default_width, seed, penalty, TARGET)()
    return TrainedNetwork(problem, *result.network.numpy(), penalty, float("nan"))


@lru_cache
def minimiser(
    task: Task, m: int, penalty: float, power: float | None = None, weighted: bool = False, seeds: int = 3
) -> TrainedNetwork:
    """The best of several L-BFGS minimisations of cross-entropy + penalty ||theta||^power, in float64.

    Args:
        task: the task; its tau weights the loss if ``weighted``.
        m: width.
        penalty: lambda, positive.
        power: r, k+1 by default.
        weighted: minimise the class-weighted cross-entropy instead of the plain one.
        seeds: number of random starts.
    """
    import torch
    from scipy.optimize import minimize

    from numerics.loss import CrossEntropy
    from numerics.loss import penalty as mass_and_slopes
    from numerics.network import PowerNetwork

    k, n = task.k, task.n
    s = (k + 1 if power is None else power) / (k + 1)
    network = PowerNetwork(torch.zeros(m, k, n, dtype=torch.float64), torch.zeros(m, n, dtype=torch.float64))
    cross_entropy = CrossEntropy(network, task, tau_weighted=weighted)

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        theta = torch.from_numpy(x.reshape(1, m, k + 1, n))
        u, w = theta[:, :, :k].contiguous(), theta[:, :, k].contiguous()
        value, gradients = cross_entropy(u, w)
        assert gradients is not None
        mass, du, dw = mass_and_slopes(u, w, k + 1)
        slope = penalty * s * float(mass) ** (s - 1) if mass > 0 else 0.0
        du, dw = gradients[0] + slope * du, gradients[1] + slope * dw
        gradient = torch.cat([du, dw[:, :, None]], dim=2)
        return float(value) + penalty * float(mass) ** s, gradient.numpy().ravel()

    ends = []
    for seed in range(seeds):
        start = np.random.default_rng(seed).normal(size=m * (k + 1) * n) * (4 / m) ** (1 / (k + 1))
        options = {"maxiter": 20000, "maxfun": 40000, "ftol": 1e-16, "gtol": 1e-11, "maxcor": 30}
        ends.append(minimize(objective, start, jac=True, method="L-BFGS-B", options=options))
    best = min(ends, key=lambda end: end.fun)
    theta = best.x.reshape(m, k + 1, n)
    return TrainedNetwork(task, theta[:, :k], theta[:, k], penalty, float(best.fun))

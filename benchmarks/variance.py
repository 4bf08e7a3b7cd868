"""How much quieter the control variate makes the sampled gradient: ratios of variance at equal samples."""

from dataclasses import dataclass

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

from numerics.full_size.descent import Metric, descend
from numerics.full_size.layout import masses
from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.objective import Objective
from numerics.full_size.road import FullSize
from numerics.full_size.start import climb, initial, steps
from theory.task import Task

CASES = ((2, 71, 500), (3, 23, 704), (3, 97, 1536))
SAMPLE, DRAWS = 1024, 12
ROUND = 5  # steps of the descent between two places


@dataclass(frozen=True)
class Noise:
    """Total variance of the gradient over samples of one size, as a share of its squared length."""

    place: str
    plain: float
    ours: float

    @property
    def ratio(self) -> float:
        """The plain estimator's variance over that with the mean margin: so many times fewer inputs are enough."""
        return self.plain / self.ours


def noises(k: int, p: int, m: int, sample: int = SAMPLE, draws: int = DRAWS) -> list[Noise]:
    """Along the road's own start and descent, with its own lambda and q."""
    task, road = Task.cyclic(k, p), FullSize()
    q = road.descent_ratio * (task.n - 1) / task.n
    penalty = q * task.gamma
    objective = Objective(task, m, penalty, torch.float64)
    theta, mean_margin = initial(task, m, 0, penalty), MeanMargin(task)
    found = [_noise("random weights", objective, theta.double(), q, sample, draws)]
    for _ in range(steps(k)):
        climb(theta, task, penalty, mean_margin)
    found.append(_noise("end of the start", objective, theta.double(), q, sample, draws))
    beta = task.log_scale(penalty)
    metric, power = Metric(k, p, q, beta), beta / task.gamma
    weights, damping = theta.double(), metric.first_damping
    for done in range(1, 3 * ROUND + 1):
        inputs = objective.sampled.draw(road.sample, torch.Generator().manual_seed(done))
        weights = weights * (power / float(masses(weights).sum())) ** (1 / (k + 1))
        step = descend(weights, objective, inputs, q, metric, damping)
        weights, damping = step.theta, step.damping
        if done % ROUND == 0:
            found.append(_noise(f"{done} steps of descent", objective, weights, q, sample, draws))
    return found


def _noise(place: str, objective: Objective, theta: Tensor, q: float, sample: int, draws: int) -> Noise:
    """Both estimators on the same samples."""
    variances = []
    for control in (0.0, q):
        generator = torch.Generator().manual_seed(0)
        gradients = [objective(theta, objective.sampled.draw(sample, generator), control)[1] for _ in range(draws)]
        variances.append(float(torch.stack(gradients).double().var(dim=0).sum()))
    exact = float(objective.mean_margin(theta)[1].double().square().sum()) * q**2
    return Noise(place, variances[0] / exact, variances[1] / exact)


def print_variance(console: Console) -> None:
    """The table."""
    table = Table("k", "p", "m", "where", "plain variance", "with the mean margin", "plain/ours")
    for case in CASES:
        for row in noises(*case):
            table.add_row(*map(str, case), row.place, f"{row.plain:.2g}", f"{row.ours:.2g}", f"{row.ratio:.3g}")
    console.print(table)
    console.print(
        f"variance of the gradient of the cross-entropy over samples of {SAMPLE} inputs, summed over all weights,"
    )
    console.print("over the squared length of q times the mean margin's gradient; both estimators on the same samples")

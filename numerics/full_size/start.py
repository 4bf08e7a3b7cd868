r"""The start: from small random weights, every neuron climbs the mean margin at the same speed.

At small weights the objective is its first-order part, :math:`-q\,\mathbb{E}_a g' + \lambda \|\theta\|^{k+1}` with
q = (n-1)/n, a sum over neurons whose gradient is exact and cheap (``mean_margin``).  Each neuron moves a fixed fraction
of its final norm along its own normalised gradient, so that a neuron that starts weak is not left behind: in plain
descent the strong ones would grow first and the others die.  (Ours; single-neuron maxima are global by X9 of the
notes, so every neuron ends near one frequency, which the random weights chose.)

**Neurons are independent, and for prime p every frequency is equally likely.**  *Proof.*  The gradient at a neuron is a
function of that neuron alone, and it is used for its direction only, which does not change with the scale; the width
sets the scale.  Multiplying inputs and outputs by a unit t permutes the coordinates of all vectors, leaves the mean
margin and the law of the initial weights as they are, and takes frequency f to t f; for prime p some t takes any
frequency to any other.
"""

import torch
from torch import Tensor

from numerics.full_size.mean_margin import MeanMargin
from numerics.full_size.objective import add_penalty_gradient
from theory.task import Task

SPREAD = 0.01  # standard deviation of the initial entries, in units of an entry at the optimum
STRIDE = 0.01  # of a neuron's final norm
STEPS = {2: 30}
MORE_STEPS = 60
SMALLEST = 1e-38


def steps(k: int) -> int:
    """Steps of the start: 30 at k = 2, else 60 (measured: impure mass below 0.002 and 1e-4)."""
    return STEPS.get(k, MORE_STEPS)


def initial(task: Task, m: int, seed: int, penalty: float) -> Tensor:
    """Random weights, float32, shape (k+1, n, m): a function of the seed alone."""
    generator = torch.Generator().manual_seed(seed)
    entry = task.entry_scale(m, task.log_scale(penalty))
    return SPREAD * entry * torch.randn(task.k + 1, task.n, m, generator=generator)


def climb(theta: Tensor, task: Task, penalty: float, mean_margin: MeanMargin) -> None:
    """One step of the start, in place."""
    m = theta.shape[-1]
    stride = STRIDE * task.entry_scale(m, task.log_scale(penalty)) * ((task.k + 1) * task.n) ** 0.5
    gradient = mean_margin(theta)[1].mul_(-(task.n - 1) / task.n)
    add_penalty_gradient(theta, penalty, gradient)
    gradient.div_(gradient.abs().amax(dim=(0, 1)).clamp_min(SMALLEST))  # squares of the smallest would underflow
    norms = gradient.square().sum(dim=(0, 1)).sqrt().clamp_min(SMALLEST)
    theta.addcmul_(gradient, (-stride / norms).expand_as(theta))

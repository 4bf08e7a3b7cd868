r"""The papers' objective as an exact mean and a sampled rest: unbiased, and quiet where it matters.

For any constant q,

.. math:: CE_\tau(\theta) = \mathbb{E}_a\bigl[CE_\tau(\theta, a) + q\, g'(\theta, a)\bigr]
   - q\, \mathbb{E}_a[g'(\theta, a)]

with the class-weighted margin :math:`g'`.  The last mean is exact (``mean_margin``); inputs are sampled for the first
only: the mean margin is a control variate.  At q = lambda/gamma* the objective falls into two parts,
:math:`\lambda\|\theta\|^{k+1} - q\,\mathbb{E} g' \ge 0` and the sampled rest, each of which the maximum-margin networks
of the right norm minimise by themselves, input by input: whatever the sample, the optimum stays where it is and its
gradient has no noise.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.full_size.layout import masses, squared_norms
from numerics.full_size.mean_margin import MeanMargin
from theory.task import Task

ROWS = 512  # inputs at a time: three (ROWS, m) buffers stay in the cache


@dataclass(frozen=True)
class Sampled:
    """What a sample tells: means of CE_tau, of g' and of the wrong classes' probability, and the least margin."""

    cross_entropy: float
    mean_margin: float
    wrong: float
    margin: float


class SampledLoss:
    """CE_tau + q g' over given inputs, for theta of shape (k+1, n, m), with its gradient."""

    def __init__(self, task: Task, m: int, dtype: torch.dtype = torch.float32, device: str = "cpu") -> None:
        """Buffers for ``ROWS`` inputs."""
        self.task, self.device, self.dtype = task, device, dtype
        self._sum, self._power, self._back = (torch.empty(ROWS, m, dtype=dtype, device=device) for _ in range(3))
        table = None if task.table is None else torch.tensor(task.table, dtype=torch.int64, device=device)
        self._table = table
        tau = torch.as_tensor(task.tau).to(device)
        label, column = torch.arange(task.n, device=device)[:, None], torch.arange(task.n, device=device)[None]
        product = (label + column) % task.n if table is None else table
        # tau of class c beside label y, (n, n)
        self._tau = torch.zeros(task.n, task.n, dtype=torch.float64, device=device)
        self._tau.scatter_(1, product, tau.expand(task.n, task.n))
        self._tau = self._tau.to(dtype)
        self._offsets = (self._tau * (task.n - 1)).log()

    def draw(self, count: int, generator: torch.Generator) -> Tensor:
        """Uniform inputs, shape (count, k)."""
        return torch.randint(self.task.n, (count, self.task.k), generator=generator).to(self.device)

    def every_input(self) -> Tensor:
        """All inputs, shape (n^k, k)."""
        powers = torch.tensor([self.task.n ** (self.task.k - 1 - j) for j in range(self.task.k)], device=self.device)
        index = torch.arange(self.task.n**self.task.k, device=self.device)
        return index[:, None] // powers % self.task.n

    def labels(self, inputs: Tensor) -> Tensor:
        """Their labels, shape (count,)."""
        if self._table is None:
            return inputs.sum(dim=1) % self.task.n
        label = inputs[:, 0]
        for j in range(1, self.task.k):
            label = self._table[label, inputs[:, j]]
        return label

    def logits(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """f(theta, a) for at most ``ROWS`` inputs, shape (rows, n)."""
        rows = len(inputs)
        self._add_up(theta, inputs, self._sum[:rows], self._back[:rows])
        return self._outputs(theta, rows)

    def logits_of_last(self, theta: Tensor, inputs: Tensor) -> Tensor:
        """f for at most ``ROWS`` inputs whose last value runs through 0 .. n-1 innermost: the rest is added up once."""
        rows, n = len(inputs), self.task.n
        before = self._back[: rows // n]
        if self.task.k > 1:
            self._add_up(theta, inputs[::n, :-1], before, self._power[: rows // n])
        else:
            before.zero_()
        torch.add(before[:, None], theta[self.task.k - 1], out=self._sum[:rows].view(-1, n, theta.shape[2]))
        return self._outputs(theta, rows)

    def _add_up(self, theta: Tensor, inputs: Tensor, total: Tensor, part: Tensor) -> None:
        torch.index_select(theta[0], 0, inputs[:, 0], out=total)
        for j in range(1, inputs.shape[1]):
            total.add_(torch.index_select(theta[j], 0, inputs[:, j], out=part))

    def _outputs(self, theta: Tensor, rows: int) -> Tensor:
        return _power(self._sum[:rows], self.task.k, self._power[:rows]) @ theta[-1].T

    def __call__(self, theta: Tensor, inputs: Tensor, q: float, gradient: Tensor | None = None) -> Sampled:
        """Means over ``inputs``; adds the gradient of mean(CE_tau + q g') to ``gradient``, shape of theta."""
        loss = mean = wrong = 0.0
        least = torch.inf
        for chunk in inputs.split(ROWS):
            labels = self.labels(chunk)[:, None]
            logits = self.logits(theta, chunk)
            against = logits - logits.gather(1, labels)  # minus the margins; 0 at the label
            tau = self._tau[labels[:, 0]]
            mean -= float((against * tau).sum(dtype=torch.float64))
            weighted = (against + self._offsets[labels[:, 0]]).scatter_(1, labels, 0.0)
            losses = torch.logsumexp(weighted.double(), dim=1)
            loss += float(losses.sum())
            slopes = weighted.sub_(losses[:, None].to(self.dtype)).exp_().scatter_(1, labels, 0.0)
            wrong += float(slopes.sum(dtype=torch.float64))
            least = min(least, -float(against.scatter_(1, labels, -torch.inf).amax()))
            if gradient is not None:
                slopes.sub_(tau, alpha=q)
                slopes.scatter_(1, labels, -slopes.sum(dim=1, keepdim=True))
                self._pull_back(theta, chunk, slopes.div_(len(inputs)), gradient)
        return Sampled(loss / len(inputs), mean / len(inputs), wrong / len(inputs), least)

    def _pull_back(self, theta: Tensor, inputs: Tensor, slopes: Tensor, gradient: Tensor) -> None:
        """Add the gradient of sum(slopes * logits); buffers still hold the forward pass of ``inputs``."""
        rows, k = len(inputs), self.task.k
        gradient[k].addmm_(slopes.T, self._power[:rows])
        back = torch.mm(slopes, theta[k], out=self._back[:rows])
        if k > 1:
            back.mul_(_power(self._sum[:rows], k - 1, self._power[:rows])).mul_(k)
        for j in range(k):
            gradient[j].index_add_(0, inputs[:, j], back)


class Objective:
    r"""CE_tau + lambda ||theta||_{2,k+1}^{k+1} with the cross-entropy's rest over a sample.

    Examples:
        >>> objective = Objective(Task.cyclic(2, 5), m=4, penalty=0.01)
        >>> inputs = objective.sampled.draw(8, torch.Generator().manual_seed(0))
        >>> value, gradient, _ = objective(torch.zeros(3, 5, 4), inputs, q=0.8)
        >>> round(value, 6), float(gradient.abs().max())  # the zero network: log 5
        (1.609438, 0.0)
    """

    def __init__(
        self, task: Task, m: int, penalty: float, dtype: torch.dtype = torch.float32, device: str = "cpu"
    ) -> None:
        """Tables and buffers of the task for m neurons."""
        self.penalty = penalty
        self.mean_margin = MeanMargin(task, dtype, device)
        self.sampled = SampledLoss(task, m, dtype, device)

    def __call__(self, theta: Tensor, inputs: Tensor, q: float) -> tuple[float, Tensor, Sampled]:
        """The estimate over ``inputs``, its gradient (shape of theta), and what the sample told."""
        mean, gradient = self.mean_margin(theta)
        gradient.mul_(-q)
        found = self.sampled(theta, inputs, q, gradient)
        add_penalty_gradient(theta, self.penalty, gradient)
        norm = float(masses(theta).sum(dtype=torch.float64))
        value = found.cross_entropy + q * (found.mean_margin - mean) + self.penalty * norm
        return value, gradient, found


def add_penalty_gradient(theta: Tensor, penalty: float, gradient: Tensor) -> Tensor:
    """Add the gradient of penalty * ||theta||_{2,k+1}^(k+1), in place."""
    degree = theta.shape[0]
    slope = penalty * degree * squared_norms(theta).pow((degree - 2) / 2)
    return gradient.addcmul_(theta, slope.expand_as(theta))


def _power(x: Tensor, k: int, out: Tensor) -> Tensor:
    """x^k elementwise into ``out`` by squaring and multiplying: torch.pow is several times slower."""
    out.copy_(x)
    for bit in bin(k)[3:]:
        out.mul_(out)
        if bit == "1":
            out.mul_(x)
    return out

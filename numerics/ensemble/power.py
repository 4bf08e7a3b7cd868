r"""Thousands of the papers' one-hidden-layer networks at once: power or ReLU, any group, untied u and w.

Member by member the loss is

.. math:: \frac{1}{n^k} \sum_a -\log \mathrm{softmax}(f(\theta, a))[\text{label}] + \lambda \sum_i \|\theta_i\|_2^r,
          \qquad f(\theta, a) = \sum_{i=1}^m \sigma\Bigl(\sum_j u_{ij}(a_j)\Bigr) w_i,

over the whole table of inputs, or weighted by the member's own split.  With r = 2 the penalty is
:math:`\lambda\|\theta\|^2`, with r the degree of homogeneity it is :math:`\lambda\|\theta\|_{2,r}^r` (Li24 Sec. 3).
Gradients are written out: for networks of a hundred parameters the cost is that of launching operations, and these are
fewer than automatic differentiation makes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from numerics.ensemble.engine import gaussian
from numerics.ensemble.store import Tensors
from numerics.network import Activation
from theory.errors import require_integer
from theory.task import Task

ONE_HOT_ORDER = 8  # up to this order of the group sums over inputs are fastest as one product with a 0/1 matrix


@dataclass(frozen=True, eq=False)
class PowerEnsemble:
    r"""Losses and gradients of networks theta, (members, m, k + 1, n): u in the first k rows of each neuron, then w.

    ``data`` has ``penalty`` (members,), :math:`\lambda`, and may have ``share`` (members, n^k), the weight of each
    input in the member's mean.

    Attributes:
        task: the group and the number of inputs.
        activation: power or ReLU, with ReLU'(0) = 0.
        power: r, of the neurons' norms in the penalty.
    """

    task: Task
    activation: Activation
    power: float = 2.0
    dtype: torch.dtype = torch.float64
    device: torch.device | str = "cpu"

    def random(self, m: int, seeds: list[int], scale: float | None = None) -> Tensors:
        """Independent normal weights, of standard deviation ``scale`` or else n^(-1/2), one member per seed.

        Raises:
            InputError: when m < 1.
        """
        require_integer("m", m, 1)
        shape = (m, self.task.k + 1, self.task.n)
        size = self.task.n**-0.5 if scale is None else scale
        return {"theta": gaussian(seeds, shape, size, self.dtype, self.device)}

    def bytes_each(self, m: int) -> int:
        """About what one member of width m needs in a step."""
        n, k = self.task.n, self.task.k
        entries = n**k * (4 * m + 4 * n) + 8 * m * (k + 1) * n
        return entries * torch.empty((), dtype=self.dtype).element_size()

    def logits(self, theta: Tensor) -> Tensor:
        """f(theta, a)[c], shape (members, n, n^k): classes, then inputs with the last coordinate fastest."""
        return theta[:, :, -1].mT @ self.activation.function(self._sums(theta), self.task.k)

    def losses(self, parameters: Tensors, data: Tensors) -> Tensor:
        """The members' losses alone, (members,); differentiable."""
        theta = parameters["theta"]
        logits = torch.log_softmax(self.logits(theta), dim=1).flatten(1)[:, self._right]
        loss = -(logits * data["share"]).sum(1) if "share" in data else -logits.mean(1)
        return loss + data["penalty"] * theta.square().sum((2, 3)).pow(self.power / 2).sum(1)

    def __call__(self, parameters: Tensors, data: Tensors) -> tuple[Tensor, Tensors]:
        """Losses (members,) and gradients."""
        theta, k = parameters["theta"], self.task.k
        w = theta[:, :, k]
        z = self._sums(theta)
        hidden = self.activation.function(z, k)
        logits = torch.bmm(w.mT, hidden)
        loss, slope = self._cross_entropy(logits, data.get("share"))
        back = self.activation.pull_back(torch.bmm(w, slope), z, k)
        size = theta.square().sum((2, 3))
        loss += data["penalty"] * size.pow(self.power / 2).sum(1)
        factor = data["penalty"][:, None] * self.power * size.pow(self.power / 2 - 1)
        gradient = theta * factor[:, :, None, None]
        gradient[:, :, :k] += self._collect(back)
        gradient[:, :, k] += torch.bmm(hidden, slope.mT)
        return loss, {"theta": gradient}

    def _cross_entropy(self, logits: Tensor, share: Tensor | None) -> tuple[Tensor, Tensor]:
        """Mean cross-entropy and its slope in the logits, which it overwrites.

        Wrong classes are summed apart, so that a loss of 1e-12 still has twelve correct digits: log(1 + x) would keep
        four, and a loss that is rounded never comes to rest.
        """
        logits -= logits.amax(1, keepdim=True)
        right = logits.flatten(1).index_select(1, self._right)
        odds = logits.exp_().mul_(self._wrong)
        wrong = odds.sum(1)
        total = wrong + right.exp()
        losses = torch.where(right == 0, wrong.log1p(), total.log() - right)
        inverse = total.reciprocal_()
        scale = inverse * share if share is not None else inverse / right.shape[1]
        loss = (losses * share).sum(1) if share is not None else losses.mean(1)
        odds.mul_(scale[:, None])
        odds.addcmul_(self._label, (wrong * scale)[:, None], value=-1)
        return loss, odds

    def _sums(self, theta: Tensor) -> Tensor:
        """sum_j u_j(a_j), (members, m, n^k)."""
        members, m, rows, n = theta.shape
        k = rows - 1
        if n <= ONE_HOT_ORDER:
            return (theta[:, :, :k].reshape(members * m, k * n) @ self._one_hot).view(members, m, n**k)
        total = theta[:, :, 0]
        for j in range(1, k):
            total = total.unsqueeze(-1) + theta[:, :, j].view(members, m, *(1,) * j, n)
        return total.reshape(members, m, n**k)

    def _collect(self, back: Tensor) -> Tensor:
        """The transpose of :meth:`_sums`: (members, m, n^k) -> (members, m, k, n)."""
        members, m, _ = back.shape
        n, k = self.task.n, self.task.k
        if n <= ONE_HOT_ORDER:
            return (back.view(members * m, n**k) @ self._one_hot_transposed).view(members, m, k, n)
        grid = back.view(members, m, *(n,) * k)
        return torch.stack([grid.sum([2 + i for i in range(k) if i != j]) if k > 1 else grid for j in range(k)], 2)

    @cached_property
    def _labels(self) -> np.ndarray:
        task = self.task
        inputs = np.stack(np.meshgrid(*[np.arange(task.n)] * task.k, indexing="ij"), axis=-1)
        return task.label(inputs).ravel()

    @cached_property
    def _one_hot(self) -> Tensor:
        """Entry (j n + x, a) is 1 where a_j = x: shape (k n, n^k)."""
        n, k = self.task.n, self.task.k
        inputs = np.stack(np.meshgrid(*[np.arange(n)] * k, indexing="ij")).reshape(k, 1, n**k)
        return self._tensor((inputs == np.arange(n)[:, None]).reshape(k * n, n**k))

    @cached_property
    def _one_hot_transposed(self) -> Tensor:
        """A matrix of its own: with a transposed view, products of two rows round differently from those of many."""
        return self._one_hot.T.contiguous()

    @cached_property
    def _right(self) -> Tensor:
        """Where the right class of each input is among the n * n^k logits: shape (n^k,)."""
        size = len(self._labels)
        return torch.as_tensor(self._labels * size + np.arange(size), device=self.device)

    @cached_property
    def _label(self) -> Tensor:
        """1 at the right class: shape (n, n^k)."""
        return self._tensor(np.arange(self.task.n)[:, None] == self._labels)

    @cached_property
    def _wrong(self) -> Tensor:
        return 1 - self._label

    def _tensor(self, x: np.ndarray) -> Tensor:
        return torch.as_tensor(x, device=self.device).to(self.dtype).contiguous()

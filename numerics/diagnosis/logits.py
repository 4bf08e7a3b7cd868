r"""What the logits alone say: accuracy, margin, and their mean seen from the label.

Centre the logits over the classes, :math:`\tilde L(a, c) = L(a, c) - \mathrm{mean}_c L(a, c)`.  With the label
:math:`g = a_1 \cdots a_k`, their **profile** is the function on G

.. math:: h(x) = \mathrm{mean}_a\, \tilde L(a, x^{-1} g), \qquad x = g\,c^{-1} \;(= a_1 + \dots + a_k - c
          \text{ on } \mathbb{Z}_p).

It holds everything about the wanted characters :math:`\chi(g c^{-1})`: the part of the logits in their span is a
function of :math:`g c^{-1}`, and its coefficients are those of h.  One pass over the inputs, in batches.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from numerics.accuracy import correct
from numerics.diagnosis.inputs import Inputs
from numerics.diagnosis.opened import Opened
from numerics.selection.intervals import exact
from theory.errors import InputError
from theory.task import Task


@dataclass(frozen=True, eq=False)
class LogitPass:
    """What a pass over the inputs found.

    Attributes:
        inputs: how many there were.
        every: whether they were all.
        right: how many have their label as the strict winner.
        margin: least f[label] - largest wrong logit among them; of a sample, an upper bound of the true one.
        profile: h, shape (n,).
        energy: mean over inputs of the sum of squares of the centred logits.
        largest: largest absolute logit, which says what energy is rounding.
        at_label: the logit of the label of every input, shape (n,) * k; None for a sample.
    """

    inputs: int
    every: bool
    right: int
    margin: float
    profile: np.ndarray
    energy: float
    largest: float
    at_label: np.ndarray | None

    @property
    def accuracy(self) -> float:
        """Share of the inputs that are right."""
        return self.right / self.inputs

    @property
    def interval(self) -> tuple[float, float]:
        """Interval of the accuracy over all inputs: itself, or the exact 95% one of a sample."""
        if self.every:
            return self.accuracy, self.accuracy
        found = exact(self.right, self.inputs)
        return found.low, found.high


def pass_over(opened: Opened, inputs: Inputs) -> LogitPass:
    """Look at the logits of all these inputs.

    Raises:
        InputError: when a logit is not finite.
    """
    task, right, energy, largest, least = opened.task, 0, 0.0, 0.0, float("inf")
    classes = classes_from_label(task)
    profile = torch.zeros(task.n, dtype=torch.float64)
    at_label = []
    for part in inputs.batches(task.n):
        logits, labels = opened.logits(inputs.values[part]).double(), inputs.labels[part]
        if not torch.isfinite(logits).all():
            raise InputError("the logits must be finite; some are NaN or infinite")
        right += int(correct(logits, labels).sum())
        chosen = logits.gather(1, labels[:, None])
        at_label.append(chosen[:, 0])
        centred = logits - logits.mean(dim=1, keepdim=True)
        energy += float(centred.square().sum())
        largest = max(largest, float(logits.abs().max()))
        profile += centred.gather(1, classes(labels)).sum(dim=0)
        rivals = logits.scatter(1, labels[:, None], -torch.inf).amax(dim=1)
        least = min(least, float((chosen[:, 0] - rivals).min()))
    whole = torch.cat(at_label).numpy().reshape((task.n,) * task.k) if inputs.every else None
    count = len(inputs)
    return LogitPass(count, inputs.every, right, least, (profile / count).numpy(), energy / count, largest, whole)


def classes_from_label(task: Task) -> Callable[[Tensor], Tensor]:
    """A function from labels g, shape (N,), to the classes x^-1 g for every x, shape (N, n)."""
    elements = torch.arange(task.n)
    if task.table is None:
        return lambda labels: (labels[:, None] - elements) % task.n
    inverse = np.argmax(task.table == task.identity, axis=1)
    table = torch.from_numpy(task.table[inverse].T.astype(np.int64))
    return lambda labels: table[labels]

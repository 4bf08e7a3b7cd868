r"""One hidden layer of ReLUs with biases on two-hot inputs, and its data: a stratified split with noisy labels.

.. math:: f(a, b) = W_{out}\,\mathrm{relu}(W_a e_a + W_b e_b + \beta) + \beta_{out}.

Noise replaces labels of training pairs only: the network may learn the noise by heart, and the sum is what it is
validated on.

Source: Swaroop26 Sec. 3.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from theory.errors import InputError, require_integer


class ReLUNetwork(nn.Module):
    """The network; logits (n, p) from symbols a and b, each (n,).

    Parameters in ``state_dict()``: ``first.weight`` (m, 2p), columns [0, p) on a and [p, 2p) on b; ``first.bias`` (m,);
    ``output.weight`` (p, m); ``output.bias`` (p,).
    """

    def __init__(self, p: int, m: int, *, seed: int = 0, dtype: torch.dtype = torch.float32) -> None:
        """nn.Linear's default draws, in float64, then rounded to ``dtype``; the global generator is left as it was.

        Raises:
            InputError: for sizes out of range.
        """
        super().__init__()
        require_integer("p", p, 2)
        require_integer("m", m, 1)
        self.p, self.m = p, m
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.first = nn.Linear(2 * p, m, dtype=torch.float64)
            self.output = nn.Linear(m, p, dtype=torch.float64)
        self.to(dtype)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Logits (n, p) of the pairs (a_i, b_i)."""
        left, right = self.first.weight.T.split(self.p)
        hidden = nn.functional.embedding(a, left + self.first.bias) + nn.functional.embedding(b, right)
        return self.output(hidden.relu())


@torch.no_grad()
def leave_gradients(model: ReLUNetwork, a: Tensor, b: Tensor, label: Tensor) -> None:
    """Leave the gradient of the mean cross-entropy in every parameter, as autograd does in a third more time.

    Args:
        model: the network; its gradients are replaced.
        a, b: symbols, shape (n,).
        label: classes, shape (n,).
    """
    first, output, p = model.first, model.output, model.p
    rows = first.weight.T.contiguous()
    rows[:p] += first.bias
    hidden = (nn.functional.embedding(a, rows[:p]) + nn.functional.embedding(b, rows[p:])).relu_()
    error = output(hidden).softmax(dim=1)
    error[torch.arange(len(label), device=label.device), label] -= 1
    error /= len(label)
    output.bias.grad, output.weight.grad = error.sum(dim=0), error.T @ hidden
    passed = torch.ops.aten.threshold_backward(error @ output.weight, hidden, 0)
    into = torch.zeros_like(rows).index_add_(0, a, passed).index_add_(0, b + p, passed)
    first.weight.grad, first.bias.grad = into.T.contiguous(), into[:p].sum(dim=0)


@dataclass(frozen=True, eq=False)
class ReLUWeights:
    """The weights as float64 arrays, a row per neuron.

    Attributes:
        a, b, out: shape (m, p).
        bias: shape (m,).
        out_bias: shape (p,).
    """

    a: np.ndarray
    b: np.ndarray
    out: np.ndarray
    bias: np.ndarray
    out_bias: np.ndarray

    @classmethod
    def of(cls, model: ReLUNetwork) -> "ReLUWeights":
        """A copy of the weights of ``model``."""
        return cls.from_tensors(model.state_dict())

    @classmethod
    def from_tensors(cls, tensors: dict[str, Tensor]) -> "ReLUWeights":
        """A copy of the weights in a ``state_dict()``."""
        first, output, bias, out_bias = (
            tensors[name].detach().to("cpu", torch.float64, copy=True).numpy()
            for name in ("first.weight", "output.weight", "first.bias", "output.bias")
        )
        left, right = np.split(first, 2, axis=1)
        return cls(left, right, output.T, bias, out_bias)

    def logits(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Logits of the pairs (a_i, b_i), shape (n, p)."""
        hidden = np.maximum(self.a.T[a] + self.b.T[b] + self.bias, 0)
        return hidden @ self.out + self.out_bias

    def accuracy(self, a: np.ndarray, b: np.ndarray) -> float:
        """Share of the pairs whose largest logit is at a + b mod p; the first of equal ones decides.

        Swaroop26 does not say how ties count.  Square waves tie often, and this rule meets its table, which a strict
        winner (``numerics.accuracy``) would not.
        """
        return float((self.logits(a, b).argmax(axis=1) == (a + b) % len(self.out_bias)).mean())

    def without(self, neurons: np.ndarray) -> "ReLUWeights":
        """The network with the neurons of a boolean mask (m,) set to zero."""
        return ReLUWeights(self.a, self.b, np.where(neurons[:, None], 0, self.out), self.bias, self.out_bias)


@dataclass(frozen=True, eq=False)
class NoisyPairs:
    """Training pairs with their labels, wrong ones included, and validation pairs; integer arrays.

    Attributes:
        a, b, label: training, shape (n,).
        validation_a, validation_b: the other pairs; their label is a + b.
    """

    a: np.ndarray
    b: np.ndarray
    label: np.ndarray
    validation_a: np.ndarray
    validation_b: np.ndarray


def noisy_pairs(p: int, fraction: float, noise: float, seed: int) -> NoisyPairs:
    """Training pairs, equally many of every class; a part of their labels replaced by another class.

    Args:
        p: the modulus.
        fraction: share of each class's p pairs that train, rounded to a whole number of pairs.
        noise: share of the training labels that are replaced, each uniformly by one of the p - 1 other classes.
        seed: seed of the choice; splits of one seed are the same at every noise level.

    Raises:
        InputError: for a fraction that leaves no training or no validation pairs, or a noise outside [0, 1].
    """
    require_integer("p", p, 2)
    count = round(fraction * p) if 0 < fraction < 1 else 0
    if not 0 < count < p:
        raise InputError(f"the fraction must leave pairs of each class on both sides; got {fraction!r} of {p}")
    if not 0 <= noise <= 1:
        raise InputError(f"the noise must be between 0 and 1; got {noise!r}")
    generator = np.random.default_rng([seed, p])
    order = np.argsort(generator.random((p, p)), axis=1)  # class c: values of a, in random order
    sums = np.arange(p)[:, None]
    a, b = order, (sums - order) % p
    label = np.repeat(np.arange(p), count)
    wrong = np.random.default_rng([seed, p, 1]).permutation(len(label))[: round(noise * len(label))]
    label[wrong] = (label[wrong] + np.random.default_rng([seed, p, 2]).integers(1, p, len(wrong))) % p
    return NoisyPairs(a[:, :count].ravel(), b[:, :count].ravel(), label, a[:, count:].ravel(), b[:, count:].ravel())

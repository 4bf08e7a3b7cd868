r"""The task and its network, by definition (Li24 Sec. 3; Morwani23 Sec. 3).

Inputs :math:`a = (a_1, \dots, a_k) \in G^k`, label :math:`a_1 a_2 \cdots a_k` in a finite group :math:`G` of
order :math:`n`; :math:`G = \mathbb{Z}_p` (label :math:`a_1 + \dots + a_k \bmod p`) is the papers' modular
addition.  The network of width :math:`m` has one hidden layer and no biases,

.. math:: f(\theta, a)[c] = \sum_{i=1}^{m} \Bigl(\sum_{j=1}^{k} u_{ij}(a_j)\Bigr)^{k} w_i(c),

its norm is :math:`\|\theta\|_{2,k+1} = \bigl(\sum_i \|\theta_i\|_2^{k+1}\bigr)^{1/(k+1)}` with
:math:`\|\theta_i\|_2^2 = \sum_j \|u_{ij}\|^2 + \|w_i\|^2`, and its normalised margin is
:math:`\min_a \bigl(f[\text{label}] - \max_{c \ne \text{label}} f[c]\bigr) / \|\theta\|_{2,k+1}^{k+1}`.

Everything here enumerates all :math:`n^k` inputs: it is the definition that faster code is tested against.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from theory.errors import InputError, require_integer

LARGEST_ENUMERATION = 20_000_000


@dataclass(frozen=True, eq=False)
class Task:
    r"""k inputs in a finite group of order n; the label is their product.

    Attributes:
        k: number of inputs, at least 1.
        n: order of the group, at least 2.
        table: ``None`` for :math:`\mathbb{Z}_n`, else the multiplication table, shape (n, n).
        tau: class weights, shape (n,): ``tau[delta]`` is the weight of the wrong label ``label * delta``;
            zero at the identity, sum 1 (Li24 Sec. 3, Morwani23 Sec. 3).
        name: how people call the group.
    """

    k: int
    n: int
    table: np.ndarray | None
    tau: np.ndarray
    name: str

    @classmethod
    def cyclic(cls, k: int, p: int) -> "Task":
        """k-input addition modulo p with the class weights that certify its maximum margin (any p >= 2)."""
        from theory.modulus import class_weights

        require_integer("k", k, 1)
        require_integer("p", p, 2)
        return cls(k, p, None, np.array([float(weight) for weight in class_weights(k, p)]), f"Z_{p}")

    @property
    def identity(self) -> int:
        """Index of the neutral element."""
        if self.table is None:
            return 0
        return int(np.flatnonzero((self.table == np.arange(self.n)).all(axis=1))[0])

    def multiply(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Products of two arrays of elements (broadcast)."""
        return (a + b) % self.n if self.table is None else self.table[a, b]

    def label(self, inputs: np.ndarray) -> np.ndarray:
        """Labels of ``inputs``, shape (..., k), as an array of shape (...)."""
        label = inputs[..., 0]
        for j in range(1, self.k):
            label = self.multiply(label, inputs[..., j])
        return label

    def inputs(self) -> Iterator[tuple[int, ...]]:
        """All n^k inputs, last coordinate fastest."""
        return product(range(self.n), repeat=self.k)


def neuron_norms(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """||theta_i||_2 for u of shape (..., m, k, n) and w of shape (..., m, n): shape (..., m).

    Examples:
        >>> neuron_norms(np.ones((1, 2, 3)), np.ones((1, 3)))
        array([3.])
    """
    return np.sqrt((u**2).sum(axis=(-2, -1)) + (w**2).sum(axis=-1))


def network_norm(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    r""":math:`\|\theta\|_{2,k+1}`, shape (...).

    Examples:
        >>> float(network_norm(np.ones((1, 2, 3)), np.ones((1, 3))))
        3.0
    """
    power = u.shape[-2] + 1
    return (neuron_norms(u, w) ** power).sum(axis=-1) ** (1 / power)


def logits(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    """f(theta, a)[c] on the whole grid: shape (n,) * k + (n,), by the definition.

    Raises:
        InputError: when n^k m exceeds 20 million activations (use numerics for larger ones).

    Examples:
        >>> u, w = np.eye(3)[:, None], np.eye(3)  # one neuron per value: f(a)[c] = 1 where c = a
        >>> logits(u, w)
        array([[1., 0., 0.],
               [0., 1., 0.],
               [0., 0., 1.]])
    """
    m, k, n = u.shape
    if n**k * m > LARGEST_ENUMERATION:
        raise InputError(f"n^k m must be at most {LARGEST_ENUMERATION} to enumerate; got {n}^{k} * {m}")
    total = np.zeros((m,) + (1,) * k)
    for j in range(k):
        total = total + u[:, j].reshape((m,) + (1,) * j + (n,) + (1,) * (k - 1 - j))
    return np.einsum("i...,ic->...c", total**k, w)


def margins(task: Task, outputs: np.ndarray) -> np.ndarray:
    """f[label] - max of the wrong labels, at every input: shape (n,) * k.

    Examples:
        >>> margins(Task.cyclic(1, 3), logits(np.eye(3)[:, None], np.eye(3)))
        array([1., 1., 1.])
    """
    k = task.k
    labels = task.label(np.stack(np.meshgrid(*[np.arange(task.n)] * k, indexing="ij"), axis=-1))
    right = np.take_along_axis(outputs, labels[..., None], axis=-1)[..., 0]
    wrong = outputs.copy()
    np.put_along_axis(wrong, labels[..., None], -np.inf, axis=-1)
    return right - wrong.max(axis=-1)


def normalised_margin(task: Task, u: np.ndarray, w: np.ndarray) -> float:
    """min over all inputs of the margin, over the (k+1)-th power of the network norm.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.margin import max_margin_float
        >>> round(normalised_margin(Task.cyclic(2, 7), *weights(construct(2, 7))) / max_margin_float(2, 7), 12)
        1.0
    """
    return float(margins(task, logits(u, w)).min() / network_norm(u, w) ** (task.k + 1))


def class_weighted_margins(task: Task, outputs: np.ndarray) -> np.ndarray:
    """g' = f[label] - sum_delta tau[delta] f[label * delta], at every input: shape (n,) * k.

    Examples:
        >>> class_weighted_margins(Task.cyclic(1, 3), logits(np.eye(3)[:, None], np.eye(3)))
        array([1., 1., 1.])
    """
    labels = task.label(np.stack(np.meshgrid(*[np.arange(task.n)] * task.k, indexing="ij"), axis=-1))
    shifted = task.multiply(labels[..., None], np.arange(task.n))
    values = np.take_along_axis(outputs, shifted, axis=-1)
    return values[..., task.identity] - values @ task.tau

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
from functools import cached_property
from itertools import product
from math import inf, log, log2
from typing import TYPE_CHECKING

import numpy as np

from theory.errors import InputError, require_integer

if TYPE_CHECKING:
    from theory.groups.group import Group

LARGEST_ENUMERATION = 20_000_000
MOST_WORK = 5e12  # multiplications that a pass over all inputs may take
LOOK = 250  # multiplications that looking at one logit takes as long as


@dataclass(frozen=True, eq=False)
class Task:
    r"""k inputs in a finite group of order n, whose label is their product; or the parity of k of ``bits`` bits.

    Attributes:
        k: number of inputs, at least 1.
        n: order of the group, at least 2; for parity the number of labels, 2.
        table: ``None`` for :math:`\mathbb{Z}_n`, else the multiplication table, shape (n, n).
        weights: class weights to use for ``tau``; ``None`` for those that certify gamma*.
        name: name of the group.
        group: the group itself, where ``table`` is one.
        bits: number of bits of a sparse parity; ``None`` for tasks on groups.
    """

    k: int
    n: int
    table: np.ndarray | None
    weights: np.ndarray | None
    name: str
    group: "Group | None" = None
    bits: int | None = None

    @classmethod
    def cyclic(cls, k: int, p: int) -> "Task":
        """k-input addition modulo p, any p >= 2."""
        require_integer("k", k, 1)
        require_integer("p", p, 2)
        return cls(k, p, None, None, f"Z_{p}")

    @classmethod
    def of_group(cls, k: int, group: "Group | str") -> "Task":
        """The product of k elements of a group, given by itself, its name or its table file."""
        from theory.groups import load_group

        require_integer("k", k, 1)
        group = load_group(group) if isinstance(group, str) else group
        return cls(k, group.order, group.table, None, group.name, group)

    @classmethod
    def parity(cls, bits: int, k: int) -> "Task":
        """The parity of k of so many bits; its network reads one vector of signs (``theory.parity``)."""
        require_integer("n", bits, 1)
        require_integer("k", k, 1, bits)
        return cls(k, 2, None, np.array([0.0, 1.0]), "parity", bits=bits)

    @cached_property
    def tau(self) -> np.ndarray:
        """Class weights, shape (n,): ``tau[delta]`` is the weight of the wrong label ``label * delta``.

        Zero at the identity, sum 1 (Li24 Sec. 3, Morwani23 Sec. 3).
        """
        if self.weights is not None:
            return self.weights
        if self.table is None:
            from theory.modulus import class_weights

            return np.array([float(weight) for weight in class_weights(self.k, self.n)])
        from theory.solution import max_margin

        return max_margin(self).of_group.tau

    @cached_property
    def gamma(self) -> float:
        """The maximum normalised margin, rounded once to the nearest float."""
        if self.table is None and self.bits is None:
            from theory.margin import max_margin_float

            return max_margin_float(self.k, self.n)
        from theory.solution import max_margin

        return float(max_margin(self).exact.evalf(50))

    @property
    def arguments(self) -> str:
        """What it is, as arguments: ``k=3, p=97``, ``k=2, group=S4``, or ``parity=10,4``."""
        if self.bits is not None:
            return f"parity={self.bits},{self.k}"
        return f"k={self.k}, p={self.n}" if self.table is None else f"k={self.k}, group={self.name}"

    @property
    def group_name(self) -> str | None:
        """Name of the group; ``None`` for Z_p."""
        return None if self.table is None else self.name

    @cached_property
    def default_width(self) -> int:
        """Neurons with which training from random weights reaches the optimum (measured).

        On Z_p 2 (p-1) at k = 1, then 8, 32 and from k = 4 on 128 times (p-1); on groups 8 sum 2^(k-1) D^(k+1).
        """
        if self.table is None:
            return 2 * 4 ** min(self.k - 1, 3) * (self.n - 1)
        from theory.solution import max_margin

        irreps = max_margin(self).of_group.characters.irreps[1:]
        return 8 * sum(2 ** (self.k - 1) * v.dimension ** (self.k + 1) for v in irreps)

    def log_scale(self, penalty: float) -> float:
        r"""beta = gamma* ||theta||^{k+1} of the minimisers of CE_tau + lambda ||theta||_{2,k+1}^{k+1}.

        :math:`\beta = \log((n-1)(\gamma^*/\lambda - 1))` for :math:`0 < \lambda < \gamma^*(n-1)/n` (ours).

        Raises:
            InputError: for lambda outside that range, where 0 is the only minimiser.
        """
        bound = self.gamma * (self.n - 1) / self.n
        if not 0 < penalty < bound:
            need = f"lambda must lie between 0 and gamma*(n-1)/n = {bound:.9g}, beyond which 0 is optimal"
            raise InputError(f"{need}; got {penalty!r}")
        if self.gamma / penalty == inf:
            raise InputError(f"lambda must be so large that gamma*/lambda is finite in float64; got {penalty!r}")
        return log((self.n - 1) * (self.gamma / penalty - 1))

    def predicted_loss(self, penalty: float) -> float:
        """The least value of CE_tau + lambda ||theta||^{k+1} (ours): log(1 + (n-1) e^-beta) + lambda beta/gamma*."""
        beta = self.log_scale(penalty)
        tail = 1 / (self.gamma / penalty - 1)
        return log(1 + tail) + penalty * beta / self.gamma

    def entry_scale(self, m: int, beta: float) -> float:
        """Size of one entry of an optimal network of m equal neurons at log-scale beta."""
        return (beta / (self.gamma * m)) ** (1 / (self.k + 1)) / ((self.k + 1) * self.n) ** 0.5

    def step_operations(self, m: int) -> float:
        """Floating-point operations of one gradient in split form: 6 max(k-1, 1) n^(k+1) m."""
        k, n = self.k, self.n
        return 6 * max(k - 1, 1) * float(n) ** (k + 1) * m if k * log(n) < 600 else inf

    def work(self, m: int) -> float:
        """Multiplications of a pass of m neurons over all inputs, the time for looking at its logits included."""
        k, n = self.k, self.n
        return float(n) ** (k + 1) * (m * max(k - 1, 1) + LOOK) if k * log2(n) < 900 else inf

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


def neuron_masses(vectors: np.ndarray) -> np.ndarray:
    """q_i = ||theta_i||^(k+1) / ||theta||_{2,k+1}^(k+1) of vectors of shape (..., m, k+1, n): shape (..., m).

    Scaled by the largest neuron, so that no power overflows; 0 for the zero network.
    """
    norms = np.sqrt((vectors**2).sum(axis=(-2, -1)))
    largest = norms.max(axis=-1, keepdims=True)
    power = np.divide(norms, largest, out=np.zeros_like(norms), where=largest > 0) ** vectors.shape[-2]
    total = power.sum(axis=-1, keepdims=True)
    return np.divide(power, total, out=power, where=total > 0)


def network_norm(u: np.ndarray, w: np.ndarray) -> np.ndarray:
    r""":math:`\|\theta\|_{2,k+1}`, shape (...)."""
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
    """f[label] - max of the wrong labels, at every input: shape (n,) * k."""
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
    """g' = f[label] - sum_delta tau[delta] f[label * delta], at every input: shape (n,) * k."""
    labels = task.label(np.stack(np.meshgrid(*[np.arange(task.n)] * task.k, indexing="ij"), axis=-1))
    shifted = task.multiply(labels[..., None], np.arange(task.n))
    values = np.take_along_axis(outputs, shifted, axis=-1)
    return values[..., task.identity] - values @ task.tau

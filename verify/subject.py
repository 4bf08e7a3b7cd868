"""What is verified: the weights of a file, brought to a safe scale, with the theory of their task beside them."""

import math
from dataclasses import dataclass
from functools import cached_property

import flint
import numpy as np

from theory.errors import InputError, require_integer
from theory.groups.group import Group
from theory.network_file import NetworkFile
from theory.task import Task

PRECISION = 192
LARGEST_K = 1000
DEFAULT_TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


@dataclass(frozen=True, eq=False)
class Subject:
    r"""A network to be verified.

    The normalised margin does not change when all weights are multiplied by one number, so the weights are
    multiplied by a power of two that brings the largest one into [1/2, 1): nothing overflows, and only weights
    :math:`2^{1000}` times smaller than the largest can be rounded, by at most :math:`2^{-1074}`.

    Attributes:
        task: the task, with the class weights that certify its maximum margin.
        gamma: gamma*, an enclosure.
        u: scaled weights, float64, shape (m, k, n).
        w: scaled weights, float64, shape (m, n).
        exponent: the file's weights are ``2**exponent`` times these.
        dtype: precision of the file, ``float64`` or ``float32``.
        group: the group, ``None`` for Z_p.
        metadata: strings of the file.
    """

    task: Task
    gamma: flint.arb
    u: np.ndarray
    w: np.ndarray
    exponent: int
    dtype: str
    group: Group | None
    metadata: dict[str, str]

    @classmethod
    def of(cls, network: NetworkFile) -> "Subject":
        """Scale the weights and look up the theory.

        Raises:
            InputError: when every weight is zero, a weight is not finite, the table is not that of a group, k is
                above 1000, or the activation is not t^k, for which alone there is a theorem.
        """
        if network.activation != "power":
            raise InputError(f"the theory needs the activation 'power', t^k; got {network.activation!r:.60}")
        require_integer("k", network.k, 1, LARGEST_K)
        if not (np.isfinite(network.u).all() and np.isfinite(network.w).all()):
            raise InputError("every weight must be finite; some are not")
        largest = max(float(np.abs(network.u).max()), float(np.abs(network.w).max()))
        if largest == 0:
            raise InputError("a network must have a non-zero weight; all of them are zero")
        exponent = int(np.frexp(largest)[1])
        u, w = (np.ldexp(np.asarray(x, dtype=np.float64), -exponent) for x in (network.u, network.w))
        group = network.group
        task = Task.cyclic(network.k, network.p) if group is None else Task.of_group(network.k, group)
        return cls(task, gamma_enclosure(task, group), u, w, exponent, str(network.u.dtype), group, network.metadata)

    @property
    def m(self) -> int:
        """Number of neurons."""
        return self.u.shape[0]

    @property
    def default_tolerance(self) -> float:
        """The contract's --tol for the file's precision."""
        return DEFAULT_TOLERANCE[self.dtype]

    @cached_property
    def vectors(self) -> np.ndarray:
        """u_1..u_k and w of every neuron, shape (m, k+1, n)."""
        return np.concatenate([self.u, self.w[:, None]], axis=1)

    @cached_property
    def scale(self) -> float:
        """gamma* times ``norm_power``: what a margin of the scaled weights is measured in."""
        return float(self.gamma * self.norm_power)

    @cached_property
    def norm_power(self) -> flint.arb:
        r"""An enclosure of :math:`\|\theta\|_{2,k+1}^{k+1}` of the scaled weights.

        Every square is rounded once and their sum once (``math.fsum``), so :math:`\|\theta_i\|_2^2` is known to a
        relative :math:`2^{-51}`, beside what squares below the normal range lose: at most :math:`2^{-1074}` each.
        """
        k, entries = self.task.k, self.vectors[0].size
        with flint.ctx.workprec(PRECISION):
            lost = flint.arb(2) ** -1074 * entries
            total = flint.arb(0)
            for neuron in self.vectors.reshape(self.m, -1):
                square = math.fsum((neuron * neuron).tolist())
                ball = flint.arb(square, flint.arb(square) * flint.arb(2) ** -51 + lost).nonnegative_part()
                total += ball ** ((k + 1) // 2) * (ball.sqrt() if k % 2 == 0 else 1)
            return total


def gamma_enclosure(task: Task, group: Group | None) -> flint.arb:
    r"""gamma* as a ball of relative radius below :math:`10^{-50}`, from its closed form or its exact programme.

    Examples:
        >>> from theory.margin import max_margin_float
        >>> ball = gamma_enclosure(Task.cyclic(2, 5), None)
        >>> float(ball) == max_margin_float(2, 5), float(ball.rad()) < 1e-50
        (True, True)
    """
    k, n = task.k, task.n
    with flint.ctx.workprec(PRECISION):
        factorial = flint.arb(k).fac() if k else flint.arb(1)
        if group is not None:
            from theory.groups.margin import max_margin

            terms = max_margin(group, k).cost.terms
            cost = sum((flint.arb(flint.fmpq(r.numerator, r.denominator)) * flint.arb(f).sqrt() for f, r in terms),
                       flint.arb(0))  # fmt: skip
            return factorial / (flint.arb(n * (k + 1)) ** (k + 1)).sqrt() / cost
        discount = 1 / flint.arb(2) ** (flint.arb(k - 1) / 2)
        count = flint.arb(n - 1) if n % 2 else n - 2 + discount
        root = (flint.arb(2 * k + 2) ** (k + 1) * flint.arb(n) ** (k - 1)).sqrt()
        return 2 * factorial / (root * count)

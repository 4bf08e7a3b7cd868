r"""A task together with what the theory predicts about it: gamma*, the optimum's scale, a sufficient width."""

from dataclasses import dataclass
from math import inf, log

from theory.errors import InputError
from theory.task import Task


@dataclass(frozen=True, eq=False)
class Problem:
    """What training aims at.

    Attributes:
        task: the task, with class weights tau that certify gamma.
        gamma: the maximum normalised margin.
        default_width: neurons with which random initialisation reaches the optimum (measured).
        group: name of the group, None for Z_p.
    """

    task: Task
    gamma: float
    default_width: int
    group: str | None = None

    @classmethod
    def cyclic(cls, k: int, p: int) -> "Problem":
        """k-input addition modulo p: width 2 (p-1) at k = 1, then 8, 32 and from k = 4 on 128 times (p-1).

        Raises:
            InputError: for k < 1 or p < 2.
        """
        from theory.margin import max_margin_float

        gamma = max_margin_float(k, p)
        return cls(Task.cyclic(k, p), gamma, 2 * 4 ** min(k - 1, 3) * (p - 1))

    @classmethod
    def of_group(cls, k: int, name: str) -> "Problem":
        """The product of k elements of a named group: 8 sum 2^(k-1) D^(k+1) neurons (measured).

        Raises:
            InputError: for k < 1 or a group that does not exist.
        """
        from theory.groups import load_group
        from theory.groups.margin import group_task, max_margin

        group = load_group(name)
        margin = max_margin(group, k)
        width = sum(2 ** (k - 1) * v.dimension ** (k + 1) for v in margin.characters.irreps[1:])
        return cls(group_task(group, k), margin.value, 8 * width, group.name)

    def log_scale(self, penalty: float) -> float:
        r"""beta = gamma* ||theta||^{k+1} of the minimisers of CE_tau + lambda ||theta||_{2,k+1}^{k+1}.

        :math:`\beta = \log((n-1)(\gamma^*/\lambda - 1))` for :math:`0 < \lambda < \gamma^*(n-1)/n` (ours).

        Raises:
            InputError: for lambda outside that range, where 0 is the only minimiser.
        """
        n = self.task.n
        bound = self.gamma * (n - 1) / n
        if not 0 < penalty < bound:
            need = f"lambda must lie between 0 and gamma*(n-1)/n = {bound:.9g}, beyond which 0 is optimal"
            raise InputError(f"{need}; got {penalty!r}")
        return log((n - 1) * (self.gamma / penalty - 1))

    def predicted_loss(self, penalty: float) -> float:
        """The least value of CE_tau + lambda ||theta||^{k+1} (ours): log(1 + (n-1) e^-beta) + lambda beta/gamma*."""
        beta = self.log_scale(penalty)
        tail = 1 / (self.gamma / penalty - 1)
        return log(1 + tail) + penalty * beta / self.gamma

    def entry_scale(self, m: int, beta: float) -> float:
        """Size of one entry of an optimal network of m equal neurons at log-scale beta."""
        k, n = self.task.k, self.task.n
        return (beta / (self.gamma * m)) ** (1 / (k + 1)) / ((k + 1) * n) ** 0.5

    def step_operations(self, m: int) -> float:
        """Floating-point operations of one gradient in split form: 6 max(k-1, 1) n^(k+1) m."""
        k, n = self.task.k, self.task.n
        return 6 * max(k - 1, 1) * float(n) ** (k + 1) * m if k * log(n) < 600 else inf

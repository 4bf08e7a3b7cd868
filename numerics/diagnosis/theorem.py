r"""Where a theorem applies: gamma*, the margin in its units, and the account of what was lost; elsewhere, why not.

The theorem is about :math:`f(a)[c] = \sum_i (\sum_j u_{ij}(a_j))^k w_i(c)` and the norm :math:`\|\theta\|_{2,k+1}` of
its weights.  A network with embeddings or hidden biases that computes such a function is that network too, with u the
sums it feeds its neurons (what all inputs share is divided equally, which has the least norm), and is judged as that.
"""

from dataclasses import dataclass

import numpy as np
import torch

from numerics.diagnosis.angles import Angles, angles
from numerics.diagnosis.opened import Hidden, Opened
from numerics.evaluation import margin_summary
from numerics.network import PowerNetwork
from theory.account import Account, account

MOST_OPERATIONS = 1e13


@dataclass(frozen=True, eq=False)
class Theorem:
    """What the theorem says.

    Attributes:
        applies: whether the network is one that it is about.
        reason: why not, or what was left out; empty where nothing is to be said.
        gamma: gamma* of the task; None where it does not apply.
        account: the margin over gamma*, split; None where it does not apply or all inputs are too many.
        angles: the neurons' distance from optimal ones, and the bound on it; None on groups, at k = 1 and where the
            theorem does not apply.
    """

    applies: bool
    reason: str = ""
    gamma: float | None = None
    account: Account | None = None
    angles: Angles | None = None


def judge(opened: Opened, most: float = MOST_OPERATIONS) -> Theorem:
    """Apply the theorem, or say why it does not; ``most`` bounds the operations of a pass over all inputs."""
    hidden, task = opened.hidden, opened.task
    reason = _why_not(opened)
    if reason or hidden is None or hidden.u is None:
        return Theorem(False, reason)
    u, w = hidden.u, hidden.w
    vectors = np.concatenate([u, w[:, None]], axis=1)
    size = float(np.abs(vectors).max())
    if size == 0:
        return Theorem(False, "every weight is zero")
    near = angles(vectors / size) if opened.group is None and task.k > 1 else None
    if task.step_operations(len(w)) > most:
        reason = f"{task.n}^{task.k} inputs are too many for the margin of all of them"
        return Theorem(True, reason, task.gamma, angles=near)
    # the margin over the norm's power has no scale, and powers of weights of size 1 do not overflow
    network = PowerNetwork(torch.from_numpy(u / size), torch.from_numpy(w / size))
    summary = margin_summary(network, task)
    scale = task.gamma * float(network.norm().detach()) ** (task.k + 1)
    return Theorem(True, "", task.gamma, account(vectors / size, opened.group, scale, summary), near)


def _why_not(opened: Opened) -> str:
    hidden, k = opened.hidden, opened.task.k
    if hidden is None:
        return f"the theorem is about one hidden layer with activation t^{k}; none was found in this {opened.kind}"
    if hidden.u is None or hidden.activation is None:
        return f"the theorem is about one hidden layer with activation t^{k} of sums over the inputs; this is another"
    if not _is_power(hidden, k):
        return f"the theorem is about the activation t^{k}; this one is {hidden.activation}"
    if np.ptp(hidden.output_bias) > 1e-6 * max(1e-300, float(np.abs(hidden.output_bias).max())):
        return "the theorem is about networks without output biases; these differ between classes"
    return ""


def _is_power(hidden: Hidden, k: int) -> bool:
    return hidden.activation == "power" or (k, hidden.activation) in ((1, "identity"), (2, "square"), (3, "cube"))

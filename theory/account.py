r"""**Tight.** Where the margin went: the upper-bound proof read as an account, neuron by neuron (ours).

**Theorem.**  Every p >= 2, k >= 1, every network :math:`\theta \ne 0`.  With
:math:`q_i = \|\theta_i\|^{k+1} / \|\theta\|_{2,k+1}^{k+1}`, the margin g, the class-weighted margin
:math:`g' = f[\text{label}] - \sum_\delta \tau_\delta f[\text{label} + \delta] \ge g` for the certificate :math:`\tau`,
both divided by :math:`\|\theta\|_{2,k+1}^{k+1}`, and minima and means over all inputs,

.. math:: \frac{\min g}{\gamma^*} = \sum_i q_i\, e_i - \frac{\mathrm{mean}\, g' - \min g'}{\gamma^*}
   - \frac{\min g' - \min g}{\gamma^*}, \qquad
   e_i = \text{phase}_i \cdot \text{balance}_i \cdot \text{concentration}_i \cdot \text{DC}_i \le 1,

and both gaps are at least 0.  Hence :math:`\min g \le \gamma^*`, and every loss has a name.

*Proof.*  g' is linear in f, so its mean is the sum of those of the neurons :math:`(u_1, \dots, u_k, w)`.

1. *Fourier.*  In :math:`(u_1(a_1) + \dots + u_k(a_k))^k w(a_1 + \dots + a_k + \delta)` every monomial that misses some
   :math:`a_j` has a mean that does not depend on :math:`\delta`, so it cancels (:math:`\tau` adds up to 1); the only
   other one is :math:`k!\, u_1 \cdots u_k w`, whose mean is
   :math:`k!\,p^{-(k+1)} \sum_j \hat w(-j) \prod_i \hat u_i(j)\, e^{-2\pi i j\delta/p}`.  The network is real and
   :math:`\tau` symmetric, so j and -j may be paired: with :math:`e_\zeta = 2` for :math:`0 < \zeta < p/2` and 1 at p/2,

   .. math:: \mathrm{mean}\, g'_i = \frac{k!}{p^{k+1}} \sum_{\zeta=1}^{\lfloor p/2 \rfloor} e_\zeta
      (1 - \hat\tau(\zeta))\, |\hat w(\zeta)| \prod_i |\hat u_i(\zeta)|\, \cos\bigl(\textstyle\sum_i
      \theta_{u_i}(\zeta) - \theta_w(\zeta)\bigr).

2. *Pooling.*  Let :math:`Y_v(\zeta) = e_\zeta |\hat v(\zeta)|^2` be the power of v at :math:`\pm\zeta` and
   :math:`\Pi(\zeta) = \prod_v \sqrt{Y_v(\zeta)}` over the k+1 vectors.  The certificate has
   :math:`1 - \hat\tau(\zeta) = b` below p/2 and b/r at p/2, with :math:`r = 2^{(k-1)/2}` and b = p/(p-1) for odd p,
   p/(p-2+1/r) for even p (``theory.modulus``); and :math:`e_\zeta^{1-(k+1)/2}` is 1/r below p/2 and 1 at p/2.  So every
   frequency, the one of order two included, gets the same factor b/r:

   .. math:: \mathrm{mean}\, g'_i = \frac{k!\, b}{p^{k+1}\, r} \sum_\zeta \Pi(\zeta) \cos(\dots).

3. *The chain.*  With :math:`Y(\zeta) = \sum_v Y_v(\zeta)` and :math:`s = (k+1)/2`,

   .. math:: \sum \Pi \cos \le \sum \Pi \le \sum \Bigl(\frac{Y}{k+1}\Bigr)^{s} \le \Bigl(\sum \frac{Y}{k+1}\Bigr)^{s}
      \le \Bigl(\frac{p \|\theta_i\|^2}{k+1}\Bigr)^{s}:

   cosines (*phase*), arithmetic and geometric means (*balance*), :math:`s \ge 1` (*concentration*; always 1 at k = 1),
   and Plancherel with the mean left out (*DC*).  Each factor is the ratio of two neighbours, 0 where it is 0/0.
4. *Value.*  :math:`k!\, b\, p^{-(k+1)} r^{-1} (p/(k+1))^{s} = \gamma^*`, so the last member is worth
   :math:`\gamma^* \|\theta_i\|^{k+1}`.  QED

**Every finite group** (ours): frequencies become non-trivial real irreducible representations, and one step is new,
*representation*: one that carries no mass at the optimum is worth less (``theory.groups.account`` has the proof).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, SupportsFloat

import numpy as np

from theory.groups.group import Group
from theory.task import neuron_masses

FACTORS = ("phase", "representation", "balance", "concentration", "DC")


@dataclass(frozen=True, eq=False)
class Account:
    """The margin over gamma*, split.

    Attributes:
        mass: q_i, shape (m,); they add up to 1.
        factors: one row per factor of ``FACTORS``, shape (5, m); on Z_p ``representation`` is 1.
        spread: (mean g' - min g')/gamma*: how unequal the inputs are.
        ties: (min g' - min g)/gamma*: how unequal the wrong labels are, at the inputs that count.
        margin: min g / gamma*, from the pass over all inputs (not from the sum).
    """

    mass: np.ndarray
    factors: np.ndarray
    spread: float
    ties: float
    margin: float

    @property
    def efficiency(self) -> np.ndarray:
        """Product of the factors, shape (m,)."""
        return self.factors.prod(axis=0)

    @property
    def total(self) -> float:
        """The right side of the theorem."""
        return float(self.mass @ self.efficiency) - self.spread - self.ties

    @property
    def error(self) -> float:
        """How far the account is from adding up."""
        return abs(self.total - self.margin)

    def losses(self) -> dict[str, float]:
        """What each inequality costs, in units of gamma*: with ``margin`` they add up to 1.

        A neuron's mass is reduced by its factors one after the other, from the last inequality of the chain
        (DC) to the first (phase).
        """
        left = self.mass.copy()
        losses = {}
        for name, factor in zip(reversed(FACTORS), reversed(self.factors), strict=True):
            if name == "representation" and (factor == 1).all():
                continue
            losses[name] = float((left * (1 - factor)).sum())
            left = left * factor
        return losses | {"spread over the inputs": self.spread, "ties of wrong labels": self.ties}


class Pass(Protocol):
    """What a pass over all inputs found, unnormalised: of numerics (tensors) or of verify (with its error bounds)."""

    @property
    def minimum(self) -> SupportsFloat:
        """Least margin g."""

    @property
    def weighted_minimum(self) -> SupportsFloat:
        """Least class-weighted margin g'."""

    @property
    def weighted_mean(self) -> SupportsFloat:
        """Mean of g'."""


def account(vectors: np.ndarray, group: Group | None, scale: float, found: Pass) -> Account:
    r"""The account of a network.

    Args:
        vectors: u_1..u_k and w of every neuron, shape (m, k+1, n).
        group: the group; None for Z_p.
        scale: :math:`\gamma^* \|\theta\|_{2,k+1}^{k+1}`.
        found: a pass over all inputs.

    Cost: one Fourier transform of every vector (Z_p), or n^2 operations per vector and representation (a group).

    Examples:
        >>> from types import SimpleNamespace
        >>> from theory.margin import max_margin_float
        >>> from theory.one_hot_network import one_hot_network
        >>> from theory.task import Task, class_weighted_margins, logits, margins, network_norm
        >>> task, (u, w) = Task.cyclic(2, 5), one_hot_network(np.add.outer(np.arange(5), np.arange(5)) % 5)
        >>> g, weighted = margins(task, logits(u, w)), class_weighted_margins(task, logits(u, w))
        >>> passed = SimpleNamespace(minimum=g.min(), weighted_minimum=weighted.min(), weighted_mean=weighted.mean())
        >>> scale = max_margin_float(2, 5) * float(network_norm(u, w)) ** 3
        >>> found = account(np.concatenate([u, w[:, None]], axis=1), None, scale, passed)
        >>> round(found.margin, 4), {name: round(x, 4) for name, x in found.losses().items() if x > 1e-9}
        (0.506, {'DC': 0.2845, 'concentration': 0.2096})
    """
    minimum, weighted = float(found.minimum), float(found.weighted_minimum)
    return Account(
        mass=neuron_masses(vectors),
        factors=neuron_factors(vectors, group),
        spread=(float(found.weighted_mean) - weighted) / scale,
        ties=(weighted - minimum) / scale,
        margin=minimum / scale,
    )


def neuron_factors(vectors: np.ndarray, group: Group | None = None) -> np.ndarray:
    """The five factors of every neuron, shape (5, m), from vectors of shape (m, k+1, n).

    Each depends on the neuron's direction alone; 0 where it is 0/0.
    """
    norms = np.sqrt((vectors**2).sum(axis=(1, 2)))
    unit = vectors / np.where(norms > 0, norms, 1)[:, None, None]
    if group is not None:
        from theory.groups.account import chain

        return np.stack([_ratio(before, after) for before, after in pairwise(chain(group, unit))])
    phase, *others = (_ratio(before, after) for before, after in pairwise(_chain(unit)))
    return np.stack([phase, np.ones(len(unit)), *others])


def _chain(unit: np.ndarray) -> list[np.ndarray]:
    """The members of step 3 for unit neurons on Z_p, each of shape (m,)."""
    p, s = unit.shape[2], unit.shape[1] / 2
    pooled = np.full(p // 2, 2.0)
    if p % 2 == 0:
        pooled[-1] = 1.0
    transform = np.sqrt(pooled) * np.fft.rfft(unit)[..., 1:]
    mean = (np.abs(transform) ** 2).mean(axis=1)
    return [
        (transform[:, :-1].prod(axis=1) * transform[:, -1].conj()).real.sum(axis=1),
        np.abs(transform).prod(axis=1).sum(axis=1),
        (mean**s).sum(axis=1),
        mean.sum(axis=1) ** s,
        np.full(len(unit), (p / unit.shape[1]) ** s),
    ]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above/below, 0 where it is 0/0."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)

r"""A paper's optimiser as data: every setting with whether the paper states it.

At another size than the paper's, learning rates and lambda must move with the optimum.  lambda keeps its ratio to
gamma*.  At the optimum of :math:`CE + \lambda\|\theta\|^{k+1}` a neuron has norm
:math:`(\beta/(\gamma^* m))^{1/(k+1)}`, so the curvature of the penalty is proportional to
:math:`\gamma^{*\,2/(k+1)} m^{-(k-1)/(k+1)}`: gradient descent keeps its distance from divergence when the rate is
divided by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal


@dataclass(frozen=True)
class Published:
    r"""How a paper trained.

    Attributes:
        method: ``gradient descent`` or ``AdamW``.
        rate: learning rate at the start, after the warm-up.
        steps: optimiser steps.
        penalty: lambda.
        penalty_kind: what lambda multiplies: ``norm``, :math:`\|\theta\|_{2,k+1}^{k+1}` in the loss, or ``decay``,
            AdamW's decoupled weight decay.
        batch: inputs per step, drawn with replacement; 0 is all of them.
        doublings: steps at which the rate doubles.
        warmup: steps of linear warm-up.
        betas: AdamW's.
        half: whether training sees a random half of the inputs only.
        deviation: standard deviation of the Gaussian initial entries, in units of an entry at the optimum of
            the penalised loss (``Task.entry_scale``).
        not_stated: for every field that the paper does not state, why we chose the value.
    """

    method: Literal["gradient descent", "AdamW"]
    rate: float
    steps: int
    penalty: float
    penalty_kind: Literal["norm", "decay"]
    batch: int = 0
    doublings: tuple[int, ...] = ()
    warmup: int = 0
    betas: tuple[float, float] = (0.9, 0.999)
    half: bool = False
    deviation: float = 0.2
    not_stated: Mapping[str, str] = field(default_factory=dict)

    def rate_at(self, step: int) -> float:
        """Learning rate of step 0, 1, ..."""
        warm = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        return warm * self.rate * 2 ** sum(step >= at for at in self.doublings)

    def settings(self) -> list[dict[str, Any]]:
        """One entry per field: name, value, whether the paper states it, and our reason where it does not."""
        names = [x.name for x in fields(self) if x.name != "not_stated"]
        return [
            {
                "name": name,
                "value": list(value) if isinstance(value := getattr(self, name), tuple) else value,
                "stated": name not in self.not_stated,
                "note": self.not_stated.get(name, ""),
            }
            for name in names
        ]

    def at_size(self, k: int, gamma: tuple[float, float], m: tuple[int, int], shorter: int = 1) -> "Published":
        """The same run at another size; ``gamma`` and ``m`` are (the paper's, the new one), steps divided."""
        grown = gamma[1] / gamma[0]
        notes = {}
        changes: dict[str, Any] = {}
        if self.penalty_kind == "norm":
            changes["penalty"] = self.penalty * grown
            notes["penalty"] = f"{self.penalty:g} at the paper's size; the same ratio to gamma*"
        if self.method == "gradient descent":
            curvature = grown ** (2 / (k + 1)) * (m[0] / m[1]) ** ((k - 1) / (k + 1))
            changes["rate"] = self.rate / curvature
            notes["rate"] = f"{self.rate:g} at the paper's size; divided by the growth of the curvature"
        if shorter > 1:
            changes |= {"steps": self.steps // shorter, "doublings": tuple(at // shorter for at in self.doublings)}
            notes |= dict.fromkeys(("steps", "doublings"), f"{shorter} times fewer than at the paper's size")
        return replace(self, **changes, not_stated=dict(self.not_stated) | notes)

    def first(self, steps: int) -> "Published":
        """The first ``steps`` steps of this run."""
        if steps >= self.steps:
            return self
        notes = dict(self.not_stated) | {"steps": f"the first of {self.steps}"}
        return replace(self, steps=steps, not_stated=notes)

r"""The class-weighted cross-entropy of a network's own weights over all inputs, and how it is known.

After a pass over every input it is known to rounding.  Where no pass is made (``Examination.sweep`` decides, for margin
and loss alike) it is estimated: :math:`CE_\tau + q g'` on random inputs, less the exact mean of :math:`q g'`
(``numerics.full_size.mean_margin``), a control variate that leaves little noise near the optimum; and no loss is above
:math:`\log(1 + (n-1) e^{-x})` where x bounds every margin from below.
"""

from dataclasses import dataclass
from math import exp, inf, log

import numpy as np

from verify.subject import Subject

PARTS, PART = 32, 512  # random inputs
ERRORS = 4.0  # standard errors of an estimate that are allowed for
ROUNDING = 1e-12
LARGEST = 600.0  # so large a margin has no probability left to spread
EVERY = "over every input"


@dataclass(frozen=True)
class Loss:
    """A loss.

    Attributes:
        value: the mean over all inputs, or its estimate.
        error: what an estimate may be off by; 0 after a pass.
        high: no loss is above this; infinite where nothing is known.
        how: over which inputs, in words.
    """

    value: float
    error: float
    high: float
    how: str = EVERY

    @classmethod
    def known(cls, value: float) -> "Loss":
        """From a pass over every input."""
        return cls(value, 0.0, value + ROUNDING * (1 + abs(value)))

    @classmethod
    def estimated(cls, subject: Subject, least: float | None) -> "Loss":
        """Without a pass: from random inputs, and from a lower bound of the scaled weights' margins.

        Cost: 16,384 inputs, and the mean margin in O(m k n^2).

        Examples:
            >>> from theory.construction import construct
            >>> from theory.floats import weights
            >>> from theory.network_file import NetworkFile
            >>> subject = Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5))
            >>> found = Loss.estimated(subject, least=0.0)
            >>> round(found.value, 4), found.error < 1e-11, round(found.high, 4)  # a small network: about log 5
            (1.5852, True, 1.6094)
        """
        import torch

        from numerics.full_size.layout import stack
        from numerics.full_size.mean_margin import MeanMargin
        from numerics.full_size.objective import SampledLoss
        from numerics.network import PowerNetwork

        task, scale = subject.task, 2.0**subject.exponent
        theta = stack(PowerNetwork.from_numpy(subject.u * scale, subject.w * scale))
        mean, _ = MeanMargin(task, torch.float64)(theta)
        q = 1 / (1 + exp(min(mean, LARGEST)) / (task.n - 1))
        sampled, generator = SampledLoss(task, subject.m, torch.float64), torch.Generator().manual_seed(0)
        parts = (sampled(theta, sampled.draw(PART, generator), q) for _ in range(PARTS))
        values = np.array([part.cross_entropy + q * (part.mean_margin - mean) for part in parts])
        error = ERRORS * float(values.std(ddof=1)) / PARTS**0.5 + ROUNDING
        how = f"{PARTS * PART} random inputs beside the exact mean margin, since {task.n}^{task.k} are many"
        return cls(float(values.mean()), error, inf if least is None else _most(subject, least), how)


def _most(subject: Subject, least: float) -> float:
    """What the loss is at most where no margin of the scaled weights is below ``least``."""
    margin = least * 2.0 ** (subject.exponent * (subject.task.k + 1)) * (1 - ROUNDING)
    return float(np.logaddexp(0.0, log(subject.task.n - 1) - margin)) * (1 + ROUNDING)

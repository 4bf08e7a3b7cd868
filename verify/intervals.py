r"""Enclosures: intervals that certainly contain the exact value for the float weights of a network.

The normalised margin.  The float64 pass (``verify.sweep``) knows every margin up to a proven error E.  The few inputs
with the least float margins are evaluated again in ball arithmetic (Arb, 192 bits), where a ball contains the exact
value by construction.  The least of those balls bounds the margin from above; from below it is bounded by the least
ball and by (the next float margin) - E, which covers every other input.  The norm is a ball around a sum that is
rounded twice.

Fourier coefficients.  With a correctly rounded table of roots of unity, the float64 coefficient of a vector v of
length p is off by at most :math:`(p+4)\,\mathrm{u}\,\sqrt{2p}\,\|v\|_2`, and what is left of v after taking out one
frequency has a 2-norm known to :math:`(3p+40)\,\mathrm{u}\,\|v\|_2`, :math:`\mathrm{u} = 2^{-53}` (``fourier_error``).
"""

from dataclasses import dataclass
from math import inf, nextafter

import flint
import numpy as np

from theory.groups.characters import roots_of_unity
from verify.result import Status
from verify.subject import PRECISION, Subject
from verify.sweep import UNIT, Sweep


@dataclass(frozen=True)
class Enclosure:
    """A closed interval that contains an exact number."""

    low: float
    high: float

    @classmethod
    def of_balls(cls, low: flint.arb, high: flint.arb) -> "Enclosure":
        """From the lower end of one ball to the upper end of another, rounded outwards to floats."""
        return cls(nextafter(float(low.lower()), -inf), nextafter(float(high.upper()), inf))

    @classmethod
    def around(cls, value: float, error: float) -> "Enclosure":
        """``value`` plus or minus ``error``."""
        return cls(nextafter(value - error, -inf), nextafter(value + error, inf))

    @property
    def middle(self) -> float:
        """The mid-point, for tables."""
        return self.low + (self.high - self.low) / 2

    @property
    def width(self) -> float:
        """high - low."""
        return self.high - self.low

    def at_least(self, bound: float) -> Status:
        """Is the exact number at least ``bound``: ``passed``, ``failed``, or ``undecided``."""
        return "passed" if self.low >= bound else "failed" if self.high < bound else "undecided"

    def at_most(self, bound: float) -> Status:
        """Is the exact number at most ``bound``: ``passed``, ``failed``, or ``undecided``."""
        return "passed" if self.high <= bound else "failed" if self.low > bound else "undecided"

    def __str__(self) -> str:
        """Both ends, with the digits that matter."""
        return f"[{self.low:.17g}, {self.high:.17g}]"


def margin_ratio(subject: Subject, found: Sweep) -> Enclosure:
    """The normalised margin of the float weights over gamma*.

    Cost: 8 inputs in ball arithmetic, that is about 10 m n ball operations.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> from verify.sweep import sweep
        >>> subject = Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5))
        >>> margin_ratio(subject, sweep(subject)).width < 1e-12
        True
    """
    with flint.ctx.workprec(PRECISION):
        scale = subject.norm_power * subject.gamma
        output = flint.arb_mat(subject.m, subject.task.n, subject.w.ravel().tolist())
        balls = [ball_margin(subject, output, inputs) for inputs in found.worst]
        high = low = balls[0]
        for ball in balls[1:]:
            high, low = high.min(ball), low.min(ball)
        if found.next < inf:
            low = low.min(flint.arb(found.next) - flint.arb(found.error))
        return Enclosure.of_balls(low / scale, high / scale)


def ball_margin(subject: Subject, output: flint.arb_mat, inputs: np.ndarray) -> flint.arb:
    """An enclosure of f[label] - max of the wrong logits at one input; ``output`` is w as a ball matrix."""
    task = subject.task
    chosen = subject.u[:, np.arange(task.k), inputs].tolist()
    hidden = [sum((flint.arb(x) for x in row), flint.arb(0)) ** task.k for row in chosen]
    logits = (flint.arb_mat(1, subject.m, hidden) * output).entries()
    right = logits.pop(int(task.label(inputs)))
    wrong = logits[0]
    for logit in logits[1:]:
        wrong = wrong.max(logit)
    return right - wrong


@dataclass(frozen=True, eq=False)
class Component:
    r"""One frequency of many unit vectors v, each chosen by its own zeta.

    Attributes:
        phase: phase of the coefficient, in turns: v is about cos 2 pi (phase + zeta a/p); shape (N,).
        phase_error: bound on the error of ``phase``, shape (N,); 1/2 where the coefficient may be 0.
        residual: 2-norm of what is left of v beside that frequency, shape (N,); its square is 1 - purity.
        error: bound on the error of ``residual``.
    """

    phase: np.ndarray
    phase_error: np.ndarray
    residual: np.ndarray
    error: float


def fourier_error(p: int) -> float:
    """Bound on the error of a residual's norm for unit vectors of length p."""
    return (3 * p + 40) * UNIT


def component(vectors: np.ndarray, frequency: np.ndarray) -> Component:
    """Take frequency ``frequency[i]`` out of ``vectors[i]``, shape (N, p), each of 2-norm 1 (or 0).

    Examples:
        >>> v = np.cos(2 * np.pi * (0.1 + 2 * np.arange(5) / 5)) * np.sqrt(2 / 5)
        >>> found = component(v[None], np.array([2]))
        >>> round(float(found.phase[0]), 12), bool(found.residual[0] <= found.error)
        (0.1, True)
    """
    p = vectors.shape[1]
    turns = frequency[:, None] * np.arange(p) % p
    waves = roots_of_unity(p)[turns]
    coefficient = np.einsum("ia,ia->i", vectors, waves.conj())
    pooled = np.where(2 * frequency == p, 1.0, 2.0) / p
    wave = pooled[:, None] * (coefficient[:, None] * waves).real
    residual = np.sqrt(((vectors - wave) ** 2).sum(axis=1))
    size, slack = np.abs(coefficient), (p + 4) * UNIT * np.sqrt(2 * p)
    sine = np.divide(slack, size, out=np.ones_like(size), where=size > slack)
    return Component(
        phase=np.angle(coefficient) / (2 * np.pi),
        phase_error=np.where(size > slack, np.arcsin(sine) / (2 * np.pi) + 4 * UNIT, 0.5),
        residual=residual,
        error=fourier_error(p),
    )

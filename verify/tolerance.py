r"""What is forgiven and what is asked: ``--tol``, and the thresholds of ``--trained``.

What ``--tol`` forgives, in one place: a maximum-margin network passes after a relative error tol in every weight.

Each check allows what such an error can do to what it measures, to first order and rounded up:

* what is left of a vector beside its frequency or representation, relative to its 2-norm: tol, we take 1.01 tol;
* the 2-norm of a vector against the root mean square of its neuron's: 2 tol, we take 3 tol;
* a phase moves by at most arcsin(tol)/(2 pi) < tol/6 turn, the sum of k inputs minus the output by (k+1) tol/6;
* alignment on a group is stationary at its maximum, so it falls short by at most ((k+1) tol)^2;
* the share of mass of a component, a sum of (k+1)-th powers over the sum of all: 2 (k+1) tol, we take 3 (k+1) tol;
* a class sum of moments: a mass by 2 (k+1) tol, an angle by (k+1) tol; together 3, we take 4 (k+1) tol;
* at k = 1, w - u by 2 tol of the norm (we take 3 tol), the Gram matrix by 4 tol of its own (5 tol);
* the margin at an input a, over the wrong label c, by at most tol times its sensitivity

  .. math:: \kappa(a, c) = \sum_i (|w_i(\text{label})| + |w_i(c)|)
     \Bigl(k |x_i|^{k-1} \sum_j |u_{ij}(a_j)| + |x_i|^k\Bigr), \qquad x_i = \sum_j u_{ij}(a_j),

  and what it is divided by, :math:`\gamma^* \|\theta\|^{k+1}`, by (k+1) tol.  (The derivative of the margin in every
  weight, times the weight, in absolute value.)  It grows with k: about 10 tol at k = 2, hundreds of tol at k = 5.
  Networks of many inputs cancel large terms, so the margin says less about them than their phases do; it is never
  allowed to fall short by more than a tenth.
"""

from dataclasses import dataclass, fields

import numpy as np

from theory.errors import InputError
from verify.subject import Subject

ROUNDING = 1e-12
MOST_OF_THE_MARGIN = 0.1


@dataclass(frozen=True)
class Tolerance:
    """What each check of a k-input network allows.

    Attributes:
        tol: relative error of every weight that is forgiven.
        k: number of inputs.
    """

    tol: float
    k: int

    @property
    def purity(self) -> float:
        """2-norm beside a vector's component."""
        return 1.01 * self.tol

    @property
    def balance(self) -> float:
        """2-norm of a vector against its neuron's others."""
        return 3 * self.tol

    @property
    def phase_sum(self) -> float:
        """Sum of input phases minus output phase, in turns."""
        return (self.k + 1) * self.tol / 6

    @property
    def alignment(self) -> float:
        """1 - alignment of a neuron on a group; rounding included."""
        return ((self.k + 1) * self.tol) ** 2 + ROUNDING

    @property
    def masses(self) -> float:
        """Mass of a component, relative to the largest possible (1) or to itself."""
        return 3 * (self.k + 1) * self.tol

    @property
    def moments(self) -> float:
        """A normalised class sum."""
        return 4 * (self.k + 1) * self.tol

    @property
    def equal_vectors(self) -> float:
        """w - u at k = 1."""
        return 3 * self.tol

    @property
    def gram(self) -> float:
        """The Gram matrix at k = 1, in Frobenius norm."""
        return 5 * self.tol

    def margin(self, subject: Subject, inputs: np.ndarray) -> float:
        """The margin over gamma*, at the one of ``inputs``, shape (N, k), where it is least."""
        worst = max(_least_margin(subject, row) for row in inputs)
        return min(MOST_OF_THE_MARGIN, (self.k + 1 + worst[1] / subject.scale) * self.tol)


def _least_margin(subject: Subject, inputs: np.ndarray) -> tuple[float, float]:
    """Minus the margin at an input, and its sensitivity."""
    k = subject.task.k
    chosen = subject.u[:, np.arange(k), inputs]
    x = chosen.sum(axis=1)
    outputs = x**k @ subject.w
    slope = k * np.abs(x) ** (k - 1) * np.abs(chosen).sum(axis=1) + np.abs(x) ** k
    label = int(subject.task.label(inputs))
    right, moved = outputs[label], slope @ np.abs(subject.w)
    outputs[label] = -np.inf
    wrong = int(outputs.argmax())
    return float(outputs[wrong] - right), float(moved[label] + moved[wrong])


@dataclass(frozen=True)
class Thresholds:
    """What is asked beyond the bounds that need no threshold; None asks for nothing.

    Attributes:
        margin: least margin over gamma*.
        purity: least share of the power of every live vector in its neuron's frequency.
        phase_error: largest median over live neurons of |t_1 + ... + t_k - t_w|, in turns.
        regularisation: largest relative excess of the loss, and error of the norm to the (k+1)-th power, at the
            lambda of the training.
    """

    margin: float | None = None
    purity: float | None = None
    phase_error: float | None = None
    regularisation: float | None = None

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            InputError: for a threshold outside [0, 1].
        """
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and not 0 <= value <= 1:
                raise InputError(f"{item.name} must lie in 0..1; got {value}")


# What the recipes of this package reach: what to ask of networks trained by them.
RECIPE = Thresholds(margin=0.99, purity=0.99, phase_error=1e-3, regularisation=0.02)

r"""Linear laws :math:`\dot x = A x + b` fitted to the signals of an embedding over training.

A step of training is the unit of time, and the increments :math:`x_{t+1} - x_t` are regressed on :math:`x_t`: least
squares, or Lasso, which asks for few interactions between frequencies.  Two curves follow from A and b: the recursion
that was fitted, :math:`x_{t+1} = x_t + A x_t + b`, and the solution of the differential equation,

.. math:: x(t) = e^{At} x_0 + (e^{At} - I) A^{-1} b.

Also here: how well signal and gradient at the start separate the frequencies that survive.

Source: Ding24 Sec. 3.2.2, 4.2; code carlguo866/circle-survival.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from theory.errors import InputError

SPLIT = 42  # the published code's seed of the 80/20 split


@dataclass(frozen=True)
class LinearLaw:
    """A (n, n) and b (n,) per step, with R^2 of the increments: ``scores`` of each coordinate (n,) and their mean."""

    A: np.ndarray
    b: np.ndarray
    scores: np.ndarray

    @property
    def score(self) -> float:
        """Mean R^2 over coordinates, the number that the published code prints."""
        return float(self.scores.mean())

    def recursion(self, start: np.ndarray, steps: int) -> np.ndarray:
        """x_0, ..., x_steps of x_{t+1} = x_t + A x_t + b, shape (steps + 1, n)."""
        path = [np.asarray(start, dtype=float)]
        for _ in range(steps):
            path.append(path[-1] + self.A @ path[-1] + self.b)
        return np.array(path)

    def solution(self, start: np.ndarray, steps: int) -> np.ndarray:
        r"""x(0), ..., x(steps) of the differential equation, shape (steps + 1, n).

        One exponential, :math:`\exp\begin{pmatrix} A & b \\ 0 & 0 \end{pmatrix}`, holds
        :math:`e^{A}` and :math:`(e^{A} - I) A^{-1} b` side by side, also where A has no inverse: Lasso makes whole
        rows of A zero, and the published code adds 1e-8 I to invert it.  *Proof.*  (x, 1) obeys the linear law of that
        matrix without a constant; and d/dt of the printed formula is A x + b.
        """
        from scipy.linalg import expm

        n = len(self.b)
        step = expm(np.block([[self.A, self.b[:, None]], [np.zeros((1, n + 1))]]))
        path = [np.append(start, 1.0)]
        for _ in range(steps):
            path.append(step @ path[-1])
        return np.array(path)[:, :n]


def fit_linear(trajectory: np.ndarray, alpha: float = 0.0, *, drivers: np.ndarray | None = None) -> LinearLaw:
    """The law that fits a trajectory (T + 1, n), one row per step.

    Args:
        trajectory: signals at steps 0..T, T >= 2.
        alpha: Lasso's penalty on the entries of A; 0 means least squares.
        drivers: another trajectory (T + 1, m), to stand for x_t on the right: A is then (n, m).  Signals of a second
            run are a control: nothing in them can act on the first, and what they still explain is smoothness.

    Raises:
        InputError: for trajectories of other shapes or a negative penalty.

    Examples:
        >>> import numpy as np
        >>> law = fit_linear(2 - 0.9 ** np.arange(6)[:, None])
        >>> [round(float(x), 9) for x in (law.A[0, 0], law.b[0], law.score)]
        [-0.1, 0.2, 1.0]
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso, LinearRegression

    trajectory = np.asarray(trajectory, dtype=float)
    if trajectory.ndim != 2 or len(trajectory) < 3:
        raise InputError(f"the trajectory must have the shape (T + 1, n) with T >= 2; got {trajectory.shape}")
    if not alpha >= 0:
        raise InputError(f"alpha must be at least 0; got {alpha!r}")
    causes = trajectory if drivers is None else np.asarray(drivers, dtype=float)
    if causes.ndim != 2 or len(causes) != len(trajectory):
        raise InputError(f"the drivers must have {len(trajectory)} rows; got the shape {causes.shape}")
    before, increments = causes[:-1], np.diff(trajectory, axis=0)
    with warnings.catch_warnings():
        # A coordinate-descent that stops early only makes R^2 smaller; the published code stops at 1000 rounds too.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = (Lasso(alpha=alpha) if alpha else LinearRegression()).fit(before, increments)
    A, b = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    return LinearLaw(A, b, determination(increments, before @ A.T + b))


def determination(measured: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    r"""R^2 of each column: :math:`1 - \sum (y - \hat y)^2 / \sum (y - \bar y)^2`; shapes (T, n) -> (n,)."""
    residual = ((measured - predicted) ** 2).sum(axis=0)
    return 1 - residual / ((measured - measured.mean(axis=0)) ** 2).sum(axis=0)


@dataclass(frozen=True)
class Separation:
    """How well a line separates survivors from the dead, on held-out frequencies.

    Attributes:
        accuracy: accuracy of the linear SVM.
        majority: accuracy of the answer that is the more frequent one in training; the machine has to beat it.
        balanced: mean of the accuracies on survivors and on the dead; 0.5 is chance.
        tested: number of held-out frequencies.
    """

    accuracy: float
    majority: float
    balanced: float
    tested: int


def separation(features: np.ndarray, survived: np.ndarray, *, scaled: bool) -> Separation:
    """Train a linear SVM on 80% of the frequencies, test it on the others.

    Args:
        features: (N, f), such as initial signal and gradient.
        survived: bool, (N,).
        scaled: bring features to mean 0 and variance 1 first.  The published code does not: gradients of about 1e-3
            stand beside signals of about 80, and a line of bounded slope cannot use them.

    Raises:
        InputError: when only one kind of frequency is there, in training or held out.
    """
    from sklearn.metrics import balanced_accuracy_score
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    survived = np.asarray(survived, dtype=bool)
    x, x_test, y, y_test = train_test_split(features, survived, test_size=0.2, random_state=SPLIT)
    if y.all() or not y.any() or y_test.all() or not y_test.any():
        raise InputError(f"need survivors and dead frequencies in both parts; got {survived.sum()} of {survived.size}")
    machine = SVC(kernel="linear")
    found = (make_pipeline(StandardScaler(), machine) if scaled else machine).fit(x, y).predict(x_test)
    return Separation(
        accuracy=float(np.mean(found == y_test)),
        majority=float(np.mean(y_test == (y.mean() > 0.5))),
        balanced=float(balanced_accuracy_score(y_test, found)),
        tested=len(y_test),
    )

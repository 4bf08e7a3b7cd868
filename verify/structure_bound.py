r"""**Lower.** The margin of a network on Z_p from its waves alone, where :math:`p^k` inputs are too many to look at.

Networks of at most seven inputs are read amplitude by amplitude (``verify.amplitude_bound``).  Constructed ones
consist of whole families of :math:`2^{k-1}` sign changes, equal to the last bit (``Decomposition.families``), which
leave :math:`f(a)[c] = k!\, 2^{k-1} \sum \prod_j u_j(a_j)\, w(c)` over one neuron of each: there large k are no
obstacle.  Write their vectors as :math:`\beta_i \cos 2\pi(t_{ij} + \zeta_i a/p) + r_{ij}(a)`, with one amplitude for
the k+1 vectors of a neuron, phases as they are stored in float64, and :math:`|r_{ij}| \le \rho_{ij}`.

1. *Remainders.*  Dropping the r moves a product by at most
   :math:`\prod_j (\beta + \rho_j)\,(\beta + \rho_w) - \beta^{k+1}`; their sum, :math:`2^{k-1} k!` times, is
   :math:`\Delta`.
2. *Waves.*  What is left is
   :math:`2^{-k} \sum_\zeta \mathrm{Re} \sum_C S_\zeta(C)\, e^{2\pi i \zeta (n_C \cdot a - c)/p}` over classes C of
   exponents in :math:`\{-1, 1\}^k` modulo the order of zeta, with (``verify.checks.moments``)
   :math:`S_\zeta(C) = \sum_{n \in C} W(n) \sum_i \beta_i^{k+1} e^{2\pi i (n \cdot t_i - t_{iw})}`.
3. *Margin.*  The wanted class gives, over the wrong label :math:`\delta` steps away, at least
   :math:`2^{-k} \sum_\zeta \mathrm{Re}\,S_\zeta (1 - \cos(2\pi\zeta\delta/p)) - |\mathrm{Im}\,S_\zeta|`; every other
   class takes away at most :math:`2 \cdot 2^{-k} |S_\zeta(C)|`; the remainders at most :math:`2\Delta`.

Rounding.  Each S is a sum of at most N E terms (N neurons of a frequency, E exponents) of total size
:math:`\le 2^k k! \sum_i \beta_i^{k+1}` over whole families, each with an angle (a sum of k+1 terms, k/2 + 1/2 turns in
all) that is off by at most 4 k (k+5) u, :math:`\mathrm{u} = 2^{-53}`, and a larger k than 12 has too many exponents to
get here.  So the waves of step 3 are off by at most
:math:`4 k! (N + E + p + 100 k)\,\mathrm{u} \sum_i \beta_i^{k+1}`.

From above the margin is bounded by ball arithmetic at a few inputs: any input will do.
"""

from math import factorial, gcd

import flint
import numpy as np

from theory.groups.characters import roots_of_unity
from verify.amplitude_bound import MOST_INPUTS, least_margin_from_amplitudes
from verify.checks.decomposition import Decomposition
from verify.checks.moments import class_sums, exponent_table, too_many_exponents
from verify.intervals import Enclosure, ball_margin
from verify.subject import PRECISION, Subject
from verify.sweep import UNIT

LOOKED_AT = 4
MOST_LOOKING = 5e9


def margin_ratio_from_waves(subject: Subject, waves: Decomposition | None = None) -> Enclosure | None:
    """The normalised margin over gamma*, k >= 2 on Z_p; None where it does not apply.

    Cost: exponents times neurons, plus p^2; nothing grows like p^k.

    Examples:
        >>> from theory.construction import construct
        >>> from theory.floats import weights
        >>> from theory.network_file import NetworkFile
        >>> found = margin_ratio_from_waves(Subject.of(NetworkFile(*weights(construct(2, 5)), k=2, p=5)))
        >>> found.low > 1 - 1e-9
        True
    """
    task = subject.task
    if subject.group is not None or task.k < 2:
        return None
    waves = waves or Decomposition(subject)
    families = waves.families
    if too_many_exponents(task.k, subject.m if families is None else len(families), families is not None):
        return None
    if families is None and task.k > MOST_INPUTS:
        return None
    with flint.ctx.workprec(PRECISION):
        scale = subject.norm_power * subject.gamma
        output = flint.arb_mat(subject.m, task.n, subject.w.ravel().tolist())
        inputs = looked_at(subject)
        high = ball_margin(subject, output, inputs[0])
        for row in inputs[1:]:
            high = high.min(ball_margin(subject, output, row))
        return Enclosure.of_balls(flint.arb(least_margin(subject, waves)) / scale, high / scale)


def looked_at(subject: Subject) -> np.ndarray:
    """The inputs that bound the margin from above, shape (4, k): any will do.

    Random ones, and from them each coordinate in turn moved to the value with the least margin, where that is cheap.
    """
    n, k = subject.task.n, subject.task.k
    inputs = np.random.default_rng(0).integers(n, size=(LOOKED_AT, k))
    if LOOKED_AT * k * n * n * subject.m > MOST_LOOKING:
        return inputs
    for row in inputs:
        for j in range(k):
            moved = np.tile(row, (n, 1))
            moved[:, j] = np.arange(n)
            row[j] = _margins(subject, moved).argmin()
    return inputs


def _margins(subject: Subject, inputs: np.ndarray) -> np.ndarray:
    """Float margins of inputs (N, k)."""
    chosen = sum(subject.u[:, j, inputs[:, j]] for j in range(subject.task.k))
    outputs = (chosen**subject.task.k).T @ subject.w
    label = subject.task.label(inputs)[:, None]
    right = np.take_along_axis(outputs, label, axis=1)[:, 0]
    np.put_along_axis(outputs, label, -np.inf, axis=1)
    return right - outputs.max(axis=1)


def least_margin(subject: Subject, waves: Decomposition | None = None) -> float:
    """A number that no margin of the scaled weights is below."""
    waves = waves or Decomposition(subject)
    if waves.families is None:
        return least_margin_from_amplitudes(subject, waves)
    return _of_families(subject, waves, waves.families)


def _of_families(subject: Subject, waves: Decomposition, chosen: np.ndarray) -> float:
    """The same for whole sign families, of which one neuron each is chosen."""
    k, p = subject.task.k, subject.task.n
    zeta, phase, vectors = waves.frequency[chosen], waves.waves.phase[chosen], subject.vectors[chosen]
    mean = np.sqrt((waves.norms[chosen] ** 2).mean(axis=1))
    beta = mean * np.sqrt(np.where(2 * zeta == p, 1, 2) / p)
    turns = roots_of_unity(p)[zeta[:, None] * np.arange(p) % p]
    cosines = (np.exp(2j * np.pi * phase)[..., None] * turns[:, None]).real
    remainder = np.abs(vectors - beta[:, None, None] * cosines).max(axis=2)
    rho = remainder + 32 * UNIT * (beta[:, None] + np.abs(vectors).max(axis=2))
    members, size = 2 ** (k - 1), float(factorial(k))
    # (1 + r_1) ... (1 + r_w) - 1 without cancellation; k (k+1) roundings are far below 1e-9
    product = np.expm1(np.log1p(rho / np.where(beta > 0, beta, 1)[:, None]).sum(axis=1)) * beta ** (k + 1)
    moved = members * size * float(np.where(beta > 0, product, rho.prod(axis=1)).sum())

    weight = members * beta ** (k + 1)
    gain, lost, most = np.zeros(p), 0.0, 0
    for frequency in np.unique(zeta).tolist():
        here = zeta == frequency
        most = max(most, int(here.sum()))
        sums, _, _, wanted = class_sums(phase[here, :-1], phase[here, -1], weight[here], p // gcd(frequency, p), True)
        gain += sums[wanted].real * (1 - roots_of_unity(p)[frequency * np.arange(p) % p].real)
        lost += abs(sums[wanted].imag) + 2 * (np.abs(sums).sum() - abs(sums[wanted]))
    terms = most + len(exponent_table(k, True)[0]) + p + 100 * k
    rounding = 4 * size * terms * UNIT * float(weight.sum())
    return (float(gain[1:].min()) - lost) / 2**k - rounding - 2 * moved * (1 + 1e-9)

r"""Step 1: a network is a mixture of its neurons, so one neuron bounds the margin (Li24 Lemma E.1, Morwani23 Lemma 5).

**Theorem.** Among networks with :math:`\|\theta\|_{2,k+1} \le 1`, those with the largest mean class-weighted margin are
the mixtures of best neurons: with :math:`\theta_i = \alpha_i \omega_i`, :math:`\alpha_i > 0`, every :math:`\omega_i` is
a unit neuron with the largest value M, and :math:`\sum_i \alpha_i^{k+1} = 1` (where M > 0).

*Proof.*  The smallest margin is at most the mean class-weighted margin, which is linear in the outputs; and a neuron is
homogeneous of degree k+1, so the neurons of a network of norm 1 enter with weights :math:`\|\theta_i\|^{k+1}` that add
up to 1.  So :math:`\mathbb{E} g' = \sum_i \alpha_i^{k+1} \mathbb{E}\psi'(\omega_i) \le M \sum_i \alpha_i^{k+1} \le M`:
any mixture of best neurons reaches M, and one :math:`\omega_i` with a smaller value, or a norm below 1, does not.  QED

With two labels the class-weighted margin is the margin: Morwani23 Lemma 3.
"""

import numpy as np
from flint import Ordering, fmpz_mpoly_ctx

from theory.derivation.single_neuron import enumerated_objective, random_neurons
from theory.derivation.step import Result, exact
from theory.task import Task, class_weighted_margins, logits, margins, network_norm, neuron_norms


def homogeneity(k: int, degree: int | None = None) -> Result:
    """Proves (t u_1 + ... + t u_k)^k t w = t^(k+1) (u_1 + ... + u_k)^k w, in letters.

    Args:
        k: number of inputs.
        degree: the power of t, k+1 by default (others must fail).
    """
    degree = k + 1 if degree is None else degree
    t, w, *u = fmpz_mpoly_ctx.get(["t", "w", *(f"u{i}" for i in range(k))], Ordering.lex).gens()
    total = sum(u[1:], start=u[0])
    difference = (t * total) ** k * t * w - t**degree * total**k * w
    return exact(int(difference != 0), 1, f"a neuron scaled by t, degree {degree}", "symbolic")


def mixture_numerical(task: Task, seed: int) -> Result:
    """On random networks: smallest margin <= mean class-weighted margin = the mixture of its unit neurons."""
    gaps, excess = [], []
    for trial in range(8):
        u, w = random_neurons(task.k, task.n, 3, seed + trial)
        sizes, norm = neuron_norms(u, w), network_norm(u, w)
        outputs = logits(u, w) / norm ** (task.k + 1)
        mean = class_weighted_margins(task, outputs).mean()
        unit = enumerated_objective(task, u / sizes[:, None, None], w / sizes[:, None])
        masses = (sizes / norm) ** (task.k + 1)
        gaps += [abs(mean - masses @ unit), abs(masses.sum() - 1)]
        excess.append(float(margins(task, outputs).min() - mean))
    error = max(float(np.max(gaps)), *excess, 0.0)
    detail = f"random networks, {task.name}: smallest margin below the mean by {-max(excess):.3g} or more"
    return Result(float(np.max(gaps)), 0.0, error, 1e-12, error <= 1e-12, "measured", detail)

r"""No neuron is worth more: an upper bound on the maximum margin on a subset, two inputs, by branch and bound.

**Claim.** For weights :math:`\mu` as in ``theory.subset_margin`` and k = 2 a neuron is worth
:math:`u^\top M(w)\, u` with M linear in w, so the best unit neuron is worth
:math:`\tfrac{2}{3\sqrt3} \max_{\|w\|=1} \lambda_{\max}(M(w))`.  On the cone of vectors
:math:`v_1, \dots, v_r` (a basis, rows of V) the maximum is at most :math:`\|V^{-1} \lambda\|` with
:math:`\lambda_i = \lambda_{\max}(M(v_i))`.

*Proof.* :math:`\lambda_{\max}` is convex and positively homogeneous, so at :math:`w = \sum_i t_i v_i`, :math:`t \ge 0`,
it is at most :math:`\sum_i t_i \lambda_i = \langle V^{-1} \lambda, w\rangle`: one linear function for the whole cone.
The split of the norm: :math:`\|u\|^2 \|w\|` is largest at :math:`\|u\|^2 = 2/3`, :math:`\|w\|^2 = 1/3`.

Cones start at the orthants of the space of w (mean zero, for the pull adds up to 0 over the logits; the waves of one
frequency for Fourier neurons) and are halved along their longest edge.  Floats, to which 1e-9 is added.
"""

from math import sqrt

import numpy as np

from theory.errors import InputError
from theory.subset_margin import Subset, waves

ROUNDING, MOST_CONES = 1e-9, 200_000


def margin_bound(subset: Subset, mu: np.ndarray, *, fourier: bool = False, tolerance: float = 5e-3) -> float:
    """An upper bound on the maximum margin on ``subset``, within ``tolerance`` of the best neuron under mu.

    Args:
        subset: inputs of two-input addition.
        mu: any non-negative weights on its inputs and wrong labels that add up to 1, shape (n (p-1),).
        fourier: bound networks of Fourier neurons only.
        tolerance: relative distance at which to stop; where 200,000 cones are not enough, the bound is larger.

    Raises:
        InputError: unless k = 2.
    """
    if subset.k != 2:
        raise InputError(f"the bound needs two inputs; got {subset.k}")
    p = subset.p
    pull = subset.pull(mu)
    # forms[c] is the quadratic form of u that the logit c asks for
    forms = np.einsum("nc,ni,nj->cij", pull, subset.one_hot, subset.one_hot)
    if not fourier:
        basis = np.linalg.qr(np.c_[np.ones(p), np.eye(p)[:, : p - 1]])[0][:, 1:].T
        found = _largest(np.einsum("rc,cij->rij", basis, forms), tolerance)
    else:
        found = 0.0
        for zeta in range(1, (p + 1) // 2):
            wave = waves(p, zeta)
            both = np.kron(np.eye(2), wave)
            found = max(found, _largest(np.einsum("rc,cij,ai,bj->rab", wave, forms, both, both), tolerance))
    return 2 / (3 * sqrt(3)) * found * (1 + ROUNDING)


def _largest(forms: np.ndarray, tolerance: float) -> float:
    """An upper bound on the largest eigenvalue of ``sum_i w_i forms_i`` over unit w: forms of shape (r, d, d)."""
    r = len(forms)
    signs = np.array(np.meshgrid(*[[1.0, -1.0]] * r)).reshape(r, -1).T
    cones = signs[:, :, None] * np.eye(r)
    values = _eigenvalue(forms, cones)
    best, bound = values.max(), 0.0
    while len(cones):
        each = np.linalg.norm(np.linalg.solve(cones, values[:, :, None])[:, :, 0], axis=1)
        best = max(best, values.max())
        open_ = each > (1 + tolerance) * best
        bound = max(bound, each[~open_].max(initial=0.0))
        cones, values, each = cones[open_], values[open_], each[open_]
        if len(cones) > MOST_CONES:
            return float(max(bound, each.max()))
        cones, values = _halved(forms, cones, values)
    return float(bound)


def _halved(forms: np.ndarray, cones: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every cone as two, cut at the middle of its longest edge."""
    first, second = np.triu_indices(cones.shape[1], 1)
    rows = np.arange(len(cones))
    longest = ((cones[:, first] - cones[:, second]) ** 2).sum(axis=2).argmax(axis=1)
    middle = cones[rows, first[longest]] + cones[rows, second[longest]]
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    value = _eigenvalue(forms, middle)
    parts, ends = [], []
    for end in (first[longest], second[longest]):
        part, its = cones.copy(), values.copy()
        part[rows, end], its[rows, end] = middle, value
        parts.append(part)
        ends.append(its)
    return np.concatenate(parts), np.concatenate(ends)


def _eigenvalue(forms: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.linalg.eigvalsh(np.tensordot(w, forms, axes=1))[..., -1]

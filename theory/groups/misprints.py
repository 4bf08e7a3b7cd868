"""Formulas on groups that Morwani23 (arXiv 2311.07568) misprints, each beside its correction and a third route.

*Proof* that a printed form is false is the case in which it fails; the corrected forms are proved in
``theory.groups.margin`` and ``theory.groups.account``; of the last: the trace of an orthogonal d x d matrix is d
for the identity alone, so chi_R(g) = d says that g is in the kernel.
"""

import numpy as np

from theory.groups.catalogue import load_group
from theory.groups.construction import construct
from theory.groups.group import Group
from theory.groups.margin import group_task
from theory.groups.real import real_characters
from theory.misprints import Comparison, Misprint
from theory.task import class_weighted_margins, logits, normalised_margin


def morwani_weights(group: Group, sign: int = -1, power: float = 1.5) -> np.ndarray:
    r"""Morwani23 Lemma 19: tau = sign * sum_R z_R chi_R off the identity, z_R proportional to d_R^power.

    :math:`z_R = d_R^{3/2} / \sum d^{5/2}` over the non-trivial representations makes the class function 1 at the
    identity and -tau elsewhere; real representations only.

    Returns:
        tau per element, shape (n,), 0 at the identity.
    """
    characters = real_characters(group)
    d = np.array([float(v.dimension) for v in characters.irreps[1:]])
    z = d**power / (d ** (power + 1)).sum()
    tau = sign * (z @ characters.values[1:])[group.class_of]
    tau[group.identity] = 0
    return tau


def _sign_of_tau() -> Comparison:
    group = load_group("S4")
    total = [float(morwani_weights(group, sign).sum()) for sign in (1, -1)]
    return Comparison(total[0], total[1], float(group_task(group, 2).tau.sum()), "S4: sum of tau")


def _factor_two() -> Comparison:
    group = load_group("S3")
    network = construct(group, 2, "morwani23")
    u, w = network.u[:1], network.w[:1]
    products = np.einsum("a,b,ab->", u[0, 0], u[0, 1], _spread(group, w[0])) / group.order**2
    truth = float(class_weighted_margins(group_task(group, 2), logits(u, w)).mean())
    return Comparison(float(products), float(2 * products), truth, "S3: mean class-weighted margin of one neuron")


def _spread(group: Group, w: np.ndarray) -> np.ndarray:
    """w(ab) - sum_delta tau(delta) w(ab delta), shape (n, n)."""
    tau = group_task(group, 2).tau
    return (w - w[group.table] @ tau)[group.table]


def _factor_two_in_value() -> Comparison:
    group = load_group("S3")
    network = construct(group, 2, "morwani23")
    d = np.array([1.0, 2.0])
    printed = (1 / (3 * group.order)) ** 1.5 * group.order / (d**2.5).sum()
    truth = normalised_margin(group_task(group, 2), network.u, network.w)
    return Comparison(float(printed), float(2 * printed), truth, "S3: margin of the optimal network")


def _inverted_z() -> Comparison:
    group = load_group("S3")
    d = np.array([1.0, 2.0])
    values = -group_task(group, 2).tau
    values[group.identity] = 1
    truth = values @ real_characters(group).on_elements(1) / group.order
    total = float((d**2.5).sum())
    return Comparison(total, 1 / total, float(truth), "S3: z of the sign, as an inner product with the certified tau")


def _kernel() -> Comparison:
    group = load_group("S3")
    characters = real_characters(group)
    values = characters.on_elements(1)  # the sign
    kernel = sum(abs(value - characters.irreps[1].dimension) < 1e-9 for value in values)
    a, b = 1, 2
    outputs = values[group.table[group.table[a, b], group.inverse]]
    truth = int((outputs > outputs.max() - 1e-9).sum())
    return Comparison(1, int(kernel), truth, "S3, the sign: labels c at which the trace is largest, for one input")


MISPRINTS = [
    Misprint(
        "Morwani23",
        "Lemma 16",
        r"\sum_m \bigl(1 - \sum_n \tau_n |C_n| \chi_m(C_n)/d_m\bigr)\, tr(\alpha_m \beta_m \gamma_m^T)/d_m^2",
        r"2 \sum_m \bigl(1 - \sum_n \tau_n |C_n| \chi_m(C_n)/d_m\bigr)\, tr(\alpha_m \beta_m \gamma_m^T)/d_m^2",
        _factor_two,
    ),
    Misprint(
        "Morwani23",
        "Lemma 18, proof",
        r"\frac{1}{3\sqrt{3|G|}} \Big/ \sum d^{5/2}",
        r"\frac{2}{3\sqrt{3|G|}} \Big/ \sum d^{5/2}",
        _factor_two_in_value,
    ),
    Misprint(
        "Morwani23",
        "Lemma 19",
        r"\tau_C = +\sum_R z_R \chi_R(C)",
        r"\tau_C = -\sum_R z_R \chi_R(C) \text{ on non-trivial classes}",
        _sign_of_tau,
    ),
    Misprint(
        "Morwani23", "Lemma 19, proof", r"z_{sign} = \sum d^{5/2}", r"z_{sign} = 1 \big/ \sum d^{5/2}", _inverted_z
    ),
    Misprint(
        "Morwani23",
        "blog, characters",
        r"\arg\max_c \chi_R(abc^{-1}) = \{ab\} \text{ for every irreducible } R",
        r"\arg\max_c \chi_R(abc^{-1}) = \ker R \cdot ab",
        _kernel,
        "The trace is largest at the right label alone for faithful representations only; the sign is not one.",
    ),
]

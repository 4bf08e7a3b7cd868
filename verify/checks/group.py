r"""A network on a finite group: what equality in the upper bound asks of its neurons (ours: every finite group).

A maximum-margin network with k >= 2 has neurons of one representation each, with equal 2-norms in all k+1 vectors and
an *alignment* of 1 (``theory.groups.account``: the product of the vectors reaches its bound); representations carry the
masses of the linear programme wherever those are forced.  ``tol`` is a relative error of weights, as in
``verify.checks.single_frequency``; alignment is stationary at its maximum, so it falls short by at most
:math:`((k+1)\,\mathrm{tol})^2`, to which 1e-12 is added for rounding.  At k = 1 representations may mix.
"""

from functools import cached_property

import numpy as np

from theory.groups.account import GroupAccount
from theory.groups.account import account as group_account
from theory.groups.margin import GroupMargin, max_margin
from theory.groups.matrices import isotypic_powers
from verify.account import masses
from verify.result import CheckResult, Status, at_least, at_most
from verify.subject import Subject

GROUP = "Ours:every finite group"
LIVE_FRACTION = 1e-6
ROUNDING = 1e-12


class GroupDecomposition:
    """Live neurons of a network on a group, by representation."""

    def __init__(self, subject: Subject) -> None:
        """Powers of all vectors of live neurons."""
        assert subject.group is not None
        self.subject, self.group = subject, subject.group
        self.mass = masses(subject)
        self.live = np.flatnonzero(self.mass > LIVE_FRACTION / subject.m)
        vectors = subject.vectors[self.live]
        self.norms = np.linalg.norm(vectors, axis=2)
        powers = isotypic_powers(self.group, vectors)
        total = self.norms**2
        #: share of each vector's power in each representation, shape (R, L, k+1)
        self.share = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
        #: the non-trivial representation with the largest share, shape (L,)
        self.representation = 1 + self.share[1:].sum(axis=2).argmax(axis=0)

    @cached_property
    def margin(self) -> GroupMargin:
        """The theory of this group."""
        return max_margin(self.group, self.subject.task.k)

    @cached_property
    def purity(self) -> np.ndarray:
        """Least share of the neuron's representation over its k+1 vectors, shape (L,)."""
        return self.share[self.representation, np.arange(len(self.live))].min(axis=1)

    @cached_property
    def outside(self) -> np.ndarray:
        """2-norm beside the neuron's representation, relative, largest over its vectors, shape (L,)."""
        others = self.share.copy()
        others[self.representation, np.arange(len(self.live))] = 0.0
        return np.sqrt(others.sum(axis=0).max(axis=1))

    @cached_property
    def account(self) -> GroupAccount:
        """Efficiency factors of the live neurons."""
        return group_account(self.group, self.subject.u[self.live], self.subject.w[self.live])

    def representation_masses(self) -> np.ndarray:
        """Mass of the live neurons of each representation, shape (R,)."""
        return np.bincount(self.representation, self.mass[self.live], minlength=len(self.share))


def group_checks(found: GroupDecomposition, tol: float) -> list[CheckResult]:
    """Purity, balance, alignment, masses (k >= 2).

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> from theory.network_file import NetworkFile
        >>> net, table = construct(load_group("S3"), 2), load_group("S3").table
        >>> found = GroupDecomposition(Subject.of(NetworkFile(net.u, net.w, k=2, p=6, table=table)))
        >>> [result.status for result in group_checks(found, tol=1e-9)]
        ['passed', 'passed', 'passed', 'passed']
    """
    k = found.subject.task.k
    worst = int(found.outside.argmax())
    mean = np.sqrt((found.norms**2).mean(axis=1, keepdims=True))
    unbalanced = np.abs(found.norms / mean - 1).max(axis=1)
    loss = 1 - found.account.alignment
    return [
        at_most(
            GROUP,
            "one representation in every neuron",
            float(found.outside[worst]),
            0.0,
            tol + ROUNDING,
            f"2-norm beside the representation; worst in neuron {found.live[worst]}",
            "purity",
        ),
        at_most(
            GROUP,
            "equal 2-norms",
            float(unbalanced.max()),
            0.0,
            3 * tol,
            f"norm over the neuron's root mean square, minus 1; worst in neuron {found.live[unbalanced.argmax()]}",
            "balance",
        ),
        at_most(
            GROUP,
            "alignment of the vectors (phases)",
            float(loss.max()),
            0.0,
            ((k + 1) * tol) ** 2 + ROUNDING,
            f"1 - alignment; worst in neuron {found.live[loss.argmax()]}",
            "alignment",
        ),
        mass_check(found, 3 * (k + 1) * tol),
    ]


def mass_check(found: GroupDecomposition, tolerance: float) -> CheckResult:
    """Masses per representation, where every optimum has the same ones; ``skipped`` otherwise.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> from theory.network_file import NetworkFile
        >>> net, table = construct(load_group("S3"), 2), load_group("S3").table
        >>> found = GroupDecomposition(Subject.of(NetworkFile(net.u, net.w, k=2, p=6, table=table)))
        >>> mass_check(found, tolerance=1e-9).detail.split("; ")[1]
        'carrying: 1b, 2a'
    """
    label, names = "mass of every representation", [v.name for v in found.margin.characters.irreps]
    if not found.margin.masses_are_forced:
        return CheckResult(
            GROUP, label, "skipped", detail="optimal networks of this group differ in their masses", key="masses"
        )
    carried, needed = found.representation_masses(), found.margin.mass_floats
    error = np.abs(carried - needed)
    v = int(error.argmax())
    status: Status = "passed" if error[v] <= tolerance else "failed"
    detail = f"worst at {names[v]}; carrying: {', '.join(found.margin.carrying)}"
    return CheckResult(
        GROUP, label, status, float(carried[v]), float(needed[v]), float(error[v]), tolerance, detail, "masses"
    )


def required_representations(found: GroupDecomposition) -> CheckResult:
    """Live neurons use every representation that carries mass at every optimum.

    Examples:
        >>> from theory.groups import load_group
        >>> from theory.groups.construction import construct
        >>> from theory.network_file import NetworkFile
        >>> net, table = construct(load_group("S3"), 2), load_group("S3").table
        >>> found = GroupDecomposition(Subject.of(NetworkFile(net.u[:1], net.w[:1], k=2, p=6, table=table)))
        >>> required_representations(found).detail  # of one neuron
        'missing: 2a'
    """
    needed = set(found.margin.required)
    names = [v.name for v in found.margin.characters.irreps]
    used = {names[v] for v in np.unique(found.representation)}
    missing = sorted(needed - used)
    return at_least(
        GROUP,
        "every required representation is used",
        float(len(needed) - len(missing)),
        float(len(needed)),
        detail=f"missing: {', '.join(missing)}" if missing else f"used: {', '.join(sorted(used))}",
        key="every_representation",
    )

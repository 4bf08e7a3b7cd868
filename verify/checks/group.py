r"""A network on a finite group: what equality in the upper bound asks of its neurons (ours: every finite group).

A maximum-margin network with k >= 2 has neurons of one representation each, with equal 2-norms in all k+1 vectors and
an *alignment* of 1 (``theory.groups.account``: the product of the vectors reaches its bound); representations carry the
masses of the linear programme wherever those are forced.  ``verify.tolerance`` says what errors of weights allow.
Light neurons count as they do on Z_p (``verify.checks.single_frequency``).  At k = 1 representations may mix.
"""

from functools import cached_property

import numpy as np

from numerics.components import Components
from theory.account import FACTORS, neuron_factors
from theory.errors import InputError
from theory.groups.catalogue import named_group
from theory.groups.isomorphism import is_isomorphic
from theory.groups.margin import GroupMargin, max_margin
from verify.checks.decomposition import imbalance
from verify.intervals import Enclosure
from verify.result import CheckResult, at_most, near, proved
from verify.subject import Subject
from verify.tolerance import ROUNDING, Tolerance

GROUP = "Ours:every finite group"


class GroupDecomposition:
    """The neurons of one network on a group, by representation; arrays cover all m of them."""

    def __init__(self, subject: Subject) -> None:
        """Norms of all vectors."""
        assert subject.group is not None
        self.subject, self.group = subject, subject.group
        #: shares of the representations, masses
        self.components = Components(subject.u, subject.w, subject.group)
        #: indices of the live neurons, shape (L,)
        self.live = np.flatnonzero(self.components.live)
        #: 2-norms of the k+1 vectors, shape (m, k+1)
        self.norms = np.linalg.norm(subject.vectors, axis=2)

    @cached_property
    def margin(self) -> GroupMargin:
        """The theory of this group."""
        return max_margin(self.group, self.subject.task.k)

    @cached_property
    def outside(self) -> np.ndarray:
        """2-norm beside the neuron's representation, relative, largest over its vectors, shape (m,)."""
        others = self.components.share.copy()
        others[np.arange(self.subject.m), :, self.components.home] = 0.0
        return np.sqrt(others.sum(axis=2).max(axis=1))

    @cached_property
    def imbalance(self) -> np.ndarray:
        """Largest distance of a vector's norm from the root mean square of its neuron's, relative, shape (m,)."""
        return imbalance(self.norms).max(axis=1)

    @cached_property
    def alignment(self) -> np.ndarray:
        """How much of the largest possible product the vectors reach, in [-1, 1], shape (m,)."""
        return neuron_factors(self.subject.vectors, self.group)[FACTORS.index("phase")]

    def worst(self, values: np.ndarray) -> int:
        """The live neuron where ``values``, shape (m,), are largest."""
        return int(self.live[values[self.live].argmax()])

    def counted(self, allowed: Tolerance) -> tuple[np.ndarray, float]:
        """Neurons whose mass counts with their representation, and the mass of all others (as on Z_p)."""
        sound = (
            (self.outside <= allowed.purity + ROUNDING)
            & (self.imbalance <= allowed.balance)
            & (1 - self.alignment <= allowed.alignment)
        )
        counted = np.union1d(self.live, np.flatnonzero(sound))
        return counted, float(np.delete(self.components.mass, counted).sum())


def group_name_checks(subject: Subject) -> list[CheckResult]:
    """Whether the table is that of the group that the file names.

    A table of a group without a name of its own, from a file, may be called what its author likes.
    """
    name, n = subject.metadata["group"], subject.task.n
    label, detail = "the file's group is the one that it names", f"named {name[:40]!r}, a table of {n} elements"
    try:
        named = named_group(name)
    except InputError:
        if subject.group is not None:
            return []
        named = None
    if subject.group is None:
        detail = f"named {name[:40]!r}, without a table: addition modulo {n}"
    found = subject.group or named_group(f"C{n}")
    return [proved(GROUP, label, named is not None and is_isomorphic(found, named), detail, "group")]


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
    allowed = Tolerance(tol, found.subject.task.k)
    impure, unequal = found.worst(found.outside), found.worst(found.imbalance)
    loss = 1 - found.alignment
    turned = found.worst(loss)
    return [
        at_most(
            GROUP,
            "one representation in every neuron",
            float(found.outside[impure]),
            0.0,
            allowed.purity + ROUNDING,
            f"2-norm beside the representation; worst in neuron {impure}",
            "purity",
        ),
        at_most(
            GROUP,
            "equal 2-norms",
            float(found.imbalance[unequal]),
            0.0,
            allowed.balance,
            f"norm over the neuron's root mean square, minus 1; worst in neuron {unequal}",
            "balance",
        ),
        at_most(
            GROUP,
            "alignment of the vectors (phases)",
            float(loss[turned]),
            0.0,
            allowed.alignment,
            f"1 - alignment; worst in neuron {turned}",
            "alignment",
        ),
        _masses(found, allowed),
    ]


def _masses(found: GroupDecomposition, allowed: Tolerance) -> CheckResult:
    """Masses per representation, where every optimum has the same ones; ``skipped`` otherwise."""
    label, names = "mass of every representation", found.components.names
    if not found.margin.masses_are_forced:
        detail = "optimal networks of this group differ in their masses"
        return CheckResult(GROUP, label, "skipped", detail=detail, key="masses")
    counted, unsure = found.counted(allowed)
    home, mass = found.components.home[counted], found.components.mass[counted]
    carried, needed = np.bincount(home, mass, minlength=len(names)), found.margin.mass_floats
    error = np.abs(carried - needed)
    v = int(error.argmax())
    return CheckResult(
        GROUP,
        label,
        Enclosure.around(float(error[v]), unsure).at_most(allowed.masses),
        float(carried[v]),
        float(needed[v]),
        float(error[v]),
        allowed.masses,
        f"worst at {names[v]}; carrying: {', '.join(found.margin.carrying)}",
        "masses",
    )


def required_representations(found: GroupDecomposition) -> CheckResult:
    """Live neurons use every representation that carries mass at every optimum."""
    needed = set(found.margin.required)
    names = found.components.names
    used = {names[v] for v in np.unique(found.components.home[found.live])}
    missing = sorted(needed - used)
    return near(
        GROUP,
        "every required representation is used",
        float(len(needed) - len(missing)),
        float(len(needed)),
        0.0,
        f"missing: {', '.join(missing)}" if missing else f"used: {', '.join(sorted(used))}",
        "every_representation",
    )

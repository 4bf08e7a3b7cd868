"""Wrong certificates, tables and verdicts: what a forger, or a slip, would hand to a checker."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from tests.faults import checks
from tests.faults.fault import Fault
from theory.certificates.store import stored
from theory.core.dual_certificate import Certificate, forced_moments
from theory.core.surd import Surd
from theory.groups import load_group
from theory.groups.group import Group
from theory.groups.margin import GroupMargin, max_margin
from theory.groups.real import real_characters
from verify.result import at_least, at_most, close

# ---- lower bounds on the width -----------------------------------------------------------------------------------

HONEST = stored(3)
assert HONEST is not None


def vector(change: Callable[..., Any]) -> Callable[[Certificate], Certificate]:
    """A fault in the first square."""
    return lambda c: replace(c, squares=(change(c.squares[0]), *c.squares[1:]))


def terms(change: Callable[..., Any]) -> Callable[[Certificate], Certificate]:
    """A fault in the terms of the first square."""
    return vector(lambda square: replace(square, terms=tuple(change(square.terms))))


DUAL = [
    Fault(f"dual: {name}", wrong, HONEST, plant, checks.dual_certificate, named)
    for name, wrong, plant, named in (
        ("a coefficient off by one", "one entry of a vector",
         terms(lambda t: ((t[0][0], t[0][1] + 1), *t[1:])), "prove"),
        ("sign of a coefficient", "one entry", terms(lambda t: ((t[0][0], -t[0][1]), *t[1:])), "prove"),
        ("an exponent moved", "by two", terms(lambda t: (((t[0][0][0] + 2, *t[0][0][1:]), t[0][1]), *t[1:])), "prove"),
        ("a term missing", "one entry dropped", terms(lambda t: t[1:]), "prove"),
        ("a square missing", "one vector dropped", lambda c: replace(c, squares=c.squares[1:]), "prove"),
        ("a weight doubled", "one square", vector(lambda s: replace(s, weight=2 * s.weight)), "prove"),
        ("a weight negative", "B need not be non-negative",
         vector(lambda s: replace(s, weight=-s.weight)), "not positive"),
        ("a weight zero", "a square that is not there", vector(lambda s: replace(s, weight=0)), "not positive"),
        ("the bound raised", "by 1", lambda c: replace(c, bound=c.bound + 1), "prove"),
        ("the bound rounded up", "16 for 15.5", lambda c: replace(c, bound=Fraction(16)), "prove"),
        ("the bound raised by 10^-30", "below floats",
         lambda c: replace(c, bound=c.bound + Fraction(1, 10**30)), "prove"),
        ("the bound lowered", "true, but not what is proved", lambda c: replace(c, bound=c.bound - 1), "prove"),
        ("another order", "free exponents used where they alias", lambda c: replace(c, order=4), "prove"),
        ("order two", "nothing is forced there", lambda c: replace(c, order=2), "prove"),
        ("another k", "the last coordinate cut off", lambda c: replace(
            c, k=2, squares=tuple(replace(s, terms=tuple((h[:2], v) for h, v in s.terms)) for s in c.squares)),
            "prove"),
        ("zero vectors", "B = 0", lambda c: replace(
            c, squares=tuple(replace(s, terms=tuple((h, 0) for h, _ in s.terms)) for s in c.squares)), "identically"),
        ("no vectors", "an empty sum", lambda c: replace(c, squares=()), "identically"),
    )
]  # fmt: skip


def _forced(k: int, order: int | None) -> set[tuple[int, ...]]:
    return set(forced_moments(k, order))


MOMENTS = [
    Fault("moments: free ones where exponents alias", "U without classes", _forced,
          lambda forced: lambda k, order: forced(k, None), checks.moments_of_design),
    Fault("moments: the wanted one", "n = 1 not left out", _forced,
          lambda forced: lambda k, order: forced(k, order) | {(0,) * k}, checks.moments_of_design),
    Fault("moments: exponents n for n - 1", "not shifted", _forced,
          lambda forced: lambda k, order: {tuple(x + 1 for x in m) for m in forced(k, order)},
          checks.moments_of_design),
    Fault("moments: parity forgotten", "all |n|_1 <= k", _forced,
          lambda forced: lambda k, order: forced(k, order) | {(*(0,) * (k - 1), 1)}, checks.moments_of_design),
]  # fmt: skip

# ---- gamma* of a group -------------------------------------------------------------------------------------------

S4, DIC3 = max_margin(load_group("S4"), 2), max_margin(load_group("Dic3"), 3)
SMALL = Fraction(1, 10**9)


def closed_form(group: Group, k: int, size: Callable[..., float] | None = None, front: float = 1.0) -> float:
    """k! |G| (|G|(k+1))^(-(k+1)/2) / sum n_V D_V^((k+1)/2), from its ingredients."""
    from math import factorial

    n = group.order
    size = size or (lambda v, k: v.multiplicity * v.dimension ** ((k + 1) / 2))
    total = sum(size(v, k) for v in real_characters(group).irreps[1:])
    return front * factorial(k) * n * (n * (k + 1)) ** (-(k + 1) / 2) / total


def _y(margin: GroupMargin, change: Callable[[list[Fraction]], list[Fraction]]) -> GroupMargin:
    return replace(margin, y=tuple(change(list(margin.y))))


def _s(margin: GroupMargin, change: Callable[[list[Surd]], list[Surd]]) -> GroupMargin:
    return replace(margin, s=tuple(change(list(margin.s))))


DUALITY = [
    Fault(f"group: {name}", wrong, honest, plant, checks.weak_duality, named)
    for name, wrong, honest, plant, named in (
        ("a negative mass", "a representation carries less than nothing", S4,
         lambda m: _y(m, lambda y: [y[0], -y[1], *y[2:]]), "is negative"),
        ("a mass missing", "one representation left out",
         S4, lambda m: _y(m, lambda y: [*y[:-1], Fraction(0)]), "below gamma"),
        ("masses tilted", "10^-9 moved", S4, lambda m: _y(m, lambda y: [y[0], y[1] + SMALL, y[2] - SMALL, *y[3:]]),
         "below gamma"),
        ("masses scaled down", "by 10^-9: gamma* claimed too large", S4,
         lambda m: _y(m, lambda y: [x * (1 - SMALL) for x in y]), "below gamma"),
        ("masses scaled up", "by 10^-9: gamma* claimed too small", S4,
         lambda m: _y(m, lambda y: [x * (1 + SMALL) for x in y]), "two bounds differ"),
        ("tau of the wrong sign", "Lemma 19 as printed", S4, lambda m: _s(m, lambda s: [x.scaled(-1) for x in s]),
         "is negative"),
        ("tau exchanged between classes", "two classes", S4, lambda m: _s(m, lambda s: [s[0], s[2], s[1], *s[3:]]), ""),
        ("tau of uniform weights", "selects the sign representation", S4,
         lambda m: _s(m, lambda s: [s[0]] + [m.cost.scaled(Fraction(1, 23))] * (len(s) - 1)), "worth more"),
        ("tau scaled up", "by 10^-9",
         S4, lambda m: _s(m, lambda s: [x.scaled(1 + SMALL) for x in s]), "two bounds differ"),
        ("the equalising point where it is not optimal", "the closed form at Dic3, k = 3", DIC3,
         lambda m: _y(m, lambda y: [Fraction(v.multiplicity * v.dimension * (i > 0), 12)
                                    for i, v in enumerate(m.characters.irreps)]), "two bounds differ"),
        ("another k", "the certificate of k = 2 at k = 3", S4, lambda m: replace(m, k=3), ""),
    )
]  # fmt: skip

WRONG_CLOSED_FORM: dict[str, tuple[str, dict[str, Any]]] = {
    "missing factor 2": ("Morwani23 Lemma 16 as printed", {"front": 0.5}),
    "D_V for n_V": ("every type as if real", {"size": lambda v, k: v.dimension * v.dimension ** ((k + 1) / 2)}),
    "D_V/2 for n_V": ("every type as if complex", {"size": lambda v, k: v.dimension ** ((k + 3) / 2) / 2}),
    "quaternionic as complex": (
        "indicator -1 read as 0",
        {
            "size": lambda v, k: (
                v.dimension ** ((k + 1) / 2) * (v.dimension / 2 if v.kind == "quaternionic" else v.multiplicity)
            )
        },
    ),
    "1 for n_V": ("multiplicities forgotten", {"size": lambda v, k: v.dimension ** ((k + 1) / 2)}),
    "power k/2": ("D^(k/2)", {"size": lambda v, k: v.multiplicity * v.dimension ** (k / 2)}),
    "power 5/2 at every k": (
        "Morwani23's k = 2 exponent",
        {"size": lambda v, k: v.multiplicity * v.dimension**1.5},
    ),
    "complex degree for D_V": (
        "d in place of the real dimension",
        {"size": lambda v, k: v.multiplicity * (v.dimension / (1 if v.kind == "real" else 2)) ** ((k + 1) / 2)},
    ),
}

CLOSED_FORM = [
    Fault(f"group: closed form with {name}", wrong, lambda group, k: max_margin(group, k).value,
          lambda _, change=change: partial(closed_form, **change), checks.attained_group_margin)
    for name, (wrong, change) in WRONG_CLOSED_FORM.items()
]  # fmt: skip


def inner(group: Group, a: np.ndarray, b: np.ndarray) -> complex:
    """The inner product of class functions."""
    return complex((group.class_sizes * a * b.conj()).sum() / group.order)


CHARACTERS = [
    Fault("characters: conjugate left out", "chi psi for chi conj(psi)", inner,
          lambda _: lambda g, a, b: complex((g.class_sizes * a * b).sum() / g.order), checks.orthogonality),
    Fault("characters: class sizes left out", "classes counted once", inner,
          lambda _: lambda g, a, b: complex((a * b.conj()).sum() / g.order), checks.orthogonality),
    Fault("characters: classes for elements", "divided by the number of classes", inner,
          lambda _: lambda g, a, b: complex((g.class_sizes * a * b.conj()).sum() / len(g.class_sizes)),
          checks.orthogonality),
]  # fmt: skip

# ---- tables ------------------------------------------------------------------------------------------------------


def table_of(name: str) -> list[list[int]]:
    """A multiplication table as it stands in a file."""
    return load_group(name).table.tolist()


def entry(x: int, y: int, value: int) -> Callable[[list[list[int]]], list[list[int]]]:
    """One product replaced."""
    return lambda table: [[value if (i, j) == (x, y) else e for j, e in enumerate(row)] for i, row in enumerate(table)]


def intercalate(table: list[list[int]]) -> list[list[int]]:
    """Still a Latin square with an identity and inverses: two rows exchange two entries."""
    n = len(table)
    for a in range(1, n):
        for b in range(a + 1, n):
            for c in range(1, n):
                for d in range(c + 1, n):
                    x, y = table[a][c], table[a][d]
                    if x and y and (table[b][c], table[b][d]) == (y, x):
                        new = [row.copy() for row in table]
                        new[a][c], new[a][d], new[b][c], new[b][d] = y, x, x, y
                        return new
    raise AssertionError("no square to exchange")


TABLES = [
    Fault(f"table: {name}", wrong, table_of(group), plant, checks.group_axioms, named)
    for name, wrong, group, plant, named in (
        ("one product wrong", "an entry replaced", "S3", entry(2, 3, 2), ""),
        ("a Latin square that is not associative", "two rows exchange two entries",
         "C2xC4", intercalate, "associative"),
        ("not closed", "a product outside", "C5", entry(1, 1, 5), "closure"),
        ("a negative product", "-1 for n-1", "C5", entry(1, 3, -1), "closure"),
        ("no identity", "two rows exchanged", "C5", lambda t: [t[1], t[0], *t[2:]], "identity"),
        ("no inverse", "a monoid: multiplication modulo 5", "C5",
         lambda t: [[i * j % 5 for j in range(5)] for i in range(5)], "inverse"),
        ("subtraction", "a - b", "C5", lambda t: [[(i - j) % 5 for j in range(5)] for i in range(5)], "identity"),
        ("not square", "a row missing", "C5", lambda t: t[:-1], "square"),
        ("one element", "the trivial group", "C2", lambda t: [[0]], "order"),
    )
]  # fmt: skip

# ---- verdicts ----------------------------------------------------------------------------------------------------


def mirrored(statement: str, label: str, measured: float, bound: float, tolerance: float) -> Any:
    """``at_least`` through the cases of ``at_most``."""
    return at_least(statement, label, -measured, -bound, tolerance)


def always(*_: Any, **__: Any) -> Any:
    """A check that has never failed."""
    return close("S", "l", 1.0, 1.0, 0.0)


def careless(statement: str, label: str, measured: float, bound: float, tolerance: float) -> Any:
    """Fails only when the error exceeds the tolerance: NaN passes."""
    return close(statement, label, bound if not abs(measured - bound) > tolerance else measured, bound, tolerance)


VERDICTS = [
    Fault("verdict: never fails", "close", close, lambda _: always, checks.verdicts),
    Fault("verdict: NaN passes", "not (error > tolerance)", close, lambda _: careless, checks.verdicts, "nan"),
    Fault("verdict: absolute at bound 0 divided by 0", "1e-3 against 0", close,
          lambda _: lambda s, name, m, b, t: always() if b == 0 else close(s, name, m, b, t), checks.verdicts, "0.001"),
    Fault("verdict: one-sided the wrong way", "at_least for at_most", at_most, lambda _: at_least, checks.verdicts),
    Fault("verdict: one-sided the other wrong way", "at_most for at_least", mirrored,
          lambda _: lambda s, name, m, b, t: at_most(s, name, -m, -b, t), checks.verdicts),
    Fault("verdict: an absolute tolerance", "1e-3 against a bound of 1e-6", close,
          lambda _: lambda s, name, m, b, t: always() if abs(m - b) <= t else close(s, name, m, b, t),
          checks.verdicts, "1e-06"),
]  # fmt: skip

FAULTS = [*DUAL, *MOMENTS, *DUALITY, *CLOSED_FORM, *CHARACTERS, *TABLES, *VERDICTS]

"""Wrong formulas: every number that a paper or a programmer is likely to get wrong, one at a time."""

from collections.abc import Callable
from math import factorial, log
from typing import Any

import numpy as np
import sympy

from tests.faults import checks
from tests.faults.fault import Fault
from theory.derivation.single_neuron import full_monomials, objective, spread_evenly
from theory.derivation.sum_to_product import cosine_expansion, cosine_terms, minimal_construction, polarisation
from theory.groups.misprints import MISPRINTS as GROUP_MISPRINTS
from theory.margin import frequency_masses, max_margin, max_margin_float
from theory.misprints import MISPRINTS
from theory.modulus import class_weights
from theory.regularisation import predict_from_margin

# ---- the papers' own misprints -----------------------------------------------------------------------------------

PRINTED = [
    Fault(
        f"misprint: {m.paper} {m.where}",
        m.claim or f"printed: {m.printed_text}",
        (m, False),
        lambda twin: (twin[0], True),
        checks.third_route,
    )
    for m in [*MISPRINTS, *GROUP_MISPRINTS]
]

# ---- gamma* ------------------------------------------------------------------------------------------------------


def gamma(k: int, p: int, **change: float) -> float:
    """gamma*(k, p) from its ingredients, any of which may be replaced."""
    parts = {
        "front": 2.0,
        "factorial": factorial(k),
        "base": 2 * k + 2,
        "power": (k + 1) / 2,
        "p_power": (k - 1) / 2,
        "discount": 2 ** (-(k - 1) / 2),
        **change,
    }
    count = p - 1 if p % 2 else p - 2 + parts["discount"]
    count = parts.get("count", count)
    return parts["front"] * parts["factorial"] / (parts["base"] ** parts["power"] * p ** parts["p_power"] * count)


WRONG_GAMMA: dict[str, tuple[str, Callable[[int, int], float]]] = {
    "p for p-1": ("the number of frequencies is counted with zero", lambda k, p: gamma(k, p, count=p)),
    "p+1 for p-1": ("sign of the one", lambda k, p: gamma(k, p, count=p + 1)),
    "p-2 for p-1": ("two residues left out", lambda k, p: gamma(k, p, count=p - 2 + (p == 2))),
    "the odd formula at even p": ("Li24's formula used at every modulus", lambda k, p: gamma(k, p, count=p - 1)),
    "k+1 for k": ("one input too many", lambda k, p: gamma(k + 1, p)),
    "k-1 for k": ("one input too few", lambda k, p: gamma(max(k - 1, 1), p)),
    "missing factor 2": ("one of +-zeta only", lambda k, p: gamma(k, p, front=1)),
    "factor 4 for 2": ("+-zeta counted twice", lambda k, p: gamma(k, p, front=4)),
    "(k-1)! for k!": ("factorial off by one", lambda k, p: gamma(k, p, factorial=factorial(k - 1) + (k == 1))),
    "(k+1)! for k!": ("factorial off by one", lambda k, p: gamma(k, p, factorial=factorial(k + 1))),
    "k+1 for 2k+2": ("Fourier energy p for p/2", lambda k, p: gamma(k, p, base=k + 1)),
    "2k+1 for 2k+2": ("vectors of a neuron miscounted", lambda k, p: gamma(k, p, base=2 * k + 1)),
    "2k for 2k+2": ("the output vector left out of the norm", lambda k, p: gamma(k, p, base=2 * k)),
    "power k/2 for (k+1)/2": ("homogeneity k", lambda k, p: gamma(k, p, power=k / 2)),
    "power (k+2)/2 for (k+1)/2": ("homogeneity k+2", lambda k, p: gamma(k, p, power=(k + 2) / 2)),
    "p^(k/2) for p^((k-1)/2)": ("Plancherel's 1/p missed once", lambda k, p: gamma(k, p, p_power=k / 2)),
    "p^((k+1)/2) for p^((k-1)/2)": ("sign of the one", lambda k, p: gamma(k, p, p_power=(k + 1) / 2)),
    "order-two discount inverted": ("r for 1/r", lambda k, p: gamma(k, p, discount=2 ** ((k - 1) / 2))),
    "order-two discount k for k-1": ("exponent off by one", lambda k, p: gamma(k, p, discount=2 ** (-k / 2))),
    "order-two discount without root": ("2^-(k-1)", lambda k, p: gamma(k, p, discount=2.0 ** -(k - 1))),
    "order-two frequency left out": ("p-2 frequencies at even p", lambda k, p: gamma(k, p, discount=1e-9)),
    "inverted": ("1/gamma*", lambda k, p: 1 / gamma(k, p)),
    "negative": ("sign of the margin", lambda k, p: -gamma(k, p)),
}

GAMMA = [
    Fault(f"gamma*: {name}", wrong, max_margin_float, lambda _, mutant=mutant: mutant, checks.attained_margin)
    for name, (wrong, mutant) in WRONG_GAMMA.items()
]

# ---- class weights and masses ------------------------------------------------------------------------------------


def programme(k: int, p: int) -> dict[str, Any]:
    """Our primal and dual pair at (k, p)."""
    return {
        "k": k,
        "p": p,
        "gamma": max_margin(k, p),
        "masses": frequency_masses(k, p),
        "tau": class_weights(k, p),
    }


def _swap(tau: list[Any]) -> list[Any]:
    return [tau[0], *(tau[2] if x % 2 else tau[1] for x in range(1, len(tau)))]


def _nyquist(masses: dict[int, Any], value: Callable[[Any], Any]) -> dict[int, Any]:
    """The mass of p/2 changed, and the others scaled so that all add up to 1."""
    half = max(masses)
    new = sympy.expand(value(masses[half]))
    scale = sympy.radsimp((1 - new) / (1 - masses[half]))
    return {zeta: new if zeta == half else sympy.expand(sympy.radsimp(m * scale)) for zeta, m in masses.items()}


TILT = sympy.Rational(1, 1000)
WRONG_PROGRAMME: dict[str, tuple[str, tuple[int, int], str, Callable[[Any], Any], str]] = {
    "uniform tau at even p": (
        "Li24's class weights where the order-two neuron wins",
        (2, 6),
        "tau",
        lambda tau: [sympy.Integer(0)] + [sympy.Rational(1, len(tau) - 1)] * (len(tau) - 1),
        "not worth gamma",
    ),
    "tau inverted": ("even and odd labels exchanged", (2, 8), "tau", _swap, "not class weights"),
    "tau of the wrong sign": ("minus tau", (2, 5), "tau", lambda tau: [-x for x in tau], "not class weights"),
    "tau over p labels": (
        "1/p in place of 1/(p-1)",
        (2, 7),
        "tau",
        lambda tau: [sympy.Integer(0)] + [sympy.Rational(1, len(tau))] * (len(tau) - 1),
        "not class weights",
    ),
    "tau on the right label": (
        "uniform on all labels",
        (3, 5),
        "tau",
        lambda tau: [sympy.Rational(1, len(tau))] * len(tau),
        "not class weights",
    ),
    "tau tilted": (
        "a thousandth moved from one label to another",
        (2, 9),
        "tau",
        lambda tau: [tau[0], tau[1] + TILT, tau[2] - TILT, *tau[3:]],
        "not worth gamma",
    ),
    "uniform masses at even p": (
        "the order-two frequency weighted like the others",
        (2, 6),
        "masses",
        lambda m: dict.fromkeys(m, sympy.Rational(1, len(m))),
        "not gamma away",
    ),
    "order-two mass doubled": ("p/2 counted as a pair", (2, 8), "masses",
                               lambda m: _nyquist(m, lambda x: 2 * x), "not gamma away"),
    "order-two mass of 1/r^2": ("the discount applied twice", (3, 8), "masses",
                                lambda m: _nyquist(m, lambda x: x / 2), "not gamma away"),
    "order-two mass missing": ("p/2 carries nothing", (2, 6), "masses",
                               lambda m: _nyquist(m, lambda x: 0 * x), "not gamma away"),
    "masses without normalisation": ("1 each", (2, 7), "masses",
                                     lambda m: dict.fromkeys(m, sympy.Integer(1)), "not a distribution"),
    "mass 1/(p-1)": ("half of each frequency's mass", (2, 7), "masses",
                     lambda m: {z: x / 2 for z, x in m.items()}, "not a distribution"),
    "a negative mass": ("two masses pushed apart beyond zero", (2, 7), "masses",
                        lambda m: {**m, 1: m[1] + 1, 2: m[2] - 1}, "not a distribution"),
    "masses tilted": ("a thousandth moved between frequencies", (2, 7), "masses",
                      lambda m: {**m, 1: m[1] + TILT, 2: m[2] - TILT}, "not gamma away"),
    "gamma a millionth too large": ("an upper bound that is not attained", (3, 7), "gamma",
                                    lambda g: g * (1 + sympy.Rational(1, 10**6)), "not worth gamma"),
    "gamma a millionth too small": ("a margin that can be exceeded", (3, 7), "gamma",
                                    lambda g: g * (1 - sympy.Rational(1, 10**6)), "not worth gamma"),
    "gamma by 10^-60": ("below the resolution of floats", (2, 4), "gamma",
                        lambda g: g * (1 + sympy.Rational(1, 10**60)), "not worth gamma"),
}  # fmt: skip

PROGRAMME = [
    Fault(
        f"programme: {name}",
        wrong,
        programme(*case),
        lambda twin, key=key, change=change: {**twin, key: change(twin[key])},
        checks.linear_programme,
        named,
    )
    for name, (wrong, case, key, change, named) in WRONG_PROGRAMME.items()
]

# ---- one neuron in Fourier space ---------------------------------------------------------------------------------


def neuron_value(u: np.ndarray, w: np.ndarray, tau: np.ndarray, **change: Any) -> np.ndarray:
    """Step 2 of the proof, from its ingredients."""
    k, p = u.shape[-2:]
    transform = change.get("transform", np.fft.fft)
    u_hat, w_hat = transform(u), transform(w)
    gap = change.get("gap", lambda tau: 1 - np.fft.fft(tau).real)(tau)
    terms = gap * change.get("output", np.conj)(w_hat) * u_hat.prod(axis=-2)
    frequencies = change.get("frequencies", slice(1, None))
    front = change.get("factorial", factorial(k)) / p ** change.get("power", k + 1)
    return front * terms[..., frequencies].sum(axis=-1).real


WRONG_VALUE: dict[str, tuple[str, Callable[..., np.ndarray]]] = {
    "wrong DFT sign of w": ("w^(j) for w^(-j)", lambda u, w, t: neuron_value(u, w, t, output=lambda x: x)),
    "swapped u and w": (
        "the output vector in an input's place",
        lambda u, w, t: neuron_value(np.concatenate([w[:, None], u[:, 1:]], axis=1), u[:, 0], t),
    ),
    "one-sided sum": (
        "0 < j <= p/2 only, without doubling",
        lambda u, w, t: neuron_value(u, w, t, frequencies=slice(1, w.shape[-1] // 2 + 1)),
    ),
    "DC included": (
        "j = 0 added, with the weight of the right label alone",
        lambda u, w, t: neuron_value(u, w, t, frequencies=slice(0, None), gap=lambda tau: 1 - np.fft.fft(tau).real
                                     + (np.arange(len(tau)) == 0)),
    ),
    "k! left out": ("monomials counted once", lambda u, w, t: neuron_value(u, w, t, factorial=1)),
    "(k+1)! for k!": ("factorial off by one",
     lambda u, w, t: neuron_value(u, w, t, factorial=factorial(u.shape[-2] + 1))),
    "p^-k for p^-(k+1)": ("the inverse DFT's 1/p missed", lambda u, w, t: neuron_value(u, w, t, power=u.shape[-2])),
    "unitary DFT": ("1/sqrt(p) in the transform", lambda u, w, t: neuron_value(
        u, w, t, transform=lambda x: np.fft.fft(x, norm="ortho"))),
    "tau ignored": ("1 for 1 - tau^", lambda u, w, t: neuron_value(u, w, t, gap=np.ones_like)),
    "1 + tau^": ("sign of the wrong labels", lambda u, w, t: neuron_value(
        u, w, t, gap=lambda tau: 1 + np.fft.fft(tau).real)),
    "1 - 1/(p-1)": ("the prefactor as Li24 F.2 prints it", lambda u, w, t: neuron_value(
        u, w, t, gap=lambda tau: np.full(len(tau), 1 - 1 / (len(tau) - 1)))),
}  # fmt: skip

NEURON = [
    Fault(f"neuron: {name}", wrong, objective, lambda _, mutant=mutant: mutant, checks.enumerated_neuron)
    for name, (wrong, mutant) in WRONG_VALUE.items()
]

# ---- identities behind the construction --------------------------------------------------------------------------

IDENTITIES = [
    Fault("polarisation: a sign vector missing", "2^(k-1) - 1 powers", lambda: polarisation(3),
          lambda _: lambda: polarisation(3, [(1, 1, 1), (1, 1, -1), (1, -1, 1)]), checks.derivation_step),
    Fault("polarisation: a sign flipped", "one vector twice", lambda: polarisation(3),
          lambda _: lambda: polarisation(3, [(1, 1, 1), (1, 1, -1), (1, -1, 1), (1, 1, -1)]), checks.derivation_step),
    Fault("polarisation: c and -c both used", "2^k powers against 2^(k-1) k!", lambda: polarisation(2),
          lambda _: lambda: polarisation(2, [(1, 1), (1, -1), (-1, 1), (-1, -1)]), checks.derivation_step),
    Fault("expansion: a term missing", "2^k - 1 products", lambda: cosine_expansion(3),
          lambda _: lambda: cosine_expansion(3, cosine_terms(4)[1:]), checks.derivation_step),
    Fault("expansion: sign of the sine products", "+ for (-1)^(|b|/2)", lambda: cosine_expansion(3),
          lambda _: lambda: cosine_expansion(3, [(1, bits) for _, bits in cosine_terms(4)]), checks.derivation_step),
    Fault("minimal: k nodes for k+1", "j = 0..k-1", lambda: minimal_construction(3),
          lambda _: lambda: minimal_construction(3, 3), checks.derivation_step),
    Fault("monomials: degree k+1", "activation t^(k+1)", lambda: full_monomials(3),
          lambda _: lambda: full_monomials(3, 4), checks.derivation_step),
    Fault("monomials: coefficient of 2", "tau spread unevenly", lambda: spread_evenly(2, 5),
          lambda _: lambda: spread_evenly(2, 5, 1), checks.derivation_step),
]  # fmt: skip

# ---- widths ------------------------------------------------------------------------------------------------------


def counted(method: str, k: int, p: int, **change: Any) -> int:
    """The width from its ingredients."""
    per = {"minimal": (k + 1) * 2 ** (k - 1), "li24": 2 ** (2 * k - 1)} | change
    return change.get("pairs", (p - 1) // 2) * per[method] + change.get("order_two", (p % 2 == 0) * 2 ** (k - 1))


WRONG_WIDTH: dict[str, tuple[str, Callable[[str, int, int], int]]] = {
    "k for k+1 nodes": ("minimal off by 2^(k-1)", lambda m, k, p: counted(m, k, p, minimal=k * 2 ** (k - 1))),
    "2^(k-2) signs": ("half of the sign vectors", lambda m, k, p: counted(m, k, p, minimal=(k + 1) * 2**k // 4)),
    "all 2^k signs": ("c and -c both", lambda m, k, p: counted(m, k, p, minimal=(k + 1) * 2**k)),
    "li24: 4^(k-1) per frequency": ("per residue for per pair", lambda m, k, p: counted(m, k, p, li24=4 ** (k - 1))),
    "p/2 rounded up": ("pairs off by one", lambda m, k, p: counted(m, k, p, pairs=(p + 1) // 2)),
    "p-1 pairs": ("residues for pairs", lambda m, k, p: counted(m, k, p, pairs=p - 1)),
    "order two left out": ("no neurons at p/2", lambda m, k, p: counted(m, k, p, order_two=0)),
    "order two like others": ("all nodes at p/2", lambda m, k, p: counted(m, k, p, order_two=(p % 2 == 0) * 2**k)),
    "one neuron too many": ("off by one", lambda m, k, p: counted(m, k, p) + 1),
    "one neuron too few": ("off by one", lambda m, k, p: counted(m, k, p) - 1),
    "56 for 32": ("Li24's count at k = 3", lambda m, k, p: counted(m, k, p, li24=56 if k == 3 else 2 ** (2 * k - 1))),
}


def stated_width(method: str, k: int, p: int) -> int:
    """What ``theory.width`` says."""
    from theory.width import width

    return width(k, p).sufficient if method == "minimal" else width(k, p).li24


WIDTHS = [
    Fault(f"width: {name}", wrong, stated_width, lambda _, mutant=mutant: mutant, checks.counted_width)
    for name, (wrong, mutant) in WRONG_WIDTH.items()
]

# ---- finite regularisation ---------------------------------------------------------------------------------------


def stated_scale(p: int, gamma_: float, lambda_: float) -> float:
    """What ``theory.regularisation`` says."""
    return predict_from_margin(gamma_, p, 2, lambda_).scale


def _positive(x: float) -> float:
    return max(log(x), 0.0)


WRONG_SCALE: dict[str, tuple[str, Callable[[int, float, float], float]]] = {
    "p for p-1 labels": ("the right label counted", lambda p, g, x: _positive(p * (g / x - 1))),
    "without -1": ("the small-lambda limit", lambda p, g, x: _positive((p - 1) * g / x)),
    "gamma/lambda inverted": ("lambda/gamma", lambda p, g, x: _positive((p - 1) * (1 - x / g))),
    "threshold at gamma*": ("no cut at gamma*(p-1)/p", lambda p, g, x: log((p - 1) * (g / x - 1))),
    "the norm for its power": ("scale^(1/(k+1))", lambda p, g, x: _positive((p - 1) * (g / x - 1)) ** (1 / 3)),
}

SCALES = [
    Fault(f"regularisation: {name}", wrong, stated_scale, lambda _, mutant=mutant: mutant, checks.direct_minimum)
    for name, (wrong, mutant) in WRONG_SCALE.items()
]

FAULTS = [*PRINTED, *GAMMA, *PROGRAMME, *NEURON, *IDENTITIES, *WIDTHS, *SCALES]

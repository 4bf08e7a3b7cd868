"""Wrong networks: exact ones for the exact decision, float ones for the enumeration of every input."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from numerics.components import Spectrum, pooled_power
from tests.faults import checks
from tests.faults.fault import Fault
from theory import parity
from theory.construction import construct, minimal_design, nyquist_design
from theory.core.cyclotomic import reduce
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.exponents import walks
from theory.core.optimality import frequency_mass
from theory.core.surd import Surd
from theory.floats import weights
from theory.groups import load_group
from theory.groups.construction import construct as construct_group
from theory.groups.margin import group_task, max_margin
from theory.narrow_designs import stored_designs
from theory.task import Task

HALF = Fraction(1, 2)

# ---- exact networks ----------------------------------------------------------------------------------------------


def redesigned(change: Callable[[tuple[Neuron, ...]], tuple[Neuron, ...]], block: int = 0) -> Callable[..., Any]:
    """A fault in the design of one block."""

    def plant(network: ExactNetwork) -> ExactNetwork:
        blocks = list(network.blocks)
        blocks[block] = replace(blocks[block], neurons=change(blocks[block].neurons))
        return replace(network, blocks=tuple(blocks))

    return plant


def reneuroned(change: Callable[[Neuron], Neuron]) -> Callable[..., Any]:
    """A fault in every neuron of the first block."""
    return redesigned(lambda design: tuple(map(change, design)))


def first_neuron(change: Callable[[Neuron], Neuron]) -> Callable[..., Any]:
    """A fault in one neuron."""
    return redesigned(lambda design: (change(design[0]), *design[1:]))


def in_phase(phases: tuple[Fraction, ...], share: Fraction) -> Neuron:
    """A neuron whose output phase is the sum of its input phases."""
    return Neuron(phases, sum(phases, Fraction(0)), share)


def equal(points: list[tuple[Fraction, ...]]) -> tuple[Neuron, ...]:
    """A design of equal shares."""
    return tuple(in_phase(t, Fraction(1, len(points))) for t in points)


def remassed(network: ExactNetwork, masses: list[Surd]) -> ExactNetwork:
    """The same designs with these masses per block."""
    return replace(network, blocks=tuple(replace(b, mass=m) for b, m in zip(network.blocks, masses, strict=True)))


def nodes(k: int, count: int) -> tuple[Neuron, ...]:
    """The minimal design with ``count`` nodes in place of k+1."""
    flips = [n.phases for n in nyquist_design(k)]
    return equal([tuple(Fraction(j, 2 * count) + f for f in flip) for flip in flips for j in range(count)])


def dropped(design: tuple[Neuron, ...]) -> tuple[Neuron, ...]:
    """Without its first neuron, shares made to add up to 1 again."""
    return tuple(replace(n, share=n.share / (1 - design[0].share)) for n in design[1:])


def aliased(k: int, p: int, order: int) -> ExactNetwork:
    """A narrow design of ``order``, at the frequencies of a modulus p where it does not belong."""
    design = stored_designs()[k, order]
    return ExactNetwork(k, p, (Block(design, tuple(range(1, (p + 1) // 2)), frequency_mass(k, p, 1)),))


ODD, EVEN, LI24 = construct(3, 7), construct(2, 8), construct(3, 5, "li24")
TURN = Fraction(1, 10**6)

EXACT: list[tuple[str, str, ExactNetwork, Callable[..., Any], str]] = [
    ("sign of an output phase", "w has phase -(t_1 + ... + t_k)", ODD,
     reneuroned(lambda n: replace(n, output=-n.output)), "phases"),
    ("sign of an input phase", "t_1 negated, the output left", ODD,
     reneuroned(lambda n: replace(n, phases=(-n.phases[0], *n.phases[1:]))), "phases"),
    ("output phase off by 10^-6 turn", "invisible in a plot", ODD,
     first_neuron(lambda n: replace(n, output=n.output + TURN)), "phases"),
    ("sign of w", "half a turn in every output",
     ODD, reneuroned(lambda n: replace(n, output=n.output + HALF)), "phases"),
    ("swapped u_1 and w", "the output phase in an input's place", ODD,
     reneuroned(lambda n: Neuron((n.output, *n.phases[1:]), n.phases[0], n.share)), "phases"),
    ("output phase k t_1", "signs of the inputs forgotten", ODD,
     reneuroned(lambda n: replace(n, output=len(n.phases) * n.phases[0])), "phases"),
    ("input phase off by 10^-6 turn", "the output follows", ODD,
     first_neuron(lambda n: in_phase((n.phases[0] + TURN, *n.phases[1:]), n.share)), "moments"),
    ("k nodes for k+1", "t = pi j/k", ODD, redesigned(lambda _: nodes(3, 3)), "moments"),
    ("nodes over a whole turn", "t = 2 pi j/(k+1)", ODD,
     redesigned(lambda d: equal([tuple(2 * t for t in n.phases) for n in d])), "moments"),
    ("signs of quarter turns", "1/4 for 1/2", ODD,
     redesigned(lambda d: equal([tuple(t / 2 if t else t for t in n.phases) for n in d])), "moments"),
    ("half of the sign vectors", "2^(k-2) of 2^(k-1)",
     ODD, redesigned(lambda d: equal([n.phases for n in d[: len(d) // 2]])),
     "moments"),
    ("a neuron deleted", "all others scaled up", ODD, redesigned(dropped), "moments"),
    ("a neuron twice", "in place of its neighbour", ODD, redesigned(lambda d: (d[0], d[0], *d[2:])), "moments"),
    ("li24: a neuron deleted", "31 of 32", LI24, redesigned(dropped), "moments"),
    ("li24: sines as cosines", "quarter turns left out", LI24,
     redesigned(lambda d: equal([tuple(t if t in (0, HALF) else t + Fraction(1, 4) for t in n.phases) for n in d])),
     "moments"),
    ("li24: sign of the output sine", "1/4 for 3/4 in the output alone", LI24,
     reneuroned(lambda n: replace(n, output=-n.output)), "phases"),
    ("the design of k-1 with an idle input", "u_k without its node", ODD,
     redesigned(lambda _: equal([(*n.phases, Fraction(0)) for n in minimal_design(2)])), "moments"),
    ("shares uneven", "one neuron heavier by a thousandth", ODD,
     redesigned(lambda d: (replace(d[0], share=d[0].share + Fraction(1, 1000)),
                           replace(d[1], share=d[1].share - Fraction(1, 1000)), *d[2:])), "moments"),
    ("shares do not add up", "one share halved", ODD, first_neuron(lambda n: replace(n, share=n.share / 2)), "shares"),
    ("a negative share", "two shares pushed apart", ODD,
     redesigned(lambda d: (replace(d[0], share=d[0].share + 1), replace(d[1], share=d[1].share - 1), *d[2:])),
     "share must be positive"),
    ("a frequency missing", "two of three", ODD,
     lambda n: replace(n, blocks=(replace(n.blocks[0], frequencies=(1, 2)),)), "masses"),
    ("a frequency twice", "1 and 1", ODD,
     lambda n: replace(n, blocks=(replace(n.blocks[0], frequencies=(1, 2, 3, 1)),)), "repeated"),
    ("zeta and p - zeta", "one frequency under two names", ODD,
     lambda n: replace(n, blocks=(replace(n.blocks[0], frequencies=(1, 2, 4)),)), "must lie in 1..3"),
    ("frequency 0", "a constant", ODD,
     lambda n: replace(n, blocks=(replace(n.blocks[0], frequencies=(0, 1, 2, 3)),)), "must lie in 1..3"),
    ("another modulus", "p = 9 for 7", ODD, lambda n: replace(n, p=9), "masses"),
    ("another k", "k = 4 with three phases", ODD, lambda n: replace(n, k=4), "4 phases"),
    ("norm 2", "all masses doubled", ODD, lambda n: remassed(n, [b.mass.scaled(2) for b in n.blocks]), "masses"),
    ("masses of a float", "1/3 as 0.333333333333333314829616256247...", ODD,
     lambda n: remassed(n, [Surd([(Fraction(1 / 3), 1)])]), "masses"),
    ("a negative mass", "-1/3", ODD, lambda n: remassed(n, [b.mass.scaled(-1) for b in n.blocks]), "must be positive"),
    ("uniform masses at even p", "1/4 each, p/2 included", EVEN,
     lambda n: remassed(n, [Surd([(Fraction(1, 4), 1)])] * 2), "masses"),
    ("odd masses at even p", "2/(p-1), half of it at p/2", EVEN,
     lambda n: remassed(n, [Surd([(Fraction(2, 7), 1)]), Surd([(Fraction(1, 7), 1)])]), "masses"),
    ("masses exchanged at even p", "p/2 for the others", EVEN,
     lambda n: remassed(n, [n.blocks[1].mass, n.blocks[0].mass]), "masses"),
    ("no order-two block", "p/2 left out", EVEN, lambda n: replace(n, blocks=n.blocks[:1]), "masses"),
    ("p/2 with nodes", "phases other than signs at order two", EVEN,
     redesigned(lambda _: minimal_design(2), 1), "phases must be 0 or 1/2"),
    ("p/2 without signs", "one neuron of two", EVEN, redesigned(lambda d: equal([d[0].phases]), 1), "moments"),
    ("p/2 smuggled into another block", "the shared design at order two", EVEN,
     lambda n: replace(n, blocks=(replace(n.blocks[0], frequencies=(1, 2, 3, 4)),)), "phases must be 0 or 1/2"),
    ("a narrow design where it is not free", "order 4's points at p = 5", construct(2, 5),
     lambda _: aliased(2, 5, 4), "moments"),
    ("another narrow design where it is not free", "order 3's points at p = 7", ODD,
     lambda _: aliased(3, 7, 3), "moments"),
]  # fmt: skip

EXACT_FAULTS = [
    Fault(f"exact: {name}", wrong, network, plant, checks.exact_decision, named)
    for name, wrong, network, plant, named in EXACT
]

# ---- float networks ----------------------------------------------------------------------------------------------

Floats = tuple[Task, float, np.ndarray, np.ndarray]


def cyclic(k: int, p: int, method: str = "minimal") -> Floats:
    """An honest network on Z_p with what it claims."""
    return Task.cyclic(k, p), checks.gamma_of(k, p), *weights(construct(k, p, method))


def group(name: str, k: int = 2) -> Floats:
    """An honest network on a group with what it claims."""
    g = load_group(name)
    network = construct_group(g, k)
    return group_task(g, k), max_margin(g, k).value, network.u, network.w


def changed(change: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]) -> Callable[[Floats], Floats]:
    """A fault in the weights."""
    return lambda twin: (twin[0], twin[1], *change(twin[2].copy(), twin[3].copy()))


def unit(u: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scaled to norm 1."""
    k = u.shape[1]
    size = ((u**2).sum((1, 2)) + (w**2).sum(1)) ** ((k + 1) / 2)
    return u * size.sum() ** (-1 / (k + 1)), w * size.sum() ** (-1 / (k + 1))


def _set(array: np.ndarray, index: Any, value: Any) -> np.ndarray:
    array[index] = value
    return array


def _inverse(task: Task) -> np.ndarray:
    """Index of the inverse of each element of a group."""
    assert task.table is not None
    return np.argmax(task.table == task.identity, axis=1)


FLOAT: list[tuple[str, str, Floats, Callable[[Floats], Floats]]] = [
    ("swapped u_1 and w", "the output vector read as an input", cyclic(2, 7),
     changed(lambda u, w: (np.stack([w, u[:, 1]], axis=1), u[:, 0]))),
    ("wrong DFT sign of w", "w(-c)", cyclic(2, 7), changed(lambda u, w: (u, np.roll(w[:, ::-1], 1, axis=1)))),
    ("wrong DFT sign of u_1", "u_1(-a)", cyclic(3, 5),
     changed(lambda u, w: (_set(u, np.s_[:, 0], np.roll(u[:, 0, ::-1], 1, axis=1)), w))),
    ("sign of w", "-w", cyclic(2, 5), changed(lambda u, w: (u, -w))),
    ("sign of one w", "one neuron", cyclic(2, 5), changed(lambda u, w: (u, _set(w, 0, -w[0])))),
    ("sign of one input", "u_1 of one neuron", cyclic(3, 5), changed(lambda u, w: (_set(u, (0, 0), -u[0, 0]), w))),
    ("labels off by one", "w shifted alone", cyclic(2, 7), changed(lambda u, w: (u, np.roll(w, 1, axis=1)))),
    ("an input off by one", "u_1 shifted alone", cyclic(2, 7),
     changed(lambda u, w: (_set(u, np.s_[:, 0], np.roll(u[:, 0], 1, axis=1)), w))),
    ("inputs multiplied by a unit, the output not", "a -> 2a", cyclic(2, 7),
     changed(lambda u, w: (u[:, :, 2 * np.arange(7) % 7], w))),
    ("a constant added to u", "DC power", cyclic(2, 7), changed(lambda u, w: unit(u + 0.01, w))),
    ("a neuron silenced", "zero", cyclic(2, 7), changed(lambda u, w: unit(_set(u, 0, 0.0), w))),
    ("unbalanced u and w", "u twice as large, w to match", cyclic(2, 5), changed(lambda u, w: unit(2 * u, w))),
    ("unbalanced inputs", "u_1 twice u_2", cyclic(2, 5),
     changed(lambda u, w: unit(_set(u, np.s_[:, 0], 2 * u[:, 0]), w))),
    ("norm 1.001", "not normalised", cyclic(2, 5), changed(lambda u, w: (1.001 * u, 1.001 * w))),
    ("a neuron doubled", "amplitude, not mass, split", cyclic(2, 5),
     changed(lambda u, w: (np.concatenate([u / 2, u / 2]), np.concatenate([w / 2, w / 2])))),
    ("one frequency heavier", "by 1%", cyclic(2, 7), changed(lambda u, w: unit(_set(u, np.s_[:6], 1.01 * u[:6]), w))),
    ("one frequency missing", "zero",
     cyclic(2, 7), changed(lambda u, w: unit(_set(u, np.s_[:6], 0), _set(w, np.s_[:6], 0)))),
    ("one weight off by 10^-6", "of 126",
     cyclic(2, 7), changed(lambda u, w: (_set(u, (0, 0, 0), u[0, 0, 0] + 1e-6), w))),
    ("single precision", "rounded to float32, judged at 1e-9", cyclic(2, 7),
     changed(lambda u, w: (u.astype(np.float32).astype(float), w.astype(np.float32).astype(float)))),
    ("square waves", "the sign of every wave", cyclic(2, 7), changed(lambda u, w: unit(np.sign(u), np.sign(w)))),
    ("uniform masses at even p", "p/2 like the others", cyclic(2, 6),
     changed(lambda u, w: unit(_set(u, np.s_[12:], u[12:] * 2 ** (1 / 6)),
     _set(w, np.s_[12:], w[12:] * 2 ** (1 / 6))))),
    ("order two left out", "no neuron at p/2", cyclic(2, 6), changed(lambda u, w: unit(u[:12], w[:12]))),
    ("the formula of odd p at even p", "gamma* claimed too small", cyclic(2, 6),
     lambda twin: (twin[0], float(twin[1] * 0.95), *twin[2:])),
    ("another k", "k = 2 weights judged with the cube", cyclic(2, 5),
     lambda twin: (Task.cyclic(3, 5), checks.gamma_of(3, 5), *unit(np.repeat(twin[2][:, :1], 3, axis=1), twin[3]))),
    ("group: labels inverted", "w(g^-1)", group("S3"), lambda t: (*t[:3], t[3][:, _inverse(t[0])])),
    ("group: an input inverted", "u_1(g^-1)", group("Q8"),
     lambda t: (*t[:2], _set(t[2].copy(), np.s_[:, 0], t[2][:, 0][:, _inverse(t[0])]), t[3])),
    ("group: factors in the other order", "a_2 a_1 for a_1 a_2", group("S3"),
     lambda t: (Task(2, t[0].n, t[0].table.T, t[0].tau, "opposite"), *t[1:])),
    ("group: conjugate characters", "a complex representation's output conjugated", group("C4", 3),
     lambda t: (*t[:3], t[3][:, _inverse(t[0])])),
    ("group: the table of another group", "C2xC4 judged as Q8", group("Q8"),
     lambda t: (group_task(load_group("C2xC4"), 2), *t[1:])),
    ("group: relabelled elements", "two elements exchanged in w", group("S3"),
     lambda t: (*t[:3], t[3][:, [0, 2, 1, 3, 4, 5]])),
    ("group: a representation missing", "one-dimensional neurons dropped", group("S3"),
     lambda t: (*t[:2], *unit(t[2][2:], t[3][2:]))),
    ("group: a basis vector missing", "one neuron of the two-dimensional representation", group("S3"),
     lambda t: (*t[:2], *unit(t[2][:-1], t[3][:-1]))),
]  # fmt: skip

FLOAT_FAULTS = [
    Fault(f"floats: {name}", wrong, network, plant, checks.enumerated_margin) for name, wrong, network, plant in FLOAT
]

# ---- sparse parity -----------------------------------------------------------------------------------------------

PARITY = parity.construct(5, 3)


def _parity(change: Callable[[parity.ParityNeuron], parity.ParityNeuron], every: bool = False) -> Callable[..., Any]:
    def plant(network: parity.ParityNetwork) -> parity.ParityNetwork:
        first, *rest = network.neurons
        return replace(network, neurons=(change(first), *(map(change, rest) if every else rest)))

    return plant


PARITY_FAULTS = [
    Fault(f"parity: {name}", wrong, PARITY, plant, checks.parity_theorem, named)
    for name, wrong, plant, named in (
        ("sign of w", "the wrong class", _parity(lambda n: replace(n, w=(n.w[1], n.w[0]))), "wrong sign"),
        ("sign of one input weight", "the class carries double mass elsewhere",
         _parity(lambda n: replace(n, u=(-n.u[0], *n.u[1:]))), "wrong sign"),
        ("reads outside the support", "a sixth of a weight",
         _parity(lambda n: replace(n, u=(*n.u[:4], Fraction(1, 6)))),
         "outside the support"),
        ("unequal input weights", "one of three doubled", _parity(lambda n: replace(n, u=(2 * n.u[0], *n.u[1:]))),
         "not all of the size"),
        ("unbalanced output", "w doubled",
         _parity(lambda n: replace(n, w=(2 * n.w[0], 2 * n.w[1]))), "not all of the size"),
        ("output outside the span", "w = (1, 1)",
         _parity(lambda n: replace(n, w=(n.w[0], n.w[0]))), "outside the span"),
        ("norm 2", "masses doubled", _parity(lambda n: replace(n, mass=2 * n.mass), every=True), "add up to 2"),
        ("a negative mass", "-1/4", _parity(lambda n: replace(n, mass=-n.mass)), "negative mass"),
        ("a sign class missing", "three of four",
         lambda n: replace(n, neurons=tuple(replace(x, mass=Fraction(1, 3)) for x in n.neurons[1:])), "sign class"),
        ("another support", "coordinates 1, 2, 3 for 0, 1, 2", lambda n: replace(n, support=(1, 2, 3)), "outside"),
    )
]  # fmt: skip


def quadratic(u: np.ndarray) -> float:
    """The claim of Morwani23 App. B.2, a quadratic network, where Figure 5 has x^4."""
    network = parity.construct(10, 4)
    inputs, outputs = parity.weights(network)
    x = 1.0 - 2.0 * (np.arange(2**10)[:, None] >> np.arange(10) & 1)
    f = (x @ inputs.T) ** int(u) @ outputs
    return float((x[:, :4].prod(axis=1) * (f[:, 0] - f[:, 1])).min())


def parity_margin(degree: Any) -> list[str]:
    """The margin of the optimal (10, 4)-parity network, over all inputs, at this degree of the activation."""
    found, truth = quadratic(degree), float(parity.max_margin(10, 4))
    return [f"margin {found:.6g}, not {truth:.6g}"] * checks.differs(found, truth)


PARITY_FAULTS.append(
    Fault("misprint: Morwani23 App. B.2", "a quadratic activation where Figure 5 and the norm need x^4", 4,
          lambda _: 2, parity_margin)
)  # fmt: skip

# ---- what is read off a network ----------------------------------------------------------------------------------


def read_wave(vector: np.ndarray, zeta: int) -> tuple[float, float]:
    """Amplitude and phase by ``numerics.components``."""
    neuron = Spectrum(vector[None, None], vector[None])
    assert neuron.frequency[0] == zeta
    p = len(vector)
    amplitude = np.sqrt(pooled_power(vector)[zeta] * (1 if 2 * zeta == p else 2) / p)
    return float(amplitude), float(neuron.phases[0, 0])


def one_sided(vector: np.ndarray) -> np.ndarray:
    """Power without the other half of the spectrum: a pure cosine has 1/2."""
    return np.abs(np.fft.rfft(vector)) ** 2 / len(vector)


def twice_order_two(vector: np.ndarray) -> np.ndarray:
    """Pooled, the order-two frequency with itself."""
    power = one_sided(vector)
    power[1:] *= 2
    return power


READING = [
    Fault("spectrum: wrong DFT sign", "phases conjugated", read_wave,
          lambda read: lambda v, z: (read(v, z)[0], -read(v, z)[1]), checks.rebuilt_wave),
    Fault("spectrum: phases in radians", "2 pi too large", read_wave,
          lambda read: lambda v, z: (read(v, z)[0], 2 * np.pi * read(v, z)[1] + 0.01), checks.rebuilt_wave),
    Fault("spectrum: amplitude at p/2", "sqrt(2/p) where it is sqrt(1/p)", read_wave,
          lambda read: lambda v, z: (read(v, z)[0] * (2**0.5 if 2 * z == len(v) else 1), read(v, z)[1]),
          checks.rebuilt_wave),
    Fault("spectrum: one-sided power", "a pure cosine at 1/2", pooled_power, lambda _: one_sided, checks.plancherel),
    Fault("spectrum: p/2 pooled with itself", "order two counted twice", pooled_power, lambda _: twice_order_two,
          checks.plancherel),
    Fault("spectrum: power without 1/p", "the unnormalised DFT", pooled_power,
          lambda power: lambda v: power(v) * len(v), checks.plancherel),
    Fault("exponents: binomials for walks", "steps in one direction only", walks,
          lambda _: lambda n: 1, checks.walk_counts),
    Fault("exponents: a walk too many", "off by one at the origin", walks,
          lambda walks_: lambda n: walks_(n) + (not any(n)), checks.walk_counts),
    Fault("roots of unity: coefficients compared", "no relation used", reduce,
          lambda _: lambda terms, n: terms, checks.vanishing_sums),
    Fault("roots of unity: coefficients added up", "exp(2 pi i r/n) = 1", reduce,
          lambda _: lambda terms, n: sum(terms.values()), checks.vanishing_sums),
    Fault("roots of unity: in floats", "a sum below rounding is called zero", reduce,
          lambda _: lambda terms, n: abs(sum(c * np.exp(2j * np.pi * r / n) for r, c in terms.items()))
          > 1e-9 * max(sum(map(abs, terms.values())), 1), checks.vanishing_sums),
    Fault("roots of unity: only the largest prime", "relations of 3 in order 6 but not of 2", reduce,
          lambda reduce_: lambda terms, n: reduce_(terms, n) if n % 2 else terms, checks.vanishing_sums),
    Fault("mass: 2/(p-1) at every p", "the odd formula", frequency_mass,
          lambda _: lambda k, p, z: Surd([(Fraction(2, p - 1) / (1 + (2 * z == p)), 1)]), checks.exact_mass),
    Fault("mass: p/2 like the others", "no discount", frequency_mass,
          lambda mass: lambda k, p, z: mass(k, p, 1), checks.exact_mass),
    Fault("mass: sign of the root", "sqrt(2) conjugated", frequency_mass,
          lambda mass: lambda k, p, z: Surd([(-v if n == 2 else v, n) for n, v in mass(k, p, z).terms]),
          checks.exact_mass),
]  # fmt: skip

FAULTS = [*EXACT_FAULTS, *FLOAT_FAULTS, *PARITY_FAULTS, *READING]

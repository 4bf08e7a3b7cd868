"""Formulas on modular addition that are wrong as printed, each beside its correction and an independent judge.

Every check computes the disputed number by a third route (enumeration, a count, the cyclotomic field), so that it shows
both things: the printed form misses it, the corrected form meets it.  *Proof* that a printed form is false is the case
in which it fails; that the corrected form holds is proved where the statement itself is.  Slips that change no formula
(cross-references, names) are not listed.  The theorems themselves stand.

Versions: Li24 is arXiv 2402.09469v3, Morwani23 is arXiv 2311.07568.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from math import factorial, sqrt

import numpy as np

from theory.derivation.attainment import minimal_network
from theory.derivation.single_neuron import energies, objective, random_neurons
from theory.derivation.sum_to_product import cosine_terms, output_values
from theory.margin import max_margin_float
from theory.neuron_search import search
from theory.task import Task, class_weighted_margins, logits, margins, network_norm, normalised_margin


@dataclass(frozen=True)
class Comparison:
    """The disputed number three times.

    Attributes:
        printed: what the printed form says.
        corrected: what ours says.
        truth: what the independent route finds.
        where: the case that was computed.
    """

    printed: float
    corrected: float
    truth: float
    where: str

    @property
    def printed_fails(self) -> bool:
        """Whether the printed form misses the truth by more than rounding."""
        return abs(self.printed - self.truth) > 1e-6 * max(abs(self.truth), 1e-3)

    @property
    def corrected_holds(self) -> bool:
        """Whether ours meets the truth within rounding."""
        return abs(self.corrected - self.truth) <= 1e-9 * max(abs(self.truth), 1.0)

    @property
    def ok(self) -> bool:
        """Whether this is a misprint and the correction is right."""
        return self.printed_fails and self.corrected_holds


@dataclass(frozen=True)
class Misprint:
    """One formula, as printed and as it should read.

    Attributes:
        paper: key of the paper.
        where: section, equation or lemma.
        printed_text: the printed form.
        corrected_text: the form that holds.
        check: computes both and the truth.
        claim: what is wrong in a sentence, where the two forms do not say it all.
    """

    paper: str
    where: str
    printed_text: str
    corrected_text: str
    check: Callable[[], Comparison]
    claim: str = ""


def _direction() -> Comparison:
    """The worth of theta*, against the best unit neuron and against a network that arg min would prefer to it."""
    task = Task.cyclic(2, 5)
    u, w = minimal_network(2, 5)
    worse, truth = (float(class_weighted_margins(task, logits(u, sign * w)).mean()) for sign in (-1, 1))
    best = search(2, task.tau, starts=3).best
    return Comparison(worse, best, truth, "k=2, p=5: E_q g' of theta*, of theta* with -w, and the largest by search")


def _prefactor() -> Comparison:
    p = 7
    u, w = random_neurons(2, p, 1, 0)
    shifted = [_eta(u[0], w[0], delta) for delta in range(p)]
    truth = (shifted[0] - np.mean(shifted[1:])) / (shifted[0] - np.mean(shifted))
    return Comparison(1 - 1 / (p - 1), 1 + 1 / (p - 1), float(truth), "p=7: ratio of the two differences")


def _eta(u: np.ndarray, w: np.ndarray, delta: int) -> float:
    """The mean of (u_1 + ... + u_k)^k w(label - delta) over all inputs."""
    k, p = u.shape
    terms = [sum(u[i, a[i]] for i in range(k)) ** k * w[(sum(a) - delta) % p] for a in product(range(p), repeat=k)]
    return float(np.mean(terms))


def _mean_of_w() -> Comparison:
    p, delta = 5, 2
    u, w = random_neurons(2, p, 1, 1)
    terms = [u[0, 0, a] ** 2 * w[0, (a + b - delta) % p] for a in range(p) for b in range(p)]
    corrected = float((u[0, 0] ** 2).mean() * w[0].mean())
    return Comparison(0.0, corrected, float(np.mean(terms)), "p=5: mean of u_1^2 w(a_1 + a_2 - 2)")


def _wrong_label() -> Comparison:
    values = output_values(7)
    truth = sum(np.cos(2 * np.pi * zeta * 3 / 7) for zeta in range(1, 4))
    return Comparison(0.0, values[3] / 2, float(truth), "p=7: sum of cosines three labels away")


def _neuron_count() -> Comparison:
    signs = list(product((1, -1), repeat=2))
    return Comparison(56, 2 ** (2 * 3 - 1), len(cosine_terms(4)) * len(signs), "k=3: neurons of one frequency")


def _support(k: int) -> Comparison:
    """What the best neuron is worth on average over p inputs, and over all of them: gamma* if q* is a certificate."""
    p = 5
    task = Task.cyclic(k, p)
    x = np.cos(2 * np.pi * np.arange(p) / p)
    u = np.stack([x / np.linalg.norm(x), *[np.eye(p)[0]] * (k - 1)])[None] / sqrt(k + 1)
    w = u[:, 0]
    at_p_points = class_weighted_margins(task, logits(u, w)).reshape(p, -1)[:, 0].mean()  # inputs (a, 0, ..., 0)
    best = search(k, task.tau, starts=3).best
    return Comparison(float(at_p_points), best, max_margin_float(k, p), f"k={k}, p=5: E_q g' of one unit neuron")


def _ambient() -> Comparison:
    k, p = 3, 3
    task = Task.cyclic(k, p)
    neurons = search(k, task.tau, starts=4).neurons
    alone = max(normalised_margin(task, neuron[None, :k], neuron[None, k]) for neuron in neurons)
    attained = normalised_margin(task, *minimal_network(k, p))
    return Comparison(alone, attained, max_margin_float(k, p), "k=3, p=3: margin with (k+1)p parameters, one neuron")


def _norm_of_z() -> Comparison:
    """What a real neuron in phase with energies z at the frequencies 1, 2, 3 is worth, from either norm of z."""
    k, p, z = 4, 7, np.array([1.0, 2.0, 3.0])
    s = (k + 1) / 2
    x = np.fft.irfft(np.concatenate([[0], np.sqrt(z / (k + 1))]), p)
    task = Task.cyclic(k, p)
    truth = float(class_weighted_margins(task, logits(np.stack([x] * k)[None], x[None])).mean())
    by_norm = [2 * factorial(k) / ((p - 1) * p**k) * (np.linalg.norm(z, q) / (k + 1)) ** s for q in (2, s)]
    return Comparison(float(by_norm[0]), float(by_norm[1]), truth, "k=4, p=7, z=(1,2,3): E_q g' of a neuron")


def _support_of_power() -> Comparison:
    u, w = (x[0] for x in random_neurons(3, 3, 1, 2))
    spectrum = np.abs(np.fft.fftn(np.einsum("a,b,c,d->abcd", u[0] ** 3, np.ones(3), np.ones(3), w)))
    elsewhere = max(spectrum[:, 1:].max(), spectrum[:, :, 1:].max())
    corrected = 9 * np.abs(np.fft.fft(u[0] ** 3))[1:].max() * np.abs(np.fft.fft(w)).max() + elsewhere
    return Comparison(0.0, float(corrected), float(spectrum[1:].max()), "k=3, p=3: largest entry with j_1 != 0")


def _spectrum_of_neuron() -> Comparison:
    u, w = (x[0] for x in random_neurons(2, 3, 1, 3))
    spectrum = np.fft.fftn(np.einsum("ab,c->abc", (u[0][:, None] + u[1][None, :]) ** 2, w))
    u_hat, w_hat, square = np.fft.fft(u), np.fft.fft(w), np.fft.fft(u[0] ** 2)
    printed = factorial(2) * u_hat[0, 1] * u_hat[1, 0] * w_hat[1]
    inside = abs(spectrum[1, 2, 1] - 2 * u_hat[0, 1] * u_hat[1, 2] * w_hat[1])
    assert inside < 1e-9, "the printed form holds where no j_i is zero"
    corrected = printed + 3 * square[1] * w_hat[1]
    printed, corrected, truth = (float(abs(entry)) for entry in (printed, corrected, spectrum[1, 0, 1]))
    return Comparison(printed, corrected, truth, "k=2, p=3: |entry| at j = (1, 0, 1)")


def _one_neuron_set() -> Comparison:
    k, p, steps = 2, 7, 5
    task, x = Task.cyclic(k, p), np.arange(p)
    cases = [(zeta, *t) for zeta in range(1, 4) for t in product(range(steps), repeat=k + 1)]
    turns = [[np.cos(2 * np.pi * (t / steps + zeta * x / p)) for t in phases] for zeta, *phases in cases]
    waves = np.array(turns) * sqrt(2 / (p * (k + 1)))
    attaining = np.isclose(objective(waves[:, :k], waves[:, k], task.tau), max_margin_float(k, p), rtol=1e-12)
    in_phase = sum(sum(phases[:k]) % steps == phases[k] for _, *phases in cases)
    where = f"k=2, p=7: best neurons among {len(cases)} cosines of phases 0, 1/5, ..., 4/5 turn"
    return Comparison(1, in_phase, int(attaining.sum()), where)


def _fourier_ball() -> Comparison:
    u, w = random_neurons(2, 5, 1, 4)
    size = network_norm(u, w)
    truth = float(energies(u / size, w / size).sum())
    return Comparison(1.0, 5.0, truth, "p=5: energy of the unnormalised DFT of a unit neuron")


def _one_input() -> Comparison:
    task, spike = Task.cyclic(2, 5), np.eye(5)[0]
    # The best network at the input (0, 0) alone: all weight on it, w the centred spike.
    u, w = np.stack([spike, spike])[None] / sqrt(3), (spike - 1 / 5)[None] / sqrt(3 * 4 / 5)
    best = minimal_network(2, 5)
    at_input = [margins(task, logits(*theta))[0, 0] / network_norm(*theta) ** 3 for theta in ((u, w), best)]
    assert at_input[0] > at_input[1], "it is better there"
    where = "k=2, p=5: the margin of what is maximised"
    return Comparison(normalised_margin(task, u, w), normalised_margin(task, *best), max_margin_float(2, 5), where)


MISPRINTS = [
    Misprint(
        "Li24",
        "Eq. (4) and (5)",
        r"\theta^* \in \arg\min_\theta \mathbb{E}_{q^*} g(\theta)",
        r"\theta^* \in \arg\max_\theta \mathbb{E}_{q^*} g(\theta)",
        _direction,
        "theta* of a certificate pair maximises the q*-weighted margin; the equations print arg min.",
    ),
    Misprint(
        "Li24",
        "F.2, F.4",
        r"1 - \tfrac{1}{p-1} = \tfrac{p}{p-1}",
        r"1 + \tfrac{1}{p-1} = \tfrac{p}{p-1}",
        _prefactor,
        "The prefactor p/(p-1) comes from 1 + 1/(p-1); a minus sign is printed.",
    ),
    Misprint(
        "Li24",
        "F.2",
        r"\mathbb{E}\, u_1(a_1)^2 w(a_1+a_2-\delta) = 0 \text{ by the definition of } w",
        r"\text{it is constant in } \delta\text{: } \overline{u_1^2}\, \bar w",
        _mean_of_w,
        "Monomials that miss an input are called zero; they are merely the same for every label.",
    ),
    Misprint(
        "Li24",
        "Lemma 4.2, F.8",
        r"\Omega'^* = \{(u_1,\dots,u_k,w)\}, \text{ one neuron}",
        r"\Omega'^* = \text{all single-frequency neurons with the phase relation, every } \zeta",
        _one_neuron_set,
        "The optimal set is the set of all single-frequency neurons in phase, not one neuron.",
    ),
    Misprint(
        "Li24",
        "F.5",
        r"\|z\|_2 \text{ for every } k",
        r"\|z\|_{(k+1)/2}, \text{ which is } \|z\|_2 \text{ at } k = 3 \text{ only}",
        _norm_of_z,
        "The concentration step needs the (k+1)/2-norm of z; the 2-norm is right at k = 3 only.",
    ),
    Misprint(
        "Li24",
        "G.2, G.3",
        r"\sum_{\zeta=1}^{(p-1)/2} \cos\tfrac{2\pi\zeta x}{p} = 0 \text{ for } x \ne 0",
        r"\sum_{\zeta=1}^{(p-1)/2} \cos\tfrac{2\pi\zeta x}{p} = -\tfrac12 \text{ for } x \ne 0",
        _wrong_label,
        "The frequencies add up to -1/2 at a wrong label, not to 0: the margin before normalisation is p/2.",
    ),
    Misprint(
        "Li24",
        "G.2",
        r"56 \text{ neurons}",
        r"2^{2k-1} = 32 \text{ neurons at } k = 3",
        _neuron_count,
        "The k = 3 construction takes 32 neurons for each frequency, which adds up to the stated 16(p-1).",
    ),
    Misprint(
        "Li24",
        "H.1",
        r"\hat\phi_1 \ne 0 \text{ only for } j_1 = 0",
        r"\widehat{u_1^3 w} \ne 0 \text{ only for } j_2 = j_3 = 0",
        _support_of_power,
        "The spectrum of u_1^3 w lies on j_2 = j_3 = 0, where it need not vanish for j_1 != 0.",
    ),
    Misprint(
        "Li24",
        "H.2",
        r"\hat\phi(j) = k!\, \hat w(j_{k+1}) \prod_i \hat u_i(j_i) \text{ for all } j",
        r"\text{the same where } \prod_i j_i \ne 0 \text{ only}",
        _spectrum_of_neuron,
        "The product form of the spectrum holds only where no input frequency is zero.",
    ),
    Misprint(
        "Li24",
        "the certificate q*",
        r"q^* = \mathrm{unif}(\mathbb{Z}_p)",
        r"q^* = \mathrm{unif}(\mathbb{Z}_p^k)",
        lambda: _support(3),
        "The certificate distribution is uniform on the p^k inputs, not on p points.",
    ),
    Misprint(
        "Li24",
        "the parameter space",
        r"\theta \in \mathbb{R}^{(k+1) \times p}",
        r"\theta \in \mathbb{R}^{m \times (k+1) \times p}",
        _ambient,
        "A network of width m has m(k+1)p parameters; the width is left out.",
    ),
    Misprint(
        "Morwani23",
        "Sketch of Theorem 7",
        r"\|\hat u\|^2 + \|\hat v\|^2 + \|\hat w\|^2 \le 1",
        r"\|\hat u\|^2 + \|\hat v\|^2 + \|\hat w\|^2 \le p \text{ with the unnormalised DFT}",
        _fourier_ball,
        "With the unnormalised DFT, which the proof uses, the unit ball has Fourier energy p, not 1.",
    ),
    Misprint(
        "Morwani23",
        "the certificate q",
        r"q = \mathrm{unif}(\mathbb{Z}_p)",
        r"q = \mathrm{unif}(\mathbb{Z}_p^2)",
        lambda: _support(2),
        "The certificate distribution is uniform on pairs, not on single residues.",
    ),
    Misprint(
        "Morwani23",
        "Lemma 6, first item",
        r"\theta^* \in \arg\max_\theta g(\theta, x, y)",
        r"\theta^* \in \arg\max_\theta \min_{(x,y)} g(\theta, x, y)",
        _one_input,
        "What is maximised is the smallest margin over the data; the minimum is left out.",
    ),
]

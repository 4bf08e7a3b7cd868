"""Exact constructions: counts, correctly rounded weights, and the margin by enumeration."""

from fractions import Fraction

import flint
import numpy as np
import pytest

from theory import floats
from theory.construction import construct
from theory.core.exact_network import Block, ExactNetwork, Neuron
from theory.core.surd import Surd
from theory.errors import InputError
from theory.floats import amplitude, weights
from theory.margin import max_margin_float
from theory.task import Task, network_norm, normalised_margin

CASES = [(1, 2), (1, 7), (1, 8), (2, 2), (2, 3), (2, 9), (2, 10), (3, 3), (3, 5), (3, 6), (4, 3), (4, 4), (5, 3)]


@pytest.mark.parametrize("k", range(1, 7))
@pytest.mark.parametrize("p", [2, 3, 4, 7, 9, 12])
def test_neuron_counts(k, p):
    below_half, nyquist = (p - 1) // 2, 2 ** (k - 1) if p % 2 == 0 else 0
    assert construct(k, p, "minimal").width == below_half * (k + 1) * 2 ** (k - 1) + nyquist
    assert construct(k, p, "li24").width == below_half * 2 ** (2 * k - 1) + nyquist


@pytest.mark.parametrize(("k", "p"), CASES)
@pytest.mark.parametrize("method", ["minimal", "li24"])
def test_float_weights_have_norm_one_and_the_maximum_margin(k, p, method):
    u, w = weights(construct(k, p, method))
    assert network_norm(u, w) == pytest.approx(1, abs=1e-14)
    assert normalised_margin(Task.cyclic(k, p), u, w) / max_margin_float(k, p) == pytest.approx(1, abs=1e-12)


def exact_rows(network: ExactNetwork):
    """(frequency, block, neuron) in the order of the weights: written out again, independently of the gather."""
    for block in network.blocks:
        for zeta in block.frequencies:
            for neuron in block.neurons:
                yield zeta, block, neuron


@pytest.mark.parametrize(
    ("k", "p", "method"),
    [(1, 6, "minimal"), (2, 9, "minimal"), (2, 10, "li24"), (3, 7, "minimal"), (4, 5, "li24")],
)
def test_every_weight_is_the_correctly_rounded_value(k, p, method):
    """Against 300-bit balls: the error is at most half an ulp, so no neighbouring double is closer."""
    network = construct(k, p, method)
    u, w = weights(network)
    values = np.concatenate([u, w[:, None]], axis=1)
    with flint.ctx.workprec(300):
        for row, (zeta, block, neuron) in zip(values, exact_rows(network), strict=True):
            beta = amplitude(block.mass, neuron.share, k, p, 2 * zeta == p)
            for vector, t in zip(row, (*neuron.phases, neuron.output), strict=True):
                for a, value in enumerate(vector):
                    turn = 2 * (t + Fraction(zeta * a, p))
                    true = beta * flint.arb.cos_pi_fmpq(flint.fmpq(turn.numerator, turn.denominator))
                    error = abs(true - flint.arb(float(value)))
                    assert error <= flint.arb(float(np.spacing(abs(value)))) / 2


def test_a_weight_off_by_one_ulp_would_be_seen():
    network = construct(2, 7)
    u, _ = weights(network)
    zeta, block, neuron = next(exact_rows(network))
    with flint.ctx.workprec(300):
        turn = 2 * (neuron.phases[0] + Fraction(zeta, 7))
        true = amplitude(block.mass, neuron.share, 2, 7) * flint.arb.cos_pi_fmpq(
            flint.fmpq(turn.numerator, turn.denominator)
        )
        wrong = float(np.nextafter(u[0, 0, 1], 1.0))
        assert abs(true - flint.arb(wrong)) > flint.arb(float(np.spacing(abs(wrong)))) / 2


def test_weights_refuse_a_size_above_the_budget():
    with pytest.raises(InputError, match=r"must fit 1000 bytes; they take 3024 "):
        weights(construct(2, 7), budget=1000)


@pytest.mark.parametrize(
    ("k", "p", "method", "message"),
    [
        (0, 7, "minimal", "k must be at least 1; got 0"),
        (13, 7, "minimal", "k must be at most 12; got 13"),
        (2, 1, "minimal", "p must be at least 2; got 1"),
        (2, 7, "best", "method must be one of minimal, li24; got 'best'"),
    ],
)
def test_unusable_input(k, p, method, message):
    with pytest.raises(InputError, match=message):
        construct(k, p, method)


def test_the_first_precision_does_not_matter(monkeypatch):
    expected = weights(construct(2, 7))
    monkeypatch.setattr(floats, "FIRST_PRECISION", 3)
    for found, value in zip(weights(construct(2, 7)), expected, strict=True):
        assert (found == value).all()


def test_an_exact_tie_ends_at_a_neighbour():
    """k = 1, p = 3, mass p (1 + 2^-53)^2: the largest weight lies half-way between two floats."""
    mass = Surd([(3 * (1 + Fraction(1, 2**53)) ** 2, 1)])
    neuron = Neuron((Fraction(0),), Fraction(0), Fraction(1))
    u, w = weights(ExactNetwork(1, 3, (Block((neuron,), (1,), mass),)))
    assert {u[0, 0, 0], w[0, 0]} <= {1.0, 1.0 + 2.0**-52}


@pytest.mark.parametrize(("order_two", "factor"), [(False, 2), (True, 1)])
def test_amplitudes_are_enclosed(order_two, factor):
    with flint.ctx.workprec(128):
        ball = amplitude(Surd([(Fraction(3, 4), 2)]), Fraction(2, 5), 2, 7, order_two)
    assert float(ball.mid()) == pytest.approx((0.75 * 2**0.5 * 0.4) ** (1 / 3) * (factor / 21) ** 0.5, rel=1e-14)


def test_weights_fill_their_budget_exactly():
    u, w = weights(construct(2, 5), 8 * 12 * 3 * 5)
    assert u.nbytes + w.nbytes == 8 * 12 * 3 * 5
    with pytest.raises(InputError, match="must fit 1439 bytes; they take 1440"):
        weights(construct(2, 5), 1439)


@pytest.mark.parametrize("method", ["minimal", "li24"])
def test_phases_are_reduced(method):
    for k, p in [(1, 2), (1, 3), (2, 2), (3, 4)]:
        for block in construct(k, p, method).blocks:
            assert all(0 <= t < 1 for neuron in block.neurons for t in (*neuron.phases, neuron.output))

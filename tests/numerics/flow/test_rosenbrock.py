"""The stiff integrator against scipy's, and the flow of quadratic networks against plain numpy."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from numerics.flow.rosenbrock import integrate
from numerics.flow.square import SquareFlow
from theory.errors import InputError

HOW = {"rtol": 1e-5, "atol": 1e-7, "most_steps": 4000}


def van_der_pol(y):
    return np.stack([y[:, 1], 50 * (1 - y[:, 0] ** 2) * y[:, 1] - y[:, 0]], axis=1)


def of_van_der_pol(y):
    found = np.zeros((len(y), 2, 2))
    found[:, 0, 1] = 1
    found[:, 1, 0] = -100 * y[:, 0] * y[:, 1] - 1
    found[:, 1, 1] = 50 * (1 - y[:, 0] ** 2)
    return found


def test_a_stiff_oscillator_agrees_with_scipy():
    start = np.array([[2.0, 0.0], [1.5, -0.5], [-1.2, 0.3]])
    ended = integrate(van_der_pol, of_van_der_pol, start, 20.0, **HOW)
    for y, found in zip(start, ended.values, strict=True):
        exact = solve_ivp(lambda t, x: van_der_pol(x[None])[0], (0, 20), y, method="Radau", rtol=1e-9, atol=1e-11)
        assert np.abs(exact.y[:, -1] - found).max() < 1e-3
    assert (ended.time == 20).all()


def test_the_order_is_three_and_a_wrong_jacobian_costs_steps():
    """A smooth problem: a thousandth of the tolerance takes about ten times the steps."""
    field, jacobian = (lambda y: np.sin(y) * -y), (lambda y: (-np.cos(y) * y - np.sin(y))[:, :, None])
    start = np.array([[1.0]])
    steps = [
        int(integrate(field, jacobian, start, 5.0, rtol=x, atol=x, most_steps=10**5).steps[0]) for x in (1e-5, 1e-8)
    ]
    assert 5 < steps[1] / steps[0] < 15
    wrong = integrate(van_der_pol, lambda y: -of_van_der_pol(y), np.array([[2.0, 0.0]]), 20.0, **HOW)
    right = integrate(van_der_pol, of_van_der_pol, np.array([[2.0, 0.0]]), 20.0, **HOW)
    assert wrong.steps[0] + wrong.rejected[0] > 3 * (right.steps[0] + right.rejected[0])


def test_members_do_not_meet_and_leave_when_told():
    start = np.array([[2.0, 0.0], [1.5, -0.5]])
    both = integrate(van_der_pol, of_van_der_pol, start, 3.0, **HOW)
    alone = integrate(van_der_pol, of_van_der_pol, start[1:], 3.0, **HOW)
    assert np.abs(both.values[1] - alone.values[0]).max() < 1e-12
    early = integrate(van_der_pol, of_van_der_pol, start, 3.0, **HOW, stop=lambda y, t: t > 1)
    assert early.stopped.tolist() == [True, True]
    assert early.time.max() < 3
    few = integrate(van_der_pol, of_van_der_pol, start, 3.0, rtol=1e-5, atol=1e-7, most_steps=3)
    assert few.time.max() < 3
    assert not few.stopped.any()


def test_bad_tolerances_are_refused():
    with pytest.raises(InputError, match="must be positive"):
        integrate(van_der_pol, of_van_der_pol, np.ones((1, 2)), 1.0, rtol=0, atol=1e-6, most_steps=5)


def plain_loss(theta, p, m):
    """Mean cross-entropy by loops over inputs."""
    u, v, w = np.moveaxis(theta.reshape(m, 3, p), 1, 0)
    total = 0.0
    for a in range(p):
        for b in range(p):
            f = ((u[:, a] + v[:, b]) ** 2) @ w
            total += np.log(np.exp(f - f.max()).sum()) + f.max() - f[(a + b) % p]
    return total / p**2


@pytest.mark.parametrize(("p", "m"), [(5, 2), (3, 1), (7, 3)])
def test_loss_slopes_and_their_derivatives(p, m):
    flow, rng = SquareFlow(p, m), np.random.default_rng(0)
    theta = rng.normal(size=(2, 3 * m * p))
    assert flow.loss(theta) == pytest.approx([plain_loss(row, p, m) for row in theta], rel=1e-12)
    steps = 1e-6 * np.eye(3 * m * p)
    for i, row in enumerate(theta):
        slope = [(plain_loss(row - e, p, m) - plain_loss(row + e, p, m)) / 2e-6 for e in steps]
        assert np.abs(slope - flow.field(theta)[i]).max() < 1e-7
        bent = np.array([(flow.field((row + e)[None])[0] - flow.field((row - e)[None])[0]) / 2e-6 for e in steps])
        assert np.abs(bent - flow.jacobian(theta)[i]).max() < 1e-7 * max(1, np.abs(bent).max())


def test_a_tiny_loss_keeps_its_digits():
    p, a = 3, np.arange(3)
    wave = [np.cos(2 * np.pi * (a - j) / p) for j in range(3)]
    theta = np.concatenate([np.concatenate([x, x, np.cos(2 * np.pi * (a - 2 * j) / p)]) for j, x in enumerate(wave)])
    flow = SquareFlow(3, 3)
    size = (60 / flow.margins(theta[None])[0]) ** (1 / 3)
    assert 0 < flow.loss(size * theta[None])[0] < 1e-25
